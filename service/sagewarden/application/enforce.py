"""Enforces a plan: unit by unit, bundle by bundle, archive first."""

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial

from sagewarden.application.archiving import Archived, Archivist, Voucher
from sagewarden.application.journal import Journal
from sagewarden.application.lanes import Lanes, spread
from sagewarden.application.looking import Watch
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects
from sagewarden.application.turns import STOPS, Cuts, Evidence, Hands, Turns, TurnState
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.bundles import LARGEST, MOST, Bundle, Turn, bundles
from sagewarden.core.canonical import milliseconds, spell_time
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.journal import Intent, Outcome, Result, Settled
from sagewarden.core.plan import Plan, PlannedEntity, Step, Unit
from sagewarden.errors import SageWardenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """What enforcing one plan needs besides the plan.

    `numbers` are the places of the run's bundles in its journal, shared by all plans of the run;
    `most` is how many entities a bundle may have, `largest` how many bytes. `guard` raises
    LeaseHeld once the lease has run out: an intent is written by its holder only.
    """

    bench: Bench
    effects: Effects
    watch: Watch
    journal: Journal
    run: str
    lanes: int
    guard: Callable[[], None]
    most: int = MOST
    largest: int = LARGEST
    numbers: Iterator[int] = field(default_factory=partial(itertools.count, 1))
    cuts: Cuts = field(default_factory=Cuts)

    @property
    def hands(self) -> Hands:
        """What turns are taken with."""
        return Hands(self.bench, self.effects, self.watch, self.journal, self.cuts)


UNITS = 4
"""Units that are enforced side by side, so that one that waits for AWS does not idle the rest."""

ASKED = "the process was asked to stop"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A bundle's archive, or why there is none. `number` is its place in the journal."""

    number: int
    archived: Archived | None
    reason: str = ""


