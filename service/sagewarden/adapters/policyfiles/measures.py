"""`parameters`, `metrics`, `children`, `parents`: comparisons and values."""

from collections.abc import Callable
from typing import cast

from sagewarden.adapters.policyfiles.cursor import Cursor, fields, near, one_or_more, pairs, text
from sagewarden.adapters.policyfiles.nodes import ListNode, Look, MapNode, ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.adapters.policyfiles.wanted import Scope, wanted
from sagewarden.core.comparisons import (
    SPELLING,
    Bound,
    ComparisonRefused,
    Range,
    every_count_meets,
    looks_compared,
    no_count_meets,
    parse_range,
    read_number,
)
from sagewarden.core.entities import Quantity, Summary
from sagewarden.core.needs import FIELDS
from sagewarden.core.policy import Condition, Counted, Metric, Parameter

LONGEST_NAME = 320
"""Characters in the name of a parameter (service model)."""

LONGEST_METRIC = 255
"""Characters in the name of a metric (service model)."""

LONGEST_VALUE = 2_500
"""Characters in a parameter's text (service model)."""

SUMMARIES = tuple(FIELDS)

_NUMBERS = (Look.INTEGER, Look.NUMBER)
_COMPARED = f"a number, or {SPELLING}"
_VALUE = "a number, a comparison as in > 0.1, or a text (globs allowed)"
_PARAMETERS = "parameter names, each with present, absent, a value or a list of values"
_METRICS = f"metric names, each with present, absent, or a mapping with {', '.join(SUMMARIES)}"
_METRIC = f"present, absent, or a mapping with {', '.join(SUMMARIES)}"
_COUNT = "a whole number, or a comparison with whole numbers, as in > 3"


def read_parameters(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    """Read parameter names with what is wanted of each."""
    if not scope.suits(cursor, "parameters"):
        return ()
    found = [_parameter(key, value) for key, value in pairs(cursor, _PARAMETERS)]
    return tuple(each for each in found if each is not None)


def _parameter(key: Cursor, value: Cursor) -> Parameter | None:
    name = text(key, "a parameter's name", LONGEST_NAME)
    asked = wanted(value, _value, "value", _VALUE)
    if name is None or asked is None:
        return None
    want, values = asked
    return Parameter(
        name,
        want,
        tuple(each for each in values if isinstance(each, str)),
        tuple(each for each in values if isinstance(each, tuple)),
    )


def _value(cursor: Cursor) -> str | Range | None:
    node = cursor.node
    if isinstance(node, ScalarNode) and (node.look in _NUMBERS or looks_compared(node.text)):
        return _range(cursor)
    return text(cursor, _VALUE, LONGEST_VALUE)


def _range(cursor: Cursor, allowed: str = _COMPARED) -> Range | None:
    scalar = cursor.scalar(allowed)
    if scalar is None:
        return None
    if scalar.look in _NUMBERS:
        return _equal(cursor, scalar.text, allowed)
    if scalar.look is not Look.TEXT:
        cursor.refuse(f"{shown(scalar.text)}, which is {scalar.look.value}", allowed)
        return None
    try:
        return parse_range(scalar.text)
    except ComparisonRefused as error:
        cursor.refuse(str(error), allowed, error.suggestion)
        return None


def _equal(cursor: Cursor, spelled: str, allowed: str) -> Range | None:
    number = read_number(spelled)
    if number is None:
        cursor.refuse(f"{shown(spelled)}, which is not spelled plainly", allowed)
        return None
    return (Bound("==", number),)


def read_metrics(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    """Read metric names with what is wanted of each."""
    if not scope.suits(cursor, "metrics"):
        return ()
    return tuple(each for key, value in pairs(cursor, _METRICS) for each in _metric(key, value))


def _metric(key: Cursor, value: Cursor) -> tuple[Metric, ...]:
    name = text(key, "a metric's name", LONGEST_METRIC)
    node = value.node
    if isinstance(node, MapNode):
        summaries = [
            _summary(name or "", summary, compared)
            for summary, compared in fields(value, SUMMARIES).items()
        ]
        return tuple(each for each in summaries if each is not None and name)
    if isinstance(node, ListNode):
        value.refuse("a list", _METRIC)
        return ()
    return _presence(name, value)


def _presence(name: str | None, value: Cursor) -> tuple[Metric, ...]:
    scalar = value.scalar(_METRIC)
    if scalar is None or name is None:
        return ()
    match scalar.text:
        case "present":
            return (Metric(Quantity(name, "count"), "present"),)
        case "absent":
            return (Metric(Quantity(name, "count"), "absent"),)
        case compared:
            last = f"{{last: {compared}}}" if scalar.plain else f'{{last: "{compared}"}}'
            meant = looks_compared(compared) or scalar.look in _NUMBERS
            value.refuse(
                shown(compared), _METRIC, last if meant else near(compared, ["present", "absent"])
            )
            return ()


def _summary(name: str, summary: str, cursor: Cursor) -> Metric | None:
    ranges = one_or_more(cursor, _range, "at least one comparison")
    quantity = Quantity(name, cast("Summary", summary))
    return None if ranges is None else Metric(quantity, "values", ranges)


def read_children(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    """Read how many trials an experiment has, or how many components a trial."""
    if not scope.suits(cursor, "children"):
        return ()
    return _counted(cursor, lambda ranges: Counted("children", ranges))


def read_parents(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    """Read on how many trials a component hangs."""
    if not scope.suits(cursor, "parents"):
        return ()
    return _counted(cursor, lambda ranges: Counted("parents", ranges))


def _counted(cursor: Cursor, made: Callable[[tuple[Range, ...]], Counted]) -> tuple[Condition, ...]:
    ranges = one_or_more(cursor, _count_range, "at least one comparison")
    return () if ranges is None else (made(ranges),)


def _count_range(cursor: Cursor) -> Range | None:
    bounds = _range(cursor, _COUNT)
    if bounds is None:
        return None
    if any(not bound.number.is_integer() or bound.number < 0 for bound in bounds):
        cursor.refuse("a comparison with what is no count", _COUNT)
        return None
    if no_count_meets(bounds) or every_count_meets(bounds):
        which = "no" if no_count_meets(bounds) else "every"
        cursor.refuse(f"a comparison that {which} count meets", _COUNT)
        return None
    return bounds
