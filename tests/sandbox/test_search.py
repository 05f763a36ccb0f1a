"""Search: whole records, filters, order, pages, depth, lag."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sagewarden.sandbox import Admin, Sandbox
from sagewarden.sandbox.records import Component, Point, Resource

T0 = 1_700_000_000.0


def hits(answer: Any) -> list[str]:
    return [each["TrialComponent"]["TrialComponentName"] for each in answer["Results"]]


def where(name: str, operator: str | None = None, value: str | None = None) -> dict[str, Any]:
    given = {"Name": name, "Operator": operator, "Value": value}
    return {key: each for key, each in given.items() if each is not None}


@pytest.fixture
def world(sm: Any, tree: Any, box: Sandbox) -> Any:
    """Hold components a, b, c made a minute apart; a and b hang on trials, c on none."""
    tree("exp-a", t1=[], t2=[])
    tree("exp-b", t3=[])
    box.state.components.put_many(
        [
            Component(
                name="a",
                created=T0,
                modified=T0 + 900,
                trials=("t1", "t3"),
                tags={"env": "dev", "sagemaker:trial-component-source": "run"},
                parameters={"lr": {"NumberValue": 0.1}, "opt": {"StringValue": "adam"}},
                status={"PrimaryStatus": "Completed"},
                metrics={"loss": ((Point(T0, 0, 3.0), Point(T0 + 1, 1, 1.0)),)},
            ),
            Component(
                name="B",
                created=T0 + 60,
                modified=T0 + 600,
                trials=("t2",),
                tags={"env": "prod"},
                parameters={"lr": {"NumberValue": 0.5}},
                status={"PrimaryStatus": "InProgress"},
                input_artifacts={"my.file": {"Value": "s3://x/train", "MediaType": "text/csv"}},
            ),
            Component(
                name="c",
                created=T0 + 120,
                modified=T0 + 120,
                display_name="Shown",
                source={"SourceArn": box.state.arn("training-job", "j"), "SourceType": "Job"},
            ),
        ]
    )
    return sm


def search(sm: Any, *filters: dict[str, Any], **more: Any) -> list[str]:
    params: dict[str, Any] = {"Resource": "ExperimentTrialComponent"}
    params |= {"SortBy": "CreationTime", "SortOrder": "Ascending"} | more
    if filters:
        params["SearchExpression"] = {"Filters": list(filters)}
    return hits(sm.search(**params))


@pytest.mark.parametrize(
    ("filter_", "expected"),
    [
        (where("TrialComponentName", "Equals", "b"), ["B"]),
        (where("TrialComponentName", None, "b"), ["B"]),
        (where("TrialComponentName", "NotEquals", "a"), ["B", "c"]),
        (where("TrialComponentName", "In", "a, c"), ["a", "c"]),
        (where("DisplayName", "Contains", "how"), ["c"]),
        (where("Status.PrimaryStatus", "Equals", "InProgress"), ["B"]),
        (where("Status.PrimaryStatus", "NotEquals", "InProgress"), ["a", "c"]),
        (where("Status.PrimaryStatus", "NotExists"), ["c"]),
        (where("Status.PrimaryStatus", "Exists"), ["a", "B"]),
        (where("Tags.env", "Equals", "dev"), ["a"]),
        (where("Tags.env", "Exists"), ["a", "B"]),
        (where("Tags.sagemaker:trial-component-source", "Equals", "run"), ["a"]),
        (where("Parameters.lr", "GreaterThan", "0.1"), ["B"]),
        (where("Parameters.lr", "GreaterThanOrEqualTo", "0.1"), ["a", "B"]),
        (where("Parameters.lr.NumberValue", "LessThan", "0.5"), ["a"]),
        (where("Parameters.lr", "LessThanOrEqualTo", "0.5"), ["a", "B"]),
        (where("Parameters.opt", "Equals", "adam"), ["a"]),
        (where("Metrics.loss.min", "LessThan", "2"), ["a"]),
        (where("Metrics.loss.Last", "Equals", "1"), ["a"]),
        (where("Parents.ExperimentName", "Equals", "exp-b"), ["a"]),
        (where("Parents.TrialName", "Equals", "T2"), ["B"]),
        (where("Parents.TrialName", "NotExists"), ["c"]),
        (where("Source.SourceType", "Equals", "Job"), ["c"]),
        (where("InputArtifacts.my.file.Value", "Contains", "train"), ["B"]),
        (where("CreationTime", "GreaterThan", "2023-11-14T22:13:20"), ["B", "c"]),
        (where("CreationTime", "LessThanOrEqualTo", "2023-11-14T22:14:20"), ["a", "B"]),
        (where("CreationTime", "Equals", "2023-11-14T22:14:20"), ["B"]),
        (where("LastModifiedTime", "LessThan", "2023-11-14T22:20:00"), ["c"]),
    ],
)
def test_a_filter_leaves_what_it_says(
    world: Any, filter_: dict[str, Any], expected: list[str]
) -> None:
    """Each operator on the properties it is for; names compare without case."""
    assert search(world, filter_) == expected


def test_filters_are_joined_by_and_unless_told_otherwise(world: Any) -> None:
    """Operator Or takes any of them."""
    filters = [where("Tags.env", "Equals", "dev"), where("TrialComponentName", "Equals", "c")]
    either = {"Filters": filters, "Operator": "Or"}
    found = world.search(Resource="ExperimentTrialComponent", SearchExpression=either)
    assert (search(world, *filters), sorted(hits(found))) == ([], ["a", "c"])


def test_sub_expressions_nest(world: Any) -> None:
    """(dev or prod) and lr above 0.2."""
    expression = {
        "Filters": [where("Parameters.lr", "GreaterThan", "0.2")],
        "SubExpressions": [
            {
                "Filters": [
                    where("Tags.env", "Equals", "dev"),
                    where("Tags.env", "Equals", "prod"),
                ],
                "Operator": "Or",
            }
        ],
    }
    found = world.search(Resource="ExperimentTrialComponent", SearchExpression=expression)
    assert hits(found) == ["B"]


def test_nested_filters_hold_within_one_element(world: Any) -> None:
    """Trial t1 of exp-b does not exist, though the component has both words in its parents."""
    nested = {
        "NestedPropertyName": "Parents",
        "Filters": [
            where("Parents.TrialName", "Equals", "t1"),
            where("Parents.ExperimentName", "Equals", "exp-b"),
        ],
    }
    found = world.search(
        Resource="ExperimentTrialComponent", SearchExpression={"NestedFilters": [nested]}
    )
    assert hits(found) == []


def test_only_one_contains_on_most_properties(world: Any, refused: Any) -> None:
    """A second one is refused in AWS's words."""
    filters = [where("Source.SourceArn", "Contains", text) for text in ("a", "b")]
    code, message, _ = refused(
        world.search,
        Resource="ExperimentTrialComponent",
        SearchExpression={"Filters": filters},
    )
    expected = "'CONTAINS' operator usage limit of 1 exceeded."
    assert (code, message) == ("ValidationException", expected)


