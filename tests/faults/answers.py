"""Either answer to each fact about AWS that nobody has seen: whole lives, crashes and all.

A life is mark, sweep, crash somewhere in it, resume a day later, restore, sweep again. Whatever
AWS's answer is, it ends as with the sandbox's usual ones: the same is gone, archived and back. Who
refuses a delete for what hangs on it has its own lives: the refusal ends the work on that tree.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.faults.deeds import NAMES, Act, Hand, with_component, with_trial
from tests.faults.ground import LEFT, Ground, knobs, open_ground, ripe, sweeps, unripe
from tests.faults.oracle import Account, mistold, violations
from tests.faults.sections import Section
from tests.runs.enumerating import Ending, undated
from tests.runs.stage import DAY, EAGER, EXPERIMENT, SimulatedCrash, Stage

from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.restoring import SageMakerRestoring
from sagewarden.application.archives import newest, tree_of
from sagewarden.application.restore import restore
from sagewarden.application.restore_plan import plan_restore

Answer = tuple[tuple[str, Any], ...]
"""Knobs of the sandbox and how they stand."""

TOUCHES = ("touch_on_tags", "touch_on_associate", "touch_on_disassociate", "touch_on_metrics")
MOVED = ("none", "self", "above", "both")
CODES = ("ValidationException", "ConflictException", "ResourceInUse")

ANSWERS: tuple[Answer, ...] = (
    *(((knob, moved),) for knob in TOUCHES for moved in MOVED),
    *(tuple((knob, moved) for knob in TOUCHES) for moved in ("above", "both")),
    *((("create_touches_above", each),) for each in (False, True)),
    *((("edges_hold_components", each),) for each in (False, True)),
    *((("tagging_api_knows", each),) for each in (False, True)),
    (("linked_seconds", 3.0),),
)
"""Each answer to each question alone, and all moves at once."""

DEATHS = (
    *(f"{when} {write}" for write in ("AddTags 1", "DeleteTags 2") for when in ("before", "after")),
    *(f"after DisassociateTrialComponent {number}" for number in (1, 5, 8)),
    *(f"after DeleteTrialComponent {number}" for number in (1, 6)),
    *(f"{when} DeleteTrial 3" for when in ("before", "after")),
    *("after DeleteExperiment 1", "after DeleteExperiment 3"),
)
"""Where a process dies: before or after a write of this number."""

GROWN: dict[str, tuple[str, Act]] = {
    "DeleteTrial": ("t a-1", with_component("a-1")),
    "DeleteExperiment": ("e old-a", with_trial("old-a")),
}
"""Who refuses to go because something was hung on them in the last moment."""

TAGGING_API = "resourcegroupstaggingapi"
"""What it covers is unknown too, so it is never asked."""

FAILED = 3
"""The exit code of a run in which something was refused."""

BACK = {"e old-a", "t a-1", "t a-2", "c mine", "c twin"}
EDGES = {"twin": {"a-1"}, "mine": {"a-1"}, "lent": {"a-2", "live-1"}}
"""What a restore of Old-A brings back, and on which trials; old-b was not asked for."""


@dataclass(frozen=True)
class Life:
    """One answer and one place to die; or a code with which one delete is refused."""

    answer: Answer
    death: str = ""
    refused: str = ""

    def __str__(self) -> str:
        answer = ", ".join(f"{knob}: {value}" for knob, value in self.answer)
        return f"{answer}; {f'dies {self.death}' if self.death else f'{self.refused} is refused'}"


@dataclass(frozen=True)
class Lives:
    """A ground on which nothing is marked yet, and how the usual life on it ends."""

    ground: Ground
    usual: dict[str, Any]


def lives(_lives: Lives) -> list[Life]:
    """Every answer with every death, and every code at both deletes that may refuse."""
    return [
        *(Life(answer, death) for answer in ANSWERS for death in DEATHS),
        *(
            Life((("parent_delete_code", code),), refused=operation)
            for operation in GROWN
            for code in CODES
        ),
    ]


def play_life(played: Lives, life: Life) -> list[str]:
    """Live it; return what is wrong."""
    stage = played.ground.fresh()
    with knobs(stage, **dict(life.answer)):
        ripe(stage)
        wrong = [*(_refused if life.refused else _died)(played, life, stage.account())]
        asked = {call.service for call in stage.box.admin.calls()}
    return [*wrong, *(["it asked the tagging API"] if TAGGING_API in asked else [])]


def _died(played: Lives, life: Life, before: Account) -> Iterator[str]:
    """Die, go on a day later, and bring a tree back."""
    ground, stage = played.ground, played.ground.stage
    when, operation, number = life.death.split()
    passed = itertools.count(1)

    def die(passing: str, what: str) -> None:
        if (passing, what) == (when, f"aws {operation}") and next(passed) == int(number):
            raise SimulatedCrash

    ground.tap.act = die
    sweeps(stage)
    if not ground.tap.dead:
        yield "it did not die"
    ground.calm().pass_time(DAY)
    report = stage.sweep()
    if report.exit_code:
        yield f"exit code {report.exit_code}"
    yield from violations(before, stage)
    if ended(stage) != played.usual:
        yield f"it ends unlike the usual life: {ended(stage)}"
    yield from _back(stage)


def _back(stage: Stage) -> Iterator[str]:
    """Restore a tree, then sweep: what is back has all its edges, and is as young as it looks."""
    bench = stage.bench()
    plan = plan_restore(bench, tree_of(bench, newest(bench, "old-a", EXPERIMENT)))
    paces = Limiters(time.monotonic, threading.Event(), EAGER)
    restored = restore(bench, SageMakerRestoring(stage.session, paces, CallCounter()), plan)
    if not restored.complete:
        yield f"not all is restored: {restored.counts}"
    report = stage.sweep()
    if report.exit_code or report.outcomes:
        yield f"a sweep after the restore: exit code {report.exit_code}, {report.outcomes}"
    yield from (f"is not back: {each}" for each in sorted((LEFT | BACK) - stage.names()))
    for component, trials in EDGES.items():
        if stage.trials_of(component) != trials:
            yield f"{component} is back on {stage.trials_of(component)}"


def _refused(played: Lives, life: Life, before: Account) -> Iterator[str]:
    """Let something be hung on what is about to be deleted, after the last look at it."""
    ground, stage = played.ground, played.ground.stage
    who, act = GROWN[life.refused]
    hand = Hand(stage)

    def grow(when: str, what: str) -> None:
        asked = ground.tap.asked.get(NAMES[who[0]], "").lower()
        if (when, what, asked) == ("before", f"aws {life.refused}", who[2:]) and not hand.acted:
            act(hand)

    ground.tap.act = grow
    report = stage.sweep()
    sent = [each.code for each in stage.calls() if each.operation == life.refused]
    if sent.count(dict(life.answer)["parent_delete_code"]) != 1:
        yield f"it was not refused once: {sent}"
    yield from mistold(stage, report)
    if report.exit_code != FAILED:
        yield f"exit code {report.exit_code} after a refusal"
    kept = LEFT | hand.made | {who}
    yield from violations(before, stage, kept)
    ground.calm().pass_time(DAY)
    stage.sweep()
    yield from violations(before, stage, kept)
    yield from (f"open: {each}" for each in stage.open_intents())


def ended(stage: Stage) -> dict[str, Any]:
    """How an account and its vault are left, without the times that an answer may move."""
    account, ending = undated(stage.account()), Ending.of(stage)
    rows = {
        f"{kind} {key}": (row.tags, getattr(row, "trials", ()))
        for kind, found in account.items()
        for key, row in found.items()
    }
    return {
        "left": rows,
        "archived": ending.archived,
        "open": ending.open_intents,
        "twice": ending.twice,
    }


@contextmanager
def open_lives() -> Iterator[Lives]:
    """Open a ground, and live the usual life on it once."""
    with open_ground(unripe) as ground:
        stage = ripe(ground.fresh())
        stage.sweep()
        assert stage.names() == LEFT, "an undisturbed sweep does not do what the plays are about"
        yield Lives(ground, ended(stage))


ANSWERED = Section(
    name="either answer",
    faults="each unknown answer of AWS in a life of mark, sweep, crash, resume, restore",
    ground=open_lives,
    points=lives,
    play=play_life,
    short=8,
    kind=lambda life: life.answer,
    kinds=frozenset({knob for answer in ANSWERS for knob, _ in answer} | {"parent_delete_code"}),
)
