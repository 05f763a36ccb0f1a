"""What policy files may say and probably do not mean."""

from dataclasses import replace

import pytest
from hypothesis import given
from tests.core.strategies import CONDITIONS, LEAVES, accounts
from tests.core.worlds import NOW, days, policies, policy

from sagewarden.core.advice import advise, conjuncts, contradiction, implied
from sagewarden.core.conditions import compile_condition
from sagewarden.core.entities import Kind, Origin
from sagewarden.core.forest import Forest
from sagewarden.core.inventory import Inventory
from sagewarden.core.policy import (
    Action,
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Everything,
    Idle,
    InStatus,
    Keep,
    Named,
    Not,
    OfOrigin,
    Policy,
    Receiver,
    Tagged,
    Unassigned,
)
from sagewarden.core.truth import Truth

WEEK = days(7)
SOUND = replace(policy(match=AllOf((Named(("dev-*",)), Idle(days(90))))), description="Stale ones")


def about(*some: Policy, protect: tuple[str, ...] = ("legal-hold",)) -> list[str]:
    """Which kinds of advice are given on these policies."""
    return [each.about for each in advise(policies(*some, protect=protect), WEEK, operator=False)]


def matching(*parts: Condition, kind: Kind = Kind.EXPERIMENT) -> Policy:
    return replace(SOUND, match=AllOf(parts), resource=kind)


def test_a_sound_policy_needs_no_advice() -> None:
    assert about(SOUND) == []


def test_a_policy_without_a_description_is_told() -> None:
    assert about(replace(SOUND, description="")) == ["description"]


def test_a_grace_period_below_the_floor_is_told() -> None:
    assert about(replace(SOUND, grace=days(3))) == ["grace"]


def test_an_operator_whom_no_setting_names_is_told() -> None:
    alone = replace(SOUND, notify=(Receiver.OPERATOR,))
    both = replace(SOUND, notify=(Receiver.OWNER, Receiver.OPERATOR))
    assert (about(alone), about(both)) == (["notify"], ["notify"])
    assert advise(policies(alone, protect=("legal-hold",)), WEEK, operator=True) == ()


def test_a_delete_that_takes_what_was_made_today_is_told() -> None:
    assert about(matching(Named(("dev-*",)))) == ["no-age"]
    assert about(matching(AnyOf((Idle(days(9)), Named(("dev-*",)))))) == ["no-age"]
    assert about(matching(AnyOf((Idle(days(9)), Aged(days(99)))))) == []


def test_a_report_may_take_what_was_made_today() -> None:
    assert about(replace(matching(Named(("dev-*",))), action=Action.REPORT, grace=None)) == []


@pytest.mark.parametrize(
    "spared",
    [
        replace(SOUND, keep=Keep(last=1)),
        matching(Idle(days(90)), Tagged("keep", "absent")),
        matching(Idle(days(90)), Not(Tagged("pinned", "present"))),
    ],
)
def test_a_delete_without_any_way_out_is_told(spared: Policy) -> None:
    assert about(SOUND, protect=()) == ["no-way-out"]
    assert about(spared, protect=()) == []


@pytest.mark.parametrize(
    "parts",
    [
        (Idle(days(60)), Not(Aged(days(30)))),
        (Idle(days(60)), Not(Idle(days(30)))),
        (Idle(days(60)), Tagged("a", "present"), Tagged("a", "absent")),
        (Idle(days(60)), Tagged("a", "values", ("x",)), Tagged("a", "values", ("y",))),
        (Idle(days(60)), InStatus(("Failed",)), InStatus(("Completed",))),
        (Idle(days(60)), OfOrigin((Origin.RUN,)), OfOrigin((Origin.JOB,))),
        (Idle(days(60)), Unassigned(wanted=True), Unassigned(wanted=False)),
        (Idle(days(60)), Named(("a*",)), Not(Named(("A*", "b*")))),
    ],
    ids=str,
)
def test_a_match_that_nothing_meets_is_told(parts: tuple[Condition, ...]) -> None:
    assert about(matching(*parts, kind=Kind.COMPONENT)) == ["matches-nothing"]


@pytest.mark.parametrize(
    "parts",
    [
        (Idle(days(30)), Not(Aged(days(60)))),
        (Idle(days(60)), Tagged("a", "values", ("x*",)), Tagged("a", "values", ("*y",))),
        (Idle(days(60)), InStatus(("Failed", "Stopped")), InStatus(("Stopped",))),
        (Idle(days(60)), Named(("a*", "b*")), Not(Named(("a-1*",)))),
    ],
    ids=str,
)
def test_a_match_that_something_may_meet_is_not_told(parts: tuple[Condition, ...]) -> None:
    assert about(matching(*parts)) == []


def test_a_policy_of_what_is_protected_anyway_is_told() -> None:
    assert about(matching(Idle(days(90)), Tagged("legal-hold", "values", ("x",)))) == ["protected"]


def test_a_policy_that_lies_within_another_is_told_once() -> None:
    wide = replace(SOUND, name="wide", match=Idle(days(30)))
    assert about(SOUND, wide) == ["overlap"]
    both = policies(replace(SOUND, keep=Keep(last=1)), wide, protect=("x",))
    (told,) = advise(both, WEEK, operator=False)
    assert told.text.startswith("policy wide matches all of it too, so its keep is in vain")


@given(accounts(), CONDITIONS, CONDITIONS)
def test_what_is_said_to_be_implied_is(world: Inventory, one: AllOf, other: AllOf) -> None:
    """Advice may miss something; what it says holds on every account."""
    if not implied(conjuncts(one), conjuncts(other)):
        return
    tests = [compile_condition(each) for each in (one, other)]
    for entity in world.everything():
        subject = Forest(world, {}).subject(entity)
        first, second = (test(subject, NOW) for test in tests)
        assert first is not Truth.TRUE or second is Truth.TRUE


@given(accounts(), LEAVES, LEAVES)
def test_what_is_said_to_match_nothing_matches_nothing(
    world: Inventory, one: Condition, other: Condition
) -> None:
    if not contradiction((one, other)):
        return
    test = compile_condition(AllOf((one, other)))
    for entity in world.everything():
        assert test(Forest(world, {}).subject(entity), NOW) is not Truth.TRUE


def test_everything_is_implied_by_anything() -> None:
    assert implied((Idle(WEEK),), (Everything(),))
