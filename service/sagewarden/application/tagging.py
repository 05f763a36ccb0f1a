"""Writes tags batch by batch: look, journal the intent, look again, write once, journal outcomes.

Tags can be written again and again, so a run that died here is not resumed: what it left open is
settled by a look, and the next run decides anew what is to be written.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

from sagewarden.application.holds import Shields
from sagewarden.application.journal import Journal, TagEntry
from sagewarden.application.pause import paused
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Tagging
from sagewarden.application.turns import PATIENCE
from sagewarden.core.canonical import milliseconds, spell_time
from sagewarden.core.deletion import CreatedAnew, WorldChanged
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.forest import Forest
from sagewarden.core.journal import Result
from sagewarden.core.tagging import LEFT_AS_THEY_ARE
from sagewarden.core.tags import (
    DurableTags,
    TagEffect,
    TagIntent,
    TagOutcome,
    TagsSettled,
    TagStep,
    TagWrite,
)
from sagewarden.errors import (
    Absent,
    EffectRefused,
    EffectThrottled,
    EffectUnclear,
    ReadFailed,
    SageWardenError,
)

BATCH = 100
"""Entities whose tags are journalled and settled together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TagOrder:
    """What writing tags needs besides the steps.

    `numbers` are places in the run's journal, shared with its bundles. `guard` raises LeaseHeld
    once the lease has run out: an intent is written by its holder only.
    """

    bench: Bench
    tagging: Tagging
    journal: Journal
    run: str
    lanes: int
    guard: Callable[[], None]
    numbers: Iterator[int]
    shields: Shields


class Tagger:
    """Writes tags in one run; `left` is what never reached the journal."""

    def __init__(self, order: TagOrder, forest: Forest) -> None:
        self._order = order
        self._bench = order.bench
        self._forest = forest
        self.left: list[TagOutcome] = []

    def tag(self, steps: Iterable[TagStep]) -> None:
        """Carry out steps; what one entity refuses does not stop the others.

        What concerns the lease or the vault is raised and ends the run; what is left is told as
        not attempted.
        """
        batches = list(_batches(steps))
        while batches:
            batch = batches.pop(0)
            if (reason := self._halted()) is not None:
                self._leave((step for each in batch for step in each), reason)
                continue
            try:
                self._write_batch(batch)
            except SageWardenError as error:
                told = {outcome.step for outcome in self.left}
                left = [step for more in (batch, *batches) for each in more for step in each]
                self._leave((step for step in left if step not in told), error.message)
                raise

    def _halted(self) -> str | None:
        if self._bench.stopping():
            return "the process was asked to stop"
        return None if paused(self._bench.vault, self._bench.target) is None else "it is paused"

    def _leave(
        self, steps: Iterable[TagStep], reason: str, result: Result = Result.NOT_ATTEMPTED
    ) -> None:
        self.left += [TagOutcome(step, result, reason) for step in steps]

    def _write_batch(self, batch: Sequence[Sequence[TagStep]]) -> None:
        order = self._order
        order.shields.renew()
        found = self._looked({who for steps in batch for who in self._touched(steps[0].identity)})
        going = [steps for steps in batch if self._may_go(steps, found)]
        if not going:
            return
        touched = {who for steps in going for who in self._touched(steps[0].identity)}
        intent = TagIntent(
            run=order.run,
            sequence=next(order.numbers),
            steps=tuple(step for steps in going for step in steps),
            touched={
                who: milliseconds(seen.modified or seen.created)
                for who in touched
                if isinstance(seen := found[who], Entity)
            },
            sent=spell_time(self._bench.looks.now()),
        )
        order.guard()
        durable = order.journal.intend_tags(intent)
        outcomes = [each for steps in going for each in self._write_entity(steps, durable)]
        settle_tags(order.journal, self._bench, intent, outcomes, order.run)

    def _touched(self, identity: Identity) -> list[Identity]:
        """Return whose LastModifiedTime a write may move: its own, and those above it."""
        entity = self._forest.inventory.of(identity.kind)[identity.name]
        return [identity, *(each.identity for each in self._forest.above(entity))]

    def _looked(self, wanted: Iterable[Identity]) -> dict[Identity, Entity | Exception]:
        """Describe everything that will be touched; an error stands for what was not seen."""
        everyone = sorted(wanted)
        with ThreadPoolExecutor(self._order.lanes) as lanes:
            return dict(zip(everyone, lanes.map(self._seen, everyone), strict=True))

    def _seen(self, identity: Identity) -> Entity | Exception:
        try:
            return look_at(self._bench, identity)
        except (Absent, CreatedAnew, ReadFailed) as error:
            return error

    def _may_go(self, steps: Sequence[TagStep], found: dict[Identity, Entity | Exception]) -> bool:
        """Whether all that these steps touch was seen, and none of it is held; else say so."""
        own, *above = (found[who] for who in self._touched(steps[0].identity))
        if isinstance(own, Absent | CreatedAnew):
            self._leave(steps, "it is gone", Result.ALREADY_ABSENT)
            return False
        reason = next(filter(None, map(self._against, (own, *above))), "")
        if reason:
            self._leave(steps, reason)
        return not reason

    def _against(self, found: Entity | Exception) -> str:
        """Say why what was found must not be touched by a write; empty when it may be."""
        if isinstance(found, ReadFailed):
            return str(found)
        held = self._order.shields.of(found) if isinstance(found, Entity) else ()
        return f"{LEFT_AS_THEY_ARE} ({'; '.join(held)})" if held else ""

    def _write_entity(self, steps: Sequence[TagStep], durable: DurableTags) -> Iterable[TagOutcome]:
        """Set what is to be set; only when that is done, take off what is to go."""
        outcomes: list[TagOutcome] = []
        for effect in TagEffect:
            ours = [step for step in steps if step.effect is effect]
            if all(each.result is Result.DONE for each in outcomes):
                outcomes += self._attempt(ours, durable)
            else:
                reason = "another tag of it had to be set first"
                outcomes += [TagOutcome(step, Result.NOT_ATTEMPTED, reason) for step in ours]
        return outcomes

    def _attempt(self, steps: Sequence[TagStep], durable: DurableTags) -> list[TagOutcome]:
        """Write what is still open of these steps until it is clear what came of it."""
        attempt = _Attempt(list(steps))
        for rest in (*PATIENCE, None):
            if not attempt.open:
                break
            self._order.tagging.turn(attempt.open[0].effect)
            try:
                self._once(attempt, durable)
            except (EffectThrottled, EffectUnclear) as reason:
                attempt.doubtful |= isinstance(reason, EffectUnclear)
                if rest is None:
                    attempt.note(attempt.open, Result.REFUSED, str(reason))
                else:
                    self._tell_retry(attempt.open[0], reason)
                    self._bench.rest(rest)
        return attempt.outcomes

    def _once(self, attempt: "_Attempt", durable: DurableTags) -> None:
        """Look, then write once; raise what has to be tried again."""
        try:
            seen = look_at(self._bench, attempt.open[0].identity)
            self._check_held(seen)
            attempt.compare(seen)
            if attempt.open:
                self._order.tagging.write(TagWrite(tuple(attempt.open), seen, durable))
        except (EffectThrottled, EffectUnclear):
            raise
        except (Absent, CreatedAnew):
            attempt.note(attempt.open, Result.ALREADY_ABSENT, "it is gone")
        except EffectRefused as error:
            attempt.note(attempt.open, Result.REFUSED, str(error))
        except (WorldChanged, ReadFailed) as error:
            result = Result.REFUSED if attempt.doubtful else Result.NOT_ATTEMPTED
            attempt.note(attempt.open, result, str(error))
        else:
            attempt.note(attempt.open, Result.DONE)

    def _check_held(self, seen: Entity) -> None:
        if reason := self._against(seen):
            raise WorldChanged(reason)

    def _tell_retry(self, step: TagStep, reason: SageWardenError) -> None:
        self._bench.events(
            "effect.again", step=str(step), reason=type(reason).__name__, detail=reason.message
        )


