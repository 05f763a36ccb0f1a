"""Enforces a plan: unit by unit, bundle by bundle, archive first."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sagewarden.application.archiving import Archived, Archivist, Voucher
from sagewarden.application.journal import Journal
from sagewarden.application.looking import Watch
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects
from sagewarden.application.turns import STOPS, Evidence, Turns, TurnState
from sagewarden.core.bundles import Bundle, Turn, bundles
from sagewarden.core.canonical import milliseconds, spell_time
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.journal import Intent, Outcome, Result, Settled
from sagewarden.core.plan import Plan, PlannedEntity, Step, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Enforcement:
    """What enforcing one plan needs besides the plan."""

    bench: Bench
    effects: Effects
    watch: Watch
    journal: Journal
    run: str
    lanes: int


class Enforcer:
    """Enforces one plan in one run; remembers what came of each step."""

    def __init__(self, order: Enforcement, plan: Plan) -> None:
        self._order = order
        self._bench = order.bench
        self._plan = plan
        self._archivist = Archivist(order.bench, order.lanes)
        self._sequence = 0
        self._done = 0
        self.outcomes: list[Outcome] = []

    def enforce(self) -> list[Outcome]:
        """Enforce every unit; one that stops does not stop the others.

        What concerns the lease, the vault or broken evidence is raised and ends the run.
        """
        total = sum(len(unit.steps) for unit in self._plan.units)
        for unit in self._plan.units:
            self._enforce_unit(unit)
            self._done += len(unit.steps)
            self._bench.progress("enforcing", self._done, total)
        return self.outcomes

    def _enforce_unit(self, unit: Unit) -> None:
        try:
            if self._bench.stopping():
                self._skip(unit.steps, "the process was asked to stop")
                return
            self._order.watch.unit(unit)
        except STOPS as reason:
            self._stop(unit, unit.steps, str(reason))
            return
        left = list(bundles(unit))
        while left:
            surprise = self._enforce_bundle(unit, left.pop(0))
            if surprise is not None:
                self._stop(unit, [step for each in left for step in each.steps], surprise)
                return

    def _stop(self, unit: Unit, steps: Iterable[Step], reason: str) -> None:
        self._bench.events("unit.stopped", unit=unit.identity[:12], reason=reason)
        self._skip(steps, reason)

    def _skip(self, steps: Iterable[Step], reason: str) -> None:
        self.outcomes += [Outcome(step, Result.NOT_ATTEMPTED, reason) for step in steps]

    def _enforce_bundle(self, unit: Unit, bundle: Bundle) -> str | None:
        """Enforce one bundle; return why the unit must stop, or None."""
        if self._bench.stopping():
            self._skip(bundle.steps, "the process was asked to stop")
            return "the process was asked to stop"
        voucher = Voucher(self._order.run, self._plan.digest, unit.identity, self._next())
        try:
            archived = self._archivist.archive(bundle.entities, voucher)
            if unit.is_tree and archived.left_out:
                self._skip(bundle.steps, _first(archived.left_out))
                return _first(archived.left_out)
            above = self._order.watch.bundle(unit, bundle)
        except STOPS as reason:
            self._skip(bundle.steps, str(reason))
            return str(reason)
        return self._act(unit, _without(bundle, archived, self._skip), archived, above)

    def _act(
        self, unit: Unit, turns: Sequence[Turn], archived: Archived, above: dict[Identity, Entity]
    ) -> str | None:
        if not turns or archived.archive is None:
            return None
        intent = self._intent(unit, turns, archived, above)
        evidence = Evidence(archived.archive, intent, self._order.journal.intend(intent))
        taker = Turns(
            self._bench, self._order.effects, self._order.watch, self._order.journal, evidence
        )
        states = run_turns(
            taker.take,
            turns,
            lanes=self._order.lanes,
            tree=unit.is_tree,
            asked=self._bench.stopping,
        )
        outcomes = [outcome for state in states for outcome in state.outcomes.values()]
        self._order.journal.settle(
            Settled(
                run=self._order.run,
                sequence=intent.sequence,
                settled_by=self._order.run,
                outcomes=tuple(outcomes),
                at=spell_time(self._bench.looks.now()),
            )
        )
        self.outcomes += outcomes
        told = [outcome.detail for outcome in outcomes if outcome.detail]
        return told[0] if unit.is_tree and any(state.stopped() for state in states) else None

    def _intent(
        self, unit: Unit, turns: Sequence[Turn], archived: Archived, above: dict[Identity, Entity]
    ) -> Intent:
        entities = {each.identity: each for turn in turns for each in (turn.going, *turn.spared)}
        touched = dict(archived.modified)
        for identity, entity in above.items():
            touched[identity] = milliseconds(entity.modified or entity.created)
        assert archived.archive is not None  # noqa: S101 -- checked by the caller
        return Intent(
            run=self._order.run,
            sequence=self._sequence,
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

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence


def run_turns(
    take: Callable[[Turn], TurnState],
    turns: Sequence[Turn],
    *,
    lanes: int,
    tree: bool,
    asked: Callable[[], bool],
) -> list[TurnState]:
    """Take turns side by side, `lanes` at once.

    After a surprise in a tree, or when asked to stop, turns that have not begun are not taken;
    those under way come to their own end, so that no edge stays open.
    """
    halted: list[str] = []

    def one(turn: Turn) -> TurnState:
        if asked():
            halted.append("the process was asked to stop")
        if halted:
            state = TurnState()
            for step in turn.steps:
                state.note(step, Result.NOT_ATTEMPTED, halted[0])
            return state
        state = take(turn)
        if tree and state.stopped():
            halted.append(next(each.detail for each in state.outcomes.values() if each.detail))
        return state

    if lanes == 1:
        return [one(turn) for turn in turns]
    with ThreadPoolExecutor(lanes) as pool:
        return list(pool.map(one, turns))


def _without(
    bundle: Bundle,
    archived: Archived,
    skip: Callable[[Iterable[Step], str], None],
) -> list[Turn]:
    """Return the turns whose every entity is in the archive, and tell why of the others."""
    turns = []
    for turn in bundle.turns:
        everyone = [turn.going, *turn.spared]
        reasons = [archived.left_out.get(each.identity) for each in everyone]
        reasons += [
            "it is gone already" if each.identity in archived.absent else None for each in everyone
        ]
        told = next((reason for reason in reasons if reason), None)
        if told is None:
            turns.append(turn)
        else:
            skip(turn.steps, told)
    return turns


def _above(unit: Unit, above: dict[Identity, Entity]) -> tuple[PlannedEntity, ...]:
    return tuple(each for each in (*unit.entities, *unit.ancestors) if each.identity in above)


def _first(reasons: dict[Identity, str]) -> str:
    return next(iter(reasons.values()))
