"""Carries out a restore: from the top of the tree down, then edges, then metric points.

Whatever is created carries the mark of its archive from its Create call on, so that a second run
after a kill knows its own work and goes on from there. What exists without that mark is left alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sagewarden.application.archives import Located
from sagewarden.application.ports import Bench
from sagewarden.application.ports.restoring import Restoring
from sagewarden.application.rebuilding import Came, Fate, Put, Rebuilder
from sagewarden.application.restore_place import Standing, standing_of
from sagewarden.application.restore_plan import (
    PlannedEdge,
    PlannedRebirth,
    RestorePlan,
    records_of,
)
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.rebirth import mark_of, rebirth
from sagewarden.errors import Absent, ReadFailed, UsageError

_STOPPED = Came(Fate.NOT_ATTEMPTED, "the process was asked to stop")
_THERE = frozenset({Fate.DONE, Fate.ALREADY})
_FINE = frozenset({Fate.DONE, Fate.ALREADY, Fate.SKIPPED})


@dataclass(frozen=True, slots=True)
class EntityFate:
    """What came of one entity: `points` are metric points put back now, `missing` those not.

    `name` is what it is called now.
    """

    located: Located
    name: str
    fate: Fate
    detail: str = ""
    points: int = 0
    missing: int = 0


@dataclass(frozen=True, slots=True)
class EdgeFate:
    """What came of one association."""

    edge: PlannedEdge
    fate: Fate
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of everything in a restore's plan, in its order."""

    entities: tuple[EntityFate, ...]
    edges: tuple[EdgeFate, ...]

    @property
    def complete(self) -> bool:
        """Whether all that could come back is back; what was skipped by plan does not count."""
        fates = {each.fate for each in self.entities} | {each.fate for each in self.edges}
        return fates <= _FINE and not any(each.missing for each in self.entities)

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many entities met each fate."""
        return Counter(each.fate for each in self.entities)


def restore(bench: Bench, restoring: Restoring, plan: RestorePlan) -> Restored:
    """Carry out a plan; one entity's trouble does not stop the others.

    Raise UsageError before the first call when the plan says `fail` and something exists, and
    IntegrityError or VaultError when an archive cannot be read any more: the next call goes on.
    """
    if plan.conflicts:
        names = ", ".join(str(each.located.identity) for each in plan.conflicts)
        raise UsageError(
            f"there are already, and not by this restore: {names}",
            advice="Restore with --existing skip to leave them as they are.",
        )
    return _Restoration(bench, restoring, plan).run()


class _Restoration:
    """One pass over a plan; remembers what came of each thing."""

    def __init__(self, bench: Bench, restoring: Restoring, plan: RestorePlan) -> None:
        self._bench = bench
        self._plan = plan
        self._rebuilder = Rebuilder(bench, restoring)
        self._entities: dict[Located, EntityFate] = {}
        self._edges: dict[PlannedEdge, EdgeFate] = {}
        self._trials: dict[str, Fate] = {}
        self._edges_of: dict[Identity, list[PlannedEdge]] = defaultdict(list)
        for edge in plan.edges:
            self._edges_of[edge.component].append(edge)

    def run(self) -> Restored:
        """Bring back entity by entity, then the edges of components that were never deleted."""
        planned = {each.located: each for each in self._plan.entities}
        for each in self._plan.entities:
            if each.standing is Standing.EXISTS:
                self._note(each, Came(Fate.SKIPPED, "it exists, and not by this restore"))
            elif each.obstacle:
                self._note(each, Came(Fate.NOT_ATTEMPTED, each.obstacle))
        going = [located for located in planned if located not in self._entities]
        for located, record in records_of(self._bench, going):
            self._entity(planned[located], record)
            self._bench.progress("restoring", len(self._entities), len(planned))
        for edge in self._plan.edges:
            if edge.spared:
                self._spared_edge(edge)
            elif edge not in self._edges:
                self._note_edge(edge, Came(Fate.NOT_ATTEMPTED, "its component was not restored"))
        return Restored(
            entities=tuple(self._entities[each.located] for each in self._plan.entities),
            edges=tuple(self._edges[edge] for edge in self._plan.edges),
        )

    def _entity(self, planned: PlannedRebirth, record: ArchiveRecord) -> None:
        located, put = planned.located, Put()
        if self._bench.stopping():
            came = _STOPPED
        elif planned.standing is Standing.RESTORED:
            came = Came(Fate.ALREADY)
        else:
            birth = rebirth(record, mark_of(located.sha256), self._plan.manner)
            came = self._rebuilder.create(birth)
        if came.fate in _THERE and located.identity.kind is Kind.COMPONENT:
            came, put = self._around(planned, record, came)
        self._note(planned, came, put)

    def _around(
        self, planned: PlannedRebirth, record: ArchiveRecord, came: Came
    ) -> tuple[Came, Put]:
        """Put back a component's edges and points, if it is still the one that we created."""
        located, fresh = planned.located, came.fate is Fate.DONE
        try:
            seen = self._bench.looks.describe(Kind.COMPONENT, planned.name).entity
            there = () if fresh else self._bench.looks.trials_of(planned.name)
        except (Absent, ReadFailed) as error:
            return Came(Fate.UNCLEAR, error.message), Put()
        if standing_of(seen, mark_of(located.sha256)) is not Standing.RESTORED:
            return Came(Fate.SKIPPED, "it is not what this restore created any more"), Put()
        for edge in self._edges_of[located.identity]:
            self._edge(edge, there)
        return came, self._rebuilder.put(record, seen, fresh=fresh)

    def _edge(self, edge: PlannedEdge, there: Iterable[str]) -> None:
        if edge.obstacle:
            came = Came(Fate.SKIPPED, edge.obstacle)
        elif edge.trial in there:
            came = Came(Fate.ALREADY)
        elif self._bench.stopping():
            came = _STOPPED
        elif self._trials.get(edge.trial, Fate.SKIPPED) not in _FINE:
            came = Came(Fate.NOT_ATTEMPTED, "its trial was not restored")
        else:
            came = self._rebuilder.associate(edge.name, edge.trial)
        self._note_edge(edge, came)

    def _spared_edge(self, edge: PlannedEdge) -> None:
        """Tie a component that lives on to a trial of ours, and to no other."""
        if self._trials.get(edge.trial) not in _THERE and not edge.obstacle:
            self._note_edge(edge, Came(Fate.NOT_ATTEMPTED, "its trial was not restored"))
            return
        try:
            there = () if edge.obstacle else self._bench.looks.trials_of(edge.name)
        except (Absent, ReadFailed) as error:
            self._note_edge(edge, Came(Fate.UNCLEAR, error.message))
            return
        self._edge(edge, there)

    def _note(self, planned: PlannedRebirth, came: Came, put: Put | None = None) -> None:
        located, put = planned.located, put or Put()
        detail = "; ".join(filter(None, (came.detail, str(put))))
        self._entities[located] = EntityFate(
            located, planned.name, came.fate, detail, put.done, put.missing
        )
        if located.identity.kind is Kind.TRIAL:
            self._trials[planned.name.lower()] = came.fate
        self._bench.events(
            "restore.entity", entity=str(located.identity), fate=str(came.fate), detail=detail
        )

    def _note_edge(self, edge: PlannedEdge, came: Came) -> None:
        self._edges[edge] = EdgeFate(edge, came.fate, came.detail)
        self._bench.events(
            "restore.edge",
            component=edge.name,
            trial=edge.trial,
            fate=str(came.fate),
            detail=came.detail,
        )
