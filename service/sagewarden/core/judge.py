"""Policies x inventory x marks x holds x now: one verdict for each tree, with every reason."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from sys import intern
from typing import NamedTuple

from sagewarden.core.conditions import Compiled, Test, compile_condition, compiled, scope
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.escalation import Violations, advance_violations, overdue
from sagewarden.core.forest import Forest, Subject, Writes
from sagewarden.core.inventory import Inventory
from sagewarden.core.keep import Population, kept_by
from sagewarden.core.marks import Candidate, Mark, MarkRules, Marks, advance, waits_for
from sagewarden.core.models import UNREAD, Models
from sagewarden.core.owners import OwnerRules, owner_of
from sagewarden.core.policy import Action, Policy, PolicySet
from sagewarden.core.protection import Protected, Protections, Reasons, protect, shields
from sagewarden.core.tagging import LEFT_AS_THEY_ARE, Inspected, World, inspect, reconciled
from sagewarden.core.truth import FALSE, TRUE, UNKNOWN, Truth

FREED_SLACK = timedelta(seconds=2)
"""How far two readings of AWS's time may lie apart: its Date tells whole seconds."""


class Verdict(StrEnum):
    """What becomes of an entity that a policy spoke about."""

    KEEP = "keep"
    MARK = "mark"
    DELETE = "delete"
    REPORT = "report"


