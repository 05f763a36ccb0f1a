"""Conditions, compiled once into closures that answer true, false or unknown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from sagewarden.core.forest import Subject
from sagewarden.core.leaves import (
    Leaf,
    Test,
    aged,
    created_by,
    displayed,
    everything,
    idle,
    in_status,
    named,
    of_origin,
    tagged,
    unassigned,
)
from sagewarden.core.measures import counts, metric, parameter
from sagewarden.core.policy import (
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Counted,
    CreatedBy,
    Displayed,
    Everything,
    Idle,
    InStatus,
    Metric,
    Named,
    Not,
    OfOrigin,
    Parameter,
    Tagged,
    Unassigned,
)
from sagewarden.core.truth import Truth, all_of, any_of

__all__ = ["Compiled", "Finding", "Test", "compile_condition", "explain", "scope"]


class Finding(NamedTuple):
    """What one condition said about one subject, in words."""

    truth: Truth
    text: str


Telling = Callable[[Subject, datetime], list[Finding]]


Words = Callable[[Subject, datetime], list[str]]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A condition as closures: `test` answers, `explain` says what each part found, in words.

    `why` gives the same words of a subject that is known to fit, without another test.
    """

    test: Test
    explain: Telling
    why: Words


def compile_condition(condition: Condition) -> Test:
    """Turn a condition into a closure."""
    return compiled(condition).test


def explain(condition: Condition, subject: Subject, now: datetime) -> list[Finding]:
    """Say what each part of a condition found, in words a person can check."""
    return compiled(condition).explain(subject, now)


def compiled(condition: Condition) -> Compiled:
    """Turn a condition into closures; each leaf is looked at once, here."""
    match condition:
        case AllOf(parts):
            return _all(parts)
        case AnyOf(parts):
            return _any([compiled(part) for part in parts])
        case Not(part):
            return _not(compiled(part))
        case _:
            return _alone(_leaf(condition))


def _all(conditions: Sequence[Condition]) -> Compiled:
    """Ask the quickest first, since one that is false decides; tell all in the order written."""
    parts = [compiled(each) for each in conditions]
    if len(parts) == 1:
        return parts[0]
    quickest = sorted(zip(map(_cost, conditions), parts, strict=True), key=itemgetter(0))
    return Compiled(
        all_of([part.test for _, part in quickest]),
        lambda subject, now: [each for part in parts for each in part.explain(subject, now)],
        lambda subject, now: [each for part in parts for each in part.why(subject, now)],
    )


_QUICK = (OfOrigin, Unassigned, Idle, Aged)
_SLOW = (Named, Parameter, Metric, AllOf, AnyOf, Not)


def _cost(condition: Condition) -> int:
    if isinstance(condition, _QUICK):
        return 0
    return 2 if isinstance(condition, _SLOW) else 1


def _any(parts: list[Compiled]) -> Compiled:
    test = any_of([part.test for part in parts])

    def telling(subject: Subject, now: datetime) -> list[Finding]:
        truth = test(subject, now)
        alike = [part for part in parts if part.test(subject, now) is truth]
        told = "; ".join(_told(part, subject, now) for part in alike)
        return [Finding(truth, f"one of: {told}")]

    return _compound(test, telling)


def _not(part: Compiled) -> Compiled:
    def test(subject: Subject, now: datetime) -> Truth:
        return part.test(subject, now).inverted()

    return _compound(
        test,
        lambda subject, now: [Finding(test(subject, now), f"not ({_told(part, subject, now)})")],
    )


def _compound(test: Test, telling: Telling) -> Compiled:
    return Compiled(
        test, telling, lambda subject, now: [each.text for each in telling(subject, now)]
    )


def _told(part: Compiled, subject: Subject, now: datetime) -> str:
    return " and ".join(each.text for each in part.explain(subject, now))


def _alone(leaf: Leaf) -> Compiled:
    """Say what was found and, unless it is what was wanted, what was wanted."""

    def telling(subject: Subject, now: datetime) -> list[Finding]:
        truth, found = leaf.test(subject, now), leaf.found(subject, now)
        fits = truth is Truth.TRUE or not leaf.wanted
        return [Finding(truth, found if fits else f"{found}, wanted {leaf.wanted}")]

    return Compiled(leaf.test, telling, lambda subject, now: [leaf.found(subject, now)])


def _leaf(condition: Condition) -> Leaf:
    match condition:
        case Named():
            return named(condition)
        case Tagged():
            return tagged(condition)
        case InStatus():
            return in_status(condition)
        case OfOrigin():
            return of_origin(condition)
        case Idle():
            return idle(condition)
        case Aged():
            return aged(condition)
        case _:
            return _rarer_leaf(condition)


def _rarer_leaf(condition: Condition) -> Leaf:
    match condition:
        case Unassigned():
            return unassigned(condition)
        case CreatedBy():
            return created_by(condition)
        case Displayed():
            return displayed(condition)
        case Parameter():
            return parameter(condition)
        case Metric():
            return metric(condition)
        case Counted():
            return counts(condition)
        case _:
            return everything()


def scope(condition: Condition) -> Condition:
    """Return a wider condition without anything that time or progress changes.

    What a keep rule counts over is everything this matches: a group must not shrink because some
    of its members are still busy, or have measured something else by now.
    """
    return _widened(condition, positive=True)


def _widened(condition: Condition, *, positive: bool) -> Condition:
    match condition:
        case Idle() | Aged() | InStatus() | Metric():
            return Everything() if positive else Not(Everything())
        case AllOf(conditions):
            return AllOf(tuple(_widened(each, positive=positive) for each in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(_widened(each, positive=positive) for each in conditions))
        case Not(inner):
            return Not(_widened(inner, positive=not positive))
        case _:
            return condition
