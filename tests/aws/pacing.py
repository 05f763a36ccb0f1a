"""The limiter against a token bucket, on a clock that moves from event to event: no time passes.

    .venv/bin/python tests/aws/pacing.py

Eight lanes take their turn, look, call, and come again when they have an answer; a lane that was
turned away rests half a second first. For each rate R (burst R, at least one) it prints what share
of what the bucket gave was held from the 30th second on, and what share of calls was turned away:
with looks of 8 ms and a little, with looks that take up to 0.2 s longer in one of ten seconds, as
while an archive is made, and with another user that takes three in ten. Then the same of the minute
after the limit was halved and doubled, and when the rate was within 6 % of the new one.
"""

import heapq
import itertools
import random
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace

from sagewarden.adapters.aws.limiter import WRITING, Limiter, Pace

Look = Callable[[random.Random, float], float]
LANES = 8
TRIP = 0.002
"""Seconds to the server, and back."""


def quick(chance: random.Random, _now: float) -> float:
    """8 ms, and a few more."""
    return 0.008 + chance.expovariate(250)


def busy(chance: random.Random, now: float) -> float:
    """In one of ten seconds much longer."""
    return quick(chance, now) + (chance.uniform(0, 0.2) if now % 100 < 10 else 0.0)


class Clock(threading.Event):
    """Plays what is due while somebody waits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()

    def monotonic(self) -> float:
        return self.now

    def at(self, when: float, what: Callable[[], None]) -> None:
        """Let something happen then."""
        heapq.heappush(self._due, (when, next(self._numbers), what))

    def wait(self, timeout: float | None = None) -> bool:
        """Let time pass, and all happen that is due; without a timeout, the next thing only."""
        until = self._due[0][0] if timeout is None else self.now + timeout
        while self._due and self._due[0][0] <= until:
            self.now, _, what = heapq.heappop(self._due)
            what()
        self.now = max(self.now, until)
        return self.is_set()


class Bucket:
    """Takes `rate` calls a second, as many at once after a quiet time, one at the least."""

    def __init__(self, clock: Clock, rate: float) -> None:
        self._clock = clock
        self._rate = rate
        self._level = self._most
        self._since = clock.now

    @property
    def _most(self) -> float:
        return max(1.0, self._rate)

    def change(self, rate: float) -> None:
        """Take so many from now on."""
        self._fill()
        self._rate = rate
        self._fill()

    def takes(self) -> bool:
        """Whether a call is taken."""
        self._fill()
        taken = self._level >= 1 - 1e-9
        self._level -= taken
        return taken

    def _fill(self) -> None:
        passed = self._clock.now - self._since
        self._level = min(self._most, self._level + passed * self._rate)
        self._since = self._clock.now


class World:
    """Lanes, a limiter and a bucket. `calls` are all calls: when, and whether they were taken."""

    def __init__(
        self,
        rate: float,
        *,
        look: Look = quick,
        seed: int = 1,
        pace: Pace = WRITING,
    ) -> None:
        self.clock = Clock()
        self.bucket = Bucket(self.clock, rate)
        self.limiter = Limiter(pace, self.clock.monotonic, self.clock)
        self._look = look
        self._chance = random.Random(seed)  # noqa: S311 -- no secret
        self._free = [SimpleNamespace() for _ in range(LANES)]
        self.calls: list[tuple[float, bool]] = []
        self.others: list[tuple[float, bool]] = []

    def run(self, seconds: float) -> None:
        """Call as fast as the limiter lets the lanes, for so long."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            if not self._free:
                self.clock.wait()
                continue
            lane = self._free.pop(0)
            self._as(lane, self.limiter.wait)
            look = self._look(self._chance, self.clock.now)
            self.clock.at(self.clock.now + look, partial(self._leave, lane))

    def share_with(self, rate: float) -> None:
        """Let another user call so often, evenly."""

        def call() -> None:
            self.others.append((self.clock.now, self.bucket.takes()))
            self.clock.at(self.clock.now + 1 / rate, call)

        self.clock.at(self.clock.now + 0.5, call)

    def held(self, since: float, gives: float) -> tuple[float, float]:
        """Return what share of `gives` was taken since then, and what share turned away."""
        late = [taken for at, taken in self.calls if at >= since]
        others = sum(taken for at, taken in self.others if at >= since)
        return sum(late) / (gives - others), 1 - sum(late) / len(late)

    def _as(self, lane: SimpleNamespace, act: Callable[[], object]) -> None:
        """Act as that lane's thread: what a limiter knows of its threads is the lane's then."""
        mine = self.limiter._mine
        self.limiter._mine = lane  # type: ignore[assignment]
        act()
        self.limiter._mine = mine

    def _leave(self, lane: SimpleNamespace) -> None:
        self._as(lane, self.limiter.left)
        self.clock.at(self.clock.now + TRIP, lambda: self._arrive(lane))

    def _arrive(self, lane: SimpleNamespace) -> None:
        taken = self.bucket.takes()
        self.calls.append((self.clock.now, taken))
        self.clock.at(self.clock.now + TRIP, lambda: self._answer(lane, taken=taken))

    def _answer(self, lane: SimpleNamespace, *, taken: bool) -> None:
        if taken:
            self.limiter.accepted()
            self._free.append(lane)
        else:
            self.limiter.throttled()
            self.clock.at(self.clock.now + 0.5, lambda: self._free.append(lane))


def steady(rate: float, seconds: float, look: Look, other: float = 0.0) -> str:
    """Tell of a run whose limit stays."""
    world = World(rate, look=look)
    if other:
        world.share_with(other * rate)
    world.run(30 + seconds)
    held, away = world.held(30, rate * seconds)
    return f"{held:6.1%} {away:6.2%}"


def changed(rate: float, seconds: float, other: float) -> str:
    """Tell of the minute after a change of the limit."""
    world = World(rate)
    world.run(seconds)
    world.bucket.change(other)
    began, found = world.clock.now, 0.0
    while world.clock.now < began + 60:
        world.run(0.1)
        near = (
            world.limiter.rate <= 1.06 * other
            if other < rate
            else world.limiter.rate >= 0.94 * other
        )
        found = world.clock.now - began if near and not found else found
    held, away = world.held(began, other * (world.clock.now - began))
    return f"{held:6.1%} {away:6.2%} in {found or 99:2.0f} s"


def told() -> Iterator[str]:
    """Tell all, a line a rate."""
    yield "   R | held, away    | busy looks    | another user  | halved | doubled"
    for rate in (1.0, 5.0, 20.0, 100.0):
        seconds = 1_000.0 if rate <= 5 else 300.0
        parts = [
            steady(rate, seconds, quick),
            steady(rate, seconds, busy),
            steady(rate, seconds, quick, 0.3),
            changed(rate, 200.0, rate / 2),
            changed(rate, 200.0, rate * 2) if rate <= WRITING.ceiling / 2 else "above the ceiling",
        ]
        yield f"{rate:4.0f} | " + " | ".join(parts)


if __name__ == "__main__":
    for line in told():
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
