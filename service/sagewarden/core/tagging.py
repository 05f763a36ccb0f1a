"""Required tags: what each entity's should be, what repairs them, and what a person must mend.

A value that somebody gave is never replaced by another, but for a spelling that the rule maps to
its normal one; what cannot be known is left alone.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from sagewarden.core.entities import Entity, Identity
from sagewarden.core.forest import Forest
from sagewarden.core.patterns import Pattern
from sagewarden.core.policy import Policy, Required
from sagewarden.core.tag_words import AWS_TAGS, MOST_TAGS
from sagewarden.core.tags import TagStep


class State(StrEnum):
    """How one required tag of one entity stands."""

    REPAIR = "repair"
    VIOLATION = "violation"
    LEFT = "left alone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TagFinding:
    """One required tag of one entity that is not as it should be, and why.

    `steps` repair it, together or not at all. A VIOLATION is for a person to mend; what is LEFT
    could be repaired, but not now.
    """

    entity: Entity
    policy: Policy
    key: str
    value: str | None
    state: State
    reason: str
    steps: tuple[TagStep, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspected:
    """All that one policy asks tags of, and what it found.

    `doubtful` are entities of which nobody knows whether they match.
    """

    policy: Policy
    entities: tuple[Entity, ...]
    findings: tuple[TagFinding, ...]
    doubtful: frozenset[Identity] = frozenset()

    @property
    def violating(self) -> Mapping[Identity, tuple[str, ...]]:
        """What a person must mend, in words, by entity."""
        found: dict[Identity, tuple[str, ...]] = {}
        for each in self.findings:
            if each.state is State.VIOLATION:
                told = f"tag {each.key}: {each.reason}"
                found[each.entity.identity] = (*found.get(each.entity.identity, ()), told)
        return found

    @property
    def unknown(self) -> frozenset[Identity]:
        """Entities of which something is unknown."""
        found = (each.entity.identity for each in self.findings if each.state is State.UNKNOWN)
        return self.doubtful.union(found)


@dataclass(frozen=True, slots=True)
class World:
    """What tags are inspected in; `unread` are entities that were not seen whole."""

    forest: Forest
    unread: Collection[Identity]

    def knows(self, entity: Entity) -> bool:
        """Whether an entity's tags can be relied on."""
        return entity.tags is not None and entity.identity not in self.unread


def inspect(policy: Policy, entities: Iterable[Entity], world: World) -> Inspected:
    """Compare the tags of what a policy matched with what it requires."""
    rules = [_Rule(policy, required) for required in policy.require]
    everyone = tuple(entities)
    found = (rule.found(entity, world) for entity in everyone for rule in rules)
    return Inspected(policy, everyone, tuple(each for each in found if each is not None))


