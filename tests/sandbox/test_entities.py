"""Create, Describe, Update, Delete of the three kinds."""

from typing import Any

import pytest

from sagewarden.sandbox import Admin, Sandbox


def test_names_are_unique_whatever_their_case(sm: Any, refused: Any) -> None:
    """A name that differs in case only is taken, and the message says that it exists."""
    sm.create_experiment(ExperimentName="Churn")
    code, message, _ = refused(sm.create_experiment, ExperimentName="cHURN")
    assert (code, "already exists" in message) == ("ValidationException", True)


def test_a_name_is_found_in_any_case_and_shown_in_its_own(sm: Any) -> None:
    """Describe takes any case and answers the case of creation."""
    sm.create_trial_component(TrialComponentName="Fit-A")
    found = sm.describe_trial_component(TrialComponentName="fIT-a")
    assert found["TrialComponentName"] == "Fit-A"


def test_an_arn_is_made_of_the_name(sm: Any, arn: Any) -> None:
    """The ARN holds kind and name, in lower case."""
    made = sm.create_trial_component(TrialComponentName="Fit-A")
    assert made["TrialComponentArn"] == arn("experiment-trial-component", "fit-a")


def test_a_deleted_name_returns_with_another_creation_time(sm: Any, admin: Admin) -> None:
    """A name made again, even within the same instant, is another entity."""
    admin.freeze()
    sm.create_experiment(ExperimentName="churn")
    first = sm.describe_experiment(ExperimentName="churn")["CreationTime"]
    sm.delete_experiment(ExperimentName="churn")
    sm.create_experiment(ExperimentName="churn")
    assert sm.describe_experiment(ExperimentName="churn")["CreationTime"] > first


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("describe_experiment", {"ExperimentName": "gone"}),
        ("describe_trial", {"TrialName": "gone"}),
        ("describe_trial_component", {"TrialComponentName": "gone"}),
        ("delete_experiment", {"ExperimentName": "gone"}),
        ("delete_trial", {"TrialName": "gone"}),
        ("delete_trial_component", {"TrialComponentName": "gone"}),
        ("update_trial", {"TrialName": "gone"}),
        ("list_trials", {"ExperimentName": "gone"}),
        ("list_trial_components", {"TrialName": "gone"}),
        ("create_trial", {"TrialName": "t", "ExperimentName": "gone"}),
    ],
)
def test_a_missing_name_is_resource_not_found(
    sm: Any, refused: Any, method: str, params: dict[str, str]
) -> None:
    """The code has no "Exception" suffix, and the status is 400."""
    code, _, status = refused(getattr(sm, method), **params)
    assert (code, status) == ("ResourceNotFound", 400)


def test_a_linked_component_is_not_deleted(sm: Any, tree: Any, refused: Any) -> None:
    """DeleteTrialComponent wants it disassociated from all trials."""
    tree(t1=["c1"], t2=["c1"])
    sm.disassociate_trial_component(TrialName="t1", TrialComponentName="c1")
    code, message, _ = refused(sm.delete_trial_component, TrialComponentName="c1")
    wording = message.endswith("is linked to 1 or more trials and cannot be deleted.")
    assert (code, wording) == ("ValidationException", True)


@pytest.mark.parametrize("code", ["ValidationException", "ConflictException"])
def test_a_trial_with_components_is_not_deleted(
    sm: Any, tree: Any, refused: Any, admin: Admin, code: str
) -> None:
    """The code of that refusal was never seen on AWS: it is a knob."""
    admin.set_knobs(parent_delete_code=code)
    tree(t1=["c1"])
    assert refused(sm.delete_trial, TrialName="t1")[0] == code


def test_an_experiment_with_trials_is_not_deleted(sm: Any, tree: Any, refused: Any) -> None:
    """DeleteExperiment wants no trial below."""
    tree(t1=[])
    assert refused(sm.delete_experiment, ExperimentName="exp")[0] == "ValidationException"


