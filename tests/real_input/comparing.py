"""Compares what users logged with records of it, archived or read back, one facet at a time."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from tests.real_input.logged import (
    Artifact,
    Logged,
    LoggedComponent,
    LoggedEntity,
    LoggedExperiment,
    LoggedTrial,
    Point,
)

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Kind

MINUTE = 60
Sides = tuple[Any, Any]
"""What was logged, and what the record tells."""


def compare_archive(logged: Logged, records: Iterable[ArchiveRecord], *facets: str) -> list[str]:
    """Return, in words, all that was logged and is missing or different; [] when all is there.

    `facets` are keys of FACETS; none named means every one.
    """
    found = {(record.identity.kind, record.identity.name): record for record in records}
    differences: list[str] = []
    for entity in logged:
        record = found.get((entity.kind, entity.name.lower()))
        differences += (
            [f"{entity.kind} {entity.name}: there is no record of it"]
            if record is None
            else _entity(entity, record, facets or tuple(FACETS))
        )
    return differences


def _entity(entity: LoggedEntity, record: ArchiveRecord, facets: Sequence[str]) -> list[str]:
    told = f"{entity.kind} {entity.name}"
    differences = []
    for facet in facets:
        if entity.kind is not Kind.COMPONENT and facet not in OF_ALL_KINDS:
            continue
        logged, recorded = FACETS[facet](entity, record)
        if logged != recorded:
            differences.append(f"{told}: {facet} were {logged!r}, the record has {recorded!r}")
    if isinstance(entity, LoggedComponent) and "points" in facets:
        differences += [f"{told}: {words}" for words in _stepless(entity, record)]
    return differences


def _texts(entity: Any, record: ArchiveRecord) -> Sides:
    described = record.described
    return (
        (entity.display_name or entity.name, getattr(entity, "description", None)),
        (described.get("DisplayName"), described.get("Description")),
    )


def _tags(entity: Any, record: ArchiveRecord) -> Sides:
    return dict(entity.tags), dict(record.tags)


def _edges(entity: LoggedEntity, record: ArchiveRecord) -> Sides:
    return sorted(name.lower() for name in _above(entity)), sorted(record.parents)


def _above(entity: LoggedEntity) -> tuple[str, ...]:
    match entity:
        case LoggedExperiment():
            return ()
        case LoggedTrial():
            return (entity.experiment,)
        case LoggedComponent():
            return entity.trials


def _status(component: Any, record: ArchiveRecord) -> Sides:
    return dict(component.status), dict(record.described.get("Status") or {})


def _parameters(component: Any, record: ArchiveRecord) -> Sides:
    described = record.described.get("Parameters") or {}
    recorded = {name: [*value.values()] for name, value in described.items()}
    return {name: [value] for name, value in component.parameters.items()}, recorded


def _artifacts(component: Any, record: ArchiveRecord) -> Sides:
    return (
        (dict(component.inputs), dict(component.outputs)),
        (_described(record, "InputArtifacts"), _described(record, "OutputArtifacts")),
    )


def _described(record: ArchiveRecord, side: str) -> dict[str, Artifact]:
    described: Mapping[str, Any] = record.described.get(side) or {}
    return {
        name: Artifact(each["Value"], each.get("MediaType")) for name, each in described.items()
    }


def _summaries(component: Any, record: ArchiveRecord) -> Sides:
    """Compare count, last, least and greatest of each metric: of all points, readable or not."""
    logged = {metric: _summed(points) for metric, points in component.series().items()}
    recorded = {
        each["MetricName"]: (each["Count"], each["Last"], each["Min"], each["Max"])
        for each in record.described.get("Metrics") or ()
    }
    return logged, recorded


def _summed(points: Sequence[Point]) -> tuple[int, float, float, float]:
    values = [point.value for point in points]
    return len(values), values[-1], min(values), max(values)


def _steps(component: Any, record: ArchiveRecord) -> Sides:
    """Compare every point that was logged with a step."""
    logged: dict[str, dict[int, float]] = {}
    for point in component.points:
        if point.step is not None:
            logged.setdefault(point.metric, {})[point.step] = point.value
    recorded = {
        each["metric"]: dict(each["points"])
        for each in record.series
        if each["x_axis"] == "IterationNumber"
    }
    return logged, recorded


def _stepless(component: LoggedComponent, record: ArchiveRecord) -> Iterator[str]:
    """Tell what is wrong with the series that hold points logged without a step."""
    minutes = {each["metric"]: each for each in record.series if each["x_axis"] == "Timestamp"}
    for metric, points in component.series().items():
        if all(point.step is not None for point in points):
            continue
        if metric not in minutes:
            yield f"points of {metric} without a step are missing"
            continue
        recorded = minutes[metric]["points"]
        first, last = component.began // MINUTE * MINUTE, component.ended
        if not all(first <= second <= last for second, _ in recorded):
            yield f"points of {metric} lie outside the minutes of logging"
        yield from _values(metric, points, [value for _, value in recorded])
        if len(recorded) < len(points) and not any(metric in words for words in record.unread):
            yield f"the record keeps silent about points of {metric} that it lacks"


def _values(metric: str, points: Sequence[Point], recorded: Sequence[float]) -> Iterator[str]:
    if not set(recorded) <= {point.value for point in points}:
        yield f"points of {metric} hold values that nobody logged"
    if [*recorded][-1:] != [points[-1].value]:
        yield f"points of {metric} have another last value than {points[-1].value}"


def _associations(component: LoggedComponent, record: ArchiveRecord) -> Sides:
    """Lineage edges by kind: the artifact at the other end is AWS's own and lives on."""
    made = [each["AssociationType"] for each in record.associations]
    return sorted(edge.kind for edge in component.lineage), sorted(made)


Facet = Callable[[Any, ArchiveRecord], Sides]
OF_ALL_KINDS = ("texts", "tags", "edges")
FACETS: dict[str, Facet] = {
    "texts": _texts,
    "tags": _tags,
    "edges": _edges,
    "status": _status,
    "parameters": _parameters,
    "artifacts": _artifacts,
    "summaries": _summaries,
    "points": _steps,
    "associations": _associations,
}
