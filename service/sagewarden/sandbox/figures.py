"""Figures computed from logged points: the statistics and summaries of metrics."""

import math

import orjson

from sagewarden.sandbox.records import Component, Json, Point, points_of


def wire_number(value: float) -> float | str:
    """Write what JSON has no number for as the AWS protocols do: as a word."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def metric_summaries(record: Component, arn: str) -> orjson.Fragment:
    """Sum up each series of a component, as AWS computes it from the points."""
    written = record.rendered.get("metrics")
    if written is None:
        source = (record.source or {}).get("SourceArn") or arn
        logged = ((name, points_of(series)) for name, series in record.metrics.items())
        found = [_summary(source, name, points) for name, points in logged if points]
        written = record.rendered["metrics"] = orjson.dumps(found)
    return orjson.Fragment(written)


def _summary(source: str, name: str, points: list[Point]) -> Json:
    last = max(enumerate(points), key=lambda numbered: (numbered[1].at, numbered[0]))[1]
    numbers = {
        "Min": statistic("Min", points),
        "Max": statistic("Max", points),
        "Avg": statistic("Avg", points),
        "StdDev": statistic("StdDev", points),
        "Last": last.value,
    }
    written = {key: wire_number(value) for key, value in numbers.items()}
    fixed = {"MetricName": name, "SourceArn": source, "TimeStamp": last.at, "Count": len(points)}
    return fixed | written


def statistic(name: str, points: list[Point]) -> float:
    """Compute one of AWS's metric statistics over points (population deviation)."""
    values = [point.value for point in points]
    mean = _mean(values)
    match name:
        case "Min":
            return min(values)
        case "Max":
            return max(values)
        case "Count":
            return float(len(values))
        case "Last":
            return values[-1]
        case "StdDev":
            return math.sqrt(_mean([(value - mean) * (value - mean) for value in values]))
        case _:
            return mean


def _mean(values: list[float]) -> float:
    try:
        return math.fsum(values) / len(values)
    except (OverflowError, ValueError):
        return sum(values) / len(values)
