"""What a daemon has under way, and how each of it is told to stop."""

import threading
import traceback
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sagewarden.adapters.telemetry.logs import tell
from sagewarden.bootstrap.heaps import give_back
from sagewarden.core.entities import Target

TRACED = 12
"""Places of a defect that are told."""


@dataclass(slots=True)
class _Work:
    """Something that goes on: what stops it, and when its hours end."""

    stop: threading.Event
    closes: datetime | None


class Underway:
    """Everything that is under way, by name. Safe to share between threads."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._works: dict[str, _Work] = {}

    def admit(self, name: str, closes: datetime | None = None) -> threading.Event | None:
        """Note that something begins; return what stops it, or None when nothing may begin."""
        with self._lock:
            if self.stopping.is_set():
                return None
            stop = threading.Event()
            self._works[name] = _Work(stop, closes)
            return stop

    def release(self, name: str) -> None:
        """Note that it has ended."""
        with self._lock:
            self._works.pop(name, None)
        give_back()

    def stop(self) -> None:
        """Let nothing begin any more, and all of it stop after what it is at."""
        with self._lock:
            self.stopping.set()
            for each in self._works.values():
                each.stop.set()

    def close(self, now: datetime) -> None:
        """Stop what has its hours behind it."""
        with self._lock:
            for name, each in self._works.items():
                if each.closes is not None and now >= each.closes and not each.stop.is_set():
                    tell("window.closed", target=name)
                    each.stop.set()


def tell_defect(target: Target, defect: Exception) -> str:
    """Tell of a defect of ours, and where it was met; return it in words."""
    reason = f"{type(defect).__name__}: {defect}"
    frames = traceback.extract_tb(defect.__traceback__)[-TRACED:]
    trace = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in frames]
    tell("run.defect", target=str(target), reason=reason, trace=trace)
    return reason
