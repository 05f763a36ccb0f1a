"""Reads metric series whole, or says what is missing from them.

BatchGetMetrics has no pages and gives points only along an axis: by IterationNumber, one value for
each step, or by Timestamp, one value for each minute at the finest (service model of
sagemaker-metrics). So each metric is asked for by step, and for how many points it has an hour;
where steps do not account for all points, the minutes are read as well. The number of points is
what tells a whole series from a part of one.

Not documented, so not relied on: whether Start and End count in the axis' own unit, and which
points a Truncated answer keeps. A Truncated series is asked for again from behind its last point
in the unit of the answer, and when that brings nothing new the status says how much is there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagewarden.adapters.aws.calls import Reads
from sagewarden.application.ports.aws import FAILED_SERIES, SeriesRequest

QUERIES = 100
"""Queries in one BatchGetMetrics at most (service model)."""

AGAIN = 3
"""How often a series is asked for once more that AWS failed to give."""

CONTINUATIONS = 200
"""How often a Truncated series is followed up before it is left as it is."""

_COMPLETE = "Complete"
_TRUNCATED = "Truncated"


@dataclass(slots=True)
class _Series:
    """One metric along one axis while it is being read."""

    arn: str
    metric: str
    axis: str
    period: str
    stat: str
    points: dict[int, float] = field(default_factory=dict)
    status: str = ""
    message: str = ""
    asked: int = 0
    failed: int = 0

    @property
    def query(self) -> dict[str, Any]:
        """The next query: everything, or what lies behind the last point."""
        query: dict[str, Any] = {
            "MetricName": self.metric,
            "ResourceArn": self.arn,
            "MetricStat": self.stat,
            "Period": self.period,
            "XAxisType": self.axis,
        }
        return query | ({"Start": max(self.points) + 1} if self.points else {})

    def take(self, result: Mapping[str, Any]) -> bool:
        """Take an answer in; return whether to ask on."""
        before = len(self.points)
        self.points.update(zip(result["XAxisValues"], result["MetricValues"], strict=True))
        self.status, self.message = result["Status"], result.get("Message") or ""
        self.asked += 1
        if self.status == FAILED_SERIES:
            self.failed += 1
            return self.failed <= AGAIN
        truncated = self.status == _TRUNCATED
        return truncated and len(self.points) > before and self.asked < CONTINUATIONS

    @property
    def whole(self) -> bool:
        """Whether the service says that this is all there is along this axis."""
        return self.status == _COMPLETE

    def told(self, status: str) -> dict[str, Any]:
        """Return it in the archive's words."""
        return {
            "metric": self.metric,
            "x_axis": self.axis,
            "period": self.period,
            "stat": self.stat,
            "status": status,
            "points": [[place, self.points[place]] for place in sorted(self.points)],
        }


def read_series(
    reads: Reads, wanted: Sequence[SeriesRequest]
) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Read every metric of every component; a metric has two entries when it needs both axes.

    Points by Timestamp have AWS's own unit of time. Raise a kind of ReadFailed when a call fails.
    """
    asked = [(each.arn, metric) for each in wanted for metric in each.metrics]
    steps = [_Series(*one, "IterationNumber", "IterationNumber", "Last") for one in asked]
    counts = [_Series(*one, "Timestamp", "OneHour", "Count") for one in asked]
    _read(reads, [*steps, *counts])
    totals = [sum(count.points.values()) if count.whole else None for count in counts]
    stepless = {
        place: _Series(*asked[place], "Timestamp", "OneMinute", "Last")
        for place, step in enumerate(steps)
        if not (step.whole and len(step.points) == totals[place])
    }
    _read(reads, stepless.values())
    series: dict[str, list[Mapping[str, Any]]] = {each.arn: [] for each in wanted}
    for each in (*steps, *counts, *stepless.values()):
        if each.status == FAILED_SERIES:
            series[each.arn].append(each.told(f"{FAILED_SERIES}: {each.message}"))
    for place, step in enumerate(steps):
        series[step.arn] += _entries(step, stepless.get(place), totals[place])
    return {arn: tuple(entries) for arn, entries in series.items()}


def _read(reads: Reads, series: Iterable[_Series]) -> None:
    waiting = list(series)
    while waiting:
        batch, waiting = waiting[:QUERIES], waiting[QUERIES:]
        answer = reads.ask("BatchGetMetrics", MetricQueries=[each.query for each in batch])
        results = answer["MetricQueryResults"]
        waiting += [each for each, one in zip(batch, results, strict=True) if each.take(one)]


def _entries(
    step: _Series, minutes: _Series | None, total: float | None
) -> list[Mapping[str, Any]]:
    if minutes is None:
        return [step.told(_COMPLETE)]
    entries: list[Mapping[str, Any]] = [step.told(_status(step, total))] if step.points else []
    if minutes.points or not entries:
        entries.append(minutes.told(_status(minutes, total)))
    return entries


def _status(series: _Series, total: float | None) -> str:
    """Say in words how much of a metric one axis shows."""
    shown = len(series.points)
    if series.whole and shown == total:
        return _COMPLETE
    if not series.whole:
        more = f": {series.message}" if series.message else ""
        return f"{series.status}{more}; {shown} values were read of {_number(total)} points"
    unit = "step" if series.axis == "IterationNumber" else "minute"
    return f"the last value of each {unit}: {shown} values for {_number(total)} logged points"


def _number(total: float | None) -> str:
    return "an unknown number of" if total is None else f"{total:.0f}"
