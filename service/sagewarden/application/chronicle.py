"""What a daemon has seen since it began; written by its runs, read by health and metrics."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sagewarden.core.entities import Target
from sagewarden.core.report import Report
from sagewarden.core.standing import Circumstances, Inspection, RunResult, Standing


class Chronicle:
    """Safe to share between threads; `monotonic` gives seconds."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._since = monotonic()
        self._standings: dict[Target, Standing] = {}
        self._missed: Counter[str] = Counter()
        self._given = Circumstances()

    def govern(self, targets: Iterable[Target]) -> None:
        """Let these be the targets; what was seen of others is forgotten."""
        with self._lock:
            now = self._monotonic()
            self._standings = {
                each: self._standings.get(each) or Standing(target=each, since=now)
                for each in targets
            }

    def note(self, **circumstances: Any) -> None:
        """Note what else health rests on, by the names of `Circumstances`."""
        with self._lock:
            self._given = replace(self._given, **circumstances)

    def missed(self, job: str) -> None:
        """Note that a job did not begin when it should have."""
        with self._lock:
            self._missed[job] += 1

    def began(self, target: Target) -> None:
        """Note that a run of a target has begun."""
        self._change(target, lambda before: before.begun(self._monotonic()))

    def ended(
        self, target: Target, result: RunResult, reason: str = "", report: Report | None = None
    ) -> None:
        """Note how it ended."""

        def change(before: Standing) -> Standing:
            after = before if report is None else before.told(report)
            return after.ended(result, reason, self._monotonic())

        self._change(target, change)

    def inspected(self, target: Target, job: str, result: Inspection, found: str = "") -> None:
        """Note how an inspection ended, and what it found."""
        self._change(target, lambda before: before.inspected(job, result, found))

    def moved(self, target: Target, counts: Mapping[tuple[str, str, str], int]) -> None:
        """Note what the run under way has settled."""
        self._change(target, lambda before: before.moved(counts))

    def saw(
        self, target: Target, entities: Mapping[str, int], judged: Mapping[tuple[str, str], int]
    ) -> None:
        """Note what the run under way has found and judged."""
        self._change(target, lambda before: before.saw(entities, judged))

    def recalled(self, target: Target, ago: float) -> None:
        """Note how long ago, in seconds, a run before our begin went well, unless one did since."""
        good = self._monotonic() - ago
        self._change(target, lambda before: before.recalled(good))

    def standings(self) -> tuple[Standing, ...]:
        """Return how each target stands."""
        with self._lock:
            return tuple(self._standings.values())

    def circumstances(self) -> Circumstances:
        """Return what else there is to know."""
        with self._lock:
            return self._given

    def jobs_missed(self) -> dict[str, int]:
        """How often each job did not begin when it should have."""
        with self._lock:
            return dict(self._missed)

    def _change(self, target: Target, change: Callable[[Standing], Standing]) -> None:
        with self._lock:
            if target in self._standings:
                self._standings[target] = change(self._standings[target])
