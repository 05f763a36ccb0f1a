"""SIGKILL at every call of a real sweep: before it is applied, and when it was but is unanswered.

Every call means SageMaker's, its metrics', STS's and S3's alike: the vault is a bucket, so each
vault operation is a call to be killed at, and the next process has nothing but AWS to go by.

A read that was applied has changed nothing, and whoever dies has not seen its answer: to be killed
before it and after it is the same play, and is played once, before it.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.faults.oracle import violations
from tests.faults.real import BRIEF_LEASE, RealGround, Worker, open_real_ground
from tests.faults.sections import Section
from tests.runs.enumerating import Ending

from sagewarden.sandbox import Fault, Hook
from sagewarden.sandbox.calllog import LoggedCall
from sagewarden.sandbox.rules import Action, Subject

OWN = re.compile(
    r"\d{8}t\d{6}z-[0-9a-f]{8}|[0-9a-f]{64}|\d{4}-\d\d-\d\dt\d\d=3a\d\d=3a\d\d\.\d{3}z"
)
"""What differs between runs in a key: the run's name, hashes, and the time of a plan."""

LEASE = "*/lease/current"
REPORT = "*/report.json"
"""The last object of a run; what comes after it gives the lease back."""

PLAIN_EACH = 36
ATTEMPTS = 3
KILLED = -9
WHEN = ("before", "after")


@dataclass(frozen=True)
class Place:
    """One call: the `number`-th, from 1, of an operation on a resource.

    So it is the same call in each run, in whatever order threads make theirs. Renewals of the
    lease come by the clock; `late` counts from the end of the report, as only a release does.
    """

    operation: str
    resource: str
    number: int
    late: bool = False
    write: bool = True

    @property
    def moments(self) -> tuple[str, ...]:
        """When a kill at this call makes a play of its own."""
        return WHEN if self.write else WHEN[:1]

    def __str__(self) -> str:
        return f"{self.operation} {self.resource} #{self.number}{' at the end' * self.late}"

    def fault(self, action: Action, pid: int, end: Hook) -> Fault:
        """Let a process meet its fault here."""
        kind = AfterReport if self.late else Fault
        fault = kind(
            action=action,
            operation=self.operation,
            resource=self.resource,
            nth_match=self.number,
            pid=pid,
        )
        if isinstance(fault, AfterReport):
            fault.end = end
        return fault


class AfterReport(Fault):
    """A fault that waits until the report is written."""

    __slots__ = ("end",)
    end: Hook

    def fires(self, subject: Subject) -> bool:
        """Count calls only from then on."""
        return self.end.fired > 0 and super().fires(subject)


@dataclass(frozen=True)
class Kill:
    """Where a process is killed, and whether its call was applied by then."""

    place: Place
    when: str
    plain: bool = False

    @property
    def action(self) -> Action:
        """What the sandbox calls it."""
        return "kill_before" if self.when == "before" else "kill_after"

    def __str__(self) -> str:
        return f"{'plain, ' * self.plain}{self.when} {self.place}"


def places(calls: list[LoggedCall]) -> Iterator[Place]:
    """Name each call of an undisturbed sweep, one renewal of the lease added."""
    seen: Counter[tuple[str, str, bool]] = Counter()
    late = False
    for call in calls:
        resource = OWN.sub("*", call.resource)
        at_end = late and resource.endswith("/lease/current")
        seen[call.operation, resource, at_end] += 1
        number = seen[call.operation, resource, at_end]
        yield Place(call.operation, resource, number, at_end, call.write)
        late = late or resource.endswith("/report.json")
    yield Place("GetObject", LEASE, seen["GetObject", _lease(calls), False] + 1, write=False)
    yield Place("PutObject", LEASE, seen["PutObject", _lease(calls), False] + 1)


def _lease(calls: list[LoggedCall]) -> str:
    return next(each.resource for each in calls if each.resource.endswith("/lease/current"))


def all_kills(ground: RealGround) -> list[Kill]:
    """Every call, writes before and after; then a few of them with the plain command."""
    kills = [Kill(place, when) for place in places(ground.calls) for when in place.moments]
    return [*kills, *(replace(each, plain=True) for each in kills[::PLAIN_EACH])]


def play_kill(ground: RealGround, kill: Kill) -> list[str]:
    """Kill a sweep, then sweep anew from an empty folder: the end is that of a clean sweep."""
    if not any(killed(ground, kill) for _ in range(ATTEMPTS)):
        return ["it was not killed"]
    stage = ground.stage
    wrong = [] if stage.open_intents() else violations(ground.before, stage)
    code, worker = ground.swept(plain=kill.plain)
    wrong += violations(ground.before, stage)
    wrong += [f"not as after a clean sweep: {each}" for each in ending(ground)]
    return wrong if code == 0 else [*wrong, f"exit code {code}: {worker.told.read_text()}"]


def killed(ground: RealGround, kill: Kill) -> bool:
    """Sweep from the start until the process is killed; tell whether it was.

    Starved on a busy machine, it may lose its brief lease and leave before it comes there.
    """
    admin = ground.fresh().box.admin
    worker = doomed(ground, kill)
    end = Hook(operation="PutObject", resource=REPORT)
    admin.add_hook(end)
    admin.add_fault(kill.place.fault(kill.action, worker.pid, end))
    worker.go()
    code = worker.ended()
    admin.clear_rules()
    return code == KILLED


def doomed(ground: RealGround, kill: Kill) -> Worker:
    """Start what will be killed, under a brief lease: a second for the plain command."""
    return ground.sweep("AKIAFIRST", lease=None if kill.plain else BRIEF_LEASE, setting="1s")


def ending(ground: RealGround) -> list[str]:
    """Say what is not as after a clean sweep."""
    return Ending.of(ground.stage).differs_from(ground.clean)


KILLS = Section(
    name="SIGKILL",
    faults="kill -9 of the process before each call and after each write, S3's too; then another",
    ground=open_real_ground,
    points=all_kills,
    play=play_kill,
    short=5,
    kind=lambda kill: (kill.plain, kill.when),
    kinds=WHEN,
)