class _Rule:
    """One required tag, its pattern compiled once."""

    def __init__(self, policy: Policy, required: Required) -> None:
        self._policy = policy
        self._required = required
        self._normal = dict(required.normalise)
        self._pattern = None if required.pattern is None else Pattern(required.pattern)

    def found(self, entity: Entity, world: World) -> TagFinding | None:
        """Return what is wrong with this tag of an entity, or None."""
        if not world.knows(entity):
            return self._told(entity, State.UNKNOWN, "its tags could not be read for sure")
        tags = entity.tags or {}
        given = {key: tags[key] for key in self._keys if tags.get(key, "").strip()}
        normal = {self._normal.get(value, value) for value in given.values()}
        if not normal:
            return self._missing(entity, world)
        if len(normal) > 1:
            spelled = ", ".join(f"{key}={value}" for key, value in given.items())
            return self._violated(entity, f"it has several values: {spelled}")
        (value,) = normal
        if wrong := self._wrong(value):
            return self._violated(entity, f"{value} {wrong}")
        return self._set(entity, value, self._why(given, value))

    @property
    def _keys(self) -> tuple[str, ...]:
        return (self._required.key, *self._required.rename)

    def _why(self, given: Mapping[str, str], value: str) -> str:
        key, old = next(iter(given.items()))
        renamed = "" if key == self._required.key else f"renamed from {key}"
        normal = "" if old == value else f"{old} is spelled {value}"
        return ", ".join(each for each in (renamed, normal) if each) or "one value under two keys"

    def _wrong(self, value: str) -> str:
        """Say what is wrong with a value, if anything."""
        required = self._required
        if required.allowed and value not in required.allowed:
            return f"is none of {', '.join(required.allowed)}"
        if self._pattern is not None and not self._pattern.matches(value):
            return f"does not match {self._pattern.text}"
        return ""

    def _missing(self, entity: Entity, world: World) -> TagFinding | None:
        if self._required.inherit:
            above = world.forest.above(entity)
            if not all(map(world.knows, above)):
                return self._told(entity, State.UNKNOWN, "the tags above it could not be read")
            values = self._values_above(entity, world.forest)
            if len(values) > 1:
                spelled = ", ".join(sorted(values))
                return self._violated(entity, f"it is missing, and above it are several: {spelled}")
            for value, where in values.items():
                return self._inherited(entity, value, where)
        if self._required.default is None:
            return self._violated(entity, "it is missing")
        return self._set(entity, self._required.default, "it is missing, this is its default")

    def _inherited(self, entity: Entity, value: str, where: Entity) -> TagFinding | None:
        if wrong := self._wrong(value):
            told = f"it is missing, and {value} of {where.identity} {wrong}"
            return self._violated(entity, told)
        return self._set(entity, value, f"inherited from {where.identity}")

    def _values_above(self, entity: Entity, forest: Forest) -> dict[str, Entity]:
        """Return each value that the nearest bearers above have, with one that bears it."""
        values: dict[str, Entity] = {}
        for each in forest.parents(entity):
            bearer = next((up for up in (each, *forest.above(each)) if self._value(up)), None)
            if bearer is not None:
                values.setdefault(self._value(bearer), bearer)
        return values

    def _value(self, entity: Entity) -> str:
        value = (entity.tags or {}).get(self._required.key, "")
        return self._normal.get(value, value) if value.strip() else ""

    def _set(self, entity: Entity, value: str, reason: str) -> TagFinding | None:
        """Return the steps that give the tag this value and take off what it took over."""
        tags = entity.tags or {}
        key = self._required.key
        wanted: list[tuple[str, str | None]] = []
        if tags.get(key) != value:
            wanted.append((key, value))
        wanted += [(old, None) for old in self._required.rename if old in tags]
        steps = tuple(self._step(entity, name, after, reason) for name, after in wanted)
        return self._told(entity, State.REPAIR, reason, steps) if steps else None

    def _step(self, entity: Entity, key: str, after: str | None, reason: str) -> TagStep:
        told = reason if after is not None else f"it is called {self._required.key} now"
        before = (entity.tags or {}).get(key)
        return TagStep(entity.identity, entity.name, key, before, after, self._policy.name, told)

    def _violated(self, entity: Entity, reason: str) -> TagFinding:
        return self._told(entity, State.VIOLATION, reason)

    def _told(
        self, entity: Entity, state: State, reason: str, steps: tuple[TagStep, ...] = ()
    ) -> TagFinding:
        key = self._required.key
        value = (entity.tags or {}).get(key)
        return TagFinding(entity, self._policy, key, value, state, reason, steps)


LEFT_AS_THEY_ARE: Final = "held: tags left as they are"
"""Why nothing is written to what a hold or a protection keeps."""


