"""What starts jobs at their times."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sagewarden.core.schedule import Timing


@dataclass(frozen=True, slots=True)
class Job:
    """A name, when, and what to do; `work` raises nothing and hears itself that it should stop."""

    name: str
    timing: Timing
    work: Callable[[], None]


class Scheduler(Protocol):
    """Starts each job at its times, never twice at once; of several missed begins it makes one.

    A begin that is too late, or comes while the job still works, is told of and left out.
    """

    def plan(self, jobs: Sequence[Job]) -> None:
        """Let these be all the jobs there are.

        Raise SettingsError, and change nothing, when one can never begin.
        """

    def start(self) -> None:
        """Begin to start jobs."""

    def begin(self, name: str) -> bool:
        """Start a job now; return False, and start none, when its window is shut."""

    def look(self) -> None:
        """Look at the clock: it may have been set while nobody waited for that."""

    def next_times(self) -> dict[str, float]:
        """When each job begins next, in seconds since 1970."""

    def alive(self) -> bool:
        """Whether jobs are still started."""

    def stop(self) -> None:
        """Start no job any more; what is under way goes on."""
