"""From an answer of AWS to an entity."""

from typing import Any

import pytest
from tests.core.worlds import NOW, ago

from sagewarden.core.entities import Entity, Kind, Origin, Parent
from sagewarden.core.needs import Needs
from sagewarden.core.observe import observe

RECORD: dict[str, Any] = {
    "TrialComponentName": "Comp",
    "TrialComponentArn": "arn:c",
    "CreationTime": ago(9),
    "LastModifiedTime": ago(5),
}


def component(tags: dict[str, str] | None = None, **changes: Any) -> Entity:
    return observe(Kind.COMPONENT, RECORD | changes, tags=tags)


def test_what_is_not_there_is_none() -> None:
    seen = component({})
    found = (seen.display_name, seen.status, seen.source_arn, seen.created_by, seen.experiment)
    assert found == (None, None, None, None, None)


def test_what_is_there_is_taken() -> None:
    seen = component(
        {"a": "b"},
        DisplayName="Shown",
        Status={"PrimaryStatus": "Failed"},
        CreatedBy={"UserProfileName": "ada"},
    )
    found = (seen.name, seen.display_name, seen.status, seen.created_by, seen.tags)
    assert found == ("Comp", "Shown", "Failed", "ada", {"a": "b"})


@pytest.mark.parametrize("lacking", ["TrialComponentName", "TrialComponentArn", "CreationTime"])
def test_a_record_that_was_cut_off_is_no_entity(lacking: str) -> None:
    cut = {key: value for key, value in RECORD.items() if key != lacking}
    with pytest.raises(KeyError):
        observe(Kind.COMPONENT, cut, tags={})


def test_unknown_parents_stay_unknown() -> None:
    seen = observe(Kind.COMPONENT, RECORD, tags={}, parents=None)
    assert seen.parents is None


def test_parents_are_taken() -> None:
    seen = observe(Kind.COMPONENT, RECORD, tags={}, parents=[Parent("t", "e")], doubt="d")
    assert (seen.parents, seen.doubt) == ((Parent("t", "e"),), "d")


def test_only_a_trial_has_an_experiment() -> None:
    record = {
        "TrialName": "T",
        "TrialArn": "arn:t",
        "CreationTime": NOW,
        "ExperimentName": "Exp",
    }
    assert observe(Kind.TRIAL, record, tags={}).experiment == "Exp"


@pytest.mark.parametrize(
    "later",
    [
        {"LastModifiedTime": ago(1)},
        {"StartTime": ago(1)},
        {"EndTime": ago(1)},
        {"Metrics": [{"MetricName": "m", "TimeStamp": ago(1)}, {"MetricName": "n"}]},
    ],
    ids=str,
)
def test_the_latest_time_is_the_last_sign_of_life(later: dict[str, Any]) -> None:
    assert component({}, **later).modified == ago(1)


def test_without_a_time_of_change_no_other_time_stands_for_it() -> None:
    """A field that got lost must not make a component look idle since its end."""
    assert component({}, LastModifiedTime=None, EndTime=ago(80)).modified is None


ARN = "arn:aws:sagemaker:eu-west-1:123456789012:"


@pytest.mark.parametrize(
    ("source", "origin"),
    [
        (None, Origin.MANUAL),
        (f"{ARN}training-job/a", Origin.JOB),
        (f"{ARN}processing-job/a", Origin.JOB),
        (f"{ARN}transform-job/a", Origin.JOB),
        (f"{ARN}pipeline/p/execution/x", Origin.PIPELINE),
        (f"{ARN}hyper-parameter-tuning-job/a", Origin.TUNING),
        (f"{ARN}automl-job/a", Origin.AUTOML),
        (f"{ARN}something-new/a", Origin.MANUAL),
    ],
)
def test_the_source_tells_the_origin(source: str | None, origin: Origin) -> None:
    assert component({}, Source={"SourceArn": source} if source else None).origin is origin


def test_a_run_is_told_by_its_tag() -> None:
    tags = {"sagemaker:trial-component-source": "run"}
    assert component(tags, Source={"SourceArn": f"{ARN}training-job/a"}).origin is Origin.RUN


def test_the_trial_of_runs_is_told_by_its_name() -> None:
    assert component({}, TrialComponentName="Default-Run-Group-x").origin is Origin.RUN


def test_tags_that_could_not_be_read_stay_unknown() -> None:
    """Unknown tags keep; no tags do not."""
    assert component(None).tags is None


def test_another_tag_is_another_content() -> None:
    assert component({"a": "b"}).content != component({}).content


def test_an_experiment_is_in_no_experiment() -> None:
    record = {"ExperimentName": "Exp", "ExperimentArn": "arn:e", "CreationTime": NOW}
    assert observe(Kind.EXPERIMENT, record, tags={}).experiment is None


def test_only_a_component_has_artifacts() -> None:
    asked = Needs(artifacts=True)
    record = {"TrialName": "T", "TrialArn": "arn:t", "CreationTime": NOW}
    assert observe(Kind.COMPONENT, RECORD, tags={}, asked=asked).artifacts == ()
    assert observe(Kind.TRIAL, record, tags={}, asked=asked).artifacts is None