class Judgement(NamedTuple):
    """What one policy says of one entity: the reasons for it to go, and those against."""

    entity: Entity
    policy: Policy
    verdict: Verdict
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    size: int
    mark: Mark | None = None
    owner: str = ""


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
    everything. `inspected` is what the tag policies found, `violations` since when. `holds` and
    `models` are those that were judged with.
    """

    forest: Forest
    given: tuple[Judgement, ...]
    marks: Marks
    matched: Mapping[Kind, int]
    protected: Protected
    unknown: int = 0
    select: Select = frozenset()
    inspected: tuple[Inspected, ...] = ()
    violations: Violations = field(default_factory=dict)
    holds: Reasons = field(default_factory=dict)
    models: Models = UNREAD

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
    """What judging depends on besides the inventory and the policies. `now` is UTC.

    `models` counts only where a protection asks for it. `freed` says when the last hold on an
    entity ended: a mark from before that starts anew.
    """

    now: datetime
    marks: Marks
    rules: MarkRules
    holds: Reasons = field(default_factory=dict)
    writes: Writes = field(default_factory=dict)
    select: Select = frozenset()
    violations: Violations = field(default_factory=dict)
    owners: OwnerRules = field(default_factory=OwnerRules)
    models: Models = UNREAD
    freed: Mapping[Identity, datetime] = field(default_factory=dict)


def judge(inventory: Inventory, policies: PolicySet, given: Circumstances) -> Judgements:
    """Judge a whole inventory.

    An incomplete inventory is judged too, for people to read, but nothing in it is due and its
    marks stay as they were.
    """
    forest = Forest(inventory, given.writes)
    protected = protect(
        forest,
        Protections(policies),
        given.holds,
        given.now,
        given.models,
        given.rules.restored_rest,
    )
    rules = [_Rule.of(each) for each in sorted(policies.policies, key=lambda each: each.name)]
    _sort_all(rules, forest, protected, given.now)
    tagging = _Tagging.of(rules, World(forest, protected.unread), given)
    unread = _Unread(forest, protected, {each.policy.name: each for each in rules})
    unknown = sum(len(rule.doubtful) for rule in rules)
    told: list[Judgement] = []
    marks: dict[tuple[Identity, str], Mark] = {}
    reached: Mapping[Kind, set[str]] = {kind: set() for kind in Kind}
    for rule in (*(each for each in rules if each.policy.action is not Action.TAG), *tagging.rules):
        found = list(_weighed(rule, forest, protected, given.owners))
        for part in _reach(rule, given.select):
            reached[part.kind].add(part.key)
        rule.let_go()
        moved = _moved(found, forest, given)
        told.extend(_judged(match, moved, inventory, given) for match in found)
        marks.update(moved)
    marks.update(unread.marks(marks, given))
    return Judgements(
        forest=forest,
        given=tuple(told),
        marks=marks,
        matched={kind: len(keys) for kind, keys in reached.items()},
        protected=protected,
        unknown=unknown,
        select=given.select,
        inspected=reconciled(
            tagging.inspected, _untouched(tagging.inspected, marks, forest, protected)
        ),
        violations=tagging.violations,
        holds=given.holds,
        models=given.models,
    )


def _untouched(
    inspected: Iterable[Inspected], marks: Marks, forest: Forest, protected: Protected
) -> Mapping[Identity, str]:
    """Say of everything that must not be tagged why: it is marked, or held."""
    asked = {each.identity: each for some in inspected for each in some.entities}
    lines = {who: [each, *forest.above(each)] for who, each in asked.items()}
    names = {(each.kind, each.key) for line in lines.values() for each in line}
    marked = {name for who, _ in marks if (name := (who.kind, who.name)) in names}
    left: dict[Identity, str] = {}
    for who, line in lines.items():
        if reason := keeps_tags(asked[who], forest, protected):
            left[who] = reason
        elif not marked.isdisjoint([(each.kind, each.key) for each in line]):
            left[who] = "it is marked for deletion"
    return left


def keeps_tags(entity: Entity, forest: Forest, protected: Protected) -> str:
    """Say why an entity's tags are left as they are: itself or something above it is held.

    AWS may move LastModifiedTime of what is above for a tag, and nothing of ours may touch that.
    """
    touched = [each.identity for each in (entity, *forest.above(entity))]
    if any(who in protected.bound for who in touched):
        return LEFT_AS_THEY_ARE
    doubtful = any(who in protected.held for who in touched)
    return "it cannot be known whether it is held" if doubtful else ""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A policy, compiled once, and what it found.

    `doubtful` are those of which it cannot be known whether they match. `population` is what its
    keep rule counts over: everything that the timeless part of the match means. `because` adds
    reasons to those of the match.
    """

    policy: Policy
    match: Compiled
    scope: Test | None
    matches: list[Subject] = field(default_factory=list)
    doubtful: list[Subject] = field(default_factory=list)
    population: Population = field(default_factory=Population)
    because: Mapping[Identity, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, policy: Policy) -> "_Rule":
        wide = None if policy.keep is None else compile_condition(scope(policy.match))
        return cls(policy, compiled(policy.match), wide)

    def take(self, subject: Subject, truth: Truth) -> None:
        """Note what matches, or may match."""
        if truth is TRUE:
            self.matches.append(subject)
        elif truth is UNKNOWN:
            self.doubtful.append(subject)

    def count(self, subject: Subject, truth: Truth, *, whole: bool) -> None:
        """Note what a keep rule counts, or may have to."""
        if truth is TRUE and whole:
            self.population.members.append(subject)
        elif truth is not FALSE:
            self.population.doubtful.append(subject)

    def let_go(self) -> None:
        """Forget what it saw, once that is judged: a million subjects weigh much."""
        for seen in (self.matches, self.doubtful, self.population.members):
            seen.clear()

    def counted(self, inventory: Inventory) -> Population:
        """Return the population with what must be there and was not read at all."""
        kind = self.policy.resource
        seen = inventory.of(kind)
        unseen = tuple(
            gap.name.lower()
            for gap in inventory.gaps
            if gap.kind is kind and gap.name and gap.name.lower() not in seen
        )
        return replace(self.population, unseen=unseen)


