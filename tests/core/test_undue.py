"""What of a stored plan is not due any more, by the marks of today."""

from dataclasses import replace
from typing import Any

import pytest
from tests.core.worlds import (
    NOW,
    after_grace,
    ago,
    component,
    days,
    experiment,
    judged,
    planned,
    policies,
    policy,
    ripe,
    seen,
    trial,
)

from sagewarden.core.entities import Kind
from sagewarden.core.marks import Mark
from sagewarden.core.plan import Plan
from sagewarden.core.undue import Today

WORLD = seen(experiment("e"), trial("t", "e"), component("c", "t"), component("lone"))
TREES = policies(policy(Kind.EXPERIMENT))
EACH = policies(
    policy(Kind.EXPERIMENT, name="of experiments"),
    policy(Kind.TRIAL, name="of trials"),
    policy(Kind.COMPONENT, name="of components"),
)
PLAN = planned(WORLD, TREES)
DUE = ripe(judged(WORLD, TREES).marks)
(TREE,) = DUE.values()
GONE = "its mark is gone since the plan was made: it did not match, or was kept"


def undue(plan: Plan = PLAN, *marks: Mark) -> dict[str, str]:
    """What is not due with these marks, by name."""
    found = Today({each.place: each for each in marks}, NOW).undue(plan)
    return {who.name: why for who, why in found.items()}


def test_a_tree_goes_by_the_mark_of_its_top() -> None:
    assert undue(PLAN, TREE) == {}


def test_without_its_mark_nothing_of_a_tree_is_due() -> None:
    assert undue(PLAN) == {"e": GONE, "t": GONE, "c": GONE}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"rule": "another"}, GONE),
        ({"due": NOW + days(1)}, "marked, due 2026-03-02 12:00 UTC"),
        ({"announced": None}, "due, but its notice was not accepted by any channel that counts"),
        ({"policy": "another"}, GONE),
    ],
)
def test_the_mark_of_the_top_must_be_due_and_announced(change: dict[str, Any], why: str) -> None:
    assert undue(PLAN, replace(TREE, **change))["e"] == why


def test_a_mark_that_was_made_anew_has_matched_often_enough() -> None:
    """The plan itself was a match."""
    assert undue(PLAN, replace(TREE, matches=0, due=ago(0))) == {}


@pytest.mark.parametrize(
    ("lost", "why"),
    [
        ("e", {"e": GONE}),
        ("t", {"t": GONE}),
        ("c", {"c": GONE}),
        ("lone", {"lone": GONE}),
    ],
)
def test_what_goes_by_another_policy_has_a_mark_of_its_own(lost: str, why: dict[str, str]) -> None:
    """Hanging on something that goes by another one is no reason to go."""
    found = after_grace(WORLD, EACH)
    plan = own_policies()
    marks = [each for each in ripe(found.marks).values() if each.identity.name != lost]
    assert undue(plan, *marks) == why


def own_policies() -> Plan:
    """A plan in which each entity goes by the policy of its kind."""
    plan = planned(WORLD, EACH)
    of = {
        Kind.EXPERIMENT: "of experiments",
        Kind.TRIAL: "of trials",
        Kind.COMPONENT: "of components",
    }
    units = tuple(
        replace(
            unit,
            entities=tuple(
                replace(
                    each,
                    policy=of[each.identity.kind],
                    rule=f"rule of {of[each.identity.kind]}",
                )
                for each in unit.entities
            ),
        )
        for unit in plan.units
    )
    return replace(plan, units=units)


def test_a_component_of_two_trials_needs_one_that_is_due() -> None:
    world = seen(experiment("e"), trial("t", "e"), trial("u", "e"), component("c", "t", "u"))
    rules = policies(policy(Kind.TRIAL))
    plan = planned(world, rules)
    marks = {each.identity.name: each for each in ripe(judged(world, rules).marks).values()}
    assert undue(plan, marks["t"]) == {"u": GONE}
    assert undue(plan) == {"t": GONE, "u": GONE, "c": GONE}
