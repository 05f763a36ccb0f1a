"""What Search can ask of a record: property names, and the values they have.

A value list has one entry for each place the property occurs in (a component with two parents has
two values for Parents.ExperimentName). Common names are read straight from the record; any other
path is looked up in the rendered answer.
"""

from collections.abc import Callable
from typing import Any

import orjson

from sagewarden.sandbox import render
from sagewarden.sandbox.figures import metric_summaries
from sagewarden.sandbox.records import Component, Entity, Resource
from sagewarden.sandbox.state import AccountState

Values = list[Any]
Reader = Callable[[AccountState, Any], Values]
TIMES = {"CreationTime", "LastModifiedTime", "StartTime", "EndTime", "TimeStamp"}


def reader_of(name: str) -> Reader:
    """Choose how to read the property of that name."""
    if name in _DIRECT:
        return _DIRECT[name]
    head, _, rest = name.partition(".")
    if head in _BY_PREFIX and rest:
        return _BY_PREFIX[head](rest)
    path = name.split(".")
    return lambda state, record: _walk(whole(state, record), path)


def is_time(name: str) -> bool:
    """Whether a property is a timestamp."""
    return name.rsplit(".", 1)[-1] in TIMES


def _one(value: Any) -> Values:
    return [] if value is None else [value]


def _status(_state: AccountState, record: Any) -> Values:
    return _one((record.status or {}).get("PrimaryStatus")) if isinstance(record, Component) else []


def _name(_state: AccountState, record: Any) -> Values:
    return [record.name]


def _shown(_state: AccountState, record: Any) -> Values:
    return [record.display_name or record.name]


def _parent_trials(_state: AccountState, record: Any) -> Values:
    return list(record.parents)


def _parent_experiments(state: AccountState, record: Any) -> Values:
    trials = (state.trials.get(key) for key in record.parents)
    return [trial.experiment for trial in trials if trial is not None]


_DIRECT: dict[str, Reader] = {
    "ExperimentName": lambda state, record: (
        [record.experiment] if hasattr(record, "experiment") else _name(state, record)
    ),
    "TrialName": _name,
    "TrialComponentName": _name,
    "DisplayName": _shown,
    "CreationTime": lambda _state, record: [record.created],
    "LastModifiedTime": lambda _state, record: [_modified(record)],
    "Status.PrimaryStatus": _status,
    "Parents.TrialName": _parent_trials,
    "Parents.ExperimentName": _parent_experiments,
}


def _modified(record: Any) -> float:
    if isinstance(record, Resource):
        return float(record.body.get("LastModifiedTime", record.created))
    return float(record.modified)


def _tag(key: str) -> Reader:
    return lambda _state, record: _one(record.tags.get(key))


def _parameter(path: str) -> Reader:
    name = path.removesuffix(".StringValue").removesuffix(".NumberValue")

    def read(_state: AccountState, record: Any) -> Values:
        held = getattr(record, "parameters", {})
        return list((held.get(path) or held.get(name) or {}).values())

    return read


def _metric(path: str) -> Reader:
    name, _, wanted = path.rpartition(".")

    def read(state: AccountState, record: Any) -> Values:
        if not getattr(record, "metrics", None):
            return []
        summaries = orjson.loads(orjson.dumps(metric_summaries(record, state.arn_of(record))))
        return [
            value
            for summary in summaries
            if summary["MetricName"] == name
            for key, value in summary.items()
            if key.lower() == wanted.lower()
        ]

    return read


_BY_PREFIX: dict[str, Callable[[str], Reader]] = {
    "Tags": _tag,
    "Parameters": _parameter,
    "Metrics": _metric,
}


def whole(state: AccountState, record: Entity | Resource) -> Any:
    """Render a record as Search answers it, as plain values."""
    wrapped = render.FOUND[type(record)](state, record)
    inner = next(iter(wrapped.values())) if isinstance(record, Entity) else wrapped
    return orjson.loads(orjson.dumps(inner))


def _walk(value: Any, path: list[str]) -> Values:
    if isinstance(value, list):
        return [found for inner in value for found in _walk(inner, path)]
    if not path:
        return _one(value)
    if not isinstance(value, dict):
        return []
    return _walk(value.get(path[0]), path[1:]) or _dotted(value, path)


def _dotted(value: dict[str, Any], path: list[str]) -> Values:
    """Try keys that hold dots themselves, as artifact names may."""
    for used in range(2, len(path) + 1):
        found = value.get(".".join(path[:used]))
        if found is not None:
            return _walk(found, path[used:])
    return []


def elements(state: AccountState, record: Entity | Resource, name: str) -> list[Any]:
    """Return the elements of a list property, for nested filters."""
    found = whole(state, record)
    for step in name.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, list) else _one(found)


def values_in(element: Any, path: str) -> Values:
    """Read a property inside one element of a list property."""
    return _walk(element, path.split("."))
