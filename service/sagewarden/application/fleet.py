"""Targets side by side: so many at once, and each of them once at a time."""

import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context

Work = Callable[[], None]


class Fleet:
    """Works through what it is given in threads of its own, which end when nothing is left.

    A `work` tells of its failures itself. Threads do not keep a process alive that must end.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Condition()
        self._waiting: deque[tuple[str, Work]] = deque()
        self._known: set[str] = set()
        self._threads = 0

    def allow(self, most: int) -> None:
        """Let so many work at once from now on; those that are under way go on."""
        with self._lock:
            self._most = most

    def take(self, name: str, work: Work) -> bool:
        """Have it done; return False, and do nothing, while one of that name waits or works."""
        with self._lock:
            if name in self._known:
                return False
            self._known.add(name)
            self._waiting.append((name, work))
            if self._threads < self._most:
                self._threads += 1
                threading.Thread(target=self._work, name=f"fleet-{name}", daemon=True).start()
            return True

    def drop_waiting(self) -> list[str]:
        """Forget what has not begun; return the names."""
        with self._lock:
            dropped = [name for name, _ in self._waiting]
            self._waiting.clear()
            self._known -= set(dropped)
            self._lock.notify_all()
            return dropped

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until nothing waits or works; return whether that came in time."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._known, seconds)

    def _work(self) -> None:
        while (taken := self._next()) is not None:
            name, work = taken
            try:
                Context().run(work)
            except BaseException:
                self._done(name, threads=1)
                raise
            self._done(name)

    def _next(self) -> tuple[str, Work] | None:
        """Return what is to be done next; None ends the thread, and nobody counts on it since."""
        with self._lock:
            if not self._waiting or self._threads > self._most:
                self._threads -= 1
                return None
            return self._waiting.popleft()

    def _done(self, name: str, threads: int = 0) -> None:
        with self._lock:
            self._known.discard(name)
            self._threads -= threads
            self._lock.notify_all()
