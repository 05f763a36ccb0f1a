"""Makes a plan of what is due: units, steps, spared components, in one order."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sagewarden.core.entities import Entity, Identity, Kind, Target
from sagewarden.core.fingerprint import fingerprint
from sagewarden.core.forest import Forest
from sagewarden.core.judge import Judgement, Judgements
from sagewarden.core.plan import Effect, Plan, PlannedEntity, Step, Unit

BATCH = 100
"""Unassigned components in one unit: as many as fit in one bundle."""


@dataclass(frozen=True, slots=True)
class _Going:
    """Everything that goes, by key, with the judgement that says so."""

    experiments: Mapping[str, Judgement]
    trials: Mapping[str, Judgement]
    components: Mapping[str, Judgement]
    spared: frozenset[str]

    def has(self, entity: Entity) -> bool:
        """Whether a trial or an experiment goes."""
        above = self.trials if entity.kind is Kind.TRIAL else self.experiments
        return entity.key in above


def make_plan(target: Target, policies: str, judgements: Judgements) -> Plan:
    """Make the plan of everything due now; `policies` is the policy set's digest."""
    return plan_of(target, policies, judgements.due, judgements.forest)


def plan_of(target: Target, policies: str, due: Iterable[Judgement], forest: Forest) -> Plan:
    """Make a plan of these judgements, complete in itself."""
    going = _going(due, forest)
    units = [_unit("tree", members, going, forest) for members in _trees(going, forest)]
    units += [_unit("batch", members, going, forest) for members in _batches(going, forest)]
    units.sort(key=lambda unit: (not unit.is_tree, unit.entities[0].identity))
    return Plan(target=target, policies=policies, units=tuple(units))


def _going(due: Iterable[Judgement], forest: Forest) -> _Going:
    experiments: dict[str, Judgement] = {}
    trials: dict[str, Judgement] = {}
    components: dict[str, Judgement] = {}
    by_kind = {Kind.EXPERIMENT: experiments, Kind.TRIAL: trials, Kind.COMPONENT: components}
    for judgement in due:
        by_kind[judgement.entity.kind][judgement.entity.key] = judgement
    for experiment, judgement in experiments.items():
        for trial in forest.inventory.trials_of.get(experiment, ()):
            trials.setdefault(trial, judgement)
    spared = _below(trials, components, forest)
    return _Going(experiments, trials, components, spared)


def _below(
    trials: Mapping[str, Judgement], components: dict[str, Judgement], forest: Forest
) -> frozenset[str]:
    """Add components that go with all their trials; return the spared."""
    spared: set[str] = set()
    below: dict[str, Judgement] = {}
    for trial in sorted(trials):
        for key in forest.inventory.components_of.get(trial, ()):
            below.setdefault(key, trials[trial])
    for key, judgement in below.items():
        if key in components:
            continue
        hangs_on = forest.inventory.components[key].trials
        if all(trial in trials for trial in hangs_on):
            components[key] = judgement
        else:
            spared.add(key)
    return frozenset(spared)


@dataclass(frozen=True, slots=True)
class _Members:
    """Keys of what belongs to one unit."""

    experiments: tuple[str, ...]
    trials: tuple[str, ...]
    components: tuple[str, ...]
    spared: tuple[str, ...] = ()


def _trees(going: _Going, forest: Forest) -> Iterator[_Members]:
    """Group going trials into trees, joined where a component goes with or leaves several."""
    groups = _Groups()
    for trial in going.trials:
        groups.join(_root(trial, going, forest), f"trial {trial}")
    for experiment in going.experiments:
        groups.join(f"experiment {experiment}", f"experiment {experiment}")
    for key, trial in _edges(going.components, going, forest):
        groups.join(f"trial {trial}", f"component {key}")
    for key, trial in _edges(going.spared, going, forest):
        groups.join(f"trial {trial}", f"spared {key}")
    for group in groups.all():
        yield _Members(
            experiments=_named("experiment", group),
            trials=_named("trial", group),
            components=_named("component", group),
            spared=_named("spared", group),
        )


