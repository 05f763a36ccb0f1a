"""Log lines: one JSON object each, and nothing from AWS can forge one."""

import json
import logging
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog

from sagewarden.adapters.telemetry.logs import configure_logs, tell


@pytest.fixture
def stream() -> Iterator[StringIO]:
    before = logging.getLogger().handlers, logging.getLogger().level
    stream = StringIO()
    configure_logs(as_json=True, stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers, logging.getLogger().level = before


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line(stream: StringIO) -> None:
    """Name, level, time and fields."""
    tell("turn.stopped", entity="trial-component a", reason="held")
    (line,) = lines(stream)
    assert {key: line[key] for key in ("event", "level", "entity", "reason")} == {
        "event": "turn.stopped",
        "level": "info",
        "entity": "trial-component a",
        "reason": "held",
    }


@pytest.mark.parametrize(
    "text", ['x"}\n{"event": "forged"}', "\x1b[2J", "a\r\nb", "\u202eevil", "\x00", "\ud800"]
)
def test_no_text_from_aws_forges_a_line(stream: StringIO, text: str) -> None:
    """Control characters become visible signs, and quotes are escaped."""
    tell("turn.stopped", reason=text)
    assert [line["event"] for line in lines(stream)] == ["turn.stopped"]
    assert stream.getvalue().count("\n") == 1
    assert "\x1b" not in stream.getvalue()


def test_the_libraries_lines_have_the_same_form(stream: StringIO) -> None:
    """Botocore's warnings stand in the same stream as ours."""
    logging.getLogger("botocore").warning("slow down")
    (line,) = lines(stream)
    assert (line["event"], line["level"]) == ("slow down", "warning")
