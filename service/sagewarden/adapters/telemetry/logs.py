"""Structured logs on standard error: JSON lines on a pipe, legible lines on a terminal."""

import logging
import sys
from contextlib import AbstractContextManager
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from sagewarden.core.visible import visible

OURS = "sagewarden"

WARNINGS = frozenset(
    {
        "clock.stepped",
        "daemon.cut",
        "index.broken",
        "inspection.unsound",
        "job.busy",
        "job.failed",
        "job.missed",
        "lease.lost",
        "lease.release-failed",
        "lease.renewal-failed",
        "notice.refused",
        "policies.refused",
        "resume.found",
        "retention.unstated",
        "run.defect",
        "run.refused",
        "run.stopped",
        "settings.refused",
        "targets.refused",
        "undo.failed",
        "verify.finding",
    }
)
"""Events that somebody may want to be woken for; all others are of level info."""

CALM = frozenset({0, 6, 11})
"""Exit codes of runs that nobody need be woken for: done, waits for approval, another has it."""


def configure_logs(
    *, as_json: bool, level: str = "INFO", stream: TextIO | None = None, ours: bool = True
) -> None:
    """Send every line of ours and of the libraries through one formatter.

    Without `ours` no event is logged: where a report on the terminal tells it all.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _inert,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(serializer=_json)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=(stream or sys.stderr).isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    output = logging.StreamHandler(stream or sys.stderr)
    output.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [output]
    root.setLevel(level)
    logging.getLogger(OURS).setLevel(logging.NOTSET if ours else logging.CRITICAL)
    for noisy in ("botocore", "boto3", "urllib3", "s3transfer", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def tell(event: str, **fields: Any) -> None:
    """Log one event of the table; fields are values from AWS or ours, never secrets."""
    log = structlog.get_logger(OURS)
    wakes = event in WARNINGS or fields.get("exit_code", 0) not in CALM
    (log.warning if wakes else log.info)(event, **fields)


def bound(**fields: str) -> AbstractContextManager[None]:
    """Put these into each line of this thread meanwhile, the libraries' lines too."""
    return structlog.contextvars.bound_contextvars(**fields)


def _inert(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Nothing from AWS can forge a line: control characters become visible."""
    return {
        key: visible(value) if isinstance(value, str) and not key.startswith("_") else value
        for key, value in event.items()
    }


def _json(event: EventDict, **_options: Any) -> str:
    first = {name: event.pop(name, "") for name in ("timestamp", "level", "event")}
    return orjson.dumps({**first, **event}, default=str).decode()
