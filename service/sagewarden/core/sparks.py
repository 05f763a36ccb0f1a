"""Curves of a few characters, for terminals."""

import math
from collections.abc import Sequence

LEVELS = "▁▂▃▄▅▆▇█"

GAP = "·"
"""Stands for a value that has no height: NaN or an infinity."""


def spark(values: Sequence[float], width: int = 40) -> str:
    """Draw values as at most `width` characters, each the mean of its part of them."""
    parts = min(width, len(values))
    means = [_mean(values[_at(n, parts, values) : _at(n + 1, parts, values)]) for n in range(parts)]
    known = [mean for mean in means if math.isfinite(mean)]
    if not known:
        return GAP * parts
    low, high = min(known), max(known)
    return "".join(_level(mean, low, high) for mean in means)


def _at(number: int, parts: int, values: Sequence[float]) -> int:
    return number * len(values) // parts


def _mean(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return math.fsum(value / len(known) for value in known) if known else math.nan


def _level(mean: float, low: float, high: float) -> str:
    if not math.isfinite(mean):
        return GAP
    height = (mean / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.0
    return LEVELS[round(height * (len(LEVELS) - 1))]
