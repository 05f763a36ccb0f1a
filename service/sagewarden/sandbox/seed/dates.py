"""When seeded things were born, worked and fell silent. All times are epoch seconds (UTC)."""

import math
from random import Random
from typing import NamedTuple

MINUTE = 60.0
HOUR = 3_600.0
DAY = 86_400.0
HISTORY = 730 * DAY
"""How far back the account reaches: about two years."""

IDLE_DAYS = 95.0
"""What is meant to be stale was last touched at least this long ago."""

_LONGEST_LIFE = 3 * HOUR
_COMPLETED, _FAILED = 0.86, 0.95


class Span(NamedTuple):
    """The first and the last sign of life of a whole tree, in epoch seconds."""

    first: float
    last: float


class Life(NamedTuple):
    """One component's times, in epoch seconds, and where it ended up."""

    created: float
    started: float | None
    ended: float | None
    modified: float
    status: str

    @property
    def seconds(self) -> float:
        """How long it worked; a minute when that is not known."""
        if self.started is None or self.ended is None:
            return MINUTE
        return self.ended - self.started


def idle_span(rng: Random, now: float) -> Span:
    """Draw the span of a tree that nobody has touched for more than a quarter."""
    last = now - (IDLE_DAYS + 540 * rng.random()) * DAY
    first = last - (2 + 80 * rng.random()) * DAY
    return Span(round(first, 3), round(last, 3))


def live_span(rng: Random, now: float) -> Span:
    """Draw the span of a tree in use: something in it is less than six weeks old."""
    last = now - (0.02 + 40 * rng.random() ** 2) * DAY
    first = max(now - HISTORY, last - (3 + 400 * rng.random()) * DAY)
    return Span(round(first, 3), round(last, 3))


def span_of(rng: Random, now: float, *, idle: bool) -> Span:
    """Draw a span of either sort."""
    return idle_span(rng, now) if idle else live_span(rng, now)


def instants(rng: Random, span: Span, count: int) -> list[float]:
    """Draw `count` times of birth, oldest first; what is born at the latest still ends in time."""
    latest = max(span.first, span.last - _LONGEST_LIFE)
    width = latest - span.first
    drawn = [round(span.first + width * rng.random(), 3) for _ in range(count - 1)]
    return sorted([*drawn, latest][:count])


def any_instant(rng: Random, now: float) -> float:
    """Draw one time out of the whole history; the account grows, so later ones are likelier."""
    return round(now - 6 * HOUR - (HISTORY - DAY) * math.pow(rng.random(), 1.4), 3)


def settled_status(rng: Random) -> str:
    """Draw how a finished piece of work ended."""
    drawn = rng.random()
    if drawn < _COMPLETED:
        return "Completed"
    return "Failed" if drawn < _FAILED else "Stopped"


def settled_life(rng: Random, created: float) -> Life:
    """Draw the life of something that finished within three hours of its birth."""
    started = round(created + 1 + 119 * rng.random(), 3)
    ended = round(started + MINUTE + 130 * MINUTE * rng.random() ** 3, 3)
    return Life(created, started, ended, round(ended + 9 * rng.random(), 3), settled_status(rng))


def running_life(created: float, status: str = "InProgress") -> Life:
    """Give the life of something that has started and, as far as AWS knows, goes on."""
    return Life(created, round(created + 2, 3), None, round(created + 20 * MINUTE, 3), status)