def _edges(keys: Iterable[str], going: _Going, forest: Forest) -> Iterator[tuple[str, str]]:
    """Yield these components' edges to trials that go."""
    for key in keys:
        for trial in forest.inventory.components[key].trials:
            if trial in going.trials:
                yield key, trial


def _root(trial: str, going: _Going, forest: Forest) -> str:
    experiment = (forest.inventory.trials[trial].experiment or "").lower()
    return f"experiment {experiment}" if experiment in going.experiments else f"trial {trial}"


def _named(kind: str, group: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        sorted(name for each, name in (member.split(" ", 1) for member in group) if each == kind)
    )


class _Groups:
    """Sets that are joined when they share a member."""

    def __init__(self) -> None:
        self._leader: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        self._leader[self._find(one)] = self._find(other)

    def _find(self, member: str) -> str:
        leader = self._leader.setdefault(member, member)
        while leader != self._leader[leader]:
            self._leader[leader] = self._leader[self._leader[leader]]
            leader = self._leader[leader]
        return leader

    def all(self) -> list[list[str]]:
        groups: dict[str, list[str]] = defaultdict(list)
        for member in list(self._leader):
            groups[self._find(member)].append(member)
        return list(groups.values())


def _batches(going: _Going, forest: Forest) -> Iterator[_Members]:
    """Group components that go by themselves: by their trials, the unassigned in hundreds."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key in sorted(going.components):
        trials = forest.inventory.components[key].trials
        if not any(trial in going.trials for trial in trials):
            groups[trials].append(key)
    for members in groups.values():
        for start in range(0, len(members), BATCH):
            yield _Members((), (), tuple(members[start : start + BATCH]))


def _unit(kind: str, members: _Members, going: _Going, forest: Forest) -> Unit:
    seen = forest.inventory
    entities = [
        *(_planned(seen.components[key], going.components[key]) for key in members.components),
        *(_planned(seen.trials[key], going.trials[key]) for key in members.trials),
        *(_planned(seen.experiments[key], going.experiments[key]) for key in members.experiments),
    ]
    left = [_planned(seen.components[key], None) for key in members.spared]
    steps = [step for entity in entities for step in _steps(entity, left)]
    components = [seen.components[key] for key in (*members.components, *members.spared)]
    above = {
        each.identity: each
        for entity in (*components, *(seen.trials[key] for key in members.trials))
        for each in forest.above(entity)
        if not going.has(each)  # what another unit takes away is no ancestor that stays
    }
    return Unit(
        kind=kind,
        entities=tuple(entities),
        spared=tuple(left),
        ancestors=tuple(_planned(above[identity], None) for identity in sorted(above)),
        steps=tuple(steps),
    )


def _steps(entity: PlannedEntity, spared: list[PlannedEntity]) -> Iterator[Step]:
    """Take a component from all its trials first, and from a trial first all that it spares."""
    if entity.identity.kind is Kind.COMPONENT:
        for trial in entity.parents:
            yield Step(Effect.DISASSOCIATE, entity.identity, trial)
    if entity.identity.kind is Kind.TRIAL:
        for each in spared:
            if entity.identity.name in each.parents:
                yield Step(Effect.DISASSOCIATE, each.identity, entity.identity.name)
    yield Step(Effect.DELETE, entity.identity)


def _planned(entity: Entity, judgement: Judgement | None) -> PlannedEntity:
    parents = place_of(entity)
    return PlannedEntity(
        identity=entity.identity,
        name=entity.name,
        arn=entity.arn,
        content=entity.content,
        fingerprint=fingerprint(entity.content, parents),
        parents=parents,
        policy="" if judgement is None else judgement.policy.name,
        rule="" if judgement is None else judgement.policy.rule,
        reasons=() if judgement is None else judgement.reasons,
        artifacts=entity.artifacts,
    )


def place_of(entity: Entity) -> tuple[str, ...]:
    """Keys of what an entity hangs on: a component's trials, a trial's experiment."""
    if entity.kind is Kind.TRIAL:
        return ((entity.experiment or "").lower(),)
    return entity.trials


def reached(units: Iterable[Unit]) -> set[Identity]:
    """Everything a plan's units name as going."""
    return {entity.identity for unit in units for entity in unit.entities}
