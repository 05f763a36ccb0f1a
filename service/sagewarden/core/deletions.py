"""What our own runs deleted of late, counted from the journal: limits and drift ask for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sagewarden.core.canonical import read_time, spell_time
from sagewarden.core.entities import Kind
from sagewarden.core.journal import Intent, Result, Settled
from sagewarden.core.limits import Counts
from sagewarden.core.plan import Effect


@dataclass(frozen=True, slots=True)
class Deleted:
    """What one bundle deleted, by kind. `at` is the server's time (UTC) when it was settled."""

    run: str
    sequence: int
    plan: str
    at: datetime
    counts: Counts

    def spelled(self) -> list[Any]:
        """Return it as it is stored."""
        counts = {str(kind): count for kind, count in self.counts.items()}
        return [self.run, self.sequence, self.plan, spell_time(self.at), counts]

    @classmethod
    def read(cls, stored: list[Any]) -> "Deleted":
        """Read what `spelled` wrote; raise TypeError or ValueError when it is broken."""
        run, sequence, plan, at, counts = stored
        return cls(
            run,
            sequence,
            plan,
            read_time(at),
            {Kind(kind): int(count) for kind, count in counts.items()},
        )


def deleted_by(intent: Intent, settled: Settled) -> Deleted | None:
    """Count a bundle's confirmed deletes; None when there are none."""
    counts: dict[Kind, int] = {}
    for outcome in settled.outcomes:
        if outcome.step.effect is Effect.DELETE and outcome.result is Result.DONE:
            kind = outcome.step.identity.kind
            counts[kind] = counts.get(kind, 0) + 1
    if not counts:
        return None
    return Deleted(intent.run, intent.sequence, intent.plan, read_time(settled.at), counts)


def joined(known: Iterable[Deleted], more: Iterable[Deleted]) -> tuple[Deleted, ...]:
    """Join records; a bundle that is told twice counts once."""
    found: Mapping[tuple[str, int], Deleted] = {
        (each.run, each.sequence): each for each in (*known, *more)
    }
    return tuple(found[place] for place in sorted(found))


def total(deleted: Iterable[Deleted], since: datetime, *, but: str = "") -> dict[Kind, int]:
    """Count by kind what went since a time (UTC), leaving out one plan by its digest."""
    return _sum(each for each in deleted if each.at >= since and each.plan != but)


def total_of(deleted: Iterable[Deleted], plan: str) -> dict[Kind, int]:
    """Count by kind what went by one plan, named by its digest."""
    return _sum(each for each in deleted if each.plan == plan)


def _sum(deleted: Iterable[Deleted]) -> dict[Kind, int]:
    counts = dict.fromkeys(Kind, 0)
    for each in deleted:
        for kind, count in each.counts.items():
            counts[kind] += count
    return counts
