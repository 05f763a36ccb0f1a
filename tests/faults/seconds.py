"""A second worker on the same target, in every gap between two calls of a sweep.

It has a session, a bench and a lease's nonce of its own, on the same vault. Two stories a gap:

- *renews*: the first renews on time while the second watches. The second leaves; it has written
  nothing anywhere, and the first ends as if nobody had come.
- *silent*: the first is suspended for longer than its lease. The second takes over and does the
  whole job. Then the first goes on: it sends no write to AWS any more, and says so.

Before the first has its lease, and while it gives it back, nothing can be renewed: the second finds
the target free, or free soon.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from tests.faults.ground import Ground, TappedSession, open_ground
from tests.faults.oracle import violations
from tests.faults.sections import Section
from tests.runs.enumerating import Ending
from tests.runs.stage import Clockwork, Heard, Stage

from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.lease import RENEWALS, Lease
from sagewarden.errors import LeaseHeld
from sagewarden.sandbox.calllog import LoggedCall

SECOND = "AKIASECOND"
LEASE = "/lease/current"
SERVICES = ("sagemaker", "sagemaker-metrics", "sts")


@dataclass(frozen=True)
class Gap:
    """The gap before one call of the first worker, counted from 0; `silent` tells the story.

    `ends` is how the first one may end: with 0, with LeaseHeld's code, or either.
    """

    number: int
    what: str
    silent: bool
    ends: frozenset[int]

    def __str__(self) -> str:
        return f"{'silent' if self.silent else 'renews'} before {self.number} ({self.what})"


EITHER = frozenset({0, LeaseHeld.exit_code})
FINE, TOLD = frozenset({0}), frozenset({LeaseHeld.exit_code})


@dataclass
class Pair:
    """A ground, and the second worker's own session on it."""

    ground: Ground
    session: TargetSession


def gaps(pair: Pair) -> list[Gap]:
    """Every gap of an undisturbed sweep, with each story that is possible there."""
    calls = [what for when, what in pair.ground.trace() if when == "before"]
    return [*_gaps(calls)]


def _gaps(calls: list[str]) -> Iterator[Gap]:
    """Whoever has nothing left but to report has no cause to say that its lease is gone."""
    at_lease = [number for number, what in enumerate(calls) if what.endswith(LEASE)]
    taken, given_back = at_lease[1], at_lease[-1]
    kept = [number for number, what in enumerate(calls) if what.endswith("/writes/current")][-1]
    asked = (number for number, what in enumerate(calls) if "/approvals/" in what)
    spent = next(number for number in asked if number > kept)  # later ones are the report's
    for number, what in enumerate(calls):
        owned = taken < number <= spent
        yield Gap(number, what, silent=True, ends=TOLD if owned else EITHER)
        if taken < number < given_back:
            yield Gap(number, what, silent=False, ends=FINE)


class Renewed(Clockwork):
    """Everybody's time, in which the first worker's lease is renewed whenever it is due."""

    shared: Clockwork
    first: Lease
    every: float

    def monotonic(self) -> float:
        return self.shared.monotonic()

    def rest(self, seconds: float) -> None:
        self.shared.rest(seconds)
        self.passed += seconds
        if self.passed >= self.every:
            self.passed = 0.0
            self.first.renew()


@dataclass
class Meeting:
    """Lets a second worker sweep in one gap; keeps what it did."""

    pair: Pair
    gap: Gap
    stage: Stage
    code: int = -1
    written: list[str] = field(default_factory=list)
    until: int = 0
    met: bool = False
    passed: int = 0

    def __call__(self, when: str, _what: str) -> None:
        if when != "before" or self.met:
            return
        self.passed += 1
        if self.passed > self.gap.number:
            self.met = True
            self.code = _code(self._second())
            self.until = len(self.stage.box.admin.calls())

    def _second(self) -> Stage:
        """Return another process on the same target and vault, at the same time."""
        first = self.stage
        return replace(
            first,
            session=self.pair.session,
            clockwork=first.clockwork if self.gap.silent else self._renewed(first),
            vault=self._unheard(),
            at=lambda _when, _what: None,
            heard=Heard(),
            stop=threading.Event(),
            lease=None,
            runs=50,
        )

    def _renewed(self, first: Stage) -> Renewed:
        time = Renewed(first.box)
        assert first.lease is not None
        time.shared, time.first = first.clockwork, first.lease
        time.every = first.lease_seconds / RENEWALS
        return time

    def _unheard(self) -> MemoryVault:
        """Return the same vault past the first worker's tap; what is written to it is noted."""
        theirs = self.stage.vault
        assert isinstance(theirs, MemoryVault)
        ours = MemoryVault(before=self._note)
        ours._stored, ours._writes, ours._lock = theirs._stored, theirs._writes, theirs._lock
        return ours

    def _note(self, operation: str, key: str) -> None:
        if operation in {"create", "replace"}:
            self.written.append(key)


def _code(stage: Stage) -> int:
    """Sweep; return how it ended."""
    try:
        return stage.sweep().exit_code
    except LeaseHeld as error:
        return error.exit_code


def play_gap(pair: Pair, gap: Gap) -> list[str]:
    """Sweep with a second worker in the gap; return what is wrong."""
    stage = pair.ground.fresh()
    stage.lease = None
    meeting = Meeting(pair, gap, stage)
    pair.ground.tap.act = meeting
    code = _code(stage)
    wrong = [] if code in gap.ends else [f"the first ended with {code}"]
    wrong += _wrong_of_first(meeting) if gap.silent else _wrong_of_second(meeting)
    return [*wrong, *_world(pair, stage)]


def _wrong_of_second(meeting: Meeting) -> list[str]:
    """Who finds the lease held leaves, and has written nothing."""
    sent = [each for each in _calls(meeting.stage) if each.caller == SECOND and each.write]
    return [
        *([] if meeting.code == LeaseHeld.exit_code else [f"the second ended with {meeting.code}"]),
        *(f"written by the second: {key}" for key in meeting.written),
        *(f"sent by the second: {each.operation}" for each in sent),
    ]


def _wrong_of_first(meeting: Meeting) -> list[str]:
    """Who was silent for too long sends no write to AWS once another has done the job."""
    late = [
        each
        for each in _calls(meeting.stage)
        if each.write and each.number > meeting.until and each.caller != SECOND
    ]
    return [
        *([] if meeting.code == 0 else [f"the second ended with {meeting.code}"]),
        *(f"sent by the first, too late: {each.operation} {each.resource}" for each in late),
    ]


def _calls(stage: Stage) -> list[LoggedCall]:
    return stage.box.admin.calls()


def _world(pair: Pair, stage: Stage) -> list[str]:
    """Account and archive are as after a clean sweep; nothing is done twice, nothing open."""
    differs = Ending.of(stage).differs_from(pair.ground.clean)
    return [
        *violations(pair.ground.before, stage),
        *(f"not as after a clean sweep: {each}" for each in differs),
    ]


@contextmanager
def open_pair() -> Iterator[Pair]:
    """Open a ground, and a session of another process: its access key tells its calls apart."""
    with open_ground() as ground, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", SECOND)
        first = ground.stage.session
        assert isinstance(first, TappedSession)
        session = TargetSession(first._access, ground.stage.clockwork.wall)
        for service in SERVICES:
            session.reading(service)
        patch.undo()
        yield Pair(ground, session)


SECONDS = Section(
    name="second worker",
    faults="comes in the gap: the first renews on time, or is silent for longer than its lease",
    ground=open_pair,
    points=gaps,
    play=play_gap,
    short=10,
    kind=lambda gap: gap.silent,
    kinds=("renews", "silent"),
)
