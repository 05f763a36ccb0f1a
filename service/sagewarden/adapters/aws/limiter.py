"""Paces calls, one operation at a time, to what AWS turns out to accept.

SageMaker's rates are not published and are shared with the users' own jobs. `Rate` is the law by
which one operation's rate moves, without threads or waiting; `Limiter` lets threads wait for it.
`tests/aws/pacing.py` plays the law against a token bucket on a clock of its own.
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
    fall: float = 0.04
    """Share of the rate that one throttle takes; half at most is taken by one that follows soon."""
    below: float = 0.98
    """Share of the rate at the throttle that is regained; above it is new ground again."""
    calls: int = 75
    """For so many calls that is new ground to be left alone: one throttle in so many is enough."""
    shortest: float = 15.0
    longest: float = 45.0
    """Bounds of the time that so many calls take."""
    grow: float = 0.04
    """Growth a second on new ground, and at most by `step` a call."""
    step: float = 0.03


READING = Pace()
"""For all else."""

WRITING = Pace(start=1.0, ceiling=120.0)
"""For effects: about one a second is the least that AWS was ever seen to accept."""

_FIRST = 0.4
"""Share that the first throttle takes: the rate before the last doubling was accepted."""
_MOST = 0.25
"""Share that one throttle takes at most."""
_SOON = 5, 2.0
"""Accepted calls and seconds within which another throttle falls twice as deep."""
_DEAF = 2, 0.25
"""Calls and seconds after a fall in which throttles are echoes of what was sent before it."""
_MEASURED = 4
"""Accepted calls from which on their rate is a measure."""
_EASE = 15.0
"""Seconds in which growth comes to its full on new ground."""
_AGAIN = 0.25
"""Part of a gap after which the next call begins when one was turned away: its token is near."""
_STEP = 0.05
"""Seconds after which a waiting thread looks whether its slot has moved."""
_TICK = 1e-6


class Rate:
    """How fast one operation may be called. Times are seconds on a clock that never goes back.

    It doubles each second until the first throttle. From then on a throttle takes a little, and
    another one soon after it twice as much, but never more than leaves what was accepted meanwhile.
    Then the rate comes back, ever more slowly, to just below where it was turned away, and only
    after 75 calls, or 15 to 45 seconds, goes beyond, by up to 4 % a second.

    Against a token bucket of R a second and R at once it holds, by `tests/aws/pacing.py`, 98 % of
    what the bucket gives with 2.1 % of calls turned away at R = 1, and 99 % with 2.2 %, 0.6 % and
    0.2 % at R = 5, 20 and 100; half the limit is found within 14 seconds at the latest (30 at
    R = 100), twice the limit within 50. A bucket of one call that others draw from as well is the
    worst of it: at R = 1, beside another user's three in ten, half of the rest is held.
    """

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self.now = pace.start
        """Calls a second."""
        self._limit: float | None = None
        self._moved = self._fell = self._began = now
        self._fall = pace.fall
        self._accepted = self._measured = 0

    def move(self, now: float, *, wanted: bool) -> float:
        """Return the rate, after what the time that passed adds to it.

        It grows only where more was `wanted` than it lets through: else nothing is learned of the
        limit, and the first who wanted more would run into it.
        """
        pace, passed = self._pace, now - self._moved
        if self._limit is None:
            if wanted and passed >= max(1.0, 1 / self.now):
                self._set(self.now * 2, now)
            return self.now
        quiet, rest = now - self._fell, self._rest()
        if quiet < rest:
            depth = 1 - (1 - pace.fall) / pace.below
            self._set(max(self.now, self._limit * (1 - depth * (1 - quiet / rest) ** 3)), now)
        elif wanted:
            beyond = quiet - rest
            grown = min(pace.step, pace.grow * min(passed, beyond)) * min(1.0, beyond / _EASE)
            self._set(self.now * (1 + grown), now)
        else:
            self._moved = now
        return self.now

    def accepted(self) -> None:
        """Note that AWS took a call, whatever it answered."""
        self._accepted += 1
        self._measured += 1

    def throttled(self, now: float) -> bool:
        """Note that AWS turned a call away for its rate; return whether the rate fell for it."""
        calls, seconds = _DEAF
        if self._limit is not None and now - self._fell < max(seconds, calls / self.now):
            return False
        self._fall = self._depth(now)
        low = self.now * (1 - self._fall)
        if self._measured >= _MEASURED:
            measured = self._measured / max(now - self._began, _TICK)
            low = max(low, min(self.now, measured) * (1 - self._pace.fall))
        if self._limit is None:
            self._fall = self._pace.fall
        self._set(low, now)
        self._limit = self.now / (1 - self._pace.fall) * self._pace.below
        self._fell = now
        self._accepted = 0
        return True

    def _depth(self, now: float) -> float:
        calls, seconds = _SOON
        first = self._limit is None
        if not first and (self._accepted < calls or now - self._fell < seconds):
            return min(2 * self._fall, _MOST)
        self._began, self._measured = now, 0
        return _FIRST if first else self._pace.fall

    def _rest(self) -> float:
        pace, limit = self._pace, self._limit or self.now
        return min(max(pace.shortest, pace.calls / limit), pace.longest)

    def _set(self, rate: float, now: float) -> None:
        self.now = min(max(rate, self._pace.floor), self._pace.ceiling)
        self._moved = now


class _Waiter:
    """A thread that waits since it `came`; `served` is when it had a turn before, or came."""

    def __init__(self, came: float, served: float) -> None:
        self.came = came
        self.served = served
        self.turn = 0
        """The number of its turn, once it has one."""
        self.called = threading.Lock()
        self.called.acquire()


class Limiter:
    """One operation's rate, shared by all threads; `monotonic` gives seconds, never a date.

    Turns are a rate apart. Of those that wait, who had a turn longest ago comes first: a look that
    is needed now and then is not behind all that an archive reads. Waiting ends early when `stop`
    is set, or the event that a caller waits with instead.
    """

    def __init__(self, pace: Pace, monotonic: Callable[[], float], stop: threading.Event) -> None:
        self._monotonic = monotonic
        self._stop = stop
        self._lock = threading.Lock()
        self._next_slot = monotonic()
        self._rate = Rate(pace, self._next_slot)
        self._waiting: list[_Waiter] = []
        self._leader: _Waiter | None = None
        self._mine = threading.local()
        self._turns = 0
        self._usual = 0.0

    @property
    def rate(self) -> float:
        """Calls a second, as of now."""
        return self._rate.now

    def wait(self, stop: threading.Event | None = None) -> bool:
        """Wait for this call's turn; return False if `stop` was set before it came."""
        stop = stop or self._stop
        now = self._monotonic()
        me = _Waiter(now, getattr(self._mine, "served", now))
        with self._lock:
            self._waiting.append(me)
            leads = self._leader is None
            if leads:
                self._leader = me
        try:
            if not leads:
                me.called.acquire()
            if not me.turn:
                self._lead(me, stop)
        finally:  # a second signal is raised in the midst of it, and others go on waiting
            self._leave(me)
        self._mine.turn = me.turn
        if me.turn:
            self._mine.served = me.served
        return bool(me.turn) and not stop.is_set()

    def left(self) -> None:
        """Note that the call this thread waited for leaves now, if that is later than usual.

        What stood between delays the next turn: where AWS lets through no two at once, calls that
        leave too close to each other are turned away.
        """
        turn = getattr(self._mine, "turn", 0)
        if not turn:
            return
        self._mine.turn = 0
        with self._lock:
            now = self._monotonic()
            late = now - self._mine.served
            if turn == self._turns:
                usual = now + 1 / self._rate.now - self._usual
                self._next_slot = max(self._next_slot, usual)
            self._usual = min(late, self._usual + (late - self._usual) / 64)

    def accepted(self) -> None:
        """Note that AWS took a call, whatever it answered."""
        with self._lock:
            self._rate.accepted()

    def throttled(self) -> None:
        """Note that AWS turned a call away for its rate."""
        with self._lock:
            now = self._monotonic()
            if self._rate.throttled(now):
                self._next_slot = min(self._next_slot, now + _AGAIN / self._rate.now)

    def _lead(self, me: _Waiter, stop: threading.Event) -> None:
        """Wait for slots and give each to whose turn it is, until it is this thread's own."""
        while not me.turn:
            with self._lock:
                delay = self._next_slot - self._monotonic()
                if delay <= _TICK and not stop.is_set():
                    self._grant(min(self._waiting, key=lambda each: each.served))
                    continue
            if stop.wait(max(0.0, min(delay, _STEP))):
                return

    def _leave(self, me: _Waiter) -> None:
        """Wait no more; who waited for the slots of all lets another one do so."""
        with self._lock:
            if me in self._waiting:
                self._waiting.remove(me)
            if self._leader is me:
                self._leader = self._waiting[0] if self._waiting else None
                if self._leader is not None:
                    self._leader.called.release()

    def _grant(self, waiter: _Waiter) -> None:
        now = self._monotonic()
        self._waiting.remove(waiter)
        wanted = waiter.came < self._next_slot  # who came before its slot had to wait for it
        self._next_slot = max(now, self._next_slot) + 1 / self._rate.move(now, wanted=wanted)
        self._turns += 1
        waiter.served, waiter.turn = now, self._turns
        waiter.called.release()


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
