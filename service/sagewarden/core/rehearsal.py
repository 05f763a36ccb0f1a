"""Rehearses policies on a small account that somebody wrote down, and compares."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeAlias

from sagewarden.core.conditions import explain
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Circumstances, Judgement, Judgements, Verdict, judge
from sagewarden.core.marks import MarkRules
from sagewarden.core.models import Models
from sagewarden.core.plan import PlannedEntity
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import Place, PolicySet
from sagewarden.core.protection import Reasons
from sagewarden.core.remembered import Past, Patience, marks_of, violations_of
from sagewarden.core.tagging import State, TagFinding
from sagewarden.core.truth import Truth

UNMATCHED: Final = "unmatched"
"""The verdict on what no policy matches."""

Word: TypeAlias = Verdict | Literal["unmatched"]

_STRENGTH: tuple[Word, ...] = (
    Verdict.DELETE,
    Verdict.MARK,
    Verdict.REPORT,
    Verdict.KEEP,
    UNMATCHED,
)
Tags = tuple[tuple[str, str | None], ...]
"""Keys with their new values; None: it is removed."""

EVERY_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What somebody expects of one entity; `because` are texts that must stand in the reasons.

    Without a `policy`, the strongest verdict of all policies counts; no `verdict`, and any is
    right. `repairs` are all tags that are written, in the order of keys, with None for those that
    are removed; `reports` all keys that a person must mend, sorted. None: nobody asks.
    """

    kind: Kind
    name: str
    verdict: Word | None
    place: Place
    repairs: Tags | None = None
    reports: tuple[str, ...] | None = None
    policy: str = ""
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """A small account at one time, and what is expected there.

    With `swept`, a sweep looked every day for so long before `now`, and its notices were
    accepted; without it, the `past` is what earlier runs left, and `now` is the first look if it
    is empty. `limits` are those of the settings there. `policies` is a path as it was written.
    """

    file: str
    policies: str
    now: datetime
    inventory: Inventory
    expectations: tuple[Expectation, ...]
    holds: Reasons
    swept: timedelta | None = None
    past: Past = field(default_factory=Past)
    limits: Patience = field(default_factory=Patience)
    models: Models = field(default_factory=Models)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided where something was expected; `missing` stood in none of the reasons."""

    expected: Expectation
    verdict: Word
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    repairs: Tags = ()
    reports: tuple[str, ...] = ()

    @property
    def met(self) -> bool:
        """Whether it is as expected."""
        asked = self.expected
        return (
            asked.verdict in {None, self.verdict}
            and asked.repairs in {None, self.repairs}
            and asked.reports in {None, self.reports}
            and not self.missing
        )


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """All answers of a fixture, and every delete that no expectation speaks of."""

    fixture: Fixture
    answers: tuple[Answer, ...]
    unexpected: tuple[Judgement, ...]

    @property
    def met(self) -> bool:
        """Whether all is as expected, and nothing else is deleted."""
        return not self.unexpected and all(answer.met for answer in self.answers)


def rehearse(fixture: Fixture, policies: PolicySet, rules: MarkRules) -> Rehearsal:
    """Judge a fixture's account the way a sweep does, and compare."""
    judgements = decide(fixture, policies, rules)
    decided = _Decided(fixture, policies, judgements)
    named = {(each.kind, each.name.lower()) for each in fixture.expectations}
    return Rehearsal(
        fixture,
        tuple(decided.answer(each) for each in fixture.expectations),
        tuple(each for each in judgements.due if (each.entity.kind, each.entity.key) not in named),
    )


