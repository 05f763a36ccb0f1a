"""Search expressions, compiled to predicates over records."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from sagewarden.sandbox.operations import properties
from sagewarden.sandbox.operations.properties import Values
from sagewarden.sandbox.records import Json
from sagewarden.sandbox.refusal import invalid
from sagewarden.sandbox.state import AccountState
from sagewarden.sandbox.validation import epoch_of

Predicate = Callable[[Any], bool]
Test = Callable[[Values], bool]
CONTAINS_OFTEN = {
    "DisplayName",
    "ExperimentName",
    "TrialName",
    "TrialComponentName",
    "Tags",
    "InputArtifacts",
    "OutputArtifacts",
}
"""Properties that may stand in more than one Contains (service model, Filter)."""


def predicate_of(state: AccountState, expression: Json) -> Predicate:
    """Compile a whole SearchExpression."""
    _refuse_contains(expression)
    return _expression(state, expression)


def _expression(state: AccountState, expression: Json) -> Predicate:
    parts = [_filter(state, each) for each in expression.get("Filters", ())]
    parts += [_nested(state, each) for each in expression.get("NestedFilters", ())]
    parts += [_expression(state, each) for each in expression.get("SubExpressions", ())]
    if not parts:
        raise invalid(
            "A SearchExpression must have at least one filter, nested filter or sub-expression."
        )
    if expression.get("Operator") == "Or":
        return lambda record: any(part(record) for part in parts)
    return lambda record: all(part(record) for part in parts)


def _filter(state: AccountState, filter_: Json) -> Predicate:
    read = properties.reader_of(filter_["Name"])
    test = _test(filter_)
    return lambda record: test(read(state, record))


def _nested(state: AccountState, nested: Json) -> Predicate:
    name = nested["NestedPropertyName"]
    tests = [(_test(each), each["Name"].removeprefix(f"{name}.")) for each in nested["Filters"]]

    def holds(record: Any) -> bool:
        return any(
            all(test(properties.values_in(element, path)) for test, path in tests)
            for element in properties.elements(state, record, name)
        )

    return holds


def _test(filter_: Json) -> Test:
    name, operator = filter_["Name"], filter_.get("Operator", "Equals")
    if operator in {"Exists", "NotExists"}:
        if "Value" in filter_:
            raise invalid(f"The operator {operator} takes no Value.")
        return bool if operator == "Exists" else lambda values: not values
    if "Value" not in filter_:
        raise invalid(f"The operator {operator} needs a Value.")
    return _TESTS[operator](name, filter_["Value"])


def _folded(name: str) -> Callable[[Any], Any]:
    """Compare names as AWS does: without case."""
    if name.rsplit(".", 1)[-1] in {"ExperimentName", "TrialName", "TrialComponentName"}:
        return lambda value: value.lower() if isinstance(value, str) else value
    return lambda value: value


def _same(name: str, text: str) -> Callable[[Any], bool]:
    if properties.is_time(name):
        moment = epoch_of(text)
        return lambda value: isinstance(value, int | float) and value == moment
    fold = _folded(name)
    wanted = fold(text)

    def same(value: Any) -> bool:
        if isinstance(value, bool):
            return str(value).lower() == text.lower()
        if isinstance(value, int | float):
            return value == _float_or_none(text)
        return bool(fold(value) == wanted)

    return same


def _float_or_none(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _equals(name: str, text: str) -> Test:
    same = _same(name, text)
    return lambda values: any(same(value) for value in values)


def _not_equals(name: str, text: str) -> Test:
    same = _same(name, text)
    return lambda values: not any(same(value) for value in values)


def _contains(name: str, text: str) -> Test:
    fold = _folded(name)
    return lambda values: any(isinstance(v, str) and fold(text) in fold(v) for v in values)


def _in(name: str, text: str) -> Test:
    wanted = [_same(name, part.strip()) for part in text.split(",")]
    return lambda values: any(same(value) for value in values for same in wanted)


def _compared(holds: Callable[[float, float], bool]) -> Callable[[str, str], Test]:
    def make(name: str, text: str) -> Test:
        bound = epoch_of(text) if properties.is_time(name) else _float_or_none(text)
        if bound is None:
            raise invalid(f"The value '{text}' of filter '{name}' is not a number.")
        limit = bound
        return lambda values: any(
            isinstance(value, int | float) and holds(value, limit) for value in values
        )

    return make


_TESTS: dict[str, Callable[[str, str], Test]] = {
    "Equals": _equals,
    "NotEquals": _not_equals,
    "Contains": _contains,
    "In": _in,
    "GreaterThan": _compared(lambda value, bound: value > bound),
    "GreaterThanOrEqualTo": _compared(lambda value, bound: value >= bound),
    "LessThan": _compared(lambda value, bound: value < bound),
    "LessThanOrEqualTo": _compared(lambda value, bound: value <= bound),
}


def _all_filters(expression: Json) -> Iterator[Json]:
    yield from expression.get("Filters", ())
    for nested in expression.get("NestedFilters", ()):
        yield from nested["Filters"]
    for below in expression.get("SubExpressions", ()):
        yield from _all_filters(below)


def _refuse_contains(expression: Json) -> None:
    uses = Counter(
        each["Name"].split(".")[0]
        for each in _all_filters(expression)
        if each.get("Operator") == "Contains"
    )
    if sum(count for head, count in uses.items() if head not in CONTAINS_OFTEN) > 1:
        raise invalid("'CONTAINS' operator usage limit of 1 exceeded.")


def creation_window(expression: Json) -> tuple[float | None, float | None]:
    """Return the widest creation times that top-level And filters leave, inclusive."""
    low: float | None = None
    high: float | None = None
    if expression.get("Operator") == "Or":
        return low, high
    for each in expression.get("Filters", ()):
        if each["Name"] != "CreationTime" or "Value" not in each:
            continue
        moment, operator = epoch_of(each["Value"]), each.get("Operator", "Equals")
        if operator in {"GreaterThan", "GreaterThanOrEqualTo", "Equals"}:
            low = moment if low is None else max(low, moment)
        if operator in {"LessThan", "LessThanOrEqualTo", "Equals"}:
            high = moment if high is None else min(high, moment)
    return low, high
