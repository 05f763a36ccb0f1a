"""Two records of one entity are compared field by field, but for what nobody brings back."""

import math
from dataclasses import replace
from typing import Any

import pytest

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.likeness import Difference, count, differences

RECORD = ArchiveRecord(
    identity=Identity(Kind.COMPONENT, "comp", 1),
    arn="arn",
    fingerprint="f",
    described={
        "TrialComponentName": "Comp",
        "CreationTime": "2026-01-01T00:00:00.000Z",
        "Parameters": {"p": {"NumberValue": 0.0}, "n": {"NumberValue": "NaN"}},
        "InputArtifacts": {},
    },
    tags={"env": "dev"},
    parents=("a", "b"),
    series=(
        {"metric": "loss", "x_axis": "IterationNumber", "status": "Complete", "points": [[0, 1.0]]},
        {"metric": "loss", "x_axis": "Timestamp", "status": "Complete", "points": [[60, 1.0]]},
        {"metric": "f1", "x_axis": "Timestamp", "status": "Complete", "points": [[60, 0.5]]},
    ),
)


def described(**fields: Any) -> ArchiveRecord:
    return replace(RECORD, described={**RECORD.described, **fields})


def logged(*points: tuple[int, float]) -> ArchiveRecord:
    """The same record with other steps."""
    first, *rest = RECORD.series
    return replace(RECORD, series=({**first, "points": list(map(list, points))}, *rest))


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (described(TrialComponentName="comp"), "TrialComponentName"),
        (
            described(Parameters={**RECORD.described["Parameters"], "p": {"NumberValue": -0.0}}),
            "Parameters.p",
        ),
        (described(DisplayName=""), "DisplayName"),
        (described(InputArtifacts=None), "InputArtifacts"),
        (replace(RECORD, tags={"env": "prod"}), "tag env"),
        (replace(RECORD, tags={"env": "dev", "e": ""}), "tag e"),
        (replace(RECORD, parents=("a",)), "parents"),
        (logged((1, 1.0)), "metric loss by step"),
        (logged((0, 1.0000000000000002)), "metric loss by step"),
        (replace(RECORD, series=RECORD.series[:2]), "metric f1"),
    ],
)
def test_every_difference_is_seen(other: ArchiveRecord, field: str) -> None:
    """Empty is not absent, and zero has a sign."""
    assert [each.field for each in differences(RECORD, other)] == [field]
    assert str(differences(RECORD, other)[0]).startswith(f"{field} was ")


def test_what_nobody_can_bring_back_is_no_difference() -> None:
    """When it was created, the order of trials, the minutes of points, our own tags, NaN's word."""
    minutes = tuple({**each, "points": [[99, each["points"][0][1]]]} for each in RECORD.series[1:])
    parameters = {"p": {"NumberValue": 0.0}, "n": {"NumberValue": math.nan}}
    other = replace(
        described(CreationTime="2027", Parameters=parameters, LineageGroupArn="arn"),
        tags={"env": "dev", "sagewarden:restored": "x", "aws:of": "AWS"},
        parents=("b", "a"),
        series=(RECORD.series[0], *minutes),
    )
    assert differences(RECORD, other) == ()
    assert count(RECORD) == 9


def test_both_values_are_told_and_what_is_not_there_is_absent() -> None:
    assert differences(RECORD, replace(RECORD, tags={})) == (
        Difference("tag env", '"dev"', "absent"),
    )
    assert differences(replace(RECORD, tags={}), RECORD) == (
        Difference("tag env", "absent", '"dev"'),
    )


def test_differences_stand_in_one_order() -> None:
    other = replace(described(ZZ=1, AA=1, TrialComponentName="x"), tags={})
    told = [each.field for each in differences(RECORD, other)]
    assert told == ["AA", "TrialComponentName", "ZZ", "tag env"]


@pytest.mark.parametrize("name", ["TrialComponentArn", "ResponseMetadata", "Source", "Metrics"])
def test_what_aws_sets_by_itself_is_left_out(name: str) -> None:
    assert differences(RECORD, described(**{name: "other"})) == ()


def test_a_mapping_with_fewer_entries_is_another() -> None:
    """Even one without any."""
    fields = [each.field for each in differences(RECORD, described(Parameters={}))]
    assert fields == ["Parameters", "Parameters.n", "Parameters.p"]


TAGS = {f"k{number:02}": "v" for number in range(60)}


def test_of_fifty_tags_the_last_may_be_missing() -> None:
    """It made room for the tag that a restore sets; AWS's and ours take none of it."""
    more = {"AWS:x": "y", "sagewarden:mark": "y"}
    fifty = dict(list(TAGS.items())[:50])
    without = dict(list(TAGS.items())[:49])
    fewer = dict(list(TAGS.items())[:48])
    before = replace(RECORD, tags={**more, **fifty})
    assert differences(before, replace(RECORD, tags=without)) == ()
    assert [each.field for each in differences(before, replace(RECORD, tags=fewer))] == ["tag k48"]


def test_points_by_the_minute_are_compared_in_the_order_of_time() -> None:
    """Whatever their order in the archive, and only where no steps were logged."""
    timed = {"metric": "f1", "x_axis": "Timestamp", "points": [[60, 0.5], [120, 0.7]]}
    swapped = {**timed, "points": [[120, 0.7], [60, 0.5]]}
    other = {**timed, "points": [[60, 0.7], [120, 0.5]]}
    one, same, unlike = (replace(RECORD, series=(each,)) for each in (timed, swapped, other))
    assert differences(one, same) == ()
    assert [each.field for each in differences(one, unlike)] == ["metric f1"]


def test_a_series_without_points_is_none() -> None:
    empty = {"metric": "f2", "x_axis": "IterationNumber", "points": []}
    assert differences(RECORD, replace(RECORD, series=(*RECORD.series, empty))) == ()


def test_a_field_that_is_null_is_absent() -> None:
    assert differences(RECORD, described(DisplayName=None)) == ()


def test_texts_in_mappings_are_compared_as_they_are() -> None:
    """Whatever they say."""
    one, other = (
        described(
            Parameters={"s": {"StringValue": text}},
            Status={"PrimaryStatus": "Failed", "Message": f"NumberValue {text}"},
        )
        for text in ("x", "y")
    )
    assert [each.field for each in differences(one, other)] == ["Parameters.s", "Status.Message"]
