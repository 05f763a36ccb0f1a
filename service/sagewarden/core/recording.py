"""Freezes an account as a fixture: what was seen, what past runs left, what was decided."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Writes, last_activity
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.judge import Judgements
from sagewarden.core.marks import MarkRules
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import Place
from sagewarden.core.redaction import NOTHING_IS_SECRET, Redaction
from sagewarden.core.rehearsal import UNMATCHED, Expectation, Fixture
from sagewarden.core.remembered import MarkedSince, Past, Patience, ViolatedSince

Names = frozenset[str]
"""Names in lower case of what is to be recorded; none: all."""

NOWHERE = Place("", 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """An account as it was judged at a time `now` (UTC); what is secret stays out of a fixture."""

    now: datetime
    judgements: Judgements
    rules: MarkRules
    usual: MarkRules
    writes: Writes
    redaction: Redaction = NOTHING_IS_SECRET


def freeze(scene: Scene, names: Names = frozenset()) -> Fixture:
    """Make a fixture of an account, or of the trees that these names belong to."""
    judgements = scene.judgements
    inventory = _settled(cut(judgements.forest.inventory, names), scene)
    there = {entity.identity for entity in inventory.everything()}
    return Fixture(
        file="",
        policies="",
        now=scene.now,
        inventory=inventory,
        expectations=(*_expectations(judgements, there), *_unmatched(judgements, inventory)),
        holds={who: why for who, why in judgements.holds.items() if who in there},
        past=Past(tuple(_marked(judgements, there)), tuple(_violated(judgements, there))),
        limits=_limits(scene.rules, scene.usual),
        models=judgements.models,
    )


def cut(inventory: Inventory, names: Names) -> Inventory:
    """Keep the trees of these names, and whatever is above any part of them."""
    if not names:
        return inventory
    every = [each for each in inventory.everything() if _called(each, names)]
    experiments = {each.key for each in every if each.kind is Kind.EXPERIMENT}
    trials = {each.key for each in every if each.kind is Kind.TRIAL}
    trials |= {trial for key in experiments for trial in inventory.trials_of.get(key, ())}
    components = {each.key for each in every if each.kind is Kind.COMPONENT}
    components |= {key for trial in trials for key in inventory.components_of.get(trial, ())}
    trials |= {trial for key in components for trial in inventory.components[key].trials}
    for key in trials & inventory.trials.keys():
        experiments.add((inventory.trials[key].experiment or "").lower())
    wanted = {Kind.EXPERIMENT: experiments, Kind.TRIAL: trials, Kind.COMPONENT: components}
    return replace(
        inventory,
        experiments=_only(inventory.experiments, experiments),
        trials=_only(inventory.trials, trials),
        components=_only(inventory.components, components),
        gaps=tuple(
            each for each in inventory.gaps if (each.name or "").lower() in wanted[each.kind]
        ),
    )


def _called(entity: Entity, names: Names) -> bool:
    return entity.key in names or (entity.display_name or "").lower() in names


def _only(some: Mapping[str, Entity], keys: set[str]) -> dict[str, Entity]:
    return {key: each for key, each in some.items() if key in keys}


def _settled(inventory: Inventory, scene: Scene) -> Inventory:
    """Leave out our own writes and what is secret, and say each doubt where it belongs."""
    doubts: dict[tuple[Kind, str], str] = {}
    unseen: list[Gap] = []
    for gap in inventory.gaps:
        key = (gap.name or "").lower()
        if key in inventory.of(gap.kind):
            doubts[gap.kind, key] = gap.reason
        else:
            unseen.append(gap)

    def settled(entity: Entity) -> Entity:
        modified = None if entity.modified is None else last_activity(entity, scene.writes)
        doubt = entity.doubt or doubts.get((entity.kind, entity.key))
        return replace(scene.redaction.seen(entity), modified=modified, doubt=doubt)

    return replace(
        inventory,
        experiments={key: settled(each) for key, each in inventory.experiments.items()},
        trials={key: settled(each) for key, each in inventory.trials.items()},
        components={key: settled(each) for key, each in inventory.components.items()},
        gaps=tuple(unseen),
    )


def _expectations(judgements: Judgements, there: set[Identity]) -> Iterator[Expectation]:
    for each in judgements.given:
        if each.entity.identity in there:
            yield Expectation(
                kind=each.entity.kind,
                name=each.entity.name,
                verdict=each.verdict,
                policy=each.policy.name,
                place=NOWHERE,
            )


def _unmatched(judgements: Judgements, inventory: Inventory) -> Iterator[Expectation]:
    """Yield what no policy speaks of, so that a new match shows."""
    plan = make_plan(inventory.target, "", judgements)
    spoken = {each.identity for unit in plan.units for each in unit.entities}
    spoken |= {each.entity.identity for each in judgements.given}
    for each in inventory.everything():
        if each.identity not in spoken:
            yield Expectation(kind=each.kind, name=each.name, verdict=UNMATCHED, place=NOWHERE)


def _marked(judgements: Judgements, there: set[Identity]) -> Iterator[MarkedSince]:
    for place in sorted(judgements.marks):
        mark = judgements.marks[place]
        if mark.identity in there:
            yield MarkedSince(
                identity=mark.identity,
                policy=mark.policy,
                since=mark.since,
                due=mark.due,
                matches=mark.matches,
                announced=mark.announced,
            )


def _violated(judgements: Judgements, there: set[Identity]) -> Iterator[ViolatedSince]:
    for place in sorted(judgements.violations):
        each = judgements.violations[place]
        if each.identity in there:
            yield ViolatedSince(each.identity, each.policy, each.since)


def _limits(rules: MarkRules, usual: MarkRules) -> Patience:
    return Patience(
        None if rules.min_grace == usual.min_grace else rules.min_grace,
        None if rules.matches == usual.matches else rules.matches,
        None if rules.interval == usual.interval else rules.interval,
        None if rules.restored_rest == usual.restored_rest else rules.restored_rest,
    )
