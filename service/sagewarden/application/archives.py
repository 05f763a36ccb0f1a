"""Finds in the journal what was deleted, and in which archive object it lies."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sagewarden.application.journal import Entry, Journal
from sagewarden.application.kept import Heirs
from sagewarden.application.plans import stored_plan
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import read_time
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.journal import Result
from sagewarden.core.plan import Effect, PlannedEntity, Step, Unit
from sagewarden.errors import UsageError

_RANK = {kind: rank for rank, kind in enumerate(reversed(Kind))}
"""Experiments before trials before components."""
UNFOUND = (
    "Only what SageWarden itself deleted can be restored, and not what was erased since at a "
    "person's request."
)

DATE_SLACK = timedelta(seconds=2)
"""Outcomes are dated by the server's Date, which counts whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A deleted entity and its archive object.

    `parents` are keys: a component's trials, a trial's experiment. `run`, `unit` and `policy` say
    what deleted it, `at` (UTC, spelled) when its bundle was settled.
    """

    identity: Identity
    name: str
    parents: tuple[str, ...]
    archive_key: str
    sha256: str
    run: str
    unit: str
    policy: str
    at: str


@dataclass(frozen=True, slots=True)
class CutEdge:
    """An edge that was taken from a component which lives on, because its trial (by key) went."""

    component: Identity
    name: str
    trial: str


def deleted(
    bench: Bench, *, name: str | None = None, kind: Kind | None = None, run: str | None = None
) -> Iterator[Located]:
    """Yield every entity whose delete is confirmed, newest first; names match in any case.

    What was erased at a person's request is not among them.
    Give `run` to read only that run's journal. Raise IntegrityError when an entry is broken.
    """
    key = None if name is None else name.lower()
    heirs = Heirs(bench)
    for entry in _entries(bench, run):
        for identity, planned in reversed(_deleted_in(entry).items()):
            if key in {None, identity.name} and kind in {None, identity.kind}:
                intent = entry.intent
                place = heirs.of(identity, intent.archive_key, intent.archive_sha256)
                if place is not None:
                    yield _located(entry, planned, place)


def chosen(
    bench: Bench, name: str, kind: Kind | None = None, run: str | None = None
) -> tuple[Located, ...]:
    """Return what a restore of this name brings back, from the top down.

    A deleted entity with all that went below it; of one that is there still, because its deletion
    was stopped, the parts that were gone by then. Raise UsageError when there is neither.
    """
    if any(deleted(bench, name=name, kind=kind, run=run)):
        return tree_of(bench, newest(bench, name, kind, run))
    if parts := remnant_of(bench, name, kind, run):
        return parts
    raise UsageError(
        f"no {kind or 'entity'} called {name!r} was deleted on {bench.target}, nor a part of one",
        advice=UNFOUND,
    )


def gone_by(bench: Bench, run: str) -> tuple[Located, ...]:
    """Return everything that one run deleted; raise UsageError when that is nothing."""
    found = tuple(deleted(bench, run=run))
    if not found:
        raise UsageError(
            f"no run {run!r} deleted anything on {bench.target}",
            advice="`sagewarden report list` names the runs, `archive list` what they deleted.",
        )
    return found


def remnant_of(
    bench: Bench, name: str, kind: Kind | None = None, run: str | None = None
) -> tuple[Located, ...]:
    """Return what was deleted below an experiment or trial that is there still.

    The newest run that took parts of it counts, and only the unit that it belonged to.
    """
    seen: set[tuple[str, str]] = set()
    for entry in _entries(bench, run):
        place = (entry.intent.run, entry.intent.unit)
        if place in seen:
            continue
        seen.add(place)
        unit = stored_plan(bench, entry.intent.plan).plan.unit(entry.intent.unit)
        root = _root(unit, name.lower(), kind)
        below = set() if root is None else _below(unit, root)
        parts = [
            each
            for each in deleted(bench, run=entry.intent.run)
            if each.unit == unit.identity and each.identity in below
        ]
        if parts:
            return tuple(sorted(parts, key=top_down))
    return ()


def _root(unit: Unit, name: str, kind: Kind | None) -> PlannedEntity | None:
    named = [each for each in unit.entities if each.identity.name == name]
    fitting = [each for each in named if kind in {None, each.identity.kind}]
    return next(
        (each for each in reversed(fitting) if each.identity.kind is not Kind.COMPONENT), None
    )


def _below(unit: Unit, root: PlannedEntity) -> set[Identity]:
    trials = {root.identity.name}
    if root.identity.kind is Kind.EXPERIMENT:
        hanging = (each for each in unit.entities if each.identity.kind is Kind.TRIAL)
        trials = {each.identity.name for each in hanging if root.identity.name in each.parents}
    return {
        each.identity
        for each in unit.entities
        if (each.identity.kind is Kind.TRIAL and each.identity.name in trials)
        or (each.identity.kind is Kind.COMPONENT and not trials.isdisjoint(each.parents))
    }


def newest(bench: Bench, name: str, kind: Kind | None = None, run: str | None = None) -> Located:
    """Return the last deleted entity of this name; raise UsageError if none or if kinds differ."""
    found = list(deleted(bench, name=name, kind=kind, run=run))
    if not found:
        raise UsageError(
            f"no {kind or 'entity'} called {name!r} was deleted on {bench.target}",
            advice=UNFOUND,
        )
    kinds = sorted({each.identity.kind for each in found})
    if len(kinds) > 1:
        raise UsageError(
            f"{name!r} names a {' and a '.join(kinds)}", advice="Say which with --kind."
        )
    return found[0]


def tree_of(bench: Bench, root: Located) -> tuple[Located, ...]:
    """Return an entity and what went with it from below: from the top down, sorted.

    A run that died may have taken a part of the tree and the next run the rest, so every run
    counts that deleted under the root's policy, or in its unit, between its creation and its end.
    """
    unit = [each for each in deleted(bench) if _with(root, each)]
    trials = [each for each in unit if each.identity.kind is Kind.TRIAL and _is_in(each, root)]
    if root.identity.kind is Kind.TRIAL:
        trials = [root]
    keys = {trial.identity.name for trial in trials}
    components = [
        each
        for each in unit
        if each.identity.kind is Kind.COMPONENT and not keys.isdisjoint(each.parents)
    ]
    below = {each.identity: each for each in (*trials, *components)}
    below.pop(root.identity, None)
    return (root, *sorted(below.values(), key=top_down))


def cut_edges(bench: Bench, trials: Iterable[Located]) -> tuple[CutEdge, ...]:
    """Return the edges that spared components lost when these trials were deleted."""
    wanted = {(trial.run, trial.unit, trial.identity.name) for trial in trials}
    found: dict[CutEdge, None] = {}
    for run in sorted({run for run, _, _ in wanted}):
        entries = list(Journal(bench.vault, bench.target).entries(run))
        gone = {identity for entry in entries for identity in _deleted_in(entry)}
        for entry in entries:
            for step in _done(entry, Effect.DISASSOCIATE):
                lost = (entry.intent.run, entry.intent.unit, step.trial) in wanted
                if lost and step.identity not in gone:
                    name = _planned(entry)[step.identity].name
                    found[CutEdge(step.identity, name, step.trial)] = None
    return tuple(found)


def top_down(located: Located) -> tuple[int, Identity]:
    """Order experiments before trials before components, then by name."""
    return (_RANK[located.identity.kind], located.identity)


def _with(root: Located, each: Located) -> bool:
    together = each.policy == root.policy or (each.run, each.unit) == (root.run, root.unit)
    born = datetime.fromtimestamp(root.identity.created_ms / 1000, UTC)
    return together and born - DATE_SLACK <= read_time(each.at) <= read_time(root.at) + DATE_SLACK


def _is_in(trial: Located, root: Located) -> bool:
    old_enough = trial.identity.created_ms >= root.identity.created_ms
    inside = root.identity.kind is Kind.EXPERIMENT and root.identity.name in trial.parents
    return inside and old_enough


def _entries(bench: Bench, run: str | None) -> Iterator[Entry]:
    journal = Journal(bench.vault, bench.target)
    runs = sorted(journal.unsettled(), reverse=True) if run is None else [run]
    for each in runs:
        yield from reversed(list(journal.entries(each)))


def _planned(entry: Entry) -> dict[Identity, PlannedEntity]:
    return {planned.identity: planned for planned in entry.intent.entities}


def _done(entry: Entry, effect: Effect) -> Iterator[Step]:
    outcomes = () if entry.settled is None else entry.settled.outcomes
    for outcome in outcomes:
        if outcome.step.effect is effect and outcome.result is Result.DONE:
            yield outcome.step


def _deleted_in(entry: Entry) -> dict[Identity, PlannedEntity]:
    known = _planned(entry)
    steps = _done(entry, Effect.DELETE)
    return {step.identity: known[step.identity] for step in steps if step.identity in known}


def _located(entry: Entry, planned: PlannedEntity, place: tuple[str, str]) -> Located:
    return Located(
        identity=planned.identity,
        name=planned.name,
        parents=planned.parents,
        archive_key=place[0],
        sha256=place[1],
        run=entry.intent.run,
        unit=entry.intent.unit,
        policy=planned.policy,
        at="" if entry.settled is None else entry.settled.at,
    )
