"""The digest of what a policy decides: equal for policies that decide alike.

The order of keys and of alternatives, repetitions, nesting that says nothing, comments and the
letter case of name globs make no difference; any other change does.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeAlias

from sagewarden.core.canonical import canonical, digest
from sagewarden.core.comparisons import Ranges
from sagewarden.core.entities import Kind
from sagewarden.core.policy import (
    Action,
    Aged,
    AllOf,
    AnyOf,
    Best,
    Condition,
    Counted,
    CreatedBy,
    Displayed,
    Idle,
    InStatus,
    Keep,
    Metric,
    ModelsInUse,
    Named,
    Not,
    OfOrigin,
    Parameter,
    Policy,
    Protection,
    Receiver,
    Required,
    Tagged,
    Unassigned,
)

Spelled: TypeAlias = dict[str, Any]


def rule_digest(
    resource: Kind,
    match: Condition,
    keep: Keep | None,
    action: Action,
    require: Sequence[Required] = (),
) -> str:
    """Return the digest of what decides; no time to wait is part of it."""
    return digest(_rule(resource, match, keep, action, require))


def spelled_rule(policy: Policy) -> Spelled:
    """Spell what decides in a policy: what its `rule` is the digest of."""
    return _rule(policy.resource, policy.match, policy.keep, policy.action, policy.require)


def _rule(
    resource: Kind,
    match: Condition,
    keep: Keep | None,
    action: Action,
    require: Sequence[Required],
) -> Spelled:
    rule: Spelled = {
        "resource": str(resource),
        "match": spelled(match),
        "keep": None if keep is None else _spelled_keep(keep),
        "action": str(action),
    }
    if require:
        rule["require"] = {each.key: _spelled_required(each) for each in require}
    return rule


def _spelled_required(required: Required) -> Spelled:
    """Spell what is set: what is not there changes no digest."""
    told: Spelled = {
        "pattern": required.pattern,
        "allowed": sorted(set(required.allowed)),
        "default": required.default,
        "inherit": required.inherit,
        "normalise": dict(required.normalise),
        "rename": sorted(set(required.rename)),
    }
    return {key: value for key, value in told.items() if value}


def set_digest(policies: Iterable[Policy], protections: Iterable[Protection]) -> str:
    """Return the digest of a whole set; in which file or order a policy stands is no part."""
    return digest(
        {
            "policies": _sorted(map(_spelled_policy, policies)),
            "protections": _sorted(spelled_protection(each) for each in protections),
        }
    )


def spelled_protection(protection: Protection) -> Spelled:
    """Return a protection's one spelling."""
    if isinstance(protection.condition, ModelsInUse):
        return {"registered_models": True}
    return spelled(protection.condition)


def _spelled_policy(policy: Policy) -> Spelled:
    told: Spelled = {
        "name": policy.name,
        "rule": policy.rule,
        "grace": _seconds(policy.grace),
        "confirmed": policy.confirm_match_all,
    }
    if policy.escalate is not None:
        told["escalate"] = [_seconds(policy.escalate.after), _seconds(policy.escalate.grace)]
    if policy.notify != (Receiver.OWNER,):
        told["notify"] = sorted(map(str, policy.notify))
    return told


def spelled(condition: Condition) -> Spelled:
    """Return a condition's one spelling."""
    match condition:
        case AllOf(conditions=parts):
            return _joined("all", parts)
        case AnyOf(conditions=parts):
            return _joined("any", parts)
        case Not(condition=part):
            return {"not": spelled(part)}
        case _:
            return _leaf(condition)


def _leaf(condition: Condition) -> Spelled:
    match condition:
        case Named(globs=globs):
            return {"name": sorted({glob.lower() for glob in globs})}
        case Tagged(tag=tag, want=want, values=values):
            return {"tag": tag, "want": want, "values": sorted(set(values))}
        case InStatus(statuses=statuses):
            return {"status": sorted(set(statuses))}
        case OfOrigin(origins=origins):
            return {"origin": sorted({str(origin) for origin in origins})}
        case Idle(at_least=least):
            return {"idle": _seconds(least)}
        case Aged(at_least=least):
            return {"age": _seconds(least)}
        case _:
            return _rarer_leaf(condition)


def _rarer_leaf(condition: Condition) -> Spelled:
    match condition:
        case Unassigned(wanted=wanted):
            return {"unassigned": wanted}
        case Displayed(want=want, globs=globs):
            return {"display_name": want, "values": sorted({glob.lower() for glob in globs})}
        case CreatedBy(want=want, globs=globs):
            return {"created_by": want, "values": sorted(set(globs))}
        case Parameter(name=name, want=want, values=values, ranges=ranges):
            texts = sorted(set(values))
            return {"parameter": name, "want": want, "values": texts, "ranges": _ranges(ranges)}
        case Metric(quantity=quantity, want=want, ranges=ranges):
            return {"metric": list(quantity), "want": want, "ranges": _ranges(ranges)}
        case Counted(what=what, ranges=ranges):
            return {what: _ranges(ranges)}
        case _:
            return {"everything": True}


def _ranges(ranges: Ranges) -> list[list[str]]:
    unique = {tuple(sorted({str(bound) for bound in bounds})) for bounds in ranges}
    return [list(bounds) for bounds in sorted(unique)]


def _joined(word: str, parts: Sequence[Condition]) -> Spelled:
    flat: list[Spelled] = []
    for part in map(spelled, parts):
        flat.extend(part[word] if part.keys() == {word} else [part])
    unique = _sorted(flat)
    return unique[0] if len(unique) == 1 else {word: unique}


def _spelled_keep(keep: Keep) -> Spelled:
    """Spell what is set: a rule that is not there changes no digest."""
    rules: Spelled = {
        "last": keep.last,
        "best": _spelled_best(keep.best),
        "within": _seconds(keep.within),
        "tags": _sorted(map(spelled, keep.tags)) or None,
        **dict(keep.periods),
    }
    groups = {"group_by": sorted({str(key) for key in keep.group_by})}
    return groups | {key: value for key, value in rules.items() if value is not None}


def _spelled_best(best: Best | None) -> Spelled | None:
    if best is None:
        return None
    return {"quantity": list(best.quantity), "order": best.order, "count": best.count}


def _sorted(values: Iterable[Spelled]) -> list[Spelled]:
    by_spelling = {canonical(value): value for value in values}
    return [by_spelling[spelling] for spelling in sorted(by_spelling)]


def _seconds(duration: timedelta | None) -> int | None:
    return None if duration is None else duration // timedelta(seconds=1)