def reconciled(
    inspected: Sequence[Inspected], untouched: Mapping[Identity, str]
) -> tuple[Inspected, ...]:
    """Leave out repairs that cannot all be made, or of what must not be touched.

    `untouched` says why of each such entity: it is held, or it is marked, and what was announced
    for deletion stays as it was announced. Policies that want different things of one tag get
    neither; whatever would be a tag too many is left, in the order of keys. The order of policies
    does not matter.
    """
    findings = [each for some in inspected for each in some.findings]
    quarrels = _quarrels(inspected)
    roomless = _roomless(findings, quarrels, untouched)

    def settled(finding: TagFinding) -> TagFinding:
        if finding.state is not State.REPAIR:
            return finding
        reason = (
            untouched.get(finding.entity.identity, "")
            or quarrels.get(_group(finding), "")
            or f"the entity has {MOST_TAGS} tags, AWS takes no more" * (_group(finding) in roomless)
        )
        if not reason:
            return finding
        return replace(finding, state=State.LEFT, reason=reason, steps=())

    return tuple(replace(each, findings=tuple(map(settled, each.findings))) for each in inspected)


Group = tuple[Identity, str, str]
"""An entity, a required key, a policy: what is repaired together or not at all."""


def _group(finding: TagFinding) -> Group:
    return (finding.entity.identity, finding.key, finding.policy.name)


def _quarrels(inspected: Sequence[Inspected]) -> dict[Group, str]:
    """Return the repairs of which one step wants another value than another policy's.

    Who requires a tag that somebody else renames wants it to stay.
    """
    repairs = [each for some in inspected for each in some.findings if each.state is State.REPAIR]
    wants = _wants(inspected, repairs)
    told: dict[Group, str] = {}
    for finding in repairs:
        for step in finding.steps:
            policies = wants[step.identity, step.key]
            if len(policies) > 1:
                names = ", ".join(sorted({name for some in policies.values() for name in some}))
                told[_group(finding)] = f"policies want different values of {step.key}: {names}"
    return told


def _wants(
    inspected: Sequence[Inspected], repairs: Sequence[TagFinding]
) -> Mapping[tuple[Identity, str], Mapping[str | None, set[str]]]:
    """Return which policies want which value of what is to be written."""
    wants: dict[tuple[Identity, str], dict[str | None, set[str]]] = {}
    for finding in repairs:
        for step in finding.steps:
            of = wants.setdefault((step.identity, step.key), defaultdict(set))
            of[step.after].add(finding.policy.name)
    for some in inspected:
        required = [each.key for each in some.policy.require]
        for entity in some.entities:
            for key in required:
                of = wants.get((entity.identity, key), {})
                if None in of and some.policy.name not in of[None]:
                    of[(entity.tags or {}).get(key)].add(some.policy.name)
    return wants


def _roomless(
    findings: Iterable[TagFinding], quarrels: Mapping[Group, str], untouched: Collection[Identity]
) -> frozenset[Group]:
    """Return the repairs that would be a tag too many."""
    left: set[Group] = set()
    there: dict[Identity, set[str]] = {}
    for finding in sorted(findings, key=_group):
        who = finding.entity.identity
        if finding.state is not State.REPAIR or _group(finding) in quarrels or who in untouched:
            continue
        keys = there.setdefault(who, _counted(finding.entity))
        new = {step.key for step in finding.steps if step.after is not None}
        if len(keys | new) > MOST_TAGS:
            left.add(_group(finding))
        else:
            keys |= new
    return frozenset(left)


def _counted(entity: Entity) -> set[str]:
    return {key for key in entity.tags or {} if not key.lower().startswith(AWS_TAGS)}


def repairs(inspected: Iterable[Inspected]) -> tuple[TagStep, ...]:
    """Return what is to be written, once each, in one order; policies that agree say it once."""
    steps: dict[tuple[Identity, str], TagStep] = {}
    for step in sorted(_steps(inspected), key=lambda each: (each.identity, each.key, each.policy)):
        steps.setdefault((step.identity, step.key), step)
    return tuple(steps.values())


def _steps(inspected: Iterable[Inspected]) -> Iterator[TagStep]:
    return (
        step
        for some in inspected
        for finding in some.findings
        if finding.state is State.REPAIR
        for step in finding.steps
    )
