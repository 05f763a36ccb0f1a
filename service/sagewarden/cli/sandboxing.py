"""`sandbox`: the fake AWS alone, on a port of this machine."""

import json
import sys
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.text import Text

from sagewarden.cli.console import err
from sagewarden.errors import UsageError

Components = Annotated[int, Parameter(name=["--components", "-n"], validator=Number(gte=0))]
Port = Annotated[int, Parameter(validator=Number(gte=0, lte=65_535))]
Seconds = Annotated[float, Parameter(validator=Number(gte=0))]


def sandbox(  # noqa: PLR0913 -- one option each
    *,
    port: Port = 0,
    components: Components = 2_000,
    seed: int = 1,
    rate: Annotated[float | None, Parameter(validator=Number(gt=0))] = None,
    latency_ms: Annotated[float | None, Parameter(validator=Number(gte=0))] = None,
    search_lag: Seconds = 0.0,
    linked: Seconds = 0.0,
    clock_offset: float = 0.0,
    knob: Annotated[
        tuple[str, ...], Parameter(name="--knob", negative="", show_default=False)
    ] = (),
    fault: Annotated[
        tuple[str, ...], Parameter(name="--fault", negative="", show_default=False)
    ] = (),
) -> int:
    """Serve a fake SageMaker Experiments with a seeded account until interrupted.

    Nothing of it is AWS: it listens on this machine only, and any credentials are taken, but some
    must be set. The first line it prints is JSON with its url; use that as AWS_ENDPOINT_URL:

    `AWS_ENDPOINT_URL=http://127.0.0.1:PORT AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=x sagewarden
    plan`

    Parameters
    ----------
    port
        0 takes any free one.
    components
        Trial components of the seeded account; 0 leaves it empty.
    seed
        The same seed and number give the same account.
    rate
        Calls a second for each mutating operation; reads get ten times that. Without: no limit.
    latency_ms
        Milliseconds that every answer takes longer.
    search_lag
        Seconds by which Search and List are behind.
    linked
        Seconds for which a delete still answers "linked" after Disassociate, in 30 % of the cases.
    clock_offset
        Seconds by which its clock is ahead of this machine's.
    knob
        Any other knob, as NAME=JSON, such as search_depth=500; may be given again.
    fault
        A fault by rule, as JSON, such as {"operation": "DeleteTrial", "action": "drop_after"}.
    """
    try:
        from sagewarden.sandbox import Options, run  # noqa: PLC0415 -- an extra
    except ImportError as error:
        raise UsageError(
            f"the sandbox is not installed ({error.name} is missing)",
            advice="Install it with `pip install 'sagewarden[sandbox]'`.",
        ) from error
    knobs = knobs_of(rate=rate, latency_ms=latency_ms, search_lag=search_lag, linked=linked)
    options = Options(
        port=port,
        components=components,
        seed=seed,
        knobs=knobs | dict(map(_knob, knob)),
        faults=[_json(each, "--fault") for each in fault],
        clock_offset=clock_offset,
    )
    try:
        run(options, say=_ready)
    except OSError as error:
        raise UsageError(
            f"the sandbox cannot listen on port {port}: {error.strerror or error}",
            advice="Leave --port out, and it takes a free one.",
        ) from error
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"the sandbox does not know {error}",
            advice="`sagewarden sandbox --help` shows an example of each; all names stand in "
            "sagewarden/sandbox/knobs.py and rules.py.",
        ) from error
    return 0


def _ready(line: str) -> None:
    """Print the one line for programs, and tell a person at a terminal what to do with it."""
    sys.stdout.write(line)
    if err.is_terminal:
        url = json.loads(line)["url"]
        err.print(Text(f"In another shell: export AWS_ENDPOINT_URL={url}", "cyan"))
        err.print(Text("and any AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Ctrl-C ends it."))


def _knob(text: str) -> tuple[str, object]:
    name, _, value = text.partition("=")
    return name, _json(value, f"--knob {name}")


def _json(text: str, option: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(
            f"{option}: {text!r} is not JSON: {error}",
            advice="Names and texts in JSON stand in double quotes, the whole in single ones.",
        ) from error


MUTATING = (
    "DisassociateTrialComponent",
    "AssociateTrialComponent",
    "DeleteTrialComponent",
    "DeleteTrial",
    "DeleteExperiment",
    "AddTags",
    "DeleteTags",
)
"""Operations that AWS is seen to throttle at about one call a second."""


def knobs_of(
    *, rate: float | None, latency_ms: float | None, search_lag: float, linked: float
) -> dict[str, object]:
    """Spell a sandbox's knobs."""
    knobs: dict[str, object] = {
        "search_lag_seconds": search_lag,
        "linked_seconds": linked,
        "linked_probability": 0.3,
    }
    if rate is not None:
        knobs["rates"] = dict.fromkeys(MUTATING, rate) | {"*": rate * 10}
        knobs["burst"] = max(1.0, rate)
    if latency_ms is not None:
        knobs["latency_ms"] = {"*": latency_ms}
    return knobs