@dataclass(frozen=True, slots=True)
class _Tagging:
    """What the tag policies found, and the rules by which what nobody mended is to go."""

    inspected: tuple[Inspected, ...]
    violations: Violations
    rules: tuple[_Rule, ...]

    @classmethod
    def of(cls, rules: Iterable[_Rule], world: World, given: Circumstances) -> "_Tagging":
        """Inspect what the tag policies matched; an incomplete inventory moves no violation."""
        ours = [rule for rule in rules if rule.policy.action is Action.TAG]
        inspected = tuple(_inspected(rule, world) for rule in ours)
        known = given.violations
        if world.forest.inventory.complete:
            known = advance_violations(known, inspected, given.now)
        both = zip(ours, inspected, strict=True)
        return cls(inspected, known, tuple(_escalated(*each, known, given.now) for each in both))


def _inspected(rule: _Rule, world: World) -> Inspected:
    found = inspect(rule.policy, (subject.entity for subject in rule.matches), world)
    return replace(found, doubtful=frozenset(each.entity.identity for each in rule.doubtful))


def _escalated(rule: _Rule, found: Inspected, violations: Violations, now: datetime) -> _Rule:
    """Turn a tag policy into one that deletes what violated it for too long."""
    policy = rule.policy
    if policy.escalate is None:
        return replace(rule, matches=[], doubtful=[])
    going = replace(policy, action=Action.DELETE, grace=policy.escalate.grace)
    late = [
        subject
        for subject in (*rule.matches, *rule.doubtful)
        if overdue(violations.get((subject.entity.identity, policy.name)), policy, now)
    ]
    known = {who for who in found.violating if who not in found.unknown}
    return replace(
        rule,
        policy=going,
        matches=[each for each in late if each.entity.identity in known],
        doubtful=[each for each in late if each.entity.identity not in known],
        because={who: _late(found.violating[who], policy) for who in known},
    )


def _late(reasons: Iterable[str], policy: Policy) -> tuple[str, ...]:
    after = "" if policy.escalate is None else spell_duration(policy.escalate.after)
    return tuple(f"{reason}, for more than {after}" for reason in reasons)


def _sort_all(rules: list[_Rule], forest: Forest, protected: Protected, now: datetime) -> None:
    """Show every entity to every policy of its kind: each tree is built once for all of them."""
    for kind in Kind:
        asked = [rule for rule in rules if rule.policy.resource is kind]
        tests = [(rule, rule.match.test, rule.scope) for rule in asked]
        for entity in forest.inventory.of(kind).values() if asked else ():
            subject = forest.subject(entity)
            for rule, test, wide in tests:
                if wide is not None:
                    counts = wide(subject, now)
                    if counts is FALSE:  # then the match, which is narrower, is false too
                        continue
                    rule.count(subject, counts, whole=protected.saw_whole(subject))
                truth = test(subject, now)
                if truth is not FALSE:
                    rule.take(subject, truth)
    for rule in rules:
        rule.matches.sort(key=lambda subject: subject.entity.key)


class _Match(NamedTuple):
    rule: _Rule
    subject: Subject
    against: tuple[str, ...]
    owner: str
    candidate: Candidate | None

    @property
    def policy(self) -> Policy:
        return self.rule.policy


def _weighed(
    rule: _Rule, forest: Forest, protected: Protected, owners: OwnerRules
) -> Iterable[_Match]:
    kept = _kept(rule, forest)
    for subject in rule.matches:
        against = kept.get(subject.entity.identity, ()) if kept else ()
        if rule.policy.action is Action.DELETE:
            against += shields(subject.tree, forest, protected)
        owner = owner_of(subject.entity, forest, owners)
        going = None if against else _candidate(rule.policy, subject, owner, owners)
        yield _Match(rule, subject, against, owner, going)


def _candidate(
    policy: Policy, subject: Subject, owner: str, owners: OwnerRules
) -> Candidate | None:
    if policy.action is not Action.DELETE or policy.grace is None:
        return None
    grace = policy.grace if owner else max(policy.grace, owners.ownerless_grace)
    return Candidate(subject.tree, policy.name, policy.rule, grace)


