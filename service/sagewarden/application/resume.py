"""Settles what a run that died left open, before anything else is judged."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sagewarden.application.archiving import read_back
from sagewarden.application.enforce import Enforcement
from sagewarden.application.journal import Entry
from sagewarden.application.looking import is_there
from sagewarden.application.plans import StoredPlan, stored_plan
from sagewarden.application.reporting import adopted_runs, reported_runs
from sagewarden.application.tagging import settle_left
from sagewarden.application.turns import STOPS, Evidence, Turns, TurnState
from sagewarden.application.writes import (
    own_writes,
    remember_deletions,
    remember_touched,
    remember_writes,
)
from sagewarden.core.bundles import Turn, turns_of
from sagewarden.core.canonical import milliseconds, spell_time
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.journal import Intent, Result, Settled
from sagewarden.core.plan import Effect, Step
from sagewarden.core.policy import PolicySet
from sagewarden.core.writes import BUNDLE_MOST
from sagewarden.errors import Absent, ApprovalNeeded, LimitReached, VaultAbsent


@dataclass(frozen=True, slots=True)
class Adopted:
    """A dead run's journal, every intent of it settled."""

    run: str
    entries: tuple[Entry, ...]


class Resumer:
    """Settles open intents from their own verified archives; it never archives anew."""

    def __init__(
        self, order: Enforcement, policies: PolicySet, allowed: Callable[[StoredPlan], None]
    ) -> None:
        """`allowed` raises what keeps a plan from going on: a limit, or a missing approval."""
        self._order = order
        self._bench = order.bench
        self._allowed = allowed
        self._rules = {(policy.name, policy.rule) for policy in policies.policies}

    def resume(self) -> list[Adopted]:
        """Settle every run that has open intents or no report; return them, oldest first."""
        told = {*reported_runs(self._bench), *adopted_runs(self._bench)}
        unsettled = self._order.journal.unsettled()
        dead = [run for run, is_open in unsettled.items() if is_open or run not in told]
        return [self._adopt(run) for run in sorted(dead) if run != self._order.run]

    def _adopt(self, run: str) -> Adopted:
        self._bench.events("resume.found", dead_run=run)
        left = list(self._order.journal.entries(run))
        tagged = list(self._order.journal.tag_entries(run))
        remember_writes(self._bench, left, tagged)
        for entry in left:
            if entry.settled is None:
                self._settle_remembered(entry)
            else:
                self._remember_cuts(entry.settled)
        for batch in tagged:
            if batch.settled is None:
                settle_left(self._order.journal, self._bench, batch, self._order.run)
        settled = tuple(self._order.journal.entries(run))
        remember_deletions(self._bench, settled)
        return Adopted(run, settled)

    def _settle_remembered(self, entry: Entry) -> None:
        """Settle an entry; its own trace is told from what others did since the run died."""
        known, before = own_writes(self._bench), self._modified(entry.intent)
        began = self._bench.looks.now()
        remember_touched(self._bench, known, before, (began, began + BUNDLE_MOST))
        self._settle(entry)
        remember_touched(self._bench, known, before, (began, self._bench.looks.now()))

    def _modified(self, intent: Intent) -> dict[Identity, int]:
        """When what a bundle touches had last changed, as of now; what is gone is left out."""
        with ThreadPoolExecutor(self._order.lanes) as lanes:
            seen = list(lanes.map(self._seen, intent.touched))
        return {
            entity.identity: milliseconds(entity.modified or entity.created)
            for who, entity in zip(intent.touched, seen, strict=True)
            if entity is not None and entity.identity == who
        }

    def _seen(self, identity: Identity) -> Entity | None:
        try:
            return self._bench.looks.describe(identity.kind, identity.name).entity
        except Absent:
            return None

    def _remember_cuts(self, settled: Settled) -> None:
        for outcome in settled.outcomes:
            if outcome.step.effect is Effect.DISASSOCIATE and outcome.result is Result.DONE:
                self._order.cuts.add(outcome.step)

    def _settle(self, entry: Entry) -> None:
        intent = entry.intent
        archive = read_back(self._bench, intent.archive_key, intent.archive_sha256)
        evidence = Evidence(archive, intent, self._order.journal.durable(entry))
        taker = Turns(self._order.hands, evidence)
        forbidden = "an undo had begun" if entry.undoing else self._forbidden(intent)
        turns = turns_of(intent.entities, intent.steps)
        shared = any(turn.spared for turn in turns)
        with ThreadPoolExecutor(1 if shared else self._order.lanes) as lanes:
            states = list(lanes.map(lambda turn: self._turn(taker, turn, forbidden), turns))
        outcomes = [outcome for state in states for outcome in state.outcomes.values()]
        self._bench.events(
            "resume.settled", dead_run=intent.run, bundle=intent.sequence, steps=len(outcomes)
        )
        self._order.journal.settle(
            Settled(
                run=intent.run,
                sequence=intent.sequence,
                settled_by=self._order.run,
                outcomes=tuple(outcomes),
                at=spell_time(self._bench.looks.now()),
            )
        )

    def _forbidden(self, intent: Intent) -> str | None:
        """Say why this bundle may not go forward, or None: look at its whole unit anew."""
        for planned in intent.entities:
            if planned.policy and (planned.policy, planned.rule) not in self._rules:
                return f"policy {planned.policy} is not what it was"
        try:
            stored = stored_plan(self._bench, intent.plan)
            self._allowed(stored)
            self._order.watch.unit(stored.plan.unit(intent.unit))
        except VaultAbsent:
            return "its plan is not in the vault"
        except (*STOPS, LimitReached, ApprovalNeeded) as reason:
            return str(reason)
        return None

    def _turn(self, taker: Turns, turn: Turn, forbidden: str | None) -> TurnState:
        """Find out how far the turn came, then finish it, undo it or leave it."""
        state = TurnState()
        if not is_there(self._bench.looks, turn.going.identity):
            for step in turn.steps:
                state.note(step, Result.DONE, "found done when the run was resumed")
            return state
        removed = self._removed(turn)
        if removed and forbidden is None:
            return taker.take(turn, removed)
        if removed:
            state.removed += removed
            taker.undo(state, forbidden or "")
        for step in turn.steps:
            if step not in state.outcomes:
                state.note(step, Result.NOT_ATTEMPTED, forbidden or "the run died before it")
        return state

    def _removed(self, turn: Turn) -> list[Step]:
        """Which edges are gone of components that are still there."""
        gone: list[Step] = []
        for identity in {step.identity: None for step in turn.edges}:
            if identity == turn.going.identity or is_there(self._bench.looks, identity):
                trials = self._bench.looks.trials_of(identity.name)
                edges = [step for step in turn.edges if step.identity == identity]
                gone += [step for step in edges if step.trial not in trials]
        return gone
