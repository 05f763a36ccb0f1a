"""Sends what a restore adds, and finds out what came of it when AWS gave no clear answer."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import SeriesRequest
from sagewarden.application.ports.restoring import MOST_POINTS, Restoring
from sagewarden.application.restore_place import Standing, standing_of
from sagewarden.application.turns import PATIENCE
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Entity
from sagewarden.core.rebirth import RESTORED_TAG, Point, Rebirth, missing, points_of
from sagewarden.errors import Absent, EffectRefused, EffectThrottled, EffectUnclear, ReadFailed


class Fate(StrEnum):
    """What came of one thing that a restore was to bring back."""

    DONE = "done"
    ALREADY = "already there"
    SKIPPED = "skipped"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    NOT_ATTEMPTED = "not attempted"


@dataclass(frozen=True, slots=True)
class Came:
    """A fate, and why if it is not done."""

    fate: Fate
    detail: str = ""


@dataclass(slots=True)
class Put:
    """How many metric points were put back, and how many were not, with the reasons."""

    done: int = 0
    missing: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        told = ", ".join(f"{reason} ({count})" for reason, count in sorted(self.reasons.items()))
        return f"{self.missing} metric points are not back: {told}" if self.missing else ""


class Rebuilder:
    """Adds entities, edges and points on one target; after anything unclear it looks first."""

    def __init__(self, bench: Bench, restoring: Restoring) -> None:
        self._bench = bench
        self._restoring = restoring

    def create(self, birth: Rebirth) -> Came:
        """Create an entity, once, however often that takes."""

        def look() -> Came | None:
            seen = self._bench.looks.describe(birth.kind, birth.name).entity
            if standing_of(seen, birth.tags[RESTORED_TAG]) is Standing.RESTORED:
                return Came(Fate.DONE)
            return Came(Fate.SKIPPED, "something else of that name was created meanwhile")

        return self._attempt(lambda: self._restoring.create(birth), look)

    def associate(self, component: str, trial: str) -> Came:
        """Put an edge back."""

        def look() -> Came | None:
            there = trial in self._bench.looks.trials_of(component)
            return Came(Fate.DONE) if there else None

        return self._attempt(lambda: self._restoring.associate(component, trial), look)

    def put(self, record: ArchiveRecord, seen: Entity, *, fresh: bool) -> Put:
        """Put back the metric points of a component as it was created again.

        Unless it is `fresh`, some may be there already: only what is missing is put.
        """
        wanted = points_of(record, seen.created)
        result = Put()
        try:
            waiting = wanted if fresh or not wanted else self._missing(seen, wanted)
        except ReadFailed as error:
            return Put(missing=len(wanted), reasons=Counter({error.message: len(wanted)}))
        for start in range(0, len(waiting), MOST_POINTS):
            came = self._put(seen, waiting[start : start + MOST_POINTS], result)
            if came.fate is not Fate.DONE:
                left = len(waiting) - start
                result.missing += left
                result.reasons[came.detail] += left
                break
        result.done = len(waiting) - result.missing
        return result

    def _put(self, seen: Entity, batch: Sequence[Point], result: Put) -> Came:
        if self._bench.stopping():
            return Came(Fate.NOT_ATTEMPTED, "the process was asked to stop")
        left = list(batch)

        def send() -> None:
            refused = self._restoring.put_points(seen.name, left)
            result.missing += len(refused)
            result.reasons.update(refused.values())

        def look() -> Came | None:
            left[:] = self._missing(seen, left)
            return None if left else Came(Fate.DONE)

        return self._attempt(send, look)

    def _missing(self, seen: Entity, points: Sequence[Point]) -> tuple[Point, ...]:
        request = SeriesRequest(
            arn=seen.arn,
            metrics=tuple(sorted({point.metric for point in points})),
            since=min(point.at for point in points),
            until=self._bench.looks.now(),
        )
        return missing(points, self._bench.records.series([request]).get(seen.arn, ()))

    def _attempt(self, send: Callable[[], None], look: Callable[[], Came | None]) -> Came:
        """Send until it is clear what came of it.

        `look` returns what it found done, or None when nothing of it is there.
        """
        came = Came(Fate.NOT_ATTEMPTED)
        for rest in (*PATIENCE, None):
            try:
                send()
            except EffectThrottled as error:
                came = Came(Fate.REFUSED, error.message)
            except (EffectUnclear, EffectRefused, Absent) as error:
                found = _found(look, error.message)
                if found is not None:
                    return found
                if not isinstance(error, EffectUnclear):
                    return Came(Fate.REFUSED, error.message)
                came = Came(Fate.UNCLEAR, error.message)
            else:
                return Came(Fate.DONE)
            if rest is None or self._bench.stopping():
                break
            self._bench.rest(rest)
        return came


def _found(look: Callable[[], Came | None], reason: str) -> Came | None:
    try:
        return look()
    except Absent:
        return None
    except ReadFailed as error:
        return Came(Fate.UNCLEAR, f"{reason}; and then: {error.message}")
