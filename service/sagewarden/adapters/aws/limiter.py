"""Paces calls, one operation at a time, to what AWS turns out to accept.

SageMaker's rates are not published and are shared with the users' own jobs. A limiter starts low
and doubles each second until the first throttle. From then on, a second with throttles takes it
just below the rate that was accepted in that second, a storm halves it, and each quiet second
raises it by a step that grows while all stays quiet.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How one operation's rate moves. Rates are calls a second, times seconds."""

    start: float = 10.0
    ceiling: float = 200.0
    floor: float = 0.05
    fall: float = 0.95
    """Share of the accepted rate that is kept after throttles."""
    probe: float = 0.005
    """Share of the rate that the first quiet period adds; the second adds twice as much, ..."""
    period: float = 1.0
    """The rate changes at most once in this time, and after the first throttle in that of a few
    calls."""


READING = Pace()
"""For all else."""

WRITING = Pace(start=1.0, ceiling=120.0)
"""For effects: about one a second is the least that AWS was ever seen to accept."""

_CALLS_A_PERIOD = 4


class Limiter:
    """One operation's rate, shared by all threads; `monotonic` gives seconds, never a date.

    Waiting ends early when `stop` is set, or the event that a caller waits with instead.
    """

    def __init__(self, pace: Pace, monotonic: Callable[[], float], stop: threading.Event) -> None:
        self._pace = pace
        self._monotonic = monotonic
        self._stop = stop
        self._lock = threading.Lock()
        self._gate = threading.Lock()
        self._rate = pace.start
        self._next_slot = self._since = monotonic()
        self._accepted = self._throttled = 0
        self._quiet = 0
        self._ever_throttled = False

    @property
    def rate(self) -> float:
        """Calls a second, as of now."""
        return self._rate

    def wait(self, stop: threading.Event | None = None) -> bool:
        """Wait for this call's turn; return False if `stop` was set before it came."""
        stop = stop or self._stop
        with (
            self._gate
        ):  # one waits for its slot, the others for that one: at the rate as it is then
            with self._lock:
                delay = self._next_slot - self._monotonic()
            if stop.wait(delay) if delay > 0 else stop.is_set():
                return False
            with self._lock:
                self._next_slot = max(self._monotonic(), self._next_slot) + 1 / self._rate
        return True

    def accepted(self) -> None:
        """Note that AWS took a call, whatever it answered."""
        with self._lock:
            self._accepted += 1
            self._adapt()

    def throttled(self) -> None:
        """Note that AWS turned a call away for its rate."""
        with self._lock:
            self._throttled += 1
            self._ever_throttled = True
            self._adapt()

    def _adapt(self) -> None:
        now = self._monotonic()
        passed = now - self._since
        calls = _CALLS_A_PERIOD if self._ever_throttled else 1
        if passed < max(self._pace.period, calls / self._rate):
            return
        rate = self._lowered(passed) if self._throttled else self._raised()
        self._rate = min(max(rate, self._pace.floor), self._pace.ceiling)
        self._since = now
        self._accepted = self._throttled = 0

    def _raised(self) -> float:
        if not self._ever_throttled:
            return self._rate * 2
        self._quiet += 1
        return self._rate * (1 + self._pace.probe * self._quiet)

    def _lowered(self, passed: float) -> float:
        """Fall to what was accepted, but never by more than a half: we may have been idle."""
        self._quiet = 0
        if self._throttled > self._accepted:
            return self._rate / 2
        return min(self._rate, max(self._rate / 2, self._accepted / passed)) * self._pace.fall


@dataclass(slots=True)
class Limiters:
    """A limiter for each operation of one target, made when it is first asked for."""

    monotonic: Callable[[], float]
    stop: threading.Event
    pace: Pace = field(default_factory=Pace)
    paces: Mapping[str, Pace] = field(default_factory=dict)
    _limiters: dict[str, Limiter] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def of(self, operation: str) -> Limiter:
        """Return the operation's own limiter."""
        with self._lock:
            if operation not in self._limiters:
                pace = self.paces.get(operation, self.pace)
                self._limiters[operation] = Limiter(pace, self.monotonic, self.stop)
            return self._limiters[operation]

    def rates(self) -> dict[str, float]:
        """Calls a second by operation, as of now."""
        with self._lock:
            return {operation: each.rate for operation, each in sorted(self._limiters.items())}
