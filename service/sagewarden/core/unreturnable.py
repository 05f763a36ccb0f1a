"""What AWS lets nobody set, and how a restored component can tell it all the same."""

from collections.abc import Iterator, Mapping
from typing import Any

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.canonical import canonical
from sagewarden.core.entities import OWN_TAGS

MOST_PARAMETERS = 300
"""Parameters of one component (service model, TrialComponentParameters)."""

LONGEST_KEY = 320
"""Characters of a parameter's key (service model)."""

LONGEST_VALUE = 2_500
"""Characters of a parameter's text (service model)."""

UNRETURNABLE: Mapping[str, str] = {
    "CreationTime": "AWS dates what it creates",
    "CreatedBy": "it will name whoever restores",
    "LastModifiedTime": "AWS dates what it creates",
    "LastModifiedBy": "it will name whoever restores",
    "Source": "AWS sets it for its own jobs only; the archive keeps the job's record",
    "Sources": "AWS sets them for its own jobs only, as it does Source",
    "LineageGroupArn": "AWS assigns it",
    "Metrics": "AWS computes these summaries from the points that are put back",
}
"""Fields of Describe that no Create call takes, and why they come back otherwise or not at all."""

COMPONENTS_ONLY = (
    "experiments and trials remember nothing of it: AWS gives parameters to trial components only"
)


def unreturnable(record: ArchiveRecord) -> tuple[str, ...]:
    """Return which fields of this record no Create call takes."""
    return tuple(field for field in UNRETURNABLE if record.described.get(field))


def remembering(
    record: ArchiveRecord, parameters: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a component's parameters with those that remember, and in words what has no room.

    They are called `sagewarden:CreationTime` and so on, each metric's summary by its name. One that
    is there already stays: it remembers an earlier life.
    """
    kept, left_out = dict(parameters), []
    for key, text in _told(record):
        if key in kept:
            continue
        if len(kept) >= MOST_PARAMETERS or len(key) > LONGEST_KEY or len(text) > LONGEST_VALUE:
            left_out.append(f"parameter {key}: AWS has no room for it; the archive alone has it")
        else:
            kept[key] = {"StringValue": text}
    return kept, tuple(left_out)


def _told(record: ArchiveRecord) -> Iterator[tuple[str, str]]:
    for field in unreturnable(record):
        value = record.described[field]
        if field == "Metrics":
            for each in value:
                yield f"{OWN_TAGS}{field}:{each['MetricName']}", _spelled(_summary(each))
        else:
            yield f"{OWN_TAGS}{field}", _spelled(value)


def _summary(metric: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in metric.items() if key not in {"MetricName", "SourceArn"}}


def _spelled(value: Any) -> str:
    return value if isinstance(value, str) else canonical(value).decode()