class Enforcer:
    """Enforces one plan in one run; remembers what came of each step.

    With one lane everything happens in one order; with more, units run side by side and share
    the lanes, so that never more than `lanes` components are between their cut and their delete.
    """

    def __init__(self, order: Enforcement, plan: Plan) -> None:
        self._order = order
        self._bench = order.bench
        self._plan = plan
        self._archivist = Archivist(order.bench, order.lanes, order.largest)
        self._lock = threading.Lock()
        self._broken = threading.Event()
        self._done = 0
        self.outcomes: list[Outcome] = []

    def enforce(self) -> list[Outcome]:
        """Enforce every unit; one that stops does not stop the others.

        What concerns the lease, the vault or broken evidence is raised and ends the run, after
        every turn under way has come to its end; what is left is told as not attempted.
        """
        try:
            self._enforce_units(self._plan.units)
        except SageWardenError as error:
            known = {outcome.step for outcome in self.outcomes}
            steps = [step for unit in self._plan.units for step in unit.steps]
            self._skip([step for step in steps if step not in known], error.message)
            raise
        return self.outcomes

    def _enforce_units(self, units: Sequence[Unit]) -> None:
        if self._order.lanes == 1:
            for unit in units:
                self._enforce_unit(unit, None)
            return
        with Lanes(self._order.lanes) as lanes, ThreadPoolExecutor(UNITS) as side:
            list(side.map(lambda unit: self._enforce_unit(unit, lanes), spread(units)))

    def _enforce_unit(self, unit: Unit, lanes: Executor | None) -> None:
        try:
            self._take_unit(unit, lanes)
        except BaseException:
            self._broken.set()
            raise
        with self._lock:
            self._done += len(unit.steps)
            total = sum(len(each.steps) for each in self._plan.units)
            self._bench.progress("enforcing", self._done, total)

    def _take_unit(self, unit: Unit, lanes: Executor | None) -> None:
        if self._asked():
            self._skip(unit.steps, ASKED)
            return
        try:
            self._order.watch.unit(unit)
        except STOPS as reason:
            self._stop(unit, unit.steps, str(reason))
            return
        left = list(bundles(unit, self._order.most))
        with ThreadPoolExecutor(1) as ahead:
            archive = self._archived(unit, left[0])
            while left:
                bundle = left.pop(0)
                if archive.archived is not None:  # of as much of it as fits into one
                    bundle = archive.archived.bundle
                    left[:0] = archive.archived.rest
                following = ahead.submit(self._archived, unit, left[0]) if left else None
                surprise = self._enforce_bundle(unit, bundle, archive, lanes)
                if surprise is not None:
                    self._stop(unit, [step for each in left for step in each.steps], surprise)
                    return
                if following is not None:
                    archive = following.result()

    def _archived(self, unit: Unit, bundle: Bundle) -> Prepared:
        """Archive a bundle; the next one is archived while this one is enforced."""
        number = next(self._order.numbers)
        voucher = Voucher(self._order.run, self._plan.digest, unit.identity, number)
        try:
            return Prepared(number, self._archivist.archive(bundle, voucher))
        except STOPS as reason:
            return Prepared(number, None, str(reason))

    def _asked(self) -> bool:
        return self._broken.is_set() or self._bench.stopping()

    def _stop(self, unit: Unit, steps: Iterable[Step], reason: str) -> None:
        self._bench.events("unit.stopped", unit=unit.identity[:12], reason=reason)
        self._skip(steps, reason)

    def _skip(self, steps: Iterable[Step], reason: str) -> None:
        self._add(Outcome(step, Result.NOT_ATTEMPTED, reason) for step in steps)

    def _gone(self, steps: Iterable[Step]) -> None:
        self._add(Outcome(step, Result.ALREADY_ABSENT) for step in steps)

    def _add(self, outcomes: Iterable[Outcome]) -> None:
        with self._lock:
            self.outcomes += outcomes

    def _enforce_bundle(
        self, unit: Unit, bundle: Bundle, prepared: Prepared, lanes: Executor | None
    ) -> str | None:
        """Enforce one bundle; return why the unit must stop, or None."""
        reason = self._against(unit, prepared)
        if reason is not None or prepared.archived is None:
            self._skip(bundle.steps, reason or "")
            return reason
        try:
            above = self._order.watch.bundle(unit, bundle)
        except STOPS as stop:
            self._skip(bundle.steps, str(stop))
            return str(stop)
        turns = self._present(bundle, prepared.archived)
        if not turns or prepared.archived.archive is None:
            return None
        intent = self._intent(unit, turns, prepared, above)
        return self._act(intent, prepared.archived.archive, turns, lanes)

    def _present(self, bundle: Bundle, archived: Archived) -> list[Turn]:
        """Return the turns whose every entity is archived; tell of those left out, or gone."""
        turns = []
        for turn in bundle.turns:
            told = [archived.left_out.get(each.identity) for each in turn.everyone]
            reason = next((each for each in told if each), None)
            if reason is not None:
                self._skip(turn.steps, reason)
            elif turn.going.identity in archived.absent:
                self._gone(turn.steps)
            else:
                self._gone(edge for edge in turn.edges if edge.identity in archived.absent)
                turns.append(turn.without(archived.absent))
        return turns

    def _against(self, unit: Unit, prepared: Prepared) -> str | None:
        if self._asked():
            return ASKED
        if prepared.archived is None:
            return prepared.reason
        if unit.is_tree and prepared.archived.left_out:
            return next(iter(prepared.archived.left_out.values()))
        return None

    def _act(
        self,
        intent: Intent,
        archive: VerifiedArchive,
        turns: Sequence[Turn],
        lanes: Executor | None,
    ) -> str | None:
        order = self._order
        order.guard()
        evidence = Evidence(archive, intent, order.journal.intend(intent))
        taker = Turns(order.hands, evidence)
        shared = any(turn.spared for turn in turns)
        states = run_turns(
            taker.take,
            turns,
            lanes=None if shared else lanes,
            tree=intent.is_tree,
            asked=self._asked,
        )
        outcomes = [outcome for state in states for outcome in state.outcomes.values()]
        order.journal.settle(
            Settled(
                run=order.run,
                sequence=intent.sequence,
                settled_by=order.run,
                outcomes=tuple(outcomes),
                at=spell_time(self._bench.looks.now()),
            )
        )
        self._add(outcomes)
        told = [outcome.detail for outcome in outcomes if outcome.detail]
        return told[0] if intent.is_tree and any(state.stopped() for state in states) else None

    def _intent(
        self, unit: Unit, turns: Sequence[Turn], prepared: Prepared, above: dict[Identity, Entity]
    ) -> Intent:
        entities = {each.identity: each for turn in turns for each in turn.everyone}
        archived = prepared.archived
        assert archived is not None and archived.archive is not None  # noqa: S101, PT018 -- checked by the caller
        touched = dict(archived.modified)
        for identity, entity in above.items():
            touched[identity] = milliseconds(entity.modified or entity.created)
        return Intent(
            run=self._order.run,
            sequence=prepared.number,
            plan=self._plan.digest,
            unit=unit.identity,
            is_tree=unit.is_tree,
            archive_key=archived.archive.key,
            archive_sha256=archived.archive.sha256,
            entities=tuple(entities.values()),
            ancestors=_above(unit, above),
            steps=tuple(step for turn in turns for step in turn.steps),
            touched=touched,
            sent=spell_time(self._bench.looks.now()),
        )


def run_turns(
    take: Callable[[Turn], TurnState],
    turns: Sequence[Turn],
    *,
    lanes: Executor | None,
    tree: bool,
    asked: Callable[[], bool],
) -> list[TurnState]:
    """Take turns side by side in the lanes, or one after the other without any.

    After a surprise in a tree, or when asked to stop, turns that have not begun are not taken;
    those under way come to their own end, so that no edge stays open.
    """
    halted: list[str] = []

    def one(turn: Turn) -> TurnState:
        if asked():
            halted.append(ASKED)
        if halted:
            state = TurnState()
            for step in turn.steps:
                state.note(step, Result.NOT_ATTEMPTED, halted[0])
            return state
        state = take(turn)
        if tree and state.stopped():
            halted.append(next(each.detail for each in state.outcomes.values() if each.detail))
        return state

    if lanes is None:
        return [one(turn) for turn in turns]
    return _all_ended([lanes.submit(one, turn) for turn in turns])


def _all_ended(futures: Sequence["Future[TurnState]"]) -> list[TurnState]:
    """Wait for every turn, then raise what the first one to fail raised, if one did."""
    wait(futures)
    return [future.result() for future in futures]


def _above(unit: Unit, above: dict[Identity, Entity]) -> tuple[PlannedEntity, ...]:
    return tuple(each for each in (*unit.entities, *unit.ancestors) if each.identity in above)
