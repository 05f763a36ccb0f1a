"""The limiter on a clock that moves only while it waits, against a token bucket."""

import threading
import time as machine
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.aws.pacing import World, busy

from sagewarden.adapters.aws.limiter import Limiter, Limiters, Pace


class FakeTime(threading.Event):
    """An event whose waiting takes no time but moves the clock."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now

    def wait(self, timeout: float | None = None) -> bool:
        if not self.is_set():
            self.now += timeout or 0.0
        return self.is_set()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def limiter_of(time: FakeTime, **pace: Any) -> Limiter:
    return Limiter(Pace(**pace), time.monotonic, time)


def test_it_starts_low(time: FakeTime) -> None:
    """The first second lets through what `start` says, no more."""
    limiter = limiter_of(time, start=4.0)
    for _ in range(5):
        limiter.wait()
    assert time.now == pytest.approx(1_001.0)


def test_it_doubles_each_second_until_the_first_throttle() -> None:
    """Tens of calls a second are reached within seconds where AWS accepts them."""
    world = World(1e9, pace=Pace(start=5.0))
    world.run(4.5)
    assert world.limiter.rate == 80.0


def test_it_never_passes_its_ceiling() -> None:
    world = World(1e9, pace=Pace(start=5.0, ceiling=30.0))
    world.run(20)
    assert world.limiter.rate == 30.0


@pytest.mark.parametrize(("rate", "least"), [(1.0, 0.96), (5.0, 0.97), (20.0, 0.98)])
def test_it_holds_nearly_all_that_the_server_accepts(rate: float, least: float) -> None:
    """Few calls are turned away for it: about one in forty at the least rates."""
    world = World(rate)
    world.run(230)
    held, away = world.held(30, rate * (world.clock.now - 30))
    assert held > least
    assert away < 0.03


@pytest.mark.parametrize("rate", [1.0, 5.0])
def test_looks_that_take_longer_now_and_then_cost_little(rate: float) -> None:
    """What leaves late delays the next turn, so that no two leave too close to each other."""
    world = World(rate, look=busy)
    world.run(330)
    held, away = world.held(30, rate * (world.clock.now - 30))
    assert held > 0.95
    assert away < 0.03


@pytest.mark.parametrize("rate", [2.0, 5.0, 20.0])
def test_half_the_limit_is_found_within_seconds(rate: float) -> None:
    world = World(rate)
    world.run(100)
    world.bucket.change(rate / 2)
    world.run(20)
    assert world.limiter.rate < 0.56 * rate


@pytest.mark.parametrize("rate", [1.0, 5.0, 20.0])
def test_twice_the_limit_is_found_within_a_minute(rate: float) -> None:
    world = World(rate)
    world.run(100)
    world.bucket.change(2 * rate)
    world.run(60)
    assert world.limiter.rate > 1.8 * rate


def test_another_user_gets_a_share() -> None:
    """Three in ten of another user leave the rest to us, and few of theirs are turned away."""
    world = World(20.0)
    world.share_with(6.0)
    world.run(230)
    held, away = world.held(30, 20.0 * (world.clock.now - 30))
    refused = sum(not taken for _, taken in world.others)
    assert held > 0.97
    assert away < 0.02
    assert refused < 0.05 * len(world.others)


def test_a_storm_ends_at_the_floor_within_a_minute(time: FakeTime) -> None:
    """Never below it: a server that refuses everything is asked again some day."""
    limiter = limiter_of(time, start=100.0, floor=0.5)
    while time.now < 1_060.0:
        limiter.wait()
        limiter.throttled()
    assert limiter.rate == 0.5


def test_throttles_of_one_moment_count_once(time: FakeTime) -> None:
    """Ten threads that are turned away at one moment lower the rate once."""
    limiter = limiter_of(time, start=16.0)
    for _ in range(10):
        limiter.throttled()
    assert limiter.rate == 16.0 * 0.6


def test_a_throttle_after_a_long_rest_costs_little(time: FakeTime) -> None:
    """What was accepted while nobody asked is no measure."""
    limiter = limiter_of(time, start=16.0)
    limiter.throttled()
    for _ in range(10):
        limiter.accepted()
    before = limiter.rate
    time.now += 600.0
    limiter.throttled()
    assert limiter.rate == pytest.approx(before * 0.96)


def test_nothing_is_learned_while_nobody_waits(time: FakeTime) -> None:
    """Calls that come seldom find the limit neither before nor after the first throttle."""
    limiter = limiter_of(time, start=16.0)
    for rate in (16.0, 16.0 * 0.6):
        for _ in range(100):
            time.now += 1.0
            limiter.wait()
            limiter.accepted()
        assert rate == pytest.approx(limiter.rate, rel=0.03)
        limiter.throttled()


def test_a_clock_on_the_wall_that_is_set_changes_nothing(
    time: FakeTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the monotonic clock counts."""
    limiter = limiter_of(time, start=4.0)
    limiter.wait()
    monkeypatch.setattr(machine, "time", lambda: 0.0)
    for _ in range(4):
        limiter.wait()
    assert time.now == pytest.approx(1_001.0)


