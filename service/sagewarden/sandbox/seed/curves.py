"""Metric series that cost nothing until somebody reads them."""

import math
from dataclasses import dataclass
from random import Random

from sagewarden.sandbox.records import Point, Series
from sagewarden.sandbox.seed.dates import Life

_TENTH = 0.1


@dataclass(frozen=True, slots=True)
class Curve:
    """Draws the points of one series: from `start` towards `goal`, with a wobble.

    `first` is in epoch seconds (UTC), `every` in seconds; a curve without steps was logged so.
    """

    first: float
    every: float
    count: int
    start: float
    goal: float
    phase: float
    stepped: bool = True

    def __call__(self) -> tuple[Point, ...]:
        """Give all points, oldest first; the same ones each time."""
        return tuple(self._point(step) for step in range(self.count))

    def _point(self, step: int) -> Point:
        done = math.exp(-4.0 * step / self.count)
        wobble = 1 + 0.03 * math.sin(self.phase + 1.7 * step)
        value = (self.goal + (self.start - self.goal) * done) * wobble
        at = round(self.first + self.every * step, 3)
        return Point(at, step if self.stepped else None, round(value, 6))


def _ends(rng: Random, name: str) -> tuple[float, float]:
    """Draw where a metric starts and where it is heading, judging by its name."""
    if "accuracy" in name or "auc" in name:
        return 0.4 + _TENTH * rng.random(), 0.75 + 0.2 * rng.random()
    if "rmse" in name.lower():
        return 9 + 3 * rng.random(), 2 + 2 * rng.random()
    return 1.5 + rng.random(), _TENTH + 0.3 * rng.random()


def series(rng: Random, names: tuple[str, ...], life: Life, count: int) -> dict[str, Series]:
    """Draw a series of `count` points for each name, spread over a life."""
    first = life.started if life.started is not None else life.created
    every = round(life.seconds / (count + 1), 3)
    drawn: dict[str, Series] = {}
    for name in names:
        start, goal = _ends(rng, name)
        drawn[name] = (Curve(first, every, count, start, goal, 6 * rng.random()),)
    return drawn


def stepless(rng: Random, name: str, life: Life) -> dict[str, Series]:
    """Draw a metric that was logged once or a few times, without a step."""
    start, goal = _ends(rng, name)
    count = 1 + int(4 * rng.random())
    every = round(life.seconds / (count + 1), 3)
    first = life.started if life.started is not None else life.created
    return {name: (Curve(first, every, count, start, goal, 6 * rng.random(), stepped=False),)}
