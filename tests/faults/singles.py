"""One thing goes wrong at one call: AWS's or the vault's, once."""

from dataclasses import dataclass

from tests.faults.ground import Ground, open_ground, sweeps
from tests.faults.oracle import violations
from tests.faults.sections import Section
from tests.runs.enumerating import Ending
from tests.runs.stage import SimulatedCrash, Stage

from sagewarden.errors import VaultError

AT_AWS = ("crash before", "crash after", "error_500", "drop_after", "throttle")
AT_VAULT = ("crash before", "crash after", "unreachable", "answer lost")


@dataclass(frozen=True)
class Single:
    """A fault at one point, counted from 0; `what` is what stood there in an undisturbed sweep."""

    number: int
    what: str
    fault: str

    def __str__(self) -> str:
        return f"{self.fault} at {self.number} ({self.what})"


def single_faults(ground: Ground) -> list[Single]:
    """Every call of an undisturbed sweep with every fault."""
    calls = [what for when, what in ground.trace() if when == "before"]
    return [
        Single(number, what, fault)
        for number, what in enumerate(calls)
        for fault in (AT_AWS if what.startswith("aws") else AT_VAULT)
    ]


def arrange(ground: Ground, stage: Stage, fault: Single) -> None:
    """Let one thing go wrong when the call of this number passes."""
    seen = {"before": -1, "after": -1}

    def act(when: str, what: str) -> None:
        seen[when] += 1
        if seen[when] == fault.number:
            strike(stage, fault.fault, when, what)

    ground.tap.act = act


def strike(stage: Stage, fault: str, when: str, what: str) -> None:
    """Let a fault befall the call that is just passing."""
    service, name = what.split()[:2]
    if fault == f"crash {when}":
        raise SimulatedCrash
    if service == "vault":
        if (fault, when) in {("unreachable", "before"), ("answer lost", "after")}:
            raise VaultError("the vault does not answer")
    elif when == "before" and not fault.startswith("crash"):
        stage.fault(fault, name)


def play_single(ground: Ground, fault: Single) -> list[str]:
    """Sweep with the fault, then sweep again with none: the end is that of a clean sweep."""
    stage = ground.fresh()
    arrange(ground, stage, fault)
    sweeps(stage)
    ground.calm()
    wrong = [] if stage.open_intents() else violations(ground.before, stage)
    report = stage.sweep()
    wrong += violations(ground.before, stage)
    wrong += [f"not as after a clean sweep: {each}" for each in _differs(stage, ground)]
    return wrong if report.exit_code == 0 else [*wrong, f"exit code {report.exit_code}"]


def _differs(stage: Stage, ground: Ground) -> list[str]:
    return Ending.of(stage).differs_from(ground.clean)


SINGLES = Section(
    name="single faults",
    faults="crash before, crash after, HTTP 500, answer lost, throttle; vault: crash, no answer",
    ground=open_ground,
    points=single_faults,
    play=play_single,
    short=18,
    kind=lambda single: single.fault,
    kinds=(*AT_AWS, *AT_VAULT),
)
