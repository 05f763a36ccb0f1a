"""Paces calls, one operation at a time, to what AWS turns out to accept.

SageMaker's rates are not published and are shared with the users' own jobs. A limiter starts low
and doubles each second until the first throttle; from then on a throttle takes it just below the
rate that was being accepted, quiet seconds raise it by a small step, and a storm halves it.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How one operation's rate moves. Rates are calls a second, times seconds."""

    start: float = 10.0
    ceiling: float = 200.0
    floor: float = 0.05
    fall: float = 0.95
    """Share of the accepted rate that is kept after a throttle."""
    probe: float = 0.01
    """Share of the rate that each quiet second adds."""
    settle: float = 1.0
    """No two changes lie closer together than this: calls in flight answer for an older rate."""


class Limiter:
    """One operation's rate, shared by all threads; `monotonic` gives seconds, never a date.

    Waiting ends early when `stop` is set.
    """

    def __init__(self, pace: Pace, monotonic: Callable[[], float], stop: threading.Event) -> None:
        self._pace = pace
        self._monotonic = monotonic
        self._stop = stop
        self._lock = threading.Lock()
        self._rate = pace.start
        self._next_slot = monotonic()
        self._changed = monotonic()
        self._probing = False
        self._accepted: deque[float] = deque(maxlen=1_000)
        self._accepted_since = 0
        self._throttled_since = 0

    @property
    def rate(self) -> float:
        """Calls a second, as of now."""
        return self._rate

    def wait(self) -> bool:
        """Wait for this call's turn; return False if `stop` was set before it came."""
        with self._lock:
            now = self._monotonic()
            slot = max(now, self._next_slot)
            self._next_slot = slot + 1 / self._rate
        return not (self._stop.wait(slot - now) if slot > now else self._stop.is_set())

    def accepted(self) -> None:
        """Note that AWS took a call, whatever it answered."""
        with self._lock:
            now = self._monotonic()
            self._accepted.append(now)
            self._accepted_since += 1
            if now - self._changed >= self._pace.settle:
                self._set(self._raised(), now)

    def throttled(self) -> None:
        """Note that AWS turned a call away for its rate."""
        with self._lock:
            now = self._monotonic()
            first = not self._probing
            storm = self._throttled_since >= max(1, self._accepted_since)
            self._throttled_since += 1
            if not first and now - self._changed < self._pace.settle:
                return
            self._probing = True
            self._set(self._rate / 2 if storm and not first else self._lowered(now), now)
            self._next_slot = max(self._next_slot, now + 1 / self._rate)

    def _raised(self) -> float:
        return self._rate * (1 + self._pace.probe) if self._probing else self._rate * 2

    def _lowered(self, now: float) -> float:
        window = max(1.0, 3 / self._rate)
        recent = sum(1 for at in self._accepted if now - at < window) / window
        return self._pace.fall * min(self._rate, recent) if recent else self._rate / 2

    def _set(self, rate: float, now: float) -> None:
        self._rate = min(max(rate, self._pace.floor), self._pace.ceiling)
        self._changed = now
        self._accepted_since = self._throttled_since = 0


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
