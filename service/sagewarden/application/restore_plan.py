"""Plans a restore: what will be created, what is there already, what nobody can bring back."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, groupby

from sagewarden.application.archives import Located, cut_edges, top_down
from sagewarden.application.indexing import Contents
from sagewarden.application.kept import fetch
from sagewarden.application.ports import Bench
from sagewarden.application.restore_place import Place, Standing
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.archive_index import Indexed
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.rebirth import Manner
from sagewarden.core.renaming import Rename, renames
from sagewarden.core.unreturnable import COMPONENTS_ONLY, UNRETURNABLE
from sagewarden.errors import UsageError

LANES = 8
"""Looks that are under way side by side."""

HANDFUL = 32
"""Names at most that one of them looks at before it takes more."""

FEW = 10
"""Archive objects of a run that a plan reads and verifies itself; a thousand entities at most."""

POINT_TIMES = (
    "the times of metric points: AWS refuses those of more than two weeks ago and tells none of "
    "points with steps, so these come back with times that end when their component is created "
    "again"
)


class Existing(StrEnum):
    """What to do when something is there under the name of what is to be restored."""

    SKIP = "skip"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRebirth:
    """One entity to create again, unless something else exists under its name.

    `name` is what it will be called. `unreturnable` names the fields that AWS sets by itself,
    `left_out` tells in words what else stays in the archive. `obstacle` says why it cannot be
    created; empty when it can.
    """

    located: Located
    name: str
    standing: Standing
    points: int
    unreturnable: tuple[str, ...]
    left_out: tuple[str, ...]
    obstacle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEdge:
    """One association to put back, by the names of today. `spared`: the component never went.

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
    manner: Manner
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
        if any(each.points for each in self.entities):
            told.append(POINT_TIMES)
        kinds = {each.located.identity.kind for each in self.entities}
        if self.manner.remember and kinds - {Kind.COMPONENT}:
            told.append(COMPONENTS_ONLY)
        return tuple(told)


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a restore is to be done: `remember` keeps as parameters what AWS cannot bring back."""

    existing: Existing = Existing.SKIP
    renames: tuple[Rename, ...] = ()
    remember: bool = False


AS_USUAL = Wishes()


def plan_restore(bench: Bench, chosen: Sequence[Located], wishes: Wishes = AS_USUAL) -> RestorePlan:
    """Plan to restore what was chosen: see `archives.tree_of` and `archives.deleted`.

    Looks at every name, and reads and verifies every archive object involved; of a run of which
    there are more than FEW, its index is read, and that they are there is seen: the restore itself
    verifies each. Of several lives of one name the last comes back. Raise UsageError when nothing
    was chosen or a new name is no good, IntegrityError when an archive is not whole, ReadFailed
    when AWS does not say what exists.
    """
    if not chosen:
        raise UsageError("nothing was chosen to be restored")
    lives = {(each.identity.kind, each.identity.name): each for each in _by_birth(chosen)}
    going = sorted(lives.values(), key=top_down)
    named = renames(((each.identity.kind, each.name) for each in going), wishes.renames)
    manner, place = Manner(named, wishes.remember), Place(bench.looks, going, named)
    standings = _standings(going, place)
    known = sorted(_known(bench, going, manner), key=lambda each: _archive_by_archive(each[0]))
    entities = [_planned(located, told, standings[located], place) for located, told in known]
    return RestorePlan(
        existing=wishes.existing,
        manner=manner,
        entities=tuple(entities),
        edges=(*_edges(entities, place), *_spared_edges(bench, entities, place)),
    )


def _standings(going: Sequence[Located], place: Place) -> dict[Located, Standing]:
    """Look at what is there, side by side; many names are handed out by the handful."""
    size = max(1, min(HANDFUL, len(going) // (LANES * LANES)))
    handfuls = [going[start : start + size] for start in range(0, len(going), size)]
    with ThreadPoolExecutor(LANES) as pool:
        seen = pool.map(lambda some: [place.standing(each) for each in some], handfuls)
        return dict(zip(going, chain.from_iterable(seen), strict=True))


def records_of(bench: Bench, located: Iterable[Located]) -> Iterator[tuple[Located, ArchiveRecord]]:
    """Read each archive object once, verified, and yield the records in the order of `top_down`."""
    by_archive = sorted(located, key=_archive_by_archive)
    for (key, sha256), members in groupby(by_archive, lambda each: (each.archive_key, each.sha256)):
        archive = fetch(bench, key, sha256)
        for each in members:
            yield each, archive.record(each.identity)


def _archive_by_archive(located: Located) -> tuple[int, str, Identity]:
    return top_down(located)[0], located.archive_key, located.identity


def _known(
    bench: Bench, going: Iterable[Located], manner: Manner
) -> Iterator[tuple[Located, Indexed]]:
    """Yield what is known of each entity, by index or archive; run by run."""
    by_run = sorted(going, key=lambda each: (each.run, each.archive_key, each.identity))
    archives = Counter(run for run, _ in {(each.run, each.archive_key) for each in by_run})
    few = [run for run, count in archives.items() if count <= FEW or manner.remember]
    contents = Contents(bench, without=few)
    for each in by_run:
        yield each, contents.of(each, manner)


def _by_birth(chosen: Iterable[Located]) -> list[Located]:
    return sorted(chosen, key=lambda each: each.identity.created_ms)


def _planned(located: Located, told: Indexed, standing: Standing, place: Place) -> PlannedRebirth:
    return PlannedRebirth(
        located=located,
        name=place.name(located),
        standing=standing,
        points=told.points,
        unreturnable=told.unreturnable,
        left_out=told.left_out,
        obstacle=place.obstacle(located) if standing is Standing.ABSENT else "",
    )


def _edges(entities: Iterable[PlannedRebirth], place: Place) -> Iterator[PlannedEdge]:
    """Plan the edges of components that come back; nothing is tied to what is not ours."""
    for each in entities:
        located = each.located
        if located.identity.kind is Kind.COMPONENT and each.standing is not Standing.EXISTS:
            for trial in located.parents:
                obstacle, note = place.edge(located, trial)
                yield PlannedEdge(
                    component=located.identity,
                    name=each.name,
                    trial=place.trial(trial),
                    obstacle=obstacle,
                    note=note,
                )


def _spared_edges(
    bench: Bench, entities: Iterable[PlannedRebirth], place: Place
) -> Iterator[PlannedEdge]:
    trials = [
        each.located
        for each in entities
        if each.located.identity.kind is Kind.TRIAL and each.standing is not Standing.EXISTS
    ]
    for edge in cut_edges(bench, trials):
        yield PlannedEdge(
            component=edge.component,
            name=edge.name,
            trial=place.trial(edge.trial),
            spared=True,
            obstacle=place.lost(edge),
        )
