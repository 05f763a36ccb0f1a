"""Carries out the steps that belong to one entity, and puts edges back when it must stop.

Each effect is sent once an attempt. Before every attempt its turn at the rate is awaited first, so
that nothing stands between the look and the effect; after an unclear answer only a look decides.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sagewarden.application.journal import Journal
from sagewarden.application.looking import Watch, check_gone, is_there
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.bundles import Turn
from sagewarden.core.canonical import spell_time
from sagewarden.core.deletion import (
    CreatedAnew,
    Deletion,
    Disassociation,
    DurableIntent,
    Reassociation,
    WorldChanged,
)
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.journal import Intent, Outcome, Result
from sagewarden.core.plan import Effect, PlannedEntity, Step
from sagewarden.errors import (
    Absent,
    EffectRefused,
    EffectThrottled,
    EffectUnclear,
    IntegrityError,
    Paused,
    ReadFailed,
    SageWardenError,
    StillLinked,
    Unsettled,
)

PATIENCE = (0.5, 1.0, 1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 16.0)
"""Seconds to rest before each further attempt at one effect; about a minute in all."""

STOPS = (WorldChanged, ReadFailed, EffectRefused, EffectUnclear, Absent, Paused)
"""What stops a turn: the entity is kept, and its edges are put back."""


class ComponentGone(WorldChanged):
    """The component whose edge was to be put back does not exist any more."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What every effect of a bundle rests on."""

    archive: VerifiedArchive
    intent: Intent
    durable: DurableIntent


@dataclass(slots=True)
class TurnState:
    """How far a turn has come.

    `removed` are edges that are gone by our hand, `doubtful` steps that were sent and got no clear
    answer: they may have been applied.
    """

    outcomes: dict[Step, Outcome] = field(default_factory=dict)
    removed: list[Step] = field(default_factory=list)
    doubtful: set[Step] = field(default_factory=set)

    def note(self, step: Step, result: Result, detail: str = "") -> None:
        """Remember what came of a step; an edge that is gone may have to be put back."""
        self.outcomes[step] = Outcome(step, result, detail)

    def stopped(self) -> bool:
        """Whether anything is not as it was meant to be."""
        fine = (Result.DONE, Result.ALREADY_ABSENT)
        return any(outcome.result not in fine for outcome in self.outcomes.values())

    @property
    def cut(self) -> list[Step]:
        """Edges that are gone, or may be, in the order of their effects."""
        doubtful = [step for step in self.doubtful if step.effect is Effect.DISASSOCIATE]
        return [*self.removed, *(step for step in doubtful if step not in self.removed)]


class Cuts:
    """Edges that a plan's own journal took away, or is just taking away, in any of its units.

    A component that is spared may lose edges in several units; none of them is a surprise.
    """

    def __init__(self) -> None:
        self._steps: set[Step] = set()
        self._lock = threading.Lock()

    def add(self, step: Step) -> None:
        """Note an edge before its effect leaves: another lane may look right after."""
        with self._lock:
            self._steps.add(step)

    def discard(self, step: Step) -> None:
        """Forget an edge that was put back or never went."""
        with self._lock:
            self._steps.discard(step)

    def of(self, identity: Identity) -> set[str]:
        """Keys of the trials that a component lost."""
        with self._lock:
            return {step.trial for step in self._steps if step.identity == identity}


@dataclass(frozen=True, slots=True)
class Hands:
    """What turns are taken with, whatever the bundle."""

    bench: Bench
    effects: Effects
    watch: Watch
    journal: Journal
    cuts: Cuts


