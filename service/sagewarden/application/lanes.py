"""Lanes that several units share: each unit in its turn, so that none is behind all of another."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sagewarden.core.plan import Unit

T = TypeVar("T")


class Lanes(Executor):
    """So many threads. What different threads submit is begun by rota, one of each at a time.

    Turns of a tree cut and delete, those of a batch only delete: side by side they keep both
    operations busy, one after the other each waits for what the other does not need.
    """

    def __init__(self, count: int) -> None:
        self._pool = ThreadPoolExecutor(count)
        self._lock = threading.Lock()
        self._queues: dict[int, deque[Callable[[], None]]] = {}

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Queue a call behind the others of this thread."""
        future: Future[T] = Future()

        def call() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 -- raised again where the result is asked for
                future.set_exception(error)

        with self._lock:
            self._queues.setdefault(threading.get_ident(), deque()).append(call)
        self._pool.submit(self._next)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 -- as Executor has it
        """Begin nothing new; wait for what is queued. Nothing of it is ever cancelled."""
        del cancel_futures
        self._pool.shutdown(wait)

    def _next(self) -> None:
        with self._lock:
            whose = next(iter(self._queues))
            queue = self._queues.pop(whose)
            call = queue.popleft()
            if queue:
                self._queues[whose] = queue  # behind the others now
        call()


def spread(units: Sequence[Unit]) -> list[Unit]:
    """Order units so that trees and batches are on their way together, each in their own order."""
    trees = [unit for unit in units if unit.is_tree]
    batches = [unit for unit in units if not unit.is_tree]
    ordered = sorted([*_places(trees), *_places(batches)], key=lambda each: each[0])
    return [unit for _, unit in ordered]


def _places(units: Sequence[Unit]) -> Iterator[tuple[float, Unit]]:
    """Yield each unit with the share of its kind's steps that comes before it."""
    total, before = sum(len(unit.steps) for unit in units), 0
    for unit in units:
        yield before / total, unit
        before += len(unit.steps)
