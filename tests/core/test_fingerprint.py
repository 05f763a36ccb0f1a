"""What a change is: the projection that Search and Describe share."""

from typing import Any

import pytest
from tests.core.worlds import NOW, ago

from sagewarden.core.entities import Kind
from sagewarden.core.fingerprint import content, fingerprint

COMPONENT: dict[str, Any] = {
    "TrialComponentName": "c",
    "TrialComponentArn": "arn:c",
    "CreationTime": NOW,
    "LastModifiedTime": NOW,
    "Parameters": {"rate": {"NumberValue": 0.1}},
    "Metrics": [
        {"MetricName": "loss", "SourceArn": "arn:1", "Last": 1.0},
        {"MetricName": "loss", "SourceArn": "arn:2", "Last": 2.0},
        {"MetricName": "accuracy", "Last": 3.0},
    ],
}


def of_component(tags: dict[str, str] | None = None, **changes: Any) -> str:
    return content(Kind.COMPONENT, COMPONENT | changes, tags or {})


@pytest.mark.parametrize(
    "change",
    [
        {"DisplayName": "x"},
        {"Status": {"PrimaryStatus": "Failed"}},
        {"Parameters": {"rate": {"NumberValue": 0.2}}},
        {"Parameters": {}},
        {"InputArtifacts": {"a": {"Value": "s3://x"}}},
        {"Metrics": []},
        {"EndTime": NOW},
        {"CreationTime": ago(1)},
    ],
    ids=str,
)
def test_a_change_of_content_is_a_change(change: dict[str, Any]) -> None:
    assert of_component(**change) != of_component()


@pytest.mark.parametrize(
    "change",
    [
        {"LastModifiedTime": ago(1)},
        {"LastModifiedBy": {"UserProfileName": "x"}},
        {"CreatedBy": {"UserProfileName": "x"}},
        {"Parents": [{"TrialName": "t"}]},
        {"SourceDetail": {"TrainingJob": {}}},
        {"InputArtifacts": {}},
        {"OutputArtifacts": None},
        {"Metrics": list(reversed(COMPONENT["Metrics"]))},
    ],
    ids=str,
)
def test_what_only_one_of_both_gives_is_none(change: dict[str, Any]) -> None:
    assert of_component(**change) == of_component()


def test_a_tag_of_the_users_is_a_change() -> None:
    assert of_component({"env": "dev"}) != of_component()


def test_a_tag_of_ours_is_none() -> None:
    assert of_component({"sagewarden:hold": "x"}) == of_component()


def test_an_experiment_without_its_creation_time_has_no_content() -> None:
    with pytest.raises(KeyError):
        content(Kind.EXPERIMENT, {"ExperimentName": "e"}, {})


def test_the_place_is_part_of_the_fingerprint() -> None:
    assert fingerprint("c", ["t"]) != fingerprint("c", ["t", "u"])


def test_the_order_of_parents_is_not() -> None:
    assert fingerprint("c", ["u", "t"]) == fingerprint("c", ["t", "u"])
