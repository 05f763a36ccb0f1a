"""What it takes to create an archived entity again."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.canonical import read_time
from sagewarden.core.entities import OWN_TAGS, Kind
from sagewarden.core.renaming import Renames
from sagewarden.core.unreturnable import remembering
from sagewarden.errors import IntegrityError

RESTORED_TAG = f"{OWN_TAGS}restored"
"""On whatever a restore creates, from its Create call on: the start of its archive's SHA-256."""

MOST_TAGS = 50
"""Tags that a user can give to one entity (service model, TagList)."""

_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EXPERIMENT: ("ExperimentName", "DisplayName", "Description"),
    Kind.TRIAL: ("TrialName", "ExperimentName", "DisplayName", "MetadataProperties"),
    Kind.COMPONENT: (
        "TrialComponentName",
        "DisplayName",
        "Status",
        "StartTime",
        "EndTime",
        "Parameters",
        "InputArtifacts",
        "OutputArtifacts",
        "MetadataProperties",
    ),
}
_NAME = {kind: fields[0] for kind, fields in _FIELDS.items()}
_BY_STEP = "IterationNumber"

OLDEST = timedelta(days=14) - timedelta(hours=1)
"""How old a metric point may be: AWS takes two weeks, an hour is for the way there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebirth:
    """A Create call in AWS's own field names, tags apart; `left_out` says what it goes without."""

    kind: Kind
    name: str
    fields: Mapping[str, Any]
    tags: Mapping[str, str]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Manner:
    """How things come back: under which new names; whether components `remember` as parameters."""

    renames: Renames = field(default_factory=dict)
    remember: bool = False


AS_IT_WAS = Manner()


def mark_of(sha256: str) -> str:
    """Return the value of RESTORED_TAG for what comes out of an archive object of this hash."""
    return sha256[:32]


def rebirth(record: ArchiveRecord, mark: str, manner: Manner = AS_IT_WAS) -> Rebirth:
    """Make the Create call for a record; raise IntegrityError when the record is no good for it."""
    kind, described = record.identity.kind, record.described
    try:
        name = described[_NAME[kind]]
        fields = {
            field: _READ.get(field, _as_it_is)(described[field])
            for field in _FIELDS[kind]
            if described.get(field) is not None
        }
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(
            f"the archive of {record.identity} lacks or garbles {error}"
        ) from error
    tags, left_out = _tags(record.tags)
    _rename(kind, name, fields, manner.renames)
    if manner.remember and kind is Kind.COMPONENT:
        fields["Parameters"], no_room = remembering(record, fields.get("Parameters", {}))
        left_out += no_room
    return Rebirth(
        kind=kind,
        name=fields[_NAME[kind]],
        fields=fields,
        tags={**tags, RESTORED_TAG: mark},
        left_out=(*left_out, *_doubled(record), *_lineage(record), *record.unread),
    )


def _rename(kind: Kind, name: str, fields: dict[str, Any], renames: Renames) -> None:
    """Give it its new name, and its experiment's; a display name that was only its name follows."""
    new = renames.get((kind, name.lower()), name)
    fields[_NAME[kind]] = new
    if fields.get("DisplayName") == name:
        fields["DisplayName"] = new
    if kind is Kind.TRIAL:
        above = fields["ExperimentName"]
        fields["ExperimentName"] = renames.get((Kind.EXPERIMENT, above.lower()), above)


def _as_it_is(value: Any) -> Any:
    return value


def _parameters(described: Mapping[str, Any]) -> dict[str, Any]:
    """Turn NaN and the infinities into numbers: botocore answers them as words, and takes none."""
    return {
        key: {"NumberValue": float(value["NumberValue"])} if "NumberValue" in value else value
        for key, value in described.items()
    }


_READ: Mapping[str, Callable[[Any], Any]] = {
    "StartTime": read_time,
    "EndTime": read_time,
    "Parameters": _parameters,
}


