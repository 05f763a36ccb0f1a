"""SIGSTOP for ten lease times at every effect, while another process takes the target over.

Each effect is met at three moments. *Looked*: the look before it was made, and the process is
stopped before it can read the answer; only the lease's own deadline keeps the effect from leaving
when it wakes. *Arrived*: AWS has applied it, its answer is not read. *Wire*: every check is passed,
the deadline's too, and the process is stopped as it hands the request to its socket. That is the
window that no lease closes; the age limit of signatures at AWS bounds it, so the sandbox keeps to
one that is shorter than the sleep. Before the process wakes, the other one has ended and somebody
has used the names anew, so that a late effect would find something to destroy.
"""

import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.faults.deeds import KINDS, WORDS
from tests.faults.kills import ATTEMPTS, ending
from tests.faults.oracle import violations
from tests.faults.real import BRIEF_LEASE, RealGround, Worker, open_real_ground
from tests.faults.sections import Section
from tests.faults.timeline import LETTERS
from tests.runs.stage import CUT, TAG, UNTAG, Stage, told, whom

from sagewarden.errors import LeaseHeld
from sagewarden.sandbox import Fault
from sagewarden.sandbox.calllog import LoggedCall

FIRST, SECOND = "AKIAFIRST", "AKIASECOND"
"""Whose calls are whose: the access key tells."""

STOPPED = 10 * BRIEF_LEASE
"""Seconds that the first process stands still at least."""

SIGNED = 2.0
"""Seconds that a signature is good for: as AWS's five minutes are, far less than ten leases. Less
would refuse what a busy machine sent late; it is written in whole seconds."""

MOMENTS = ("looked", "arrived", "wire")

TAKEN = "taken over"
NEWCOMER = "newcomer"
REASON = "the lease ran out while this run worked"


@dataclass(frozen=True)
class Stop:
    """Where a process is stopped: at the `number`-th, from 1, of an operation on a resource."""

    effect: str
    where: str
    operation: str
    resource: str
    number: int

    def __str__(self) -> str:
        return f"{self.where}: {self.effect}"

    @property
    def at_wire(self) -> tuple[str, int] | None:
        """Which request is to be stopped on its way to the socket."""
        return (self.operation, self.number) if self.where == "wire" else None

    @property
    def fault(self) -> Fault:
        """Stops a process when this call was applied, before it is answered."""
        return Fault(
            action="stop_after",
            operation=self.operation,
            resource=self.resource,
            nth_match=self.number,
        )


def all_stops(ground: RealGround) -> list[Stop]:
    """Every effect of an undisturbed sweep, at each moment."""
    return list(stops(ground.calls))


def stops(calls: list[LoggedCall]) -> Iterator[Stop]:
    """Name the moments by the calls that have been made until then."""
    on: Counter[tuple[str, str]] = Counter()
    of: Counter[str] = Counter()
    looks: dict[str, tuple[str, str]] = {}
    for call in calls:
        where = (call.operation, call.resource)
        on[where] += 1
        if call.operation.startswith("Describe"):
            looks[call.operation.removeprefix("Describe") + call.resource.lower()] = where
        of[call.operation] += 1
        if call.write and call.service == "sagemaker":
            effect = told(call)
            look = looks[written_on(call)]
            numbers = ((*look, on[look]), (*where, on[where]), (*where, of[call.operation]))
            for moment, number in zip(MOMENTS, numbers, strict=True):
                yield Stop(effect, moment, *number)


def written_on(call: LoggedCall) -> str:
    """Name whom a write changes, by the word of its operations and its name."""
    if call.operation in {TAG, UNTAG}:
        word, _, name = whom(call).partition("/")
        return WORDS[LETTERS[word]] + name
    if call.operation == CUT:
        return f"TrialComponent{call.resource.lower()}"
    return call.operation.removeprefix("Delete") + call.resource.lower()


def play_stop(ground: RealGround, stop: Stop) -> list[str]:
    """Stop one sweep, let another take over and end, and wake the first."""
    first = next((each for _ in range(ATTEMPTS) if (each := stopped(ground, stop))), None)
    if first is None:
        return ["it was not stopped"]
    since = time.monotonic()
    code, second = ground.swept()
    wrong = [] if code == 0 else [f"exit code {code}: {second.told.read_text()}"]
    ground.stage.box.admin.snapshot(TAKEN)
    use_anew(ground.stage, stop.effect)
    there = ground.stage.account()
    threading.Event().wait(since + STOPPED - time.monotonic())
    wrong += woken(first)
    wrong += [f"sent by the first when it woke: {each}" for each in late(ground, stop)]
    wrong += ["the first changed the account when it woke"] * (ground.stage.account() != there)
    ground.stage.box.admin.restore(TAKEN)
    wrong += violations(ground.before, ground.stage)
    return [*wrong, *(f"not as after a clean sweep: {each}" for each in ending(ground))]


def stopped(ground: RealGround, stop: Stop) -> Worker | None:
    """Sweep from the start until the process stands still; None when it lost its brief lease."""
    admin = ground.fresh().box.admin
    worker = ground.sweep(FIRST, lease=BRIEF_LEASE, stop_at_wire=stop.at_wire)
    if stop.at_wire is None:
        fault = stop.fault
        fault.pid = worker.pid
        admin.add_fault(fault)
    worker.go()
    return worker if worker.stopped() else None


def use_anew(stage: Stage, effect: str) -> None:
    """Let somebody use the names that a write names for something new, or set its tags anew."""
    word, *names = effect.split()
    if word in {"tag", "untag"}:
        kind, _, name = names[0].partition("/")
        keys = [each.partition("=")[0] for each in names[1:]]
        stage.label(KINDS[LETTERS[kind]], name, **dict.fromkeys(keys, "theirs"))
    elif word == "experiment":
        stage.experiment(*names)
    elif word == "trialcomponent":
        stage.component(*names)
    else:
        *components, trial = names
        stage.experiment(NEWCOMER)
        stage.trial(NEWCOMER, trial, *components)


def woken(worker: Worker) -> list[str]:
    """Wake a process; say what is wrong with how it ends."""
    worker.send(signal.SIGCONT)
    code, words = worker.ended(), worker.told.read_text("utf-8")
    if code == LeaseHeld.exit_code and REASON in words:
        return []
    return [f"it woke and ended with exit code {code}: {words}"]


def late(ground: RealGround, stop: Stop) -> list[str]:
    """Effects of the first process that arrived once the second had the lease.

    The one that was stopped on its way arrives late, and must only not be applied.
    """
    calls = ground.stage.box.admin.calls(writes=True)
    taken = next(
        each.number
        for each in calls
        if each.caller == SECOND and each.applied and each.resource.endswith("/lease/current")
    )
    sent = [
        each
        for each in calls
        if each.caller == FIRST and each.number > taken and each.service == "sagemaker"
    ]
    expired = [each.code == "InvalidSignatureException" for each in sent]
    return (
        [] if stop.at_wire and expired == [True] else [f"{told(each)} {each.code}" for each in sent]
    )


@contextmanager
def open_strict_ground() -> Iterator[RealGround]:
    """Open a ground whose AWS takes no old signature."""
    with open_real_ground() as ground:
        ground.stage.box.admin.set_knobs(signature_age_seconds=SIGNED)
        yield ground


STOPS = Section(
    name="SIGSTOP",
    faults="stopped for ten leases at each effect: looked, arrived, on the wire; another goes on",
    ground=open_strict_ground,
    points=all_stops,
    play=play_stop,
    short=2,
    kind=lambda stop: stop.where,
    kinds=MOMENTS,
)
