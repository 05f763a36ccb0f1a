"""The comparison with what was logged finds each kind of loss."""

from dataclasses import replace
from typing import Any

import pytest
from tests.real_input.comparing import compare_archive
from tests.real_input.logged import Artifact, LineageEdge, Logged, LoggedComponent, Point

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind

LOGGED = LoggedComponent(
    name="Fit",
    status={"PrimaryStatus": "Completed"},
    parameters={"depth": 4, "loss": "mse"},
    outputs={"model": Artifact("s3://models/fit", "application/gzip")},
    tags={"team": "pricing"},
    points=(Point("rmse", 0.5, 1), Point("rmse", 0.25, 2), Point("end", 0.3), Point("end", 0.2)),
    trials=("First", "Second"),
    lineage=(LineageEdge("s3://models/fit", "Produced"),),
    began=120.0,
    ended=130.0,
)
DESCRIBED = {
    "DisplayName": "Fit",
    "Status": {"PrimaryStatus": "Completed"},
    "Parameters": {"depth": {"NumberValue": 4.0}, "loss": {"StringValue": "mse"}},
    "OutputArtifacts": {"model": {"Value": "s3://models/fit", "MediaType": "application/gzip"}},
    "Metrics": [
        {"MetricName": "rmse", "Count": 2, "Last": 0.25, "Min": 0.25, "Max": 0.5},
        {"MetricName": "end", "Count": 2, "Last": 0.2, "Min": 0.2, "Max": 0.3},
    ],
}
STEPS = {"metric": "rmse", "x_axis": "IterationNumber", "points": [[1, 0.5], [2, 0.25]]}
MINUTES = {"metric": "end", "x_axis": "Timestamp", "points": [[120, 0.2]]}
RECORD = ArchiveRecord(
    identity=Identity(Kind.COMPONENT, "fit", 120_000),
    arn="arn:aws:sagemaker:us-east-1:123456789012:experiment-trial-component/fit",
    fingerprint="",
    described=DESCRIBED,
    tags={"team": "pricing"},
    parents=("first", "second"),
    associations=({"AssociationType": "Produced"},),
    series=(STEPS, MINUTES),
    unread=("metric end: the last value of each minute",),
)


def test_a_whole_record_differs_in_nothing() -> None:
    assert compare_archive(Logged(components=(LOGGED,)), [RECORD]) == []


def test_a_record_that_is_not_there_is_missed() -> None:
    differences = compare_archive(Logged(components=(LOGGED,)), [])
    assert differences == ["trial-component Fit: there is no record of it"]


@pytest.mark.parametrize(
    ("facet", "loss"),
    [
        ("texts", {"described": DESCRIBED | {"DisplayName": "fit"}}),
        ("tags", {"tags": {}}),
        ("edges", {"parents": ("first",)}),
        ("status", {"described": DESCRIBED | {"Status": {"PrimaryStatus": "Failed"}}}),
        ("parameters", {"described": DESCRIBED | {"Parameters": {"depth": {"NumberValue": 4}}}}),
        ("artifacts", {"described": DESCRIBED | {"OutputArtifacts": {}}}),
        ("summaries", {"described": DESCRIBED | {"Metrics": DESCRIBED["Metrics"][:1]}}),  # type: ignore[index]
        ("associations", {"associations": ()}),
        ("points", {"series": (STEPS | {"points": [[1, 0.5]]}, MINUTES)}),
    ],
)
def test_a_loss_is_told_with_its_facet(facet: str, loss: dict[str, Any]) -> None:
    (difference,) = compare_archive(Logged(components=(LOGGED,)), [replace(RECORD, **loss)])
    assert difference.startswith(f"trial-component Fit: {facet} were ")


@pytest.mark.parametrize(
    ("words", "loss"),
    [
        ("points of end without a step are missing", {"series": (STEPS,)}),
        (
            "points of end lie outside the minutes of logging",
            {"series": (STEPS, MINUTES | {"points": [[60, 0.2]]})},
        ),
        (
            "points of end have another last value than 0.2",
            {"series": (STEPS, MINUTES | {"points": [[120, 0.3]]})},
        ),
        (
            "points of end hold values that nobody logged",
            {"series": (STEPS, MINUTES | {"points": [[120, 0.9], [121, 0.2]]})},
        ),
        ("the record keeps silent about points of end that it lacks", {"unread": ()}),
    ],
)
def test_a_loss_among_points_without_a_step_is_told(words: str, loss: dict[str, Any]) -> None:
    differences = compare_archive(Logged(components=(LOGGED,)), [replace(RECORD, **loss)])
    assert f"trial-component Fit: {words}" in differences
