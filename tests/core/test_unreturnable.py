"""What AWS lets nobody set is remembered as parameters, as far as there is room."""

from typing import Any

import pytest

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.unreturnable import remembering, unreturnable

OF = "sagewarden:CreationTime"
OLD = {"StringValue": "of an earlier life"}


def record(**described: Any) -> ArchiveRecord:
    return ArchiveRecord(
        identity=Identity(Kind.COMPONENT, "c", 1),
        arn="arn",
        fingerprint="f",
        described=described,
        tags={},
        parents=(),
    )


WHOLE = record(
    CreationTime="2026-01-01",
    CreatedBy={},
    DisplayName="d",
    Source={"SourceArn": "arn"},
    Metrics=[
        {"MetricName": "loss", "SourceArn": "arn", "Max": 1.0, "Min": 0.5},
        {"MetricName": "f1", "Max": 1.0},
    ],
)
"""CreatedBy is empty, so there is nothing of it to remember."""


def test_only_what_is_there_is_named() -> None:
    assert unreturnable(WHOLE) == ("CreationTime", "Source", "Metrics")


def test_each_field_is_a_parameter_and_each_metric_one_of_its_own() -> None:
    """Texts as they are, all else as JSON; what a summary is of stands in its name."""
    kept, left_out = remembering(WHOLE, {"rate": {"NumberValue": 0.1}})
    assert left_out == ()
    assert kept == {
        "rate": {"NumberValue": 0.1},
        OF: {"StringValue": "2026-01-01"},
        "sagewarden:Source": {"StringValue": '{"SourceArn":"arn"}'},
        "sagewarden:Metrics:loss": {"StringValue": '{"Max":1.0,"Min":0.5}'},
        "sagewarden:Metrics:f1": {"StringValue": '{"Max":1.0}'},
    }


def test_an_earlier_life_is_remembered_before_a_later_one() -> None:
    assert remembering(record(CreationTime="2026"), {OF: OLD}) == ({OF: OLD}, ())


def test_the_parameters_given_stay_as_they_are() -> None:
    given: dict[str, Any] = {}
    remembering(WHOLE, given)
    assert given == {}


@pytest.mark.parametrize(("before", "has_room"), [(299, True), (300, False)])
def test_a_component_has_300_parameters_at_most(before: int, *, has_room: bool) -> None:
    given = {f"p{number}": OLD for number in range(before)}
    kept, left_out = remembering(record(CreationTime="2026"), given)
    assert (OF in kept, len(left_out)) == (has_room, 1 - has_room)
    assert all(each.startswith(f"parameter {OF}: AWS has no room") for each in left_out)


@pytest.mark.parametrize(("length", "has_room"), [(2_500, True), (2_501, False)])
def test_a_text_has_2500_characters_at_most(length: int, *, has_room: bool) -> None:
    kept, left_out = remembering(record(CreatedBy="x" * length, LineageGroupArn="y"), {})
    assert ("sagewarden:CreatedBy" in kept, len(left_out)) == (has_room, 1 - has_room)
    assert "sagewarden:LineageGroupArn" in kept


@pytest.mark.parametrize(("length", "has_room"), [(320, True), (321, False)])
def test_a_key_has_320_characters_at_most(length: int, *, has_room: bool) -> None:
    key = "sagewarden:Metrics:" + "m" * (length - len("sagewarden:Metrics:"))
    metric = {"MetricName": key.rpartition(":")[2], "Max": 1.0}
    kept, left_out = remembering(record(Metrics=[metric]), {})
    assert (key in kept, len(left_out)) == (has_room, 1 - has_room)
