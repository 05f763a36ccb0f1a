"""Whether what came back is what was archived, field by field.

What a restore cannot bring back is named here by itself, and not taken from what a restore does:
a field that it forgets is a difference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.canonical import canonical
from sagewarden.core.entities import OWN_TAGS
from sagewarden.core.rebirth import MOST_TAGS
from sagewarden.core.unreturnable import UNRETURNABLE

_OF_AWS = frozenset({*UNRETURNABLE, "ResponseMetadata"})
_STEPS = "IterationNumber"
_ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that is another now; both values in JSON, or `absent`."""

    field: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.field} was {self.before}, is {self.after}"


def differences(before: ArchiveRecord, after: ArchiveRecord) -> tuple[Difference, ...]:
    """Return every restorable field in which two records of one entity differ."""
    one, two = dict(_fields(before)), dict(_fields(after))
    return tuple(
        Difference(field, one.get(field, _ABSENT), two.get(field, _ABSENT))
        for field in sorted(one.keys() | two.keys())
        if one.get(field) != two.get(field)
    )


def count(record: ArchiveRecord) -> int:
    """Return how many fields of a record are compared."""
    return len(dict(_fields(record)))


def _fields(record: ArchiveRecord) -> Iterator[tuple[str, str]]:
    """Yield each restorable field with its one spelling: -0.0 is not 0.0, empty is not absent."""
    for name, value in record.described.items():
        if name in _OF_AWS or name.endswith("Arn"):
            continue
        if isinstance(value, Mapping):
            yield name, str(len(value))
            for key, each in value.items():
                yield f"{name}.{key}", _spelled(_number(each))
        elif value is not None:
            yield name, _spelled(value)
    for key, value in _tags(record.tags):
        yield f"tag {key}", _spelled(value)
    yield "parents", _spelled(sorted(record.parents))
    yield from _series(record)


def _tags(tags: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the tags of users: one of fifty makes room for the restore's own."""
    users = [
        (key, value)
        for key, value in tags.items()
        if not key.lower().startswith("aws:") and not key.startswith(OWN_TAGS)
    ]
    return users[: MOST_TAGS - 1]


def _series(record: ArchiveRecord) -> Iterator[tuple[str, str]]:
    """Yield steps with their values; of values by the minute the order, for times may be lost."""
    filled = [each for each in record.series if each["points"]]
    stepped = {each["metric"] for each in filled if each["x_axis"] == _STEPS}
    for each in filled:
        points = sorted(each["points"])
        if each["x_axis"] == _STEPS:
            yield f"metric {each['metric']} by step", _spelled(points)
        elif each["metric"] not in stepped:
            yield f"metric {each['metric']}", _spelled([value for _, value in points])


def _number(value: Any) -> Any:
    """Return a parameter whose number botocore answered as a word as a number."""
    if isinstance(value, Mapping) and "NumberValue" in value:
        return {"NumberValue": float(value["NumberValue"])}
    return value


def _spelled(value: Any) -> str:
    return canonical(value).decode()