def test_more_than_20_filters_are_refused(world: Any, refused: Any) -> None:
    """The model's limit."""
    filters = [where("Tags.env", "Exists")] * 21
    call = {"Resource": "ExperimentTrialComponent", "SearchExpression": {"Filters": filters}}
    assert refused(world.search, **call)[0] == "ValidationException"


def test_a_component_comes_whole(world: Any, box: Sandbox) -> None:
    """Tags, parents of every experiment, parameters, metric summaries, status."""
    found = world.search(
        Resource="ExperimentTrialComponent",
        SearchExpression={"Filters": [where("TrialComponentName", "Equals", "a")]},
    )["Results"][0]["TrialComponent"]
    whole = {
        "Tags": [
            {"Key": "env", "Value": "dev"},
            {"Key": "sagemaker:trial-component-source", "Value": "run"},
        ],
        "Parents": [
            {"TrialName": "t1", "ExperimentName": "exp-a"},
            {"TrialName": "t3", "ExperimentName": "exp-b"},
        ],
        "Parameters": {"lr": {"NumberValue": 0.1}, "opt": {"StringValue": "adam"}},
        "Status": {"PrimaryStatus": "Completed"},
        "Metrics": [
            {
                "MetricName": "loss",
                "SourceArn": box.state.arn("experiment-trial-component", "a"),
                "TimeStamp": datetime.fromtimestamp(T0 + 1, UTC),
                "Count": 2,
                "Min": 1.0,
                "Max": 3.0,
                "Avg": 2.0,
                "StdDev": 1.0,
                "Last": 1.0,
            }
        ],
    }
    assert {key: found[key] for key in whole} == whole


def test_a_component_of_a_job_has_the_jobs_record(world: Any, box: Sandbox) -> None:
    """SourceDetail holds the training job whole, tags included."""
    source = box.state.arn("training-job", "j")
    box.state.resources.put(
        Resource(
            arn=source,
            type="training-job",
            name="j",
            created=T0,
            body={"TrainingJobName": "j", "HyperParameters": {"depth": "3"}},
            tags={"team": "x"},
        )
    )
    found = world.search(
        Resource="ExperimentTrialComponent",
        SearchExpression={"Filters": [where("TrialComponentName", "Equals", "c")]},
    )["Results"][0]["TrialComponent"]
    assert found["SourceDetail"] == {
        "SourceArn": source,
        "TrainingJob": {
            "TrainingJobName": "j",
            "HyperParameters": {"depth": "3"},
            "Tags": [{"Key": "team", "Value": "x"}],
        },
    }


def test_trials_and_experiments_come_whole(world: Any) -> None:
    """With tags; a trial with its experiment and what hangs on it."""
    trial = world.search(
        Resource="ExperimentTrial",
        SearchExpression={"Filters": [where("TrialName", "Equals", "t1")]},
    )["Results"][0]["Trial"]
    experiments = world.search(Resource="Experiment", SortBy="ExperimentName")["Results"]
    below = [each["TrialComponentName"] for each in trial["TrialComponentSummaries"]]
    names = [each["Experiment"]["ExperimentName"] for each in experiments]
    assert (trial["ExperimentName"], trial["Tags"], below, names) == (
        "exp-a",
        [],
        ["a"],
        ["exp-b", "exp-a"],
    )


