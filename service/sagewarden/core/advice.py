"""What policy files may say and probably do not mean."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sagewarden.core.durations import spell_duration
from sagewarden.core.policy import (
    Action,
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Everything,
    Idle,
    InStatus,
    ModelsInUse,
    Named,
    Not,
    OfOrigin,
    Place,
    Policy,
    PolicySet,
    Receiver,
    Tagged,
    Unassigned,
)
from sagewarden.core.rules import spelled


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to think about: `about` names its kind, `remedy` says what to do."""

    place: Place
    policy: str
    about: str
    text: str
    remedy: str


Said = tuple[str, str, str]


def advise(policies: PolicySet, min_grace: timedelta, *, operator: bool) -> tuple[Advice, ...]:
    """Look for what is probably not meant, in the order of policies.

    `operator` says whether settings name a channel for notices to the operator.
    """
    return tuple(
        Advice(policy.place, policy.name, about, text, remedy)
        for policy in policies.policies
        for about, text, remedy in (
            *_about(policy, policies, min_grace),
            *(() if operator else _about_notices(policy)),
        )
    )


def _about_notices(policy: Policy) -> Iterator[Said]:
    if Receiver.OPERATOR in policy.notify:
        others = len(policy.notify) > 1
        what = "only the owner is told" if others else "nobody is told, and nothing becomes due"
        told = f"it notifies the operator and no channel is the operator's: {what}"
        ways = "notice.operator, notice.operator_topic or notice.email.operator"
        yield "notify", told, f"Set {ways}, or notify the owner alone."


def _about(policy: Policy, policies: PolicySet, min_grace: timedelta) -> Iterator[Said]:
    if not policy.description:
        yield "description", "nobody learns what it is for", "Add a description: owners read it."
    parts = conjuncts(policy.match)
    if clash := contradiction(parts):
        yield "matches-nothing", f"nothing can match it: {clash}", "Correct one of the two."
    if policy.deletes:
        yield from _about_deleting(policy, parts, policies, min_grace)


def _about_deleting(
    policy: Policy, parts: tuple[Condition, ...], policies: PolicySet, min_grace: timedelta
) -> Iterator[Said]:
    grace = policy.grace if policy.escalate is None else policy.escalate.grace
    if grace is not None and grace < min_grace:
        told = f"its grace {spell_duration(grace)} is below limits.min_grace"
        yield (
            "grace",
            told,
            f"{spell_duration(min_grace)} counts: write that, or lower the setting.",
        )
    if policy.action is Action.DELETE and not any(map(_waits, parts)):
        told = "it matches what was made today"
        yield "no-age", told, "Add idle or age."
    if policy.keep is None and not policies.protections and not any(map(_spares, parts)):
        told = (
            "only a hold spares anything from it: no keep, no protect in any file, no tag in match"
        )
        yield "no-way-out", told, "Add `protect`, `keep`, or `tags: {keep: absent}`."
    yield from _about_others(policy, parts, policies)


def _about_others(
    policy: Policy, parts: tuple[Condition, ...], policies: PolicySet
) -> Iterator[Said]:
    for guard in policies.protections:
        if not isinstance(guard.condition, ModelsInUse) and implied(
            parts, conjuncts(guard.condition)
        ):
            told = f"all that it matches is protected ({guard.place})"
            yield "protected", told, "Nothing is ever deleted by it: narrow the protection."
    for other in policies.policies:
        wider = other is not policy and other.resource is policy.resource
        if wider and other.action is Action.DELETE and implied(parts, conjuncts(other.match)):
            keeps = ", so its keep is in vain" if policy.keep is not None else ""
            told = f"policy {other.name} matches all of it too{keeps} ({other.place})"
            yield "overlap", told, "Let one of them have it: narrow the other with `not`."


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Return what must all hold."""
    if isinstance(condition, AllOf):
        return tuple(each for part in condition.conditions for each in conjuncts(part))
    return (condition,)


def _waits(condition: Condition) -> bool:
    """Whether a condition asks for an age in each of its ways."""
    match condition:
        case Idle() | Aged():
            return True
        case AnyOf(parts):
            return all(map(_waits, parts))
        case AllOf(parts):
            return any(map(_waits, parts))
        case _:
            return False


def _spares(condition: Condition) -> bool:
    """Whether somebody can keep an entity out of a match by a tag."""
    match condition:
        case Tagged():
            return True
        case AnyOf(parts) | AllOf(parts):
            return any(map(_spares, parts))
        case Not(part):
            return _spares(part)
        case _:
            return False


def implied(parts: Iterable[Condition], others: Iterable[Condition]) -> bool:
    """Whether all of `others` hold wherever all of `parts` do, as far as that is plain to see."""
    known = tuple(parts)
    return all(any(_implies(part, other) for part in known) for other in others)


def _implies(one: Condition, other: Condition) -> bool:
    match one, other:
        case (_, Everything()):
            return True
        case (
            (Idle(longer), Idle(least)) | (Aged(longer), Aged(least)) | (Idle(longer), Aged(least))
        ):
            return longer >= least  # nothing is idle for longer than it is old
        case (Tagged(), Tagged()):
            return _tag_implies(one, other)
        case (Named(narrow), Named(wide)):
            return {each.lower() for each in narrow} <= {each.lower() for each in wide}
        case (InStatus(some), InStatus(more)):
            return set(some) <= set(more)
        case (OfOrigin(some), OfOrigin(more)):
            return set(some) <= set(more)
        case (Not(less), Not(more)):
            return _implies(more, less)
        case _:
            return spelled(one) == spelled(other)


def _tag_implies(one: Tagged, other: Tagged) -> bool:
    if one.tag != other.tag:
        return False
    if one.want == other.want == "values":
        return set(one.values) <= set(other.values)
    return one.want == other.want or (one.want == "values" and other.want == "present")


def contradiction(parts: tuple[Condition, ...]) -> str:
    """Say which two conditions can never hold together; empty if none are seen to."""
    for at, one in enumerate(parts):
        for other in parts[at + 1 :]:
            if _excludes(one, other) or _excludes(other, one):
                return f"{_words(one)} and {_words(other)} never hold together"
    return ""


def _excludes(one: Condition, other: Condition) -> bool:
    match one, other:
        case (_, Not(part)):
            return _implies(one, part)
        case (Tagged(), Tagged()):
            return one.tag == other.tag and _values_part(one, other)
        case (InStatus(some), InStatus(others)):
            return not set(some) & set(others)
        case (OfOrigin(some), OfOrigin(others)):
            return not set(some) & set(others)
        case (Unassigned(yes), Unassigned(no)):
            return yes != no
        case _:
            return False


def _values_part(one: Tagged, other: Tagged) -> bool:
    if "absent" in {one.want, other.want}:
        return one.want != other.want
    exact = not any(letter in value for value in one.values + other.values for letter in "*?")
    both = one.want == other.want == "values"
    return both and exact and not set(one.values) & set(other.values)


def _words(condition: Condition) -> str:
    match condition:
        case Idle(least):
            return f"idle {spell_duration(least)}"
        case Aged(least):
            return f"age {spell_duration(least)}"
        case Not(part):
            return f"not {_words(part)}"
        case Tagged(tag, want, values):
            return f"tag {tag} {', '.join(values) or want}"
        case _:
            return " ".join(f"{key} {value}" for key, value in spelled(condition).items())
