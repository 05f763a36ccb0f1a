"""The sagemaker-metrics service: points put ten at a time, and read back as series."""

from collections.abc import Callable, Iterable
from typing import Any

from sagewarden.sandbox.figures import statistic, wire_number
from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.records import Component, Json, Point, points_of
from sagewarden.sandbox.state import changed

AHEAD_SECONDS = 7_200.0
DAY_SECONDS = 86_400.0
PERIODS = {"OneMinute": 60, "FiveMinute": 300, "OneHour": 3_600}
"""Seconds a period lasts."""


def batch_put(call: Call) -> Json:
    """Add points to a component's series. Errors stand inside an HTTP 200, one for each point."""
    given = call.params["MetricData"]
    component = call.state.components.get(call.params["TrialComponentName"])
    if component is None:
        return {"Errors": [_error(number) for number in range(len(given))]}
    errors = [_error(n) for n, point in enumerate(given) if not _in_time(call, point)]
    kept = [point for point in given if _in_time(call, point)]
    if kept:
        grown = changed(component, metrics=_grown(component, kept))
        call.state.components.put(grown)
        call.touch(call.knobs.touch_on_metrics, grown)
    return {"Errors": errors} if errors else {}


def _error(number: int) -> Json:
    return {"Code": "VALIDATION_ERROR", "MetricIndex": number}


def _in_time(call: Call, point: Json) -> bool:
    oldest = call.now - call.knobs.metric_max_age_days * DAY_SECONDS
    return bool(oldest <= point["Timestamp"] <= call.now + AHEAD_SECONDS)


def _grown(component: Component, given: Iterable[Json]) -> dict[str, Any]:
    series = dict(component.metrics)
    for each in given:
        point = Point(each["Timestamp"], each.get("Step"), float(each["Value"]))
        old = series.get(each["MetricName"], ())
        if old and isinstance(old[-1], tuple):
            series[each["MetricName"]] = (*old[:-1], (*old[-1], point))
        else:
            series[each["MetricName"]] = (*old, (point,))
    return series


def batch_get(call: Call) -> Json:
    """Answer each query with its own status; nothing is paged."""
    return {
        "MetricQueryResults": [_answered(call, query) for query in call.params["MetricQueries"]]
    }


def _answered(call: Call, query: Json) -> Json:
    found = call.state.find(query["ResourceArn"])
    if not isinstance(found, Component):
        return _failed(f"Resource '{query['ResourceArn']}' was not found.")
    by_step = query["XAxisType"] == "IterationNumber"
    if by_step != (query["Period"] == "IterationNumber"):
        return _failed(f"Period {query['Period']} does not fit XAxisType {query['XAxisType']}.")
    points = points_of(found.metrics.get(query["MetricName"], ()))
    axis = _step if by_step else _bucket(PERIODS[query["Period"]])
    return _series(call, query, _grouped(query, points, axis))


def _failed(message: str) -> Json:
    return {
        "Status": "ValidationError",
        "Message": message,
        "XAxisValues": [],
        "MetricValues": [],
    }


def _step(point: Point) -> int | None:
    return point.step


def _bucket(seconds: int) -> Callable[[Point], int | None]:
    return lambda point: int(point.at // seconds) * seconds


def _grouped(
    query: Json, points: list[Point], axis: Callable[[Point], int | None]
) -> dict[int, list[Point]]:
    low, high = query.get("Start"), query.get("End")
    groups: dict[int, list[Point]] = {}
    for point in points:
        place = axis(point)
        if (
            place is None
            or (low is not None and place < low)
            or (high is not None and place > high)
        ):
            continue
        groups.setdefault(place, []).append(point)
    return groups


def _series(call: Call, query: Json, groups: dict[int, list[Point]]) -> Json:
    limit = call.knobs.metric_points_per_query
    places = sorted(groups)[:limit]
    values = [wire_number(statistic(query["MetricStat"], groups[place])) for place in places]
    return {
        "Status": "Truncated" if len(groups) > limit else "Complete",
        "XAxisValues": places,
        "MetricValues": values,
    }