def test_a_tree_is_deleted_from_below(sm: Any, tree: Any) -> None:
    """Disassociate, then components, trials, the experiment."""
    tree(t1=["c1"])
    sm.disassociate_trial_component(TrialName="t1", TrialComponentName="c1")
    sm.delete_trial_component(TrialComponentName="c1")
    sm.delete_trial(TrialName="t1")
    sm.delete_experiment(ExperimentName="exp")
    assert sm.list_experiments()["ExperimentSummaries"] == []


def test_an_update_merges_and_removes_parameters(sm: Any) -> None:
    """UpdateTrialComponent keeps what it does not name."""
    sm.create_trial_component(
        TrialComponentName="c", Parameters={"a": {"NumberValue": 1}, "b": {"StringValue": "x"}}
    )
    sm.update_trial_component(
        TrialComponentName="c", Parameters={"n": {"NumberValue": 2}}, ParametersToRemove=["b"]
    )
    found = sm.describe_trial_component(TrialComponentName="c")["Parameters"]
    assert found == {"a": {"NumberValue": 1}, "n": {"NumberValue": 2}}


def test_a_trial_changes_its_display_name_only(sm: Any, tree: Any) -> None:
    """UpdateTrial keeps name and experiment."""
    tree(t1=[])
    sm.update_trial(TrialName="t1", DisplayName="shown")
    found = sm.describe_trial(TrialName="t1")
    expected = ("t1", "shown", "exp")
    assert (found["TrialName"], found["DisplayName"], found["ExperimentName"]) == expected


def test_an_update_moves_the_last_modified_time(sm: Any, admin: Admin) -> None:
    """It is the time of the update, on the sandbox's clock."""
    admin.freeze(1_700_000_000.0)
    sm.create_experiment(ExperimentName="churn")
    admin.advance(60)
    sm.update_experiment(ExperimentName="churn", Description="later")
    found = sm.describe_experiment(ExperimentName="churn")
    assert (found["LastModifiedTime"] - found["CreationTime"]).total_seconds() == 60


def test_a_created_component_has_every_field_back(sm: Any) -> None:
    """Status, times, parameters, artifacts and metadata come back as given."""
    given: dict[str, Any] = {
        "Status": {"PrimaryStatus": "InProgress", "Message": "line\nbreak <b>"},
        "Parameters": {"big": {"NumberValue": 1e308}, "minus zero": {"NumberValue": -0.0}},
        "InputArtifacts": {"in": {"MediaType": "text/plain", "Value": "s3://a/b"}},
        "OutputArtifacts": {"out": {"Value": "s3://c/d"}},
        "MetadataProperties": {"CommitId": "abc"},
    }
    sm.create_trial_component(TrialComponentName="c", **given)
    found = sm.describe_trial_component(TrialComponentName="c")
    assert {key: found[key] for key in given} == given


def test_creators_are_empty_for_roles(sm: Any) -> None:
    """CreatedBy is filled for Studio users only."""
    sm.create_experiment(ExperimentName="churn")
    assert sm.describe_experiment(ExperimentName="churn")["CreatedBy"] == {}


def test_an_experiment_takes_300_trials(sm: Any, tree: Any, refused: Any, admin: Admin) -> None:
    """The 301st is refused; the quota is lowered here to keep the test short."""
    admin.set_knobs(trials_per_experiment=2)
    tree(t1=[], t2=[])
    code, message, _ = refused(sm.create_trial, TrialName="t3", ExperimentName="exp")
    assert (code, "is 2 Trials" in message) == ("ResourceLimitExceeded", True)


def test_quotas_are_those_of_aws(admin: Admin) -> None:
    """300 trials an experiment, 50 components a trial."""
    knobs = admin.knobs
    assert (knobs.trials_per_experiment, knobs.components_per_trial) == (300, 50)


@pytest.mark.parametrize("touches", [False, True])
def test_whether_a_new_trial_moves_its_experiments_time_is_a_knob(
    sm: Any, box: Sandbox, touches: Any
) -> None:
    """Unknown on AWS, so each answer can be set."""
    box.admin.freeze()
    sm.create_experiment(ExperimentName="exp")
    box.admin.set_knobs(create_touches_above=touches)
    box.admin.advance(60)
    sm.create_trial(TrialName="t1", ExperimentName="exp")
    assert (box.state.experiments.rows["exp"].modified == box.admin.now()) is touches
