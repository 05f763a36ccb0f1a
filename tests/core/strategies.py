"""Random accounts and policies: shared components, orphans, holds, states, and all unknowns."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from tests.core.worlds import NOW, ago, component, days, experiment, policies, policy, seen, trial

from sagewarden.core.entities import STATUSES, Entity, Kind, Origin, Parent
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.policy import (
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Everything,
    GroupKey,
    Idle,
    InStatus,
    Keep,
    Named,
    Not,
    OfOrigin,
    Policy,
    PolicySet,
    Tagged,
    Unassigned,
)
from sagewarden.core.protection import HOLD_TAG

EXPERIMENTS = ("e-0", "E-1", "e-2")
TRIALS = ("t-0", "T-1", "t-2", "t-3", "t-4")
COMPONENTS = tuple(f"{'C' if number % 3 else 'c'}-{number}" for number in range(8))

AGES = st.sampled_from([0, 1, 10, 50, 90, 90, 200, 400])
TAGS: st.SearchStrategy[Mapping[str, str]] = st.sampled_from(
    [{}, {}, {}, {}, {}, {"env": "dev"}, {"env": "prod"}, {"legal-hold": "x"}, {HOLD_TAG: ""}]
)


@st.composite
def _aged(draw: st.DrawFn, known: Entity) -> Entity:
    idle = draw(AGES)
    age = max(idle, draw(AGES))
    return replace(known, created=ago(age), modified=ago(idle), tags=draw(TAGS))


@st.composite
def _component(draw: st.DrawFn, name: str) -> Entity:
    trials = draw(st.lists(st.sampled_from(TRIALS), max_size=3, unique=True))
    status = draw(st.sampled_from(["Completed"] * 12 + [None, *STATUSES]))
    origin = draw(st.sampled_from([Origin.RUN, Origin.MANUAL]))
    return draw(_aged(component(name, *trials, status=status, origin=origin)))


@st.composite
def accounts(draw: st.DrawFn) -> Inventory:
    """An account that was read whole, in any order."""
    some = [draw(_aged(experiment(name))) for name in EXPERIMENTS]
    some += [draw(_aged(trial(name, draw(st.sampled_from(EXPERIMENTS))))) for name in TRIALS]
    count = draw(st.integers(0, len(COMPONENTS)))
    some += [draw(_component(name)) for name in COMPONENTS[:count]]
    return seen(*some)


@st.composite
def reordered(draw: st.DrawFn, world: Inventory) -> Inventory:
    """The same account, told in another order."""
    return seen(*draw(st.permutations(list(world.everything()))), gaps=world.gaps)


FAULTS = ("tags", "place", "doubt", "no time", "future", "shadow", "lost")


@st.composite
def with_fault(draw: st.DrawFn, world: Inventory) -> Inventory:
    """The same account, where one entity could not be read as it is."""
    every = list(world.everything())
    hit = draw(st.sampled_from(every))
    fault = draw(st.sampled_from(FAULTS))
    rest = [each for each in every if each is not hit]
    if fault == "lost":
        return seen(*rest, gaps=[Gap(hit.kind, hit.name, "it could not be read")])
    return seen(*rest, _faulty(hit, fault))


def _faulty(hit: Entity, fault: str) -> Entity:
    match fault:
        case "tags":
            return replace(hit, tags=None)
        case "place":
            return _homeless(hit)
        case "doubt":
            return replace(hit, doubt="Search and List differ")
        case "no time":
            return replace(hit, modified=None)
        case "future":
            return replace(hit, modified=NOW + days(1))
        case _:
            return replace(_homeless(hit), tags=None, content="", doubt="it could not be read")


def _homeless(hit: Entity) -> Entity:
    if hit.kind is Kind.COMPONENT:
        return replace(hit, parents=None)
    return replace(hit, experiment=None)


@st.composite
def broken_accounts(draw: st.DrawFn) -> Inventory:
    """An account with a few faults, among them trials and experiments that were never seen."""
    world = draw(accounts())
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        world = draw(with_fault(world))
    if draw(st.sampled_from([False, False, True])) and world.components:
        every = list(world.everything())
        ghost = replace(every.pop(), parents=(Parent("never-seen", None),))
        world = seen(*every, ghost, gaps=world.gaps)
    return world


LEAVES: st.SearchStrategy[Condition] = st.sampled_from(
    [
        Everything(),
        Everything(),
        Idle(days(30)),
        Aged(days(100)),
        Named(("*-0", "*-1", "*-2")),
        Tagged("env", "values", ("dev", "p*")),
        Tagged("env", "absent"),
        Not(Tagged("env", "values", ("prod",))),
        Not(Idle(days(300))),
        InStatus(("Completed", "Failed", "absent")),
        OfOrigin((Origin.RUN,)),
        Not(OfOrigin((Origin.RUN,))),
        AnyOf((Idle(days(90)), Tagged("env", "present"))),
    ]
)
CONDITIONS = st.lists(LEAVES, min_size=1, max_size=2).map(lambda some: AllOf(tuple(some)))


@st.composite
def keeps(draw: st.DrawFn, kind: Kind) -> Keep:
    allowed = {
        Kind.COMPONENT: ["trial", "experiment", "name-prefix", "tag"],
        Kind.TRIAL: ["experiment", "name-prefix", "tag"],
        Kind.EXPERIMENT: ["name-prefix", "tag"],
    }[kind]
    by = draw(st.lists(st.sampled_from(allowed), max_size=2, unique=True))
    keys = tuple(GroupKey(each, "env" if each == "tag" else "") for each in by)  # type: ignore[arg-type]
    return Keep(draw(st.integers(1, 3)), keys)


@st.composite
def some_policies(draw: st.DrawFn) -> PolicySet:
    """One to three policies that delete, with and without keep rules and protections."""
    made = []
    for name in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        kind = draw(st.sampled_from(Kind))
        match: Condition = draw(CONDITIONS)
        if kind is Kind.COMPONENT and draw(st.booleans()):
            match = AllOf((match, Unassigned(wanted=draw(st.booleans()))))
        keep = draw(st.one_of(st.none(), st.none(), keeps(kind)))
        made.append(policy(kind, match, name=name, keep=keep))
    return policies(*made, protect=draw(st.sampled_from([(), ("legal-hold",)])))


def patient(rule: Policy, more: timedelta) -> Policy:
    """The same policy, which also wants so much idleness and age."""
    return replace(rule, match=AllOf((rule.match, Idle(more), Aged(more))))
