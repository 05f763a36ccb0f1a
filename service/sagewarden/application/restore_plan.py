"""Plans a restore: what will be created, what is there already, what nobody can bring back."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sagewarden.application.archives import CutEdge, Located, cut_edges, top_down
from sagewarden.application.archiving import read_back
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Looks
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.canonical import milliseconds, read_time
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.rebirth import (
    RESTORED_TAG,
    UNRETURNABLE,
    mark_of,
    points_of,
    rebirth,
    unreturnable,
)
from sagewarden.errors import Absent, UsageError

LANES = 8
"""Looks that are under way side by side."""

POINT_TIMES = (
    "the times of metric points: AWS refuses old ones, so steps and values come back with times "
    "that end when their component is created again"
)


class Existing(StrEnum):
    """What to do when something is there under the name of what is to be restored."""

    SKIP = "skip"
    FAIL = "fail"


class Standing(StrEnum):
    """What is there now under a name."""

    ABSENT = "absent"
    RESTORED = "restored before"
    EXISTS = "exists"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRebirth:
    """One entity to create again, unless something else exists under its name.

    `unreturnable` names the fields that AWS sets by itself, `left_out` tells in words what else
    stays in the archive. `obstacle` says why it cannot be created; empty when it can.
    """

    located: Located
    standing: Standing
    points: int
    unreturnable: tuple[str, ...]
    left_out: tuple[str, ...]
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEdge:
    """One association to put back. `spared`: its component was never deleted.

    `obstacle` says why it cannot come back, `note` what the reader should know if it does.
    """

    component: Identity
    name: str
    trial: str
    spared: bool = False
    obstacle: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePlan:
    """Everything a restore will do, from the top of the tree down."""

    existing: Existing
    entities: tuple[PlannedRebirth, ...]
    edges: tuple[PlannedEdge, ...]

    def standing(self, standing: Standing) -> tuple[PlannedRebirth, ...]:
        """Return the entities that stand like this."""
        return tuple(each for each in self.entities if each.standing is standing)

    @property
    def conflicts(self) -> tuple[PlannedRebirth, ...]:
        """What exists and keeps the whole plan from being carried out."""
        return () if self.existing is Existing.SKIP else self.standing(Standing.EXISTS)

    @property
    def never(self) -> tuple[str, ...]:
        """What AWS cannot bring back of these entities, in words."""
        fields = {field for each in self.entities for field in each.unreturnable}
        told = [f"{field}: {why}" for field, why in UNRETURNABLE.items() if field in fields]
        return (*told, *((POINT_TIMES,) if any(each.points for each in self.entities) else ()))


def plan_restore(
    bench: Bench, chosen: Sequence[Located], existing: Existing = Existing.SKIP
) -> RestorePlan:
    """Plan to restore what was chosen: see `archives.tree_of` and `archives.deleted`.

    Reads and verifies every archive object involved, and looks at every name. Of several lives of
    one name the last comes back. Raise UsageError when nothing was chosen, IntegrityError when an
    archive is not whole, ReadFailed when AWS does not say what exists.
    """
    if not chosen:
        raise UsageError("nothing was chosen to be restored")
    lives = {(each.identity.kind, each.identity.name): each for each in _by_birth(chosen)}
    going = sorted(lives.values(), key=top_down)
    place = _Place(bench.looks, going)
    with ThreadPoolExecutor(LANES) as pool:
        standings = dict(zip(going, pool.map(place.standing, going), strict=True))
    entities = [
        _planned(located, record, standings[located], place.obstacle(located))
        for located, record in records_of(bench, going)
    ]
    edges = [*_edges(entities, place), *_spared_edges(bench, entities)]
    return RestorePlan(existing=existing, entities=tuple(entities), edges=tuple(edges))


def records_of(bench: Bench, located: Iterable[Located]) -> Iterator[tuple[Located, ArchiveRecord]]:
    """Read each archive object once, verified, and yield the records in the order of `top_down`."""
    by_archive = sorted(
        located, key=lambda each: (top_down(each)[0], each.archive_key, each.identity)
    )
    for (key, sha256), members in groupby(by_archive, lambda each: (each.archive_key, each.sha256)):
        archive = read_back(bench, key, sha256)
        for each in members:
            yield each, archive.record(each.identity)


def standing_of(seen: Entity, mark: str) -> Standing:
    """Tell whether what is there came out of the archive object that this mark is of."""
    ours = (seen.tags or {}).get(RESTORED_TAG) == mark
    return Standing.RESTORED if ours else Standing.EXISTS


def _by_birth(chosen: Iterable[Located]) -> list[Located]:
    return sorted(chosen, key=lambda each: each.identity.created_ms)


class _Place:
    """What is there now around what is to come back; each name is looked at once."""

    def __init__(self, looks: Looks, going: Iterable[Located]) -> None:
        self._looks = looks
        self._going = {(each.identity.kind, each.identity.name) for each in going}
        self._seen: dict[tuple[Kind, str], Entity | None] = {}

    def standing(self, located: Located) -> Standing:
        """Look at what is there under its name."""
        seen = self._look(located.identity.kind, located.name)
        return Standing.ABSENT if seen is None else standing_of(seen, mark_of(located.sha256))

    def obstacle(self, located: Located) -> str:
        """Say why it cannot be created: a trial needs its experiment."""
        if located.identity.kind is not Kind.TRIAL:
            return ""
        (above,) = located.parents
        if (Kind.EXPERIMENT, above) in self._going or self._look(Kind.EXPERIMENT, above):
            return ""
        return f"its experiment {above} is gone; restore that"

    def edge(self, located: Located, trial: str) -> tuple[str, str]:
        """Return what keeps an edge to this trial from coming back, and what there is to note."""
        if (Kind.TRIAL, trial) in self._going:
            return "", ""
        seen = self._look(Kind.TRIAL, trial)
        if seen is None:
            return f"the trial {trial} is gone", ""
        anew = milliseconds(seen.created) > milliseconds(read_time(located.at))
        if anew and RESTORED_TAG not in (seen.tags or {}):
            return "", f"the trial {trial} was created anew after the delete"
        return "", ""

    def _look(self, kind: Kind, name: str) -> Entity | None:
        key = (kind, name.lower())
        if key not in self._seen:
            try:
                self._seen[key] = self._looks.describe(kind, name).entity
            except Absent:
                self._seen[key] = None
        return self._seen[key]


def _planned(
    located: Located, record: ArchiveRecord, standing: Standing, obstacle: str
) -> PlannedRebirth:
    return PlannedRebirth(
        located=located,
        standing=standing,
        points=len(points_of(record, read_time(located.at))),
        unreturnable=unreturnable(record),
        left_out=rebirth(record, mark_of(located.sha256)).left_out,
        obstacle=obstacle if standing is Standing.ABSENT else "",
    )


def _edges(entities: Iterable[PlannedRebirth], place: _Place) -> Iterator[PlannedEdge]:
    """Plan the edges of components that come back; nothing is tied to what is not ours."""
    for each in entities:
        located = each.located
        if located.identity.kind is Kind.COMPONENT and each.standing is not Standing.EXISTS:
            for trial in located.parents:
                obstacle, note = place.edge(located, trial)
                yield PlannedEdge(
                    component=located.identity,
                    name=located.name,
                    trial=trial,
                    obstacle=obstacle,
                    note=note,
                )


def _spared_edges(bench: Bench, entities: Iterable[PlannedRebirth]) -> Iterator[PlannedEdge]:
    trials = [
        each.located
        for each in entities
        if each.located.identity.kind is Kind.TRIAL and each.standing is not Standing.EXISTS
    ]
    for edge in cut_edges(bench, trials):
        yield PlannedEdge(
            component=edge.component,
            name=edge.name,
            trial=edge.trial,
            spared=True,
            obstacle=_gone(bench.looks, edge),
        )


def _gone(looks: Looks, edge: CutEdge) -> str:
    try:
        seen = looks.describe(Kind.COMPONENT, edge.name).entity
    except Absent:
        return f"the component {edge.name} is gone"
    if seen.identity != edge.component:
        return f"the component {edge.name} was created anew since"
    return ""
