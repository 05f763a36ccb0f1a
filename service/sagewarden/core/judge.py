"""Policies x inventory x marks x holds x now: one verdict for each tree, with every reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sagewarden.core.conditions import compile_condition, explain, scope
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest, Subject, Writes
from sagewarden.core.inventory import Inventory
from sagewarden.core.keep import kept_by
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
    found: list[_Match] = []
    reached: set[Identity] = set()
    unknown = 0
    for policy in sorted(policies.policies, key=lambda each: each.name):
        matches, doubtful = _matches(policy, forest, given.now)
        unknown += len(doubtful)
        found.extend(_weighed(policy, matches, forest, protected))
        if policy.action is Action.DELETE:
            both = (*matches, *doubtful)
            reached.update(
                _reach(each for each in both if selected(given.select, policy, each.entity))
            )
    marks = _marks(Unread(forest, protected, policies), found, given)
    return Judgements(
        forest=forest,
        given=tuple(_judged(match, marks, inventory, given) for match in found),
        marks=marks,
        matched={kind: sum(who.kind is kind for who in reached) for kind in Kind},
        protected=protected,
        unknown=unknown,
        select=given.select,
    )


@dataclass(frozen=True, slots=True)
class _Match:
    policy: Policy
    subject: Subject
    against: tuple[str, ...]

    @property
    def candidate(self) -> Candidate | None:
        if self.against or self.policy.action is not Action.DELETE or self.policy.grace is None:
            return None
        return Candidate(self.subject.tree, self.policy.name, self.policy.rule, self.policy.grace)


def _matches(policy: Policy, forest: Forest, now: datetime) -> tuple[list[Subject], list[Subject]]:
    """Return what a policy matches, and of what it cannot be known."""
    test = compile_condition(policy.match)
    matches: list[Subject] = []
    doubtful: list[Subject] = []
    for entity in forest.inventory.of(policy.resource).values():
        subject = forest.subject(entity)
        truth = test(subject, now)
        if truth is Truth.TRUE:
            matches.append(subject)
        elif truth is Truth.UNKNOWN:
            doubtful.append(subject)
    return sorted(matches, key=lambda subject: subject.entity.key), doubtful


def _weighed(
    policy: Policy, matches: list[Subject], forest: Forest, protected: Protected
) -> Iterable[_Match]:
    kept = _kept(policy, forest, protected)
    for subject in matches:
        rule = kept.get(subject.entity.identity)
        against: tuple[str, ...] = () if rule is None else (rule,)
        if policy.action is Action.DELETE:
            against += shields(subject.tree, forest, protected)
        yield _Match(policy, subject, against)


def _kept(policy: Policy, forest: Forest, protected: Protected) -> Mapping[Identity, str]:
    """Count a keep rule over everything the timeless part of the match means.

    What was not seen whole does not count: it might take the place of another.
    """
    if policy.keep is None:
        return {}
    test = compile_condition(scope(policy.match))
    subjects = map(forest.subject, forest.inventory.of(policy.resource).values())
    at = forest.inventory.began
    population = [
        each
        for each in subjects
        if test(each, at) is Truth.TRUE
        and not any(part.identity in protected.unread for part in each.tree.parts)
    ]
    return kept_by(policy.keep, population, forest)


def _marks(unread: "Unread", found: Iterable[_Match], given: Circumstances) -> Marks:
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
class Unread:
    """Tells a mark whose tree could not be seen whole from one whose tree no longer matches."""

    forest: Forest
    protected: Protected
    policies: PolicySet

    def may_match(self, mark: Mark, now: datetime) -> bool:
        """Whether nobody knows that the mark should go."""
        policy = next((each for each in self.policies.policies if each.name == mark.policy), None)
        if policy is None or policy.rule != mark.rule:
            return False
        who, inventory = mark.identity, self.forest.inventory
        root = inventory.of(who.kind).get(who.name)
        if root is None:
            return any(
                gap.kind is who.kind and (gap.name or "").lower() == who.name
                for gap in inventory.gaps
            )
        subject = self.forest.subject(root)
        if root.identity != who or compile_condition(policy.match)(subject, now) is Truth.FALSE:
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
            finding.text for finding in explain(match.policy.match, match.subject, given.now)
        ),
        against=against,
        size=sum(1 for _ in match.subject.tree.parts),
        mark=mark,
    )


def _reach(subjects: Iterable[Subject]) -> Iterable[Identity]:
    return (part.identity for subject in subjects for part in subject.tree.parts)