class Turns:
    """Takes turns on one target, with the evidence of one bundle."""

    def __init__(self, hands: Hands, evidence: Evidence) -> None:
        self._bench = hands.bench
        self._effects = hands.effects
        self._watch = hands.watch
        self._journal = hands.journal
        self._cuts = hands.cuts
        self._evidence = evidence

    def take(self, turn: Turn, removed: Iterable[Step] = ()) -> TurnState:
        """Carry out a turn; on any surprise put its edges back and say why.

        `removed` are edges that an earlier process took away. What has to do with the lease or
        the vault is raised: the intent stays open then, and the next run settles it.
        """
        state = TurnState()
        for step in removed:
            self._note_edge(state, step, Result.DONE)
        try:
            self._places(turn)
            for step in turn.edges:
                if step not in state.removed:
                    planned = self._planned(turn, step)
                    self._note_edge(state, step, self._attempt(state, step, planned, self._cut))
            state.note(turn.delete, self._attempt(state, turn.delete, turn.going, self._delete))
        except STOPS as reason:
            self._stop(turn, state, reason)
        return state

    def _note_edge(self, state: TurnState, step: Step, result: Result) -> None:
        state.note(step, result)
        if result is Result.DONE:
            state.removed.append(step)
            self._cuts.add(step)
        else:
            self._cuts.discard(step)

    def _places(self, turn: Turn) -> None:
        """Before a component's first effect: list its trials. One that is gone has none."""
        components = [*turn.spared]
        if turn.going.identity.kind is Kind.COMPONENT:
            components.append(turn.going)
        for planned in components:
            try:
                self._watch.place(planned, self._cuts.of(planned.identity))
            except Absent:
                self._bench.events("look.absent", entity=str(planned.identity))

    def _planned(self, turn: Turn, step: Step) -> PlannedEntity:
        return next(each for each in (turn.going, *turn.spared) if each.identity == step.identity)

    def _attempt(  # noqa: C901, PLR0912 -- one arm for each answer there is
        self,
        state: TurnState,
        step: Step,
        planned: PlannedEntity,
        act: Callable[[Step, PlannedEntity], None],
    ) -> Result:
        """Try one effect until it is clear what came of it; raise what stops the turn."""
        for rest in (*PATIENCE, None):
            self._effects.turn(step.effect, step.identity.kind)
            try:
                act(step, planned)
            except Absent:
                if state.removed or step in state.doubtful:
                    check_gone(self._bench.looks, planned.identity)
                return Result.DONE if step in state.doubtful else Result.ALREADY_ABSENT
            except CreatedAnew:
                if step not in state.doubtful:
                    raise
                return Result.DONE
            except (StillLinked, EffectThrottled, EffectUnclear) as reason:
                if isinstance(reason, EffectUnclear):
                    state.doubtful.add(step)
                if rest is None:
                    raise
                self._tell_retry(step, reason)
                self._bench.rest(rest)
                if self._settled(step, planned, reason):
                    return Result.DONE
            else:
                return Result.DONE
        raise AssertionError("the last attempt returns or raises")  # pragma: no cover

    def _settled(self, step: Step, planned: PlannedEntity, reason: SageWardenError) -> bool:
        """After an unclear Disassociate, list; after a refusal as linked, look for a new link."""
        if isinstance(reason, StillLinked) and planned.identity.kind is Kind.COMPONENT:
            self._watch.place(planned, planned.parents)
        if not isinstance(reason, EffectUnclear) or step.effect is not Effect.DISASSOCIATE:
            return False
        return step.trial not in self._bench.looks.trials_of(planned.name)

    def _cut(self, step: Step, planned: PlannedEntity) -> None:
        look = self._watch.entity(planned)
        evidence = self._evidence
        self._cuts.add(step)
        self._effects.disassociate(
            Disassociation(planned, step.trial, evidence.archive, look, evidence.durable)
        )

    def _delete(self, _step: Step, planned: PlannedEntity) -> None:
        look = self._watch.entity(planned)
        evidence = self._evidence
        self._effects.delete(Deletion(planned, evidence.archive, look, evidence.durable))

    def _tell_retry(self, step: Step, reason: SageWardenError) -> None:
        self._bench.events(
            "effect.again", step=str(step), reason=type(reason).__name__, detail=reason.message
        )

    def _stop(self, turn: Turn, state: TurnState, reason: Exception) -> None:
        """Put back what was taken away, and say of each other step that it was not done."""
        detail = str(reason)
        self._bench.events("turn.stopped", entity=str(turn.going.identity), reason=detail)
        if turn.delete in state.doubtful and self._vanished(turn.going.identity):
            state.note(turn.delete, Result.DONE, f"found done after: {detail}")
            return
        if state.cut:
            self.undo(state, detail)
        left = [step for step in turn.steps if step not in state.outcomes]
        if isinstance(reason, EffectRefused | EffectUnclear) and left:
            state.note(left.pop(0), Result.REFUSED, detail)
        for step in left:
            state.note(step, Result.NOT_ATTEMPTED, detail)

    def _vanished(self, identity: Identity) -> bool:
        try:
            return not is_there(self._bench.looks, identity)
        except ReadFailed as error:
            raise _unsettled(f"whether {identity} was deleted is not known", error) from error

    def undo(self, state: TurnState, why: str) -> None:
        """Put every edge back that is gone or may be, each with its own look at both ends.

        Raise Unsettled when AWS does not answer for an edge: the intent then stays open, and the
        next run goes on with the undo.
        """
        edges = [(step.identity, step.trial) for step in state.cut]
        self._journal.begin_undo(self._evidence.intent, edges, spell_time(self._bench.looks.now()))
        owed: SageWardenError | None = None
        for step in reversed(state.cut):
            try:
                self._put_back(step)
            except ComponentGone as error:
                self._cuts.discard(step)
                state.note(step, Result.ALREADY_ABSENT, f"{why}; {error}")
            except (ReadFailed, EffectUnclear, EffectThrottled) as error:
                owed = error
                self._bench.events("undo.failed", step=str(step), reason=str(error))
            except (*STOPS, IntegrityError) as error:
                told = f"{why}; the edge could not be put back: {error}"
                state.note(step, Result.NEEDS_PERSON, told)
                self._bench.events("undo.failed", step=str(step), reason=str(error))
            else:
                self._cuts.discard(step)
                state.note(step, Result.UNDONE, why)
        if owed is not None:
            raise _unsettled("an edge could not be put back yet", owed) from owed

    def _put_back(self, step: Step) -> None:
        def there() -> bool:
            return step.trial in self._bench.looks.trials_of(step.identity.name)

        for rest in (*PATIENCE, None):
            self._check_ends(step)
            try:
                self._effects.associate(
                    Reassociation(
                        step.identity, step.trial, self._evidence.archive, self._evidence.durable
                    )
                )
            except (EffectUnclear, EffectThrottled):
                if rest is None:
                    raise
                self._bench.rest(rest)
            else:
                return
            if there():
                return

    def _check_ends(self, step: Step) -> None:
        """Both ends must still be the entities that the edge was between."""
        try:
            component = self._bench.looks.describe(Kind.COMPONENT, step.identity.name).entity
        except Absent as error:
            check_gone(self._bench.looks, step.identity)
            raise ComponentGone(f"{step.identity} is gone, there is no edge to put back") from error
        if component.identity != step.identity:
            raise ComponentGone(f"{step.identity} was deleted and created anew by someone else")
        intent = self._evidence.intent
        known = {
            each.identity.name: each.identity
            for each in (*intent.entities, *intent.ancestors)
            if each.identity.kind is Kind.TRIAL
        }
        try:
            trial = self._bench.looks.describe(Kind.TRIAL, step.trial).entity
        except Absent:
            if step.trial in known:
                check_gone(self._bench.looks, known[step.trial])
            raise
        if known.get(step.trial, trial.identity) != trial.identity:
            raise WorldChanged(f"{trial.identity} was created anew by someone else")


def _unsettled(what: str, error: SageWardenError) -> Unsettled:
    return Unsettled(
        f"{what}: {error.message}",
        advice=f"The next run settles it before anything else. {error.advice}".strip(),
    )
