"""Conditions on what was measured of an entity: parameters, metrics, how much hangs on it."""

from collections.abc import Callable
from datetime import datetime

from sagewarden.core.comparisons import (
    Ranges,
    in_ranges,
    read_number,
    spell_number,
    spell_range,
)
from sagewarden.core.entities import Kind
from sagewarden.core.forest import Subject
from sagewarden.core.globs import matcher
from sagewarden.core.leaves import Leaf, counted, listed
from sagewarden.core.policy import Counted, Metric, Parameter
from sagewarden.core.redaction import REDACTED
from sagewarden.core.truth import Truth


def parameter(condition: Parameter) -> Leaf:
    """Compare a parameter; a component that was read and has none is known to have none."""
    name, wants = condition.name, _wants_value(condition)

    def test(subject: Subject, _now: datetime) -> Truth:
        parameters = subject.entity.parameters
        if parameters is None or not subject.entity.read:
            return Truth.UNKNOWN
        value = parameters.get(name)
        if condition.want != "values":
            return Truth.of((value is not None) == (condition.want == "present"))
        return Truth.FALSE if value is None else wants(value)

    def found(subject: Subject, _now: datetime) -> str:
        parameters = subject.entity.parameters
        if parameters is None or not subject.entity.read:
            return f"parameter {name} unknown"
        value = parameters.get(name)
        if value is None:
            return f"no parameter {name}"
        return f"parameter {name} is {REDACTED if condition.secret else _shown(value)}"

    return Leaf(test, found, _wanted(condition))


def _wanted(condition: Parameter) -> str:
    if condition.want != "values":
        return condition.want
    if condition.secret:
        return "what its policy names"
    return listed(condition.values + tuple(map(spell_range, condition.ranges)))


def _wants_value(condition: Parameter) -> Callable[[str | float], Truth]:
    globs = [matcher(value, fold=False) for value in condition.values]

    def wants(value: str | float) -> Truth:
        if any(glob(_shown(value)) for glob in globs):
            return Truth.TRUE
        number = read_number(value) if isinstance(value, str) else value
        return Truth.FALSE if number is None else in_ranges(number, condition.ranges)

    return wants


def _shown(value: str | float) -> str:
    return value if isinstance(value, str) else spell_number(value)


def metric(condition: Metric) -> Leaf:
    """Compare a summary; sources that differ on it must agree on the answer."""
    quantity, ranges = condition.quantity, condition.ranges
    name = f"metric {quantity.metric}"

    def test(subject: Subject, _now: datetime) -> Truth:
        metrics = subject.entity.metrics
        if metrics is None or not subject.entity.read:
            return Truth.UNKNOWN
        values = metrics.get(quantity)
        if condition.want != "values":
            return Truth.of((values is not None) == (condition.want == "present"))
        return Truth.FALSE if values is None else _agreed(values, ranges)

    def found(subject: Subject, _now: datetime) -> str:
        metrics = subject.entity.metrics
        if metrics is None or not subject.entity.read:
            return f"{name} unknown"
        values = metrics.get(quantity)
        if values is None:
            return f"no {name}"
        return f"{name} {quantity.summary} is {' or '.join(map(spell_number, values))}"

    wanted = listed(tuple(map(spell_range, ranges)))
    return Leaf(test, found, wanted if condition.want == "values" else condition.want)


def _agreed(values: tuple[float, ...], ranges: Ranges) -> Truth:
    answers = {in_ranges(value, ranges) for value in values}
    return answers.pop() if len(answers) == 1 else Truth.UNKNOWN


def counts(condition: Counted) -> Leaf:
    """Compare how many trials or components hang below, or on how many trials it hangs."""
    ranges = condition.ranges
    wanted = listed(tuple(map(spell_range, ranges)))
    if condition.what == "parents":
        return Leaf(
            lambda subject, _now: _in(_parents(subject), ranges),
            lambda subject, _now: _told(_parents(subject), "in {}", "trial"),
            wanted,
        )
    return Leaf(
        lambda subject, _now: _in(_children(subject), ranges),
        lambda subject, _now: _told(_children(subject), "{} below", _child_word(subject)),
        wanted,
    )


def _in(number: int | None, ranges: Ranges) -> Truth:
    return Truth.UNKNOWN if number is None else in_ranges(number, ranges)


def _told(number: int | None, sentence: str, word: str) -> str:
    return f"{word}s unknown" if number is None else sentence.format(counted(number, word))


def _parents(subject: Subject) -> int | None:
    return None if subject.entity.parents is None else len(subject.entity.trials)


def _children(subject: Subject) -> int | None:
    if subject.hides:
        return None
    is_trial = subject.entity.kind is Kind.TRIAL
    return len(subject.tree.components if is_trial else subject.tree.trials)


def _child_word(subject: Subject) -> str:
    return "component" if subject.entity.kind is Kind.TRIAL else "trial"
