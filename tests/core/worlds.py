"""Small accounts and policies to judge: everything is old, read whole and unheld until said."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sagewarden.core.canonical import canonical
from sagewarden.core.entities import Entity, Identity, Kind, Parent, Target
from sagewarden.core.forest import Writes
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.judge import Circumstances, Judgements, judge
from sagewarden.core.marks import Mark, MarkRules, Marks
from sagewarden.core.plan import Effect, Plan, Step
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import (
    Action,
    Condition,
    Everything,
    Keep,
    Place,
    Policy,
    PolicySet,
    Protection,
    Tagged,
)
from sagewarden.core.protection import Reasons

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TARGET = Target("123456789012", "eu-west-1", "research")
RULES = MarkRules(matches=2, interval=timedelta(days=1), min_grace=timedelta(days=7))
HERE = Place("policies/stale.yaml", 3, 5)


def days(count: float) -> timedelta:
    return timedelta(days=count)


def ago(count: float) -> datetime:
    """A time so many days before NOW."""
    return NOW - days(count)


def entity(kind: Kind, name: str, **changes: Any) -> Entity:
    """An entity created and last changed 100 days ago."""
    plain: dict[str, Any] = {
        "arn": f"arn:aws:sagemaker:eu-west-1:123456789012:{kind}/{name}",
        "created": ago(100),
        "modified": ago(100),
        "content": f"content of {name}",
        "tags": {},
    }
    return Entity(kind=kind, name=name, **(plain | changes))


def experiment(name: str, **changes: Any) -> Entity:
    return entity(Kind.EXPERIMENT, name, **changes)


def trial(name: str, of: str | None, **changes: Any) -> Entity:
    return entity(Kind.TRIAL, name, experiment=of, **changes)


def component(name: str, *trials: str, **changes: Any) -> Entity:
    """A completed component of these trials."""
    parents = {"parents": tuple(Parent(each, None) for each in trials), "status": "Completed"}
    return entity(Kind.COMPONENT, name, **(parents | changes))


def seen(*entities: Entity, gaps: Iterable[Gap] = ()) -> Inventory:
    """The inventory of these entities."""
    of = {
        kind: {each.key: each for each in entities if each.kind is kind}
        for kind in (Kind.EXPERIMENT, Kind.TRIAL, Kind.COMPONENT)
    }
    return Inventory(
        TARGET, NOW, of[Kind.EXPERIMENT], of[Kind.TRIAL], of[Kind.COMPONENT], tuple(gaps)
    )


def policy(
    resource: Kind = Kind.EXPERIMENT,
    match: Condition | None = None,
    *,
    name: str = "stale",
    action: Action = Action.DELETE,
    keep: Keep | None = None,
) -> Policy:
    """A policy that deletes everything of a kind after a week; its rule is told by its name."""
    return Policy(
        name=name,
        resource=resource,
        match=match or Everything(),
        action=action,
        rule=f"rule of {name}",
        place=HERE,
        grace=days(7) if action is Action.DELETE else None,
        keep=keep,
    )


def policies(*some: Policy, protect: Iterable[str] = ()) -> PolicySet:
    """A set of policies, and a protection of each of these tags."""
    protections = tuple(Protection(Tagged(tag, "present"), HERE) for tag in protect)
    return PolicySet(some, protections, (), "digest of the policies")


def judged(
    world: Inventory,
    rules: PolicySet,
    marks: Marks | None = None,
    *,
    holds: Reasons | None = None,
    now: datetime = NOW,
    writes: Writes | None = None,
    patience: MarkRules = RULES,
) -> Judgements:
    """Judge a world now."""
    given = Circumstances(now, marks or {}, patience, holds or {}, writes or {})
    return judge(world, rules, given)


def ripe(marks: Marks) -> dict[tuple[Identity, str], Mark]:
    """The same marks after a long time in which everything was announced."""
    return {
        place: replace(mark, since=ago(60), due=ago(1), matches=9, counted=ago(2), announced=ago(3))
        for place, mark in marks.items()
    }


def after_grace(
    world: Inventory,
    rules: PolicySet,
    *,
    holds: Reasons | None = None,
    writes: Writes | None = None,
) -> Judgements:
    """Judge a world whose every match was marked and announced long ago."""
    first = judged(world, rules, holds=holds, writes=writes)
    return judged(world, rules, ripe(first.marks), holds=holds, writes=writes)


def planned(world: Inventory, rules: PolicySet, *, holds: Reasons | None = None) -> Plan:
    """The plan of everything that matched long ago."""
    return make_plan(TARGET, rules.digest, after_grace(world, rules, holds=holds))


def told(plan: Plan) -> list[list[str]]:
    """A plan's steps in words, unit by unit."""
    return [[str(step) for step in unit.steps] for unit in plan.units]


def steps(plan: Plan) -> set[Step]:
    return {step for unit in plan.units for step in unit.steps}


def deleted(plan: Plan) -> set[str]:
    """Names of everything that a plan deletes."""
    return {step.identity.name for step in steps(plan) if step.effect is Effect.DELETE}


def verdicts(judgements: Judgements) -> dict[str, str]:
    """Each judged name's verdict."""
    return {each.entity.name: str(each.verdict) for each in judgements.given}


def against(judgements: Judgements) -> dict[str, tuple[str, ...]]:
    """Each judged name's reasons against."""
    return {each.entity.name: each.against for each in judgements.given}


def through_json(value: Any) -> Any:
    """A value as it comes back from the vault."""
    return json.loads(canonical(value))


def identities(entities: Iterable[Entity]) -> Mapping[str, Identity]:
    return {each.name: each.identity for each in entities}