def test_model_packages_are_found(sm: Any, box: Sandbox) -> None:
    """By their own properties."""
    box.state.resources.put_many(
        Resource(
            arn=box.state.arn("model-package", f"g/{number}"),
            type="model-package",
            name=f"g/{number}",
            created=T0 + number,
            body={"ModelPackageName": "g", "ModelApprovalStatus": status},
        )
        for number, status in enumerate(["Approved", "Rejected"])
    )
    found = sm.search(
        Resource="ModelPackage",
        SearchExpression={"Filters": [where("ModelApprovalStatus", "Equals", "Approved")]},
    )
    statuses = [each["ModelPackage"]["ModelApprovalStatus"] for each in found["Results"]]
    assert statuses == ["Approved"]


def test_the_default_order_is_last_modified_first(world: Any) -> None:
    """SortBy LastModifiedTime, descending."""
    assert hits(world.search(Resource="ExperimentTrialComponent")) == ["a", "B", "c"]


def test_pages_hold_100_and_everything_once(sm: Any, box: Sandbox) -> None:
    """250 records take three pages, sorted or not by creation."""
    box.state.components.put_many(
        Component(name=f"c-{n:03}", created=T0 + n % 7, modified=T0) for n in range(250)
    )
    paginator = sm.get_paginator("search")
    pages = [
        hits(page)
        for page in paginator.paginate(Resource="ExperimentTrialComponent", SortBy="CreationTime")
    ]
    lengths, names = [len(page) for page in pages], {name for page in pages for name in page}
    assert (lengths, len(names)) == ([100, 100, 50], 250)


def test_hits_end_at_the_depth(sm: Any, box: Sandbox) -> None:
    """TotalHits then says "at least", and no token leads further."""
    box.admin.set_knobs(search_depth=5)
    box.state.components.put_many(
        Component(name=f"c-{number}", created=T0, modified=T0) for number in range(9)
    )
    first = sm.search(Resource="ExperimentTrialComponent", MaxResults=3)
    second = sm.search(
        Resource="ExperimentTrialComponent", MaxResults=3, NextToken=first["NextToken"]
    )
    total = {"Value": 5, "Relation": "GreaterThanOrEqualTo"}
    assert (first["TotalHits"], len(second["Results"]), "NextToken" in second) == (total, 2, False)


def test_the_index_is_10_000_deep(admin: Admin) -> None:
    """The depth at which the SDK stops, too."""
    assert admin.knobs.search_depth == 10_000


def test_search_lags_and_describe_does_not(sm: Any, admin: Admin) -> None:
    """What was created, changed or deleted within the lag is seen as it was before."""
    admin.freeze()
    sm.create_trial_component(TrialComponentName="old", DisplayName="before")
    sm.create_trial_component(TrialComponentName="gone")
    admin.advance(60.0)
    admin.set_knobs(search_lag_seconds=30.0)
    sm.update_trial_component(TrialComponentName="old", DisplayName="after")
    sm.delete_trial_component(TrialComponentName="gone")
    sm.create_trial_component(TrialComponentName="new")
    lagging = sm.search(Resource="ExperimentTrialComponent")["Results"]
    shown = {each["TrialComponent"]["DisplayName"] for each in lagging}
    described = sm.describe_trial_component(TrialComponentName="old")["DisplayName"]
    admin.advance(30.0)
    current = {
        each["TrialComponent"]["DisplayName"]
        for each in sm.search(Resource="ExperimentTrialComponent")["Results"]
    }
    assert (shown, described, current) == ({"before", "gone"}, "after", {"after", "new"})


def test_tags_lag_in_search(sm: Any, admin: Admin, arn: Any) -> None:
    """ListTags shows a new tag at once."""
    admin.freeze()
    sm.create_trial_component(TrialComponentName="c")
    admin.advance(60.0)
    admin.set_knobs(search_lag_seconds=30.0)
    sm.add_tags(
        ResourceArn=arn("experiment-trial-component", "c"), Tags=[{"Key": "k", "Value": "v"}]
    )
    (found,) = sm.search(Resource="ExperimentTrialComponent")["Results"]
    listed = sm.list_tags(ResourceArn=arn("experiment-trial-component", "c"))["Tags"]
    assert (found["TrialComponent"]["Tags"], listed) == ([], [{"Key": "k", "Value": "v"}])


def test_a_visibility_condition_hides_without_a_word(world: Any, admin: Admin) -> None:
    """Hidden names miss from hits and total; List still shows them."""
    admin.set_knobs(hidden_names=["a*"])
    found = world.search(Resource="ExperimentTrialComponent")
    listed = world.list_trial_components()["TrialComponentSummaries"]
    assert (found["TotalHits"]["Value"], len(listed)) == (2, 3)
