"""ListExperiments, ListTrials, ListTrialComponents."""

from typing import Any

import pytest

from sagewarden.sandbox import Admin, Sandbox
from sagewarden.sandbox.records import Component


def component_names(answer: Any) -> list[str]:
    return [each["TrialComponentName"] for each in answer["TrialComponentSummaries"]]


@pytest.fixture
def many(box: Sandbox) -> Sandbox:
    """Hold 130 unassigned components, one made each second from 1,700,000,000."""
    box.state.components.put_many(
        Component(name=f"c-{number:03}", created=1.7e9 + number, modified=1.7e9 + number)
        for number in range(130)
    )
    return box


@pytest.mark.usefixtures("many")
def test_a_page_has_10_unless_told_otherwise(sm: Any) -> None:
    """The default page length of every List call."""
    assert len(component_names(sm.list_trial_components())) == 10


@pytest.mark.usefixtures("many")
def test_a_page_has_at_most_100(sm: Any, refused: Any) -> None:
    """More is refused by validation."""
    code, message, _ = refused(sm.list_trial_components, MaxResults=101)
    assert (code, "less than or equal to 100" in message) == ("ValidationException", True)


@pytest.mark.usefixtures("many")
def test_pages_together_hold_everything_once(sm: Any) -> None:
    """Tokens lead through the whole account, unassigned components included."""
    paginator = sm.get_paginator("list_trial_components")
    pages = paginator.paginate(PaginationConfig={"PageSize": 50})
    names = [name for page in pages for name in component_names(page)]
    assert names == [f"c-{number:03}" for number in reversed(range(130))]


@pytest.mark.usefixtures("many")
def test_pages_go_on_where_they_were_after_a_delete(sm: Any) -> None:
    """A token outlives the entity it was made at."""
    page = sm.list_trial_components(SortOrder="Ascending")
    sm.delete_trial_component(TrialComponentName="c-009")
    after = sm.list_trial_components(SortOrder="Ascending", NextToken=page["NextToken"])
    assert component_names(after)[0] == "c-010"


@pytest.mark.usefixtures("many")
def test_a_page_may_come_back_shorter(sm: Any, admin: Admin) -> None:
    """A page length that was asked for is a limit, not a promise."""
    admin.set_knobs(page_cap=3)
    page = sm.list_trial_components(MaxResults=50)
    assert (len(component_names(page)), "NextToken" in page) == (3, True)


@pytest.mark.usefixtures("many")
def test_creation_times_cut_a_window(sm: Any) -> None:
    """CreatedAfter and CreatedBefore are both exclusive."""
    page = sm.list_trial_components(CreatedAfter=1.7e9, CreatedBefore=1.7e9 + 3)
    assert component_names(page) == ["c-002", "c-001"]


@pytest.mark.usefixtures("many")
def test_names_sort_as_names(sm: Any) -> None:
    """SortBy Name, ascending."""
    page = sm.list_trial_components(SortBy="Name", SortOrder="Ascending", MaxResults=2)
    assert component_names(page) == ["c-000", "c-001"]


def test_a_component_summary_has_status_and_source_but_no_tags_and_no_parents(
    sm: Any, box: Sandbox
) -> None:
    """What a summary lacks needs Describe, ListTags or ListTrials."""
    box.state.components.put(
        Component(
            name="c",
            created=1.7e9,
            modified=1.7e9,
            status={"PrimaryStatus": "Completed"},
            source={"SourceArn": box.state.arn("training-job", "j"), "SourceType": "Job"},
            tags={"a": "b"},
            started=1.7e9,
            ended=1.7e9,
        )
    )
    (summary,) = sm.list_trial_components()["TrialComponentSummaries"]
    assert sorted(summary) == [
        "CreatedBy",
        "CreationTime",
        "DisplayName",
        "EndTime",
        "LastModifiedBy",
        "LastModifiedTime",
        "StartTime",
        "Status",
        "TrialComponentArn",
        "TrialComponentName",
        "TrialComponentSource",
    ]


def test_a_trial_summary_names_no_experiment(sm: Any, tree: Any) -> None:
    """DescribeTrial does."""
    tree(t1=[])
    (summary,) = sm.list_trials()["TrialSummaries"]
    assert "ExperimentName" not in summary


def test_components_are_listed_by_trial_experiment_or_source(
    sm: Any, tree: Any, box: Sandbox
) -> None:
    """One of the three, each giving its own."""
    tree("exp-a", t1=["a"], t2=["b"])
    tree("exp-b", t3=["c"])
    source = box.state.arn("training-job", "j")
    box.state.components.put(
        Component(name="job", created=1.7e9, modified=1.7e9, source={"SourceArn": source})
    )
    found = [
        component_names(sm.list_trial_components(TrialName="T1")),
        component_names(sm.list_trial_components(ExperimentName="exp-A", SortOrder="Ascending")),
        component_names(sm.list_trial_components(SourceArn=source)),
    ]
    assert found == [["a"], ["a", "b"], ["job"]]


def test_two_relations_at_once_are_refused(sm: Any, tree: Any, refused: Any) -> None:
    """ListTrialComponents takes one of them."""
    tree(t1=["a"])
    call = sm.list_trial_components
    code, _, _ = refused(call, TrialName="t1", ExperimentName="exp")
    assert code == "ValidationException"


def test_trials_are_listed_by_experiment_or_component(sm: Any, tree: Any) -> None:
    """Or all of them."""
    tree("exp-a", t1=["a"], t2=[])
    tree("exp-b", t3=["a"])
    found = [
        {each["TrialName"] for each in answer["TrialSummaries"]}
        for answer in (
            sm.list_trials(ExperimentName="exp-a"),
            sm.list_trials(TrialComponentName="a"),
            sm.list_trials(),
        )
    ]
    assert found == [{"t1", "t2"}, {"t1", "t3"}, {"t1", "t2", "t3"}]


def test_lists_lag_behind_describe(sm: Any, tree: Any, admin: Admin) -> None:
    """List by relation answers from an older world; Describe never does."""
    admin.freeze()
    admin.set_knobs(list_lag_seconds=10.0)
    tree(t1=["c"])
    before = component_names(sm.list_trial_components(TrialName="t1"))
    described = sm.describe_trial_component(TrialComponentName="c")["TrialComponentName"]
    admin.advance(10.0)
    after = component_names(sm.list_trial_components(TrialName="t1"))
    assert (before, described, after) == ([], "c", ["c"])


@pytest.mark.usefixtures("many")
def test_a_token_of_another_query_is_refused(sm: Any, refused: Any) -> None:
    """Sorted by name, a token that holds a time leads nowhere."""
    token = sm.list_trial_components()["NextToken"]
    code, _, _ = refused(sm.list_trial_components, SortBy="Name", NextToken=token)
    assert code == "ValidationException"


@pytest.mark.usefixtures("many")
def test_a_token_that_means_nothing_is_refused(sm: Any, refused: Any) -> None:
    """With a ValidationException."""
    assert refused(sm.list_trial_components, NextToken="nonsense")[0] == "ValidationException"
