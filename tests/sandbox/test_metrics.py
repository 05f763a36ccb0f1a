"""BatchPutMetrics, BatchGetMetrics, and the summaries on a component."""

from typing import Any

import pytest

from sagewarden.sandbox import Admin, Sandbox

T0 = 1_700_000_000 // 3600 * 3600


def point(value: float, at: float = T0, step: int | None = None) -> dict[str, Any]:
    made = {"MetricName": "loss", "Timestamp": at, "Value": value}
    return made | ({"Step": step} if step is not None else {})


@pytest.fixture
def component(sm: Any, admin: Admin, arn: Any) -> str:
    """Make component `Fit` at T0, in a world that stands still; give its ARN."""
    admin.freeze(float(T0))
    sm.create_trial_component(TrialComponentName="Fit")
    made: str = arn("experiment-trial-component", "fit")
    return made


def query(arn: str, **more: Any) -> dict[str, Any]:
    base = {
        "MetricName": "loss",
        "ResourceArn": arn,
        "MetricStat": "Last",
        "Period": "IterationNumber",
        "XAxisType": "IterationNumber",
    }
    return base | more


def get(metrics: Any, *queries: dict[str, Any]) -> Any:
    return metrics.batch_get_metrics(MetricQueries=list(queries))["MetricQueryResults"]


def test_summaries_are_computed_from_the_points(sm: Any, metrics: Any, component: str) -> None:
    """Count, Min, Max, Avg, StdDev, Last appear on Describe."""
    points = [point(value, T0 + n, n) for n, value in enumerate([4.0, 2.0, 3.0])]
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=points)
    (summary,) = sm.describe_trial_component(TrialComponentName="fit")["Metrics"]
    figures = [summary[key] for key in ("Count", "Min", "Max", "Avg", "Last")]
    deviation = round(summary["StdDev"], 6)
    named = (summary["SourceArn"], deviation)
    assert (figures, named) == ([3, 2.0, 4.0, 3.0, 3.0], (component, 0.816497))


def test_a_call_takes_10_points(metrics: Any, component: str, refused: Any) -> None:
    """The model's limit."""
    points = [point(1.0)] * 11
    assert component
    call = metrics.batch_put_metrics
    assert refused(call, TrialComponentName="fit", MetricData=points)[0] == "ValidationException"


def test_the_component_is_named_in_lower_case(metrics: Any, component: str, refused: Any) -> None:
    """Another case fails the model's pattern."""
    assert component
    call = metrics.batch_put_metrics
    code, _, _ = refused(call, TrialComponentName="Fit", MetricData=[point(1.0)])
    assert code == "ValidationException"


def test_errors_stand_inside_a_200(metrics: Any, component: str) -> None:
    """A point older than 14 days, or 2 hours ahead, is refused by its index; others are kept."""
    points = [point(1.0), point(2.0, T0 - 15 * 86_400), point(3.0, T0 + 7_300)]
    answer = metrics.batch_put_metrics(TrialComponentName="fit", MetricData=points)
    (series,) = get(metrics, query(component, Period="OneMinute", XAxisType="Timestamp"))
    indexes = [each["MetricIndex"] for each in answer["Errors"]]
    assert (indexes, series["MetricValues"]) == ([1, 2], [1.0])


def test_steps_come_back_point_by_point(metrics: Any, component: str) -> None:
    """On the iteration axis; Start and End narrow it."""
    points = [point(float(step), T0, step) for step in range(5)]
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=points)
    whole, part = get(metrics, query(component), query(component, Start=1, End=3))
    assert (whole["XAxisValues"], part["MetricValues"]) == ([0, 1, 2, 3, 4], [1.0, 2.0, 3.0])


def test_points_without_a_step_come_back_as_aggregates_only(metrics: Any, component: str) -> None:
    """Two within a minute are one value on the time axis, and none on the iteration axis."""
    points = [point(1.0, T0 + 1), point(3.0, T0 + 2), point(5.0, T0 + 61)]
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=points)
    timed = query(component, Period="OneMinute", XAxisType="Timestamp", MetricStat="Avg")
    by_time, by_step = get(metrics, timed, query(component))
    found = (by_time["XAxisValues"], by_time["MetricValues"], by_step["MetricValues"])
    assert found == ([T0, T0 + 60], [2.0, 5.0], [])


@pytest.mark.parametrize(
    ("stat", "value"),
    [("Min", 1.0), ("Max", 3.0), ("Avg", 2.0), ("Count", 2.0), ("StdDev", 1.0), ("Last", 3.0)],
)
def test_a_period_is_summed_up_by_any_statistic(
    metrics: Any, component: str, stat: str, value: float
) -> None:
    """Min, Max, Avg, Count, StdDev, Last."""
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=[point(1.0), point(3.0)])
    asked = query(component, Period="OneHour", XAxisType="Timestamp", MetricStat=stat)
    assert get(metrics, asked)[0]["MetricValues"] == [value]


def test_a_long_series_is_truncated_not_paged(metrics: Any, component: str, admin: Admin) -> None:
    """The status says so; narrowing Start leads on."""
    admin.set_knobs(metric_points_per_query=2)
    points = [point(float(step), T0, step) for step in range(3)]
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=points)
    first, rest = get(metrics, query(component), query(component, Start=2))
    statuses = [each["Status"] for each in (first, rest)]
    assert (statuses, first["XAxisValues"]) == (["Truncated", "Complete"], [0, 1])


def test_one_call_mixes_components_and_each_query_has_its_status(
    metrics: Any, component: str, arn: Any
) -> None:
    """A missing component fails its own query only."""
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=[point(1.0, T0, 0)])
    gone = query(arn("experiment-trial-component", "gone"))
    statuses = [each["Status"] for each in get(metrics, query(component), gone)]
    assert statuses == ["Complete", "ValidationError"]


def test_a_call_takes_100_queries(metrics: Any, component: str, refused: Any) -> None:
    """The model's limit."""
    queries = [query(component)] * 101
    code, _, _ = refused(metrics.batch_get_metrics, MetricQueries=queries)
    assert code == "ValidationException"


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), 1e308, -0.0])
def test_extreme_values_survive(metrics: Any, component: str, value: float) -> None:
    """What JSON has no number for goes as a word."""
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=[point(value, T0, 0)])
    assert repr(get(metrics, query(component))[0]["MetricValues"]) == repr([value])


@pytest.mark.parametrize(
    ("touch", "moved"), [("none", set()), ("self", {"fit"}), ("above", {"t1", "exp"})]
)
def test_whether_metrics_move_last_modified_times_is_a_knob(
    tree: Any, metrics: Any, box: Sandbox, touch: Any, moved: set[str]
) -> None:
    """Unknown on AWS, so each answer can be set."""
    box.admin.freeze(float(T0))
    tree(t1=["fit"])
    box.admin.set_knobs(touch_on_metrics=touch)
    box.admin.advance(60)
    metrics.batch_put_metrics(TrialComponentName="fit", MetricData=[point(1.0)])
    state = box.state
    records = (
        state.components.rows["fit"],
        state.trials.rows["t1"],
        state.experiments.rows["exp"],
    )
    assert {record.key for record in records if record.modified == box.admin.now()} == moved
