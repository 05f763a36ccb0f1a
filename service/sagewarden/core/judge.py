"""Policies x inventory x marks x holds x now: one verdict for each tree, with every reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sagewarden.core.conditions import Compiled, Test, compile_condition, compiled, scope
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest, Subject, Writes
from sagewarden.core.inventory import Inventory
from sagewarden.core.keep import Population, kept_by
from sagewarden.core.marks import Candidate, Mark, MarkRules, Marks, advance, waits_for
from sagewarden.core.policy import Action, Policy, PolicySet
from sagewarden.core.protection import Protected, Protections, Reasons, protect, shields
from sagewarden.core.truth import Truth


class Verdict(StrEnum):
    """What becomes of an entity that a policy spoke about."""

    KEEP = "keep"
    MARK = "mark"
    DELETE = "delete"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one policy says of one entity: the reasons for it to go, and those against."""

    entity: Entity
    policy: Policy
    verdict: Verdict
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    size: int
    mark: Mark | None = None


Select = frozenset[str]
"""Names of policies, or of what they judge, in lower case; none: all."""


def selected(select: Select, policy: Policy, entity: Entity) -> bool:
    """Whether a plan that is made smaller takes what this policy says of this entity."""
    return not select or policy.name.lower() in select or entity.key in select


@dataclass(frozen=True, slots=True)
class Judgements:
    """Everything judged of a target at one time.

    `matched` counts, by kind, all that would go if nothing kept it and whatever is unknown were
    true: what limits are measured on. `select` narrows both it and what is due; no words select
    everything.
    """

    forest: Forest
    given: tuple[Judgement, ...]
    marks: Marks
    matched: Mapping[Kind, int]
    protected: Protected
    unknown: int = 0
    select: Select = frozenset()

    @property
    def due(self) -> tuple[Judgement, ...]:
        """What is to be deleted now; of several policies for one entity, the first by name."""
        chosen: dict[Identity, Judgement] = {}
        for judgement in self.given:
            wanted = selected(self.select, judgement.policy, judgement.entity)
            if wanted and judgement.verdict is Verdict.DELETE:
                chosen.setdefault(judgement.entity.identity, judgement)
        return tuple(chosen.values())

    @property
    def unfound(self) -> list[str]:
        """Words of the selection that name neither a policy nor anything that was judged."""
        names = {
            name.lower() for each in self.given for name in (each.policy.name, each.entity.key)
        }
        return sorted(self.select - names)

    def count(self, verdict: Verdict) -> int:
        """How many judgements came out this way."""
        return sum(judgement.verdict is verdict for judgement in self.given)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What judging depends on besides the inventory and the policies. `now` is UTC."""

    now: datetime
    marks: Marks
    rules: MarkRules
    holds: Reasons = field(default_factory=dict)
    writes: Writes = field(default_factory=dict)
    select: Select = frozenset()


def judge(inventory: Inventory, policies: PolicySet, given: Circumstances) -> Judgements:
    """Judge a whole inventory.

    An incomplete inventory is judged too, for people to read, but nothing in it is due and its
    marks stay as they were.
    """
    forest = Forest(inventory, given.writes)
    protected = protect(forest, Protections(policies), given.holds, given.now)
    rules = [_Rule.of(each) for each in sorted(policies.policies, key=lambda each: each.name)]
    _sort_all(rules, forest, protected, given.now)
    found: list[_Match] = []
    reached: set[Identity] = set()
    for rule in rules:
        found.extend(_weighed(rule, forest, protected))
        if rule.policy.action is Action.DELETE:
            both = (*rule.matches, *rule.doubtful)
            reached.update(
                _reach(each for each in both if selected(given.select, rule.policy, each.entity))
            )
    marks = _marks(_Unread(forest, protected, rules), found, given)
    return Judgements(
        forest=forest,
        given=tuple(_judged(match, marks, inventory, given) for match in found),
        marks=marks,
        matched={kind: sum(who.kind is kind for who in reached) for kind in Kind},
        protected=protected,
        unknown=sum(len(rule.doubtful) for rule in rules),
        select=given.select,
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """A policy, compiled once, and what it found.

    `doubtful` are those of which it cannot be known whether they match. `population` is what its
    keep rule counts over: everything that the timeless part of the match means.
    """

    policy: Policy
    match: Compiled
    scope: Test | None
    matches: list[Subject] = field(default_factory=list)
    doubtful: list[Subject] = field(default_factory=list)
    population: Population = field(default_factory=Population)

    @classmethod
    def of(cls, policy: Policy) -> "_Rule":
        wide = None if policy.keep is None else compile_condition(scope(policy.match))
        return cls(policy, compiled(policy.match), wide)

    def take(self, subject: Subject, now: datetime) -> None:
        """Note whether a subject matches."""
        truth = self.match.test(subject, now)
        if truth is Truth.TRUE:
            self.matches.append(subject)
        elif truth is Truth.UNKNOWN:
            self.doubtful.append(subject)

    def count(self, subject: Subject, now: datetime, *, whole: bool) -> None:
        """Note whether a keep rule counts a subject, or may have to."""
        truth = Truth.FALSE if self.scope is None else self.scope(subject, now)
        if truth is Truth.TRUE and whole:
            self.population.members.append(subject)
        elif truth is not Truth.FALSE:
            self.population.doubtful.append(subject)


def _sort_all(rules: list[_Rule], forest: Forest, protected: Protected, now: datetime) -> None:
    """Show every entity to every policy of its kind: each tree is built once for all of them."""
    for kind in Kind:
        asked = [rule for rule in rules if rule.policy.resource is kind]
        counting = [rule for rule in asked if rule.scope is not None]
        for entity in forest.inventory.of(kind).values() if asked else ():
            subject = forest.subject(entity)
            for rule in asked:
                rule.take(subject, now)
            if counting:
                whole = not protected.unread or not protected.unread.intersection(
                    part.identity for part in subject.tree.parts
                )
                for rule in counting:
                    rule.count(subject, now, whole=whole)
    for rule in rules:
        rule.matches.sort(key=lambda subject: subject.entity.key)


@dataclass(frozen=True, slots=True)
class _Match:
    rule: _Rule
    subject: Subject
    against: tuple[str, ...]

    @property
    def policy(self) -> Policy:
        return self.rule.policy

    @property
    def candidate(self) -> Candidate | None:
        if self.against or self.policy.action is not Action.DELETE or self.policy.grace is None:
            return None
        return Candidate(self.subject.tree, self.policy.name, self.policy.rule, self.policy.grace)


def _weighed(rule: _Rule, forest: Forest, protected: Protected) -> Iterable[_Match]:
    kept = _kept(rule, forest)
    for subject in rule.matches:
        against = kept.get(subject.entity.identity, ()) if kept else ()
        if rule.policy.action is Action.DELETE:
            against += shields(subject.tree, forest, protected)
        yield _Match(rule, subject, against)


def _kept(rule: _Rule, forest: Forest) -> Mapping[Identity, tuple[str, ...]]:
    if rule.policy.keep is None:
        return {}
    seen = forest.inventory.of(rule.policy.resource)
    unseen = tuple(
        gap.name.lower()
        for gap in forest.inventory.gaps
        if gap.kind is rule.policy.resource and gap.name and gap.name.lower() not in seen
    )
    return kept_by(rule.policy.keep, replace(rule.population, unseen=unseen), forest)


def _marks(unread: "_Unread", found: Iterable[_Match], given: Circumstances) -> Marks:
    """Move the marks on; what could not be seen whole neither counts nor loses its mark."""
    if not unread.forest.inventory.complete:
        return given.marks
    candidates = [match.candidate for match in found]
    marks = advance(
        given.marks,
        [each for each in candidates if each is not None],
        given.now,
        given.rules,
    )
    unsure = {
        place: mark
        for place, mark in given.marks.items()
        if place not in marks and unread.may_match(mark, given.now)
    }
    return marks | unsure


@dataclass(frozen=True, slots=True)
class _Unread:
    """Tells a mark whose tree could not be seen whole from one whose tree no longer matches."""

    forest: Forest
    protected: Protected
    rules: Sequence[_Rule]

    def may_match(self, mark: Mark, now: datetime) -> bool:
        """Whether nobody knows that the mark should go."""
        rule = next((each for each in self.rules if each.policy.name == mark.policy), None)
        if rule is None or rule.policy.rule != mark.rule:
            return False
        who, inventory = mark.identity, self.forest.inventory
        root = inventory.of(who.kind).get(who.name)
        if root is None:
            return any(
                gap.kind is who.kind and (gap.name or "").lower() == who.name
                for gap in inventory.gaps
            )
        subject = self.forest.subject(root)
        if root.identity != who or rule.match.test(subject, now) is Truth.FALSE:
            return False
        return bool(self.protected.hidden[who.kind]) or any(
            part.identity in self.protected.unread for part in subject.tree.parts
        )


def _judged(match: _Match, marks: Marks, inventory: Inventory, given: Circumstances) -> Judgement:
    candidate = match.candidate
    mark = None if candidate is None else marks.get(candidate.place)
    against = match.against
    verdict = Verdict.KEEP
    if match.policy.action is Action.REPORT:
        verdict = Verdict.KEEP if against else Verdict.REPORT
    elif candidate is not None:
        waiting = waits_for(mark, given.now, given.rules)
        if not inventory.complete:
            waiting = "the inventory is incomplete: nothing is due"
        verdict = Verdict.MARK if waiting else Verdict.DELETE
        against = (waiting,) if waiting else ()
    return Judgement(
        entity=match.subject.entity,
        policy=match.policy,
        verdict=verdict,
        reasons=tuple(
            finding.text for finding in match.rule.match.explain(match.subject, given.now)
        ),
        against=against,
        size=sum(1 for _ in match.subject.tree.parts),
        mark=mark,
    )


def _reach(subjects: Iterable[Subject]) -> Iterable[Identity]:
    return (part.identity for subject in subjects for part in subject.tree.parts)
