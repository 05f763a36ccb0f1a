"""The limiter on a clock that moves only while it waits."""

import threading

import pytest

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


class Server:
    """Accepts so many calls in each second."""

    def __init__(self, time: FakeTime, rate: float) -> None:
        self._time = time
        self.rate = rate
        self._free_at = time.now
        self.accepted = 0
        self.refused = 0

    def admits(self) -> bool:
        if self._time.now + 1e-9 < self._free_at:
            self.refused += 1
            return False
        self._free_at = max(self._free_at, self._time.now - 1 / self.rate) + 1 / self.rate
        self.accepted += 1
        return True


def run(limiter: Limiter, time: FakeTime, server: Server, seconds: float) -> None:
    """Call as fast as the limiter lets us, for so long."""
    end = time.now + seconds
    while time.now < end:
        limiter.wait()
        if server.admits():
            limiter.accepted()
        else:
            limiter.throttled()


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def limiter_of(time: FakeTime, **pace: float) -> Limiter:
    return Limiter(Pace(**pace), time.monotonic, time)


def test_it_starts_low(time: FakeTime) -> None:
    """The first second lets through what `start` says, no more."""
    limiter = limiter_of(time, start=4.0)
    for _ in range(5):
        limiter.wait()
    assert time.now == pytest.approx(1_001.0)


def test_it_doubles_each_second_until_the_first_throttle(time: FakeTime) -> None:
    """Tens of calls a second are reached within seconds where AWS accepts them."""
    limiter = limiter_of(time, start=5.0)
    run(limiter, time, Server(time, 1e9), 4.5)
    assert limiter.rate == 80.0


def test_it_never_passes_its_ceiling(time: FakeTime) -> None:
    limiter = limiter_of(time, start=5.0, ceiling=30.0)
    run(limiter, time, Server(time, 1e9), 20)
    assert limiter.rate == 30.0


def test_it_never_falls_below_its_floor(time: FakeTime) -> None:
    """Even a server that refuses everything is asked again some day."""
    limiter = limiter_of(time, start=1.0, floor=0.5)
    for _ in range(20):
        limiter.wait()
        limiter.throttled()
    assert limiter.rate == 0.5


@pytest.mark.parametrize("rate", [1.0, 5.0, 20.0, 60.0])
def test_it_settles_just_below_what_the_server_accepts(time: FakeTime, rate: float) -> None:
    """After a while nine tenths of the possible are used, and few calls are turned away."""
    limiter, server = limiter_of(time), Server(time, rate)
    run(limiter, time, server, 60)
    server.accepted = server.refused = 0
    run(limiter, time, server, 120)
    assert server.accepted > 0.88 * rate * 120
    assert server.refused < 0.03 * server.accepted + 15


def test_it_follows_a_server_that_becomes_slower(time: FakeTime) -> None:
    limiter, server = limiter_of(time), Server(time, 40.0)
    run(limiter, time, server, 30)
    server.rate = 4.0
    run(limiter, time, server, 30)
    assert limiter.rate < 5.0


def test_a_storm_halves_the_rate(time: FakeTime) -> None:
    """When more calls are turned away than taken, the measure of the taken ones says little."""
    limiter = limiter_of(time, start=16.0)
    limiter.accepted()
    limiter.throttled()
    time.now += 1.0
    limiter.throttled()
    assert limiter.rate == 8.0


def test_throttles_of_one_period_count_once(time: FakeTime) -> None:
    """Ten threads that are turned away at one moment lower the rate once."""
    limiter = limiter_of(time, start=16.0)
    time.now += 1.0
    for _ in range(10):
        limiter.throttled()
    assert limiter.rate == 8.0


def test_a_throttle_after_a_long_rest_costs_half_at_most(time: FakeTime) -> None:
    """What was accepted while nobody asked is no measure."""
    limiter = limiter_of(time, start=16.0)
    for _ in range(3):
        limiter.accepted()
    time.now += 600.0
    limiter.throttled()
    assert limiter.rate == 16.0 / 2 * 0.95


def test_waiting_ends_when_we_stop(time: FakeTime) -> None:
    """A call whose turn had not come is told not to go."""
    limiter = limiter_of(time)
    time.set()
    assert limiter.wait() is False


def test_operations_do_not_slow_each_other(time: FakeTime) -> None:
    """A throttle of one operation leaves the others' rates alone."""
    limiters = Limiters(time.monotonic, time, Pace(start=8.0), {"Search": Pace(start=2.0)})
    limiters.of("DeleteTrial")
    limiters.of("ListTags")
    time.now += 1.0
    limiters.of("DeleteTrial").throttled()
    assert limiters.rates() == {"DeleteTrial": 4.0, "ListTags": 8.0}
    assert limiters.of("Search").rate == 2.0
