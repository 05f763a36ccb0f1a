"""What differs between the last plan that was stored and what is due now, and why."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sagewarden.core.conditions import explain
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.judge import Judgement, Judgements
from sagewarden.core.plan import Plan, PlannedEntity
from sagewarden.core.policy import Policy, PolicySet
from sagewarden.core.rules import spelled_protection, spelled_rule
from sagewarden.core.truth import Truth

Told = Mapping[str, str]
"""What a policy says, part by part, each in one line."""


@dataclass(frozen=True, slots=True)
class PlanNote:
    """That a plan was made: when (UTC, spelled), by which policies, and what they said.

    `select` are the words that made it smaller, `files` where the policies stood. `rules` holds
    what each policy said then, and under an empty name what was protected.
    """

    digest: str
    made: str
    policies: str
    select: tuple[str, ...]
    rules: Mapping[str, Told]
    files: tuple[Mapping[str, str], ...] = ()

    def spelled(self) -> dict[str, Any]:
        """Return the note as it is stored."""
        return {
            "digest": self.digest,
            "made": self.made,
            "policies": self.policies,
            "select": list(self.select),
            "rules": {name: dict(told) for name, told in self.rules.items()},
            "files": [dict(each) for each in self.files],
        }


def read_note(stored: Mapping[str, Any]) -> PlanNote:
    """Read what `PlanNote.spelled` wrote; raise KeyError or TypeError if it is broken."""
    return PlanNote(
        digest=stored["digest"],
        made=stored["made"],
        policies=stored["policies"],
        select=tuple(stored["select"]),
        rules={name: dict(told) for name, told in stored["rules"].items()},
        files=tuple(dict(each) for each in stored.get("files", ())),  # older ones have none
    )


def told_rules(policies: PolicySet) -> dict[str, Told]:
    """Say what each policy says, so that a later plan can tell what changed."""
    guards = sorted(_line(spelled_protection(each)) for each in policies.protections)
    protected = {f"protect {line}": "" for line in guards}
    return {"": protected} | {each.name: _told(each) for each in policies.policies}


def _told(policy: Policy) -> Told:
    told: dict[str, str] = {}
    for key, value in spelled_rule(policy).items():
        if value is None:
            continue
        if key == "match" and value.keys() == {"all"}:
            told |= {f"match {_line(part)}": "" for part in value["all"]}
        elif key == "match":
            told[f"match {_line(value)}"] = ""
        else:
            told[key] = _line(value)
    if policy.grace is not None:
        told["grace"] = spell_duration(policy.grace)
    if policy.escalate is not None:
        told["escalate after"] = spell_duration(policy.escalate.after)
        told["escalate grace"] = spell_duration(policy.escalate.grace)
    if policy.confirm_match_all is not None:
        told["confirm_match_all"] = policy.confirm_match_all
    return told


def _line(value: Any) -> str:
    """Spell a rule's part in one line for people."""
    if isinstance(value, dict):
        return " ".join(f"{key} {_part(key, each)}".strip() for key, each in sorted(value.items()))
    if isinstance(value, list):
        return f"[{', '.join(map(_line, value))}]"
    return str(value)


def _part(key: str, value: Any) -> str:
    if key in _SECONDS and isinstance(value, int):
        return spell_duration(timedelta(seconds=value))
    return _line(value)


_SECONDS = frozenset({"idle", "age", "within"})
"""Keys whose values rules spell in seconds."""


@dataclass(frozen=True, slots=True)
class Change:
    """An entity that became due or ceased to be, with its tree; `why` says so in words.

    `parts` counts what goes with it.
    """

    identity: Identity
    name: str
    policy: str
    parts: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A policy that is new or gone, or says other things than it did."""

    policy: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """All that differs; `stays` counts what was due and still is."""

    then: PlanNote
    policies: str
    became: tuple[Change, ...]
    ceased: tuple[Change, ...]
    stays: int
    rules: tuple[RuleChange, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """What is due now (UTC) by these policies, and how everything was judged."""

    plan: Plan
    judgements: Judgements
    policies: PolicySet
    now: datetime


def compare(then: PlanNote, old: Plan, new: Due) -> PlanDiff:
    """Compare a plan that was stored with what is due now."""
    before, after = _going(old), _going(new.plan)
    why = _Why(new)
    rules = told_rules(new.policies)
    return PlanDiff(
        then=then,
        policies=new.policies.digest,
        became=tuple(_changes(new.plan, before, lambda each: each.reasons)),
        ceased=tuple(_changes(old, after, why.not_now)),
        stays=len(before & after),
        rules=tuple(_rule_changes(then.rules, rules)),
    )


def _going(plan: Plan) -> frozenset[Identity]:
    return frozenset(each.identity for unit in plan.units for each in unit.entities)


ABOVE = {Kind.COMPONENT: Kind.TRIAL, Kind.TRIAL: Kind.EXPERIMENT}


def _changes(
    plan: Plan, other: frozenset[Identity], why: Callable[[PlannedEntity], tuple[str, ...]]
) -> Iterator[Change]:
    """Yield the top of each tree that is in a plan and not in the other one."""
    for unit in plan.units:
        changed = {
            (each.identity.kind, each.identity.name): each
            for each in unit.entities
            if each.identity not in other
        }
        tops = Counter(_top(each, changed).identity for each in changed.values())
        for each in changed.values():
            if parts := tops[each.identity]:
                yield Change(each.identity, each.name, each.policy, parts, why(each))


def _top(entity: PlannedEntity, among: Mapping[tuple[Kind, str], PlannedEntity]) -> PlannedEntity:
    kind = ABOVE.get(entity.identity.kind)
    if kind is not None:
        for parent in entity.parents:
            if (above := among.get((kind, parent))) is not None:
                return _top(above, among)
    return entity


class _Why:
    """Says why something is not due any more."""

    def __init__(self, new: Due) -> None:
        judgements = new.judgements
        self._forest = judgements.forest
        self._now = new.now
        self._policies = {each.name: each for each in new.policies.policies}
        self._given: dict[tuple[Identity, str], Judgement] = {
            (each.entity.identity, each.policy.name): each for each in judgements.given
        }

    def not_now(self, was: PlannedEntity) -> tuple[str, ...]:
        there = self._forest.inventory.of(was.identity.kind).get(was.identity.name)
        if there is None:
            return ("it is gone",)
        if there.identity != was.identity:
            return ("it was deleted, and something new has its name",)
        policy = self._policies.get(was.policy)
        if policy is None:
            return (f"there is no policy {was.policy} any more",)
        judgement = self._given.get((was.identity, was.policy))
        if judgement is not None:
            return judgement.against or ("it is not selected",)
        if policy.resource is not was.identity.kind:
            return ("what it hangs under does not go",)
        findings = explain(policy.match, self._forest.subject(there), self._now)
        return tuple(each.text for each in findings if each.truth is not Truth.TRUE)


def _rule_changes(before: Mapping[str, Told], after: Mapping[str, Told]) -> Iterator[RuleChange]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None:
            yield RuleChange(name, ("a new policy",))
        elif now is None:
            yield RuleChange(name, ("no longer there",))
        elif was != now:
            yield RuleChange(name, tuple(_lines(was, now)))


def _lines(was: Told, now: Told) -> Iterator[str]:
    """Yield each part that is other than it was, what went first."""
    for sign, some, other in (("-", was, now), ("+", now, was)):
        for key in sorted(some):
            if other.get(key) != some[key]:
                yield f"{sign} {key} {some[key]}".rstrip()