def _tags(tags: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    kept: dict[str, str] = {}
    left_out: list[str] = []
    for key, value in tags.items():
        if key.lower().startswith("aws:"):
            left_out.append(f"tag {key}={value}: AWS alone gives tags of this prefix")
        elif key.startswith(OWN_TAGS):
            left_out.append(f"tag {key}={value}: it spoke of the entity that was deleted")
        elif len(kept) == MOST_TAGS - 1:
            left_out.append(f"tag {key}={value}: AWS takes {MOST_TAGS}, one is {RESTORED_TAG}")
        else:
            kept[key] = value
    return kept, left_out


def _lineage(record: ArchiveRecord) -> Iterator[str]:
    for edge in record.associations:
        kind = edge.get("AssociationType", "associated")
        yield f"lineage: {edge['SourceArn']} {kind} {edge['DestinationArn']} stays in the archive"


@dataclass(frozen=True, slots=True)
class Point:
    """One metric value to put back: `step` is None when it was logged without, `at` is UTC."""

    metric: str
    step: int | None
    value: float
    at: datetime


def points_of(record: ArchiveRecord, anchor: datetime) -> tuple[Point, ...]:
    """Return a record's metric points in their order, dated backwards from the anchor (UTC).

    Values by the minute keep their times if AWS still takes them. Otherwise the last point of a
    metric takes the anchor's: points by step, whose times AWS does not tell, lie a second apart;
    values by the minute a whole minute, so that AWS goes on telling them apart.
    """
    end = anchor.replace(microsecond=0)
    return tuple(point for each in _chosen(record) for point in _dated(each, end))


def count_points(record: ArchiveRecord) -> int:
    """Return how many points `points_of` would give."""
    return sum(len(each["points"]) for each in _chosen(record))


def missing(points: Iterable[Point], there: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Return the points that are not among the series as AWS gives them now."""
    seen = {
        (each["metric"], *_place(each["x_axis"] == _BY_STEP, place))
        for each in there
        for place, _ in each["points"]
    }
    return tuple(point for point in points if (point.metric, *_place_of(point)) not in seen)


def _dated(series: Mapping[str, Any], end: datetime) -> Iterator[Point]:
    by_step = series["x_axis"] == _BY_STEP
    apart = timedelta(seconds=1) if by_step else timedelta(minutes=1)
    places = sorted(series["points"])
    times = [] if by_step else [_moment(place) for place, _ in places]
    if times and end - OLDEST <= times[0] and times[-1] <= end:
        for at, (_, value) in zip(times, places, strict=True):
            yield Point(series["metric"], None, value, at)
        return
    for after, (place, value) in zip(range(len(places) - 1, -1, -1), places, strict=True):
        yield Point(series["metric"], place if by_step else None, value, end - after * apart)


def _chosen(record: ArchiveRecord) -> list[Mapping[str, Any]]:
    stepped = _stepped(record)
    return [
        each
        for each in record.series
        if each["x_axis"] == _BY_STEP or each["metric"] not in stepped
    ]


def _doubled(record: ArchiveRecord) -> Iterator[str]:
    stepped = _stepped(record)
    for each in record.series:
        if each["x_axis"] != _BY_STEP and each["metric"] in stepped and each["points"]:
            yield (
                f"metric {each['metric']}: its values by the minute, since they count the points "
                "that come back by step once more"
            )


def _stepped(record: ArchiveRecord) -> frozenset[str]:
    return frozenset(
        each["metric"] for each in record.series if each["x_axis"] == _BY_STEP and each["points"]
    )


_MILLISECONDS = 100_000_000_000
"""Seconds since 1970 stay below this for three thousand years; milliseconds passed it in 1973."""


def _place(by_step: bool, place: int) -> tuple[bool, int]:  # noqa: FBT001 - private
    if by_step:
        return True, place
    return False, place // (60_000 if place >= _MILLISECONDS else 60)


def _moment(place: int) -> datetime:
    return datetime.fromtimestamp(place / (1000 if place >= _MILLISECONDS else 1), UTC)


def _place_of(point: Point) -> tuple[bool, int]:
    if point.step is not None:
        return True, point.step
    return False, int(point.at.timestamp()) // 60
