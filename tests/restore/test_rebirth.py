"""What a record becomes again, decided without any account."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.rebirth import (
    RESTORED_TAG,
    Point,
    count_points,
    mark_of,
    missing,
    points_of,
    rebirth,
)
from sagewarden.core.unreturnable import unreturnable
from sagewarden.errors import IntegrityError

ANCHOR = datetime(2026, 3, 1, 12, 0, 0, 500_000, UTC)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RECORD = ArchiveRecord(
    identity=Identity(Kind.COMPONENT, "comp", 1),
    arn="arn",
    fingerprint="f",
    described={"TrialComponentName": "Comp", "CreationTime": "2026-01-01T00:00:00.000Z"},
    tags={},
    parents=(),
)


def series(x_axis: str, *points: list[float]) -> dict[str, Any]:
    return {"metric": "loss", "x_axis": x_axis, "status": "Complete", "points": list(points)}


def test_steps_keep_their_order_a_second_apart() -> None:
    """The last step takes the anchor's time, each earlier one a second less."""
    record = replace(RECORD, series=(series("IterationNumber", [5, 0.25], [1, 0.5]),))

    assert points_of(record, ANCHOR) == (
        Point("loss", 1, 0.5, NOON - timedelta(seconds=1)),
        Point("loss", 5, 0.25, NOON),
    )


def test_points_are_counted_as_they_are_put_back() -> None:
    """Values by the minute count only where there are no steps."""
    stepped = series("IterationNumber", [5, 0.25], [1, 0.5])
    record = replace(RECORD, series=(stepped, series("Timestamp", [60, 0.5])))
    assert count_points(record) == len(points_of(record, ANCHOR)) == 2


def test_minutes_stay_apart() -> None:
    """Values without a step keep a minute each, or AWS would merge them."""
    record = replace(
        RECORD, series=(series("Timestamp", [1_700_000_000, 0.5], [1_800_000_000, 1]),)
    )

    assert points_of(record, ANCHOR) == (
        Point("loss", None, 0.5, NOON - timedelta(minutes=1)),
        Point("loss", None, 1, NOON),
    )


@pytest.mark.parametrize("unit", [1, 1_000])
def test_minutes_are_found_in_seconds_and_in_milliseconds(unit: int) -> None:
    """The unit of AWS's time axis is not documented; either is read."""
    points = (Point("loss", None, 1.0, NOON), Point("loss", None, 2.0, NOON - timedelta(minutes=1)))
    there = [series("Timestamp", [int(NOON.timestamp()) * unit, 1.0])]

    assert missing(points, there) == points[1:]


def test_steps_are_found_by_number() -> None:
    """A step that is there is not put again, whatever its value."""
    points = (Point("loss", 1, 1.0, NOON), Point("loss", 2, 2.0, NOON), Point("f1", 1, 3.0, NOON))

    assert missing(points, [series("IterationNumber", [1, 9.0])]) == points[1:]


@pytest.mark.parametrize(
    "described",
    [
        {},
        {"TrialComponentName": "Comp", "StartTime": "yesterday"},
        {"TrialComponentName": "Comp", "EndTime": 5},
        {"TrialComponentName": "Comp", "Parameters": {"p": 5}},
    ],
)
def test_a_garbled_record(described: dict[str, Any]) -> None:
    """A record that makes no Create call is an integrity error, not a crash."""
    with pytest.raises(IntegrityError, match="trial-component comp"):
        rebirth(replace(RECORD, described=described), "mark")


def test_empty_is_not_absent() -> None:
    """An empty text or map is given as empty, what is absent is not given."""
    described = {"TrialComponentName": "Comp", "Parameters": {}, "DisplayName": ""}

    birth = rebirth(replace(RECORD, described=described), "mark")

    assert birth.fields == described


def test_of_fifty_tags_one_makes_room_for_the_mark() -> None:
    """AWS takes fifty: what is created carries the mark from the first moment on."""
    birth = rebirth(replace(RECORD, tags={f"key-{n}": "x" for n in range(50)}), "mark")

    assert len(birth.tags) == 50
    assert birth.tags[RESTORED_TAG] == "mark"
    assert birth.left_out == (f"tag key-49=x: AWS takes 50, one is {RESTORED_TAG}",)


def test_only_what_was_there_is_unreturnable() -> None:
    """A record names what it loses, no more."""
    assert unreturnable(RECORD) == ("CreationTime",)


def test_the_mark_fits_a_tag() -> None:
    """Half of a SHA-256 is enough to know one's own work by."""
    assert mark_of("ab" * 32) == "ab" * 16
