"""Random accounts and policies: shared components, orphans, holds, states, and all unknowns."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from math import nan
from typing import Any, Literal

from hypothesis import strategies as st
from tests.core.worlds import NOW, ago, component, days, experiment, policies, policy, seen, trial

from sagewarden.core.comparisons import Bound
from sagewarden.core.entities import (
    STATUSES,
    Entity,
    Kind,
    Metrics,
    Origin,
    Parameters,
    Parent,
    Quantity,
)
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.policy import (
    Action,
    Aged,
    AllOf,
    AnyOf,
    Best,
    Condition,
    Counted,
    CreatedBy,
    Displayed,
    Escalation,
    Everything,
    GroupKey,
    Idle,
    InStatus,
    Keep,
    Metric,
    Named,
    Not,
    OfOrigin,
    Parameter,
    Period,
    Policy,
    PolicySet,
    Required,
    Tagged,
    Unassigned,
)
from sagewarden.core.protection import HOLD_TAG


class AllSeenError(Exception):
    """A search has met all that it was to meet: no more examples are needed."""


EXPERIMENTS = ("e-0", "E-1", "e-2")
TRIALS = ("t-0", "T-1", "t-2", "t-3", "t-4")
COMPONENTS = tuple(f"{'C' if number % 3 else 'c'}-{number}" for number in range(8))

AGES = st.sampled_from([0, 1, 10, 50, 90, 90, 200, 400])
TAGS: st.SearchStrategy[Mapping[str, str]] = st.sampled_from(
    [{}, {}, {}, {}, {}, {"env": "dev"}, {"env": "prod"}, {"legal-hold": "x"}, {HOLD_TAG: ""}]
)

PARAMETERS: st.SearchStrategy[Parameters] = st.sampled_from(
    [{}, {"rate": 0.1}, {"rate": "0.7"}, {"rate": "adam"}, {"rate": nan}]
)
METRICS: st.SearchStrategy[Metrics] = st.dictionaries(
    st.sampled_from([Quantity("loss"), Quantity("loss", "count")]),
    st.sampled_from([(0.1,), (0.4,), (0.4,), (2.0,), (0.1, 2.0), (nan,)]),
    max_size=2,
)


@st.composite
def _aged(draw: st.DrawFn, known: Entity) -> Entity:
    idle = draw(AGES)
    age = max(idle, draw(AGES))
    return replace(
        known,
        created=ago(age),
        modified=ago(idle),
        tags=draw(TAGS),
        display_name=draw(st.sampled_from([None, None, "Final-7", "other"])),
        created_by=draw(st.sampled_from([None, None, "ana", "ben"])),
    )


@st.composite
def _component(draw: st.DrawFn, name: str) -> Entity:
    trials = draw(st.lists(st.sampled_from(TRIALS), max_size=3, unique=True))
    status = draw(st.sampled_from(["Completed"] * 12 + [None, *STATUSES]))
    origin = draw(st.sampled_from([Origin.RUN, Origin.MANUAL]))
    known = draw(_aged(component(name, *trials, status=status, origin=origin)))
    return replace(known, parameters=draw(PARAMETERS), metrics=draw(METRICS))


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


FAULTS = ("tags", "place", "doubt", "no time", "future", "shadow", "lost", "number")


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
        case "number":
            return _unmeasured(hit)
        case "future":
            return replace(hit, modified=NOW + days(1))
        case _:
            return replace(_homeless(hit), tags=None, content="", doubt="it could not be read")


def _unmeasured(hit: Entity) -> Entity:
    """What it measured is not a number, or was given twice; other parameters stay as they are."""
    if hit.metrics is None:
        return replace(hit, doubt="Search and List differ")
    return replace(hit, metrics=dict.fromkeys((LAST, COUNT), (nan,)))


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


LAST, COUNT = Quantity("loss"), Quantity("loss", "count")
HALF = ((Bound("<", 0.5),),)
NONE = ((Bound("==", 0.0),),)
SOME = ((Bound(">", 0.0), Bound("<", 3.0)),)

TIMELESS: tuple[Condition, ...] = (
    Everything(),
    Named(("*-0", "*-1", "?-2")),
    Displayed("present"),
    Displayed("values", ("final*",)),
    CreatedBy("absent"),
    CreatedBy("values", ("a*", "b?n")),
    Tagged("env", "values", ("dev", "p*")),
    Tagged("env", "absent"),
    Tagged("legal-hold", "present"),
    InStatus(("Completed", "Failed", "absent")),
    OfOrigin((Origin.RUN,)),
)
OF_TREES: tuple[Condition, ...] = (
    Counted("children", SOME),
    Counted("children", NONE),
)
OF_COMPONENTS: tuple[Condition, ...] = (
    Unassigned(wanted=True),
    Unassigned(wanted=False),
    Counted("parents", SOME),
    Parameter("rate", "values", ("adam",), HALF),
    Parameter("rate", "present"),
    Metric(LAST, "values", HALF),
    Metric(LAST, "absent"),
    Metric(COUNT, "values", SOME),
)
AGEING: tuple[Condition, ...] = (Idle(days(30)), Idle(days(90)), Aged(days(100)))


def conditions(kind: Kind, *, ages: bool = True) -> st.SearchStrategy[Condition]:
    """Everything the language can ask of a kind, nested; ages stand below no `not` or nowhere."""
    leaves = TIMELESS + (OF_COMPONENTS if kind is Kind.COMPONENT else OF_TREES)
    lasting = _nested(st.sampled_from(leaves), denied=True)
    if not ages:
        return lasting
    return _nested(st.one_of(st.sampled_from(AGEING), lasting), denied=False)


def any_conditions(kind: Kind) -> st.SearchStrategy[Condition]:
    """The same, with ages below `not` as well: what matches today may not match tomorrow."""
    leaves = TIMELESS + AGEING + (OF_COMPONENTS if kind is Kind.COMPONENT else OF_TREES)
    return _nested(st.sampled_from(leaves), denied=True)


def _nested(leaves: st.SearchStrategy[Condition], *, denied: bool) -> st.SearchStrategy[Condition]:
    def larger(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        some = st.lists(inner, min_size=1, max_size=3).map(tuple)
        joined = st.one_of(some.map(AllOf), some.map(AnyOf))
        return st.one_of(joined, inner.map(Not)) if denied else joined

    return st.recursive(leaves, larger, max_leaves=4)


LEAVES = st.sampled_from(TIMELESS + AGEING)
CONDITIONS = st.sampled_from(Kind).flatmap(any_conditions)
"""For tests of conditions alone, of whatever kind."""

GROUPS: Mapping[Kind, tuple[GroupKey, ...]] = {
    Kind.COMPONENT: (GroupKey("trial"), GroupKey("experiment")),
    Kind.TRIAL: (GroupKey("experiment"),),
    Kind.EXPERIMENT: (),
}
PERIODS: tuple[Period, ...] = ("daily", "weekly", "monthly", "yearly")


@st.composite
def keeps(draw: st.DrawFn, kind: Kind) -> Keep:
    """Any keep rules of a kind, one or several, over any groups."""
    keys = (*GROUPS[kind], GroupKey("name-prefix"), GroupKey("tag", "env"))
    groups = draw(st.lists(st.sampled_from(keys), max_size=2, unique=True))
    return replace(draw(keep_rules(kind)), group_by=tuple(groups))


@st.composite
def keep_rules(draw: st.DrawFn, kind: Kind) -> Keep:
    """The same rules, without groups."""
    rules: dict[str, Any] = {"last": draw(st.integers(1, 3))}
    if kind is Kind.COMPONENT:
        order: Literal["min", "max"] = draw(st.sampled_from(["min", "max"]))
        rules["best"] = Best(draw(st.sampled_from([LAST, COUNT])), order, draw(st.integers(1, 2)))
    rules["within"] = days(draw(st.sampled_from([1, 40, 150])))
    rules["periods"] = ((draw(st.sampled_from(PERIODS)), draw(st.integers(1, 3))),)
    rules["tags"] = (Tagged("env", draw(st.sampled_from(["present", "absent"]))),)
    names = draw(st.sets(st.sampled_from(sorted(rules)), min_size=1, max_size=3))
    return Keep(**{name: rules[name] for name in names})


def with_both(one: Keep, other: Keep) -> Keep:
    """Each rule of one, and of the other what the first has not."""
    return Keep(
        last=one.last or other.last,
        group_by=one.group_by,
        best=one.best or other.best,
        within=one.within or other.within,
        periods=one.periods or other.periods,
        tags=one.tags or other.tags,
    )


@st.composite
def some_policies(
    draw: st.DrawFn, asked: Callable[[Kind], st.SearchStrategy[Condition]] | None = None
) -> PolicySet:
    """One to three policies that delete, with and without keep rules and protections."""
    made = []
    for name in ("a", "b", "c")[: draw(st.integers(1, 3))]:
        kind = draw(st.sampled_from(Kind))
        match = draw(any_conditions(kind) if asked is None else asked(kind))
        keep = draw(st.one_of(st.none(), st.none(), keeps(kind)))
        made.append(policy(kind, match, name=name, keep=keep))
    return policies(*made, protect=draw(st.sampled_from([(), ("legal-hold",)])))


REQUIRED = (
    Required(key="env", allowed=("dev", "test")),
    Required(key="env", normalise=(("dev", "test"),), default="prod"),
    Required(key="owner"),
    Required(key="owner", rename=("env",)),
    Required(key="owner", default="ana"),
)
INHERITED = (Required(key="env", inherit=True), Required(key="legal-hold", inherit=True))


@st.composite
def _tagging(draw: st.DrawFn, name: str) -> Policy:
    kind = draw(st.sampled_from(Kind))
    required = REQUIRED if kind is Kind.EXPERIMENT else REQUIRED + INHERITED
    made = policy(kind, draw(any_conditions(kind)), name=name, action=Action.TAG)
    escalate = draw(st.sampled_from([None, Escalation(days(30), days(7))]))
    return replace(made, require=(draw(st.sampled_from(required)),), escalate=escalate)


@st.composite
def _reporting(draw: st.DrawFn, name: str) -> Policy:
    kind = draw(st.sampled_from(Kind))
    match, keep = draw(any_conditions(kind)), draw(st.one_of(st.none(), keeps(kind)))
    return policy(kind, match, name=name, action=Action.REPORT, keep=keep)


@st.composite
def policies_of_each_action(draw: st.DrawFn) -> PolicySet:
    """A policy that deletes or more, one or two that tag and may escalate, one that reports."""
    rules = draw(some_policies())
    tagging = [draw(_tagging(name)) for name in ("t", "u")[: draw(st.integers(1, 2))]]
    return replace(rules, policies=(*rules.policies, *tagging, draw(_reporting("r"))))


def patient(rule: Policy, more: timedelta) -> Policy:
    """The same policy, which also wants so much idleness and age."""
    return replace(rule, match=AllOf((rule.match, Idle(more), Aged(more))))