def _kept(rule: _Rule, forest: Forest) -> Mapping[Identity, tuple[str, ...]]:
    if rule.policy.keep is None:
        return {}
    return kept_by(rule.policy.keep, rule.counted(forest.inventory), forest)


def population_of(
    policy: Policy, forest: Forest, protected: Protected, now: datetime
) -> Population:
    """Return what a policy's keep rules count over."""
    rule = _Rule.of(policy)
    for entity in forest.inventory.of(policy.resource).values():
        subject = forest.subject(entity)
        truth = FALSE if rule.scope is None else rule.scope(subject, now)
        rule.count(subject, truth, whole=protected.saw_whole(subject))
    return rule.counted(forest.inventory)


def _moved(found: Iterable[_Match], forest: Forest, given: Circumstances) -> Marks:
    """Move the marks of one rule on; an incomplete inventory moves none."""
    candidates = [match.candidate for match in found if match.candidate is not None]
    if forest.inventory.complete:
        marks = _unheld(candidates, forest, given) if given.freed else given.marks
        return advance(marks, candidates, given.now, given.rules)
    places = [each.place for each in candidates]
    return {place: given.marks[place] for place in places if place in given.marks}


def _unheld(candidates: Iterable[Candidate], forest: Forest, given: Circumstances) -> Marks:
    """Return the marks of candidates of which no part, and nothing above one, was held since.

    No run may have seen the hold, and yet its end starts the grace period anew.
    """
    found: dict[tuple[Identity, str], Mark] = {}
    for each in candidates:
        mark = given.marks.get(each.place)
        parts = each.tree.parts
        line = (*parts, *(up for part in parts for up in forest.above(part)))
        ends = [given.freed[one.identity] for one in line if one.identity in given.freed]
        if mark is not None and all(end <= mark.since + FREED_SLACK for end in ends):
            found[each.place] = mark
    return found


@dataclass(frozen=True, slots=True)
class _Unread:
    """Tells a mark whose tree could not be seen whole from one whose tree no longer matches."""

    forest: Forest
    protected: Protected
    rules: Mapping[str, _Rule]

    def marks(self, moved: Marks, given: Circumstances) -> Marks:
        """Return what stays marked beside what was moved: it neither counts nor loses its mark."""
        whole = self.forest.inventory.complete
        return {
            place: mark
            for place, mark in given.marks.items()
            if place not in moved and (not whole or self.may_match(mark, given.now))
        }

    def may_match(self, mark: Mark, now: datetime) -> bool:
        """Whether nobody knows that the mark should go."""
        rule = self.rules.get(mark.policy)
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
            part.identity in self.protected.unsure for part in subject.tree.parts
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
        against = _alone(waiting) if waiting else ()
    return Judgement(
        entity=match.subject.entity,
        policy=match.policy,
        verdict=verdict,
        reasons=_reasons(match, given.now),
        against=against,
        size=len(match.subject.tree.parts),
        mark=mark,
        owner=match.owner,
    )


@lru_cache(1 << 10)
def _alone(text: str) -> tuple[str]:
    """Return the one tuple for all of which nothing else is said."""
    return (text,)


_SHORT = 40
"""Characters of what is said of many: longer texts hold a name, and are said once."""


def _same(text: str) -> str:
    return intern(text) if len(text) <= _SHORT else text


def _reasons(match: _Match, now: datetime) -> tuple[str, ...]:
    """Return why something matches; a million judgements share what is said of many."""
    found = [_same(text) for text in match.rule.match.why(match.subject, now)]
    return (*found, *match.rule.because.get(match.subject.entity.identity, ()))


def _reach(rule: _Rule, select: Select) -> Iterator[Entity]:
    """Yield all that would go if nothing kept it and whatever is unknown were true."""
    if rule.policy.action is Action.DELETE:
        for subject in (*rule.matches, *rule.doubtful):
            if selected(select, rule.policy, subject.entity):
                yield from subject.tree.parts
