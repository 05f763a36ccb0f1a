"""What only the archive needs: jobs' records and metric series."""

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from sagewarden.adapters.aws.answers import Answer
from sagewarden.adapters.aws.calls import CallCounter, Patience, Reads
from sagewarden.adapters.aws.series import read_series
from sagewarden.application.ports.aws import SeriesRequest
from sagewarden.core.entities import Kind
from sagewarden.errors import ReadFailed

if TYPE_CHECKING:
    from tests.aws.conftest import World

MINUTE = 60.0


def log(world: "World", metric: str, *points: tuple[float, int | None, float]) -> None:
    """Log points to `Lone`: seconds before now (on whole minutes), step, value."""
    now = world.box.admin.now() // MINUTE * MINUTE
    for ago, step, value in points:
        point: dict[str, Any] = {"MetricName": metric, "Timestamp": now - ago, "Value": value}
        if step is not None:
            point["Step"] = step
        world.make("BatchPutMetrics", TrialComponentName="lone", MetricData=[point])


def read(world: "World", *metrics: str) -> tuple[Any, ...]:
    arn = world.looks.describe(Kind.COMPONENT, "Lone").entity.arn
    now = datetime.fromtimestamp(world.box.admin.now(), UTC)
    wanted = SeriesRequest(arn, metrics, now - timedelta(days=1), now)
    return world.records.series([wanted])[arn]


def test_points_with_steps_are_read_by_step(tree: "World") -> None:
    log(tree, "loss", (30, 1, 0.5), (20, 2, 0.25), (10, 3, 0.125))
    (series,) = read(tree, "loss")
    assert series == {
        "metric": "loss",
        "x_axis": "IterationNumber",
        "period": "IterationNumber",
        "stat": "Last",
        "status": "Complete",
        "points": [[1, 0.5], [2, 0.25], [3, 0.125]],
    }


def test_points_without_steps_are_read_by_the_minute(tree: "World") -> None:
    log(tree, "loss", (300, None, 0.5), (120, None, 0.25))
    (series,) = read(tree, "loss")
    assert (series["x_axis"], series["period"]) == ("Timestamp", "OneMinute")
    assert series["status"] == "Complete"
    assert [value for _, value in series["points"]] == [0.5, 0.25]


def test_points_that_aws_only_gives_as_aggregates_are_said_to_be(tree: "World") -> None:
    """Four points in one minute come back as one value, and the archive says so."""
    log(tree, "loss", *[(59 - second, None, float(second)) for second in range(4)])
    (series,) = read(tree, "loss")
    assert series["status"] == "the last value of each minute: 1 values for 4 logged points"


def test_a_metric_logged_both_ways_is_read_both_ways(tree: "World") -> None:
    log(tree, "loss", (300, 1, 0.5), (120, None, 0.25))
    steps, minutes = read(tree, "loss")
    assert steps["status"] == "the last value of each step: 1 values for 2 logged points"
    assert (minutes["x_axis"], minutes["status"]) == ("Timestamp", "Complete")


def test_a_series_longer_than_an_answer_is_read_to_its_end(tree: "World") -> None:
    tree.box.knobs.metric_points_per_query = 4
    log(tree, "loss", *[(10, step, float(step)) for step in range(10)])
    (series,) = read(tree, "loss")
    assert series["status"] == "Complete"
    assert len(series["points"]) == 10


def test_minutes_too_are_read_to_their_end(tree: "World") -> None:
    tree.box.knobs.metric_points_per_query = 4
    log(tree, "loss", *[(MINUTE * minute, None, 1.0) for minute in range(10)])
    (series,) = read(tree, "loss")
    assert (series["status"], len(series["points"])) == ("Complete", 10)


def test_an_answer_that_never_gets_further_is_left_with_a_word(tree: "World") -> None:
    """Truncated without a new point: the status says how much is missing."""
    tree.box.knobs.metric_points_per_query = 0
    log(tree, "loss", (10, 1, 0.5))
    statuses = [series["status"] for series in read(tree, "loss")]
    assert statuses == ["Truncated; 0 values were read of an unknown number of points"]


def test_an_unknown_metric_says_why_in_its_status(tree: "World") -> None:
    tree.make("DeleteTrialComponent", TrialComponentName="Lone")
    arn = "arn:aws:sagemaker:us-east-1:123456789012:experiment-trial-component/lone"
    now = datetime.fromtimestamp(tree.box.admin.now(), UTC)
    (series,) = tree.records.series([SeriesRequest(arn, ("loss",), now, now)])[arn]
    assert series["status"].startswith("ValidationError: ")


class Unwell(Reads):
    """Reads of an AWS that fails to give each series once, or for ever."""

    def ask(self, operation: str, **request: Any) -> Answer:
        answer = super().ask(operation, **request)
        number = self.counter.by_operation()[operation]
        if number <= self.patience.attempts:
            for each in answer["MetricQueryResults"]:
                failed = {"Status": "InternalError", "XAxisValues": [], "MetricValues": []}
                each.update(failed)
        return answer


@pytest.mark.parametrize(("failures", "status"), [(2, "Complete"), (99, "InternalError: ")])
def test_a_series_that_aws_failed_to_give_is_asked_for_again(
    tree: "World", failures: int, status: str
) -> None:
    log(tree, "loss", (10, 1, 0.5))
    known = tree.records._reads
    given = {each.name: getattr(known, each.name) for each in fields(known)}
    unwell = Unwell(**given | {"patience": Patience(attempts=failures), "counter": CallCounter()})
    arn = tree.looks.describe(Kind.COMPONENT, "Lone").entity.arn
    now = datetime.fromtimestamp(tree.box.admin.now(), UTC)
    wanted = SeriesRequest(arn, ("loss",), now - timedelta(days=1), now)
    assert read_series(unwell, [wanted])[arn][0]["status"] == status


def test_values_that_json_lacks_are_read(tree: "World") -> None:
    log(tree, "loss", (20, 1, float("inf")), (10, 2, 1e308))
    (series,) = read(tree, "loss")
    assert series["points"] == [[1, float("inf")], [2, 1e308]]


def test_a_hundred_queries_go_in_one_call(tree: "World") -> None:
    """Two queries a metric while all points have steps."""
    for number in range(120):
        log(tree, f"m{number}", (10, 1, float(number)))
    tree.box.admin.clear_calls()
    assert {series["status"] for series in read(tree, *[f"m{n}" for n in range(120)])} == {
        "Complete"
    }
    assert tree.sent("BatchGetMetrics") == ["BatchGetMetrics"] * 3


def test_a_component_without_metrics_has_no_series_and_costs_no_call(tree: "World") -> None:
    assert read(tree) == ()
    assert tree.sent("BatchGetMetrics") == []


def test_a_call_that_fails_is_no_empty_series(tree: "World") -> None:
    log(tree, "loss", (10, 1, 0.5))
    tree.fault("truncate", "BatchGetMetrics")
    with pytest.raises(ReadFailed):
        read(tree, "loss")


def test_sources_are_read_twenty_at_a_time(world: "World") -> None:
    """A job's record comes with its component; others have none."""
    world.box.seed(components=300, seed=3)
    inventory = world.survey()
    jobs = [one for one in inventory.components.values() if one.source_arn is not None][:30]
    runs = [one for one in inventory.components.values() if one.source_arn is None][:10]
    world.box.admin.clear_calls()
    sources = world.records.sources([one.name for one in (*jobs, *runs)])
    assert len(world.sent("Search")) == 2
    assert set(sources) <= {one.key for one in jobs}
    assert sources
    assert all("SourceArn" in source for source in sources.values())