def decide(fixture: Fixture, policies: PolicySet, rules: MarkRules) -> Judgements:
    """Judge the account at the fixture's `now`, with the marks that its sweeps left."""
    rules = fixture.limits.over(rules)
    marks = marks_of(fixture.past, fixture.inventory, policies, fixture.now)
    for day in _sweeps(fixture):
        given = Circumstances(day, marks, rules, fixture.holds, models=fixture.models)
        seen = judge(_as_of(fixture.inventory, day), policies, given).marks
        marks = {
            place: replace(mark, announced=mark.announced or day) for place, mark in seen.items()
        }
    given = Circumstances(
        fixture.now,
        marks,
        rules,
        fixture.holds,
        violations=violations_of(fixture.past, policies),
        models=fixture.models,
    )
    return judge(fixture.inventory, policies, given)


def _sweeps(fixture: Fixture) -> Iterator[datetime]:
    day = fixture.now - (fixture.swept or timedelta(0))
    while day < fixture.now:
        yield day
        day += EVERY_DAY


def _as_of(inventory: Inventory, day: datetime) -> Inventory:
    """The account without what was not there yet."""
    there = {each.identity for each in inventory.everything() if each.created <= day}

    def old(some: Mapping[str, Entity]) -> dict[str, Entity]:
        return {key: each for key, each in some.items() if each.identity in there}

    trials = old(inventory.trials)
    components = {
        key: each
        if each.parents is None
        else replace(each, parents=tuple(p for p in each.parents if p.trial.lower() in trials))
        for key, each in old(inventory.components).items()
    }
    return replace(
        inventory,
        began=day,
        experiments=old(inventory.experiments),
        trials=trials,
        components=components,
    )


class _Decided:
    """Finds what was decided on one entity."""

    def __init__(self, fixture: Fixture, policies: PolicySet, judgements: Judgements) -> None:
        self._fixture = fixture
        self._policies = policies
        self._judgements = judgements
        plan = make_plan(fixture.inventory.target, policies.digest, judgements)
        self._going: dict[Identity, PlannedEntity] = {
            each.identity: each for unit in plan.units for each in unit.entities
        }

    def answer(self, expected: Expectation) -> Answer:
        entity = self._fixture.inventory.of(expected.kind)[expected.name.lower()]
        verdict, reasons = self._verdict(entity, expected.policy)
        found = list(self._tags(entity, expected.policy))
        reasons += tuple(f"tag {each.key}: {each.reason}" for each in found)
        missing = tuple(
            text for text in expected.because if not any(text in reason for reason in reasons)
        )
        steps = {(step.key, step.after) for each in found for step in each.steps}
        wrong = {each.key for each in found if each.state is State.VIOLATION}
        repairs = tuple(sorted(steps, key=lambda step: step[0]))
        return Answer(expected, verdict, reasons, missing, repairs, tuple(sorted(wrong)))

    def _tags(self, entity: Entity, policy: str) -> Iterator[TagFinding]:
        for some in self._judgements.inspected:
            if policy in {"", some.policy.name}:
                yield from (
                    each for each in some.findings if each.entity.identity == entity.identity
                )

    def _verdict(self, entity: Entity, policy: str) -> tuple[Word, tuple[str, ...]]:
        given = [
            each
            for each in self._judgements.given
            if each.entity.identity == entity.identity and policy in {"", each.policy.name}
        ]
        going = self._going.get(entity.identity)
        if given:
            each = min(given, key=lambda one: _STRENGTH.index(one.verdict))
            if each.verdict is Verdict.DELETE or going is None:
                return each.verdict, (*each.against, *each.reasons)
        if going is not None and policy in {"", going.policy}:
            return Verdict.DELETE, (f"goes with its tree, by policy {going.policy}",)
        return UNMATCHED, tuple(self._unmet(entity, policy))

    def _unmet(self, entity: Entity, policy: str) -> Iterable[str]:
        subject = self._judgements.forest.subject(entity)
        for each in self._policies.policies:
            if each.resource is entity.kind and policy in {"", each.name}:
                for finding in explain(each.match, subject, self._fixture.now):
                    if finding.truth is not Truth.TRUE:
                        yield f"{each.name}: {finding.text}"