def test_waiting_ends_when_we_stop(time: FakeTime) -> None:
    """A call whose turn had not come is told not to go."""
    limiter = limiter_of(time)
    time.set()
    assert limiter.wait() is False


def test_all_that_wait_are_told_when_we_stop() -> None:
    """Eight threads at a rate of one in twenty seconds are let go at once."""
    stop = threading.Event()
    limiter = Limiter(Pace(start=0.05), machine.monotonic, stop)
    told: list[bool] = []
    threads = [threading.Thread(target=lambda: told.append(limiter.wait())) for _ in range(8)]
    for thread in threads:
        thread.start()
    stop.set()
    for thread in threads:
        thread.join(5)
    assert not any(thread.is_alive() for thread in threads)
    assert told.count(False) >= 7


class Interrupted(threading.Event):
    """Raises in the midst of waiting, once the others wait too, as a second signal does."""

    def __init__(self, others: Callable[[], bool]) -> None:
        super().__init__()
        self._others = others

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        while not self._others():
            super().wait(0.001)
        raise KeyboardInterrupt


def test_who_is_torn_away_while_it_waits_for_all_leaves_nobody_behind() -> None:
    """Else the second signal, which is to end it at once, would have the other threads hang."""
    limiter = Limiter(Pace(start=2.0, ceiling=2.0), machine.monotonic, threading.Event())
    assert limiter.wait()
    torn = Interrupted(lambda: len(limiter._waiting) == 2)
    with ThreadPoolExecutor(2) as pool:
        leader = pool.submit(limiter.wait, torn)
        while not limiter._waiting:
            threading.Event().wait(0.001)
        follower = pool.submit(limiter.wait)
        assert follower.result(timeout=10)
        assert isinstance(leader.exception(timeout=10), KeyboardInterrupt)


class Gate(FakeTime):
    """Time that moves a step each time it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = threading.Semaphore(0)

    def wait(self, timeout: float | None = None) -> bool:
        self.steps.acquire()
        return super().wait(timeout)


def test_who_had_a_turn_longest_ago_comes_first() -> None:
    """A look now and then is not behind all that an archive reads, and no thread starves."""
    time = Gate()
    limiter = limiter_of(time, start=40.0)
    threads = [ThreadPoolExecutor(1) for _ in range(4)]
    time.steps.release(len(threads) - 1)  # the first one's turn is at once
    for thread in threads:
        thread.submit(limiter.wait).result(5)
    waiting = [thread.submit(limiter.wait) for thread in reversed(threads)]
    while len(limiter._waiting) < len(threads):
        threading.Event().wait(0.001)
    told = []
    for turn in reversed(waiting):
        told.append(sum(each.done() for each in waiting))
        time.steps.release()
        turn.result(5)
    assert told == [0, 1, 2, 3]


def test_operations_do_not_slow_each_other(time: FakeTime) -> None:
    """A throttle of one operation leaves the others' rates alone."""
    limiters = Limiters(time.monotonic, time, Pace(start=8.0), {"Search": Pace(start=2.0)})
    limiters.of("DeleteTrial")
    limiters.of("ListTags")
    limiters.of("DeleteTrial").throttled()
    assert limiters.rates() == {"DeleteTrial": 4.8, "ListTags": 8.0}
    assert limiters.of("Search").rate == 2.0