class _Attempt:
    """Steps of one effect on one entity, on their way."""

    def __init__(self, steps: list[TagStep]) -> None:
        self.open = steps
        self.outcomes: list[TagOutcome] = []
        self.doubtful = False

    def note(self, steps: Iterable[TagStep], result: Result, detail: str = "") -> None:
        """Remember what came of steps; they are not open any more."""
        told = list(steps)
        self.outcomes += [TagOutcome(step, result, detail) for step in told]
        self.open = [step for step in self.open if step not in told]

    def compare(self, seen: Entity) -> None:
        """Settle what is so already, and keep what somebody else has changed meanwhile."""
        for step in self.open:
            result, detail = found(step, seen)
            if result is not None:
                if result is Result.DONE and self.doubtful:
                    detail = "found done after an unclear answer"
                self.note([step], result, detail)


def found(step: TagStep, seen: Entity) -> tuple[Result | None, str]:
    """Tell from a look what a step has come to; None while it is still to be done."""
    value = (seen.tags or {}).get(step.key)
    if value == step.after:
        return Result.DONE, "found done"
    if value != step.before:
        return Result.NOT_ATTEMPTED, "somebody else changed this tag meanwhile"
    return None, ""


def look_at(bench: Bench, identity: Identity) -> Entity:
    """Look at an entity: ListTags, then Describe; raise CreatedAnew when it is another one."""
    seen = bench.looks.describe(identity.kind, identity.name).entity
    if seen.identity != identity:
        raise CreatedAnew(f"{identity} was created anew by someone else")
    return seen


def settle_tags(
    journal: Journal, bench: Bench, intent: TagIntent, outcomes: Iterable[TagOutcome], run: str
) -> None:
    """Journal what came of an intent; `run` is who found out."""
    journal.settle_tags(
        TagsSettled(
            run=intent.run,
            sequence=intent.sequence,
            settled_by=run,
            outcomes=tuple(outcomes),
            at=spell_time(bench.looks.now()),
        )
    )


def settle_left(journal: Journal, bench: Bench, entry: TagEntry, run: str) -> None:
    """Find out what a dead run came to with the tags that it meant to write."""
    outcomes = [_told(bench, step) for step in entry.intent.steps]
    settle_tags(journal, bench, entry.intent, outcomes, run)


def _told(bench: Bench, step: TagStep) -> TagOutcome:
    try:
        result, detail = found(step, look_at(bench, step.identity))
    except (Absent, CreatedAnew):
        return TagOutcome(step, Result.ALREADY_ABSENT, "it is gone")
    return TagOutcome(step, result or Result.NOT_ATTEMPTED, detail or "the run died before it")


def _batches(steps: Iterable[TagStep]) -> Iterable[list[list[TagStep]]]:
    """Cut steps into batches of entities, each with all its steps."""
    ordered = sorted(steps, key=lambda step: (step.identity, step.key))
    entities = [list(group) for _, group in groupby(ordered, key=lambda step: step.identity)]
    return (entities[at : at + BATCH] for at in range(0, len(entities), BATCH))
