"""Each condition: when it holds, when it cannot be known, and its words."""

from datetime import timedelta

import pytest
from tests.core.worlds import NOW, ago, component, days, experiment, seen, trial

from sagewarden.core.conditions import compile_condition, explain, scope
from sagewarden.core.entities import Entity, Origin
from sagewarden.core.forest import Forest, Subject
from sagewarden.core.policy import (
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Everything,
    Idle,
    InStatus,
    Named,
    Not,
    OfOrigin,
    Tagged,
    Unassigned,
)
from sagewarden.core.truth import Truth

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


def subject(root: Entity, *others: Entity) -> Subject:
    return Forest(seen(root, *others), {}).subject(root)


def found(condition: Condition, root: Entity, *others: Entity) -> Truth:
    return compile_condition(condition)(subject(root, *others), NOW)


def words(condition: Condition, root: Entity, *others: Entity) -> list[str]:
    return [each.text for each in explain(condition, subject(root, *others), NOW)]


@pytest.mark.parametrize(
    ("condition", "entity", "truth"),
    [
        (Everything(), component("c"), T),
        (Named(("x", "DEV-*")), component("dev-a"), T),
        (Named(("dev-*",)), component("c", display_name="Dev-A"), T),
        (Named(("dev-*",)), component("dev-a", display_name="other"), T),
        (Named(("dev-*",)), component("prod-a"), F),
        (Tagged("env", "present"), component("c", tags={"env": ""}), T),
        (Tagged("env", "present"), component("c"), F),
        (Tagged("env", "present"), component("c", tags={"Env": "dev"}), F),
        (Tagged("env", "present"), component("c", tags=None), U),
        (Tagged("env", "absent"), component("c"), T),
        (Tagged("env", "absent"), component("c", tags={"env": ""}), F),
        (Tagged("env", "absent"), component("c", tags=None), U),
        (Tagged("env", "values", ("dev", "s*")), component("c", tags={"env": "sand"}), T),
        (Tagged("env", "values", ("dev",)), component("c", tags={"env": "DEV"}), F),
        (Tagged("env", "values", ("*v",)), component("c"), F),
        (Tagged("env", "values", ("dev",)), component("c", tags=None), U),
        (InStatus(("Completed", "Failed")), component("c"), T),
        (InStatus(("Failed",)), component("c"), F),
        (InStatus(("absent",)), component("c", status=None), T),
        (InStatus(("Failed",)), component("c", status=None), F),
        (OfOrigin((Origin.RUN, Origin.JOB)), component("c", origin=Origin.JOB), T),
        (OfOrigin((Origin.RUN,)), component("c"), F),
        (OfOrigin((Origin.MANUAL,)), component("c", tags=None), U),
        (Idle(days(100)), component("c"), T),
        (Idle(days(100) + timedelta(microseconds=1)), component("c"), F),
        (Aged(days(100)), component("c", modified=ago(3)), T),
        (Aged(days(101)), component("c"), F),
        (Unassigned(wanted=True), component("c"), T),
        (Unassigned(wanted=True), component("c", "t"), F),
        (Unassigned(wanted=False), component("c", "t"), T),
        (Unassigned(wanted=False), component("c"), F),
        (Unassigned(wanted=True), component("c", parents=None), U),
        (Unassigned(wanted=False), component("c", parents=None), U),
        (Not(Tagged("env", "present")), component("c", tags=None), U),
        (Not(Named(("dev-*",))), component("c"), T),
        (AllOf((Everything(), Tagged("env", "absent"))), component("c", tags=None), U),
        (AllOf((Named(("x",)), Tagged("env", "absent"))), component("c", tags=None), F),
        (AnyOf((Everything(), Tagged("env", "absent"))), component("c", tags=None), T),
        (AnyOf((Named(("x",)), Tagged("env", "absent"))), component("c", tags=None), U),
        (AnyOf((Named(("x",)), Named(("y",)))), component("c"), F),
    ],
    ids=str,
)
def test_a_condition_of_a_component(condition: Condition, entity: Entity, truth: Truth) -> None:
    assert found(condition, entity) is truth


def test_a_tree_is_as_idle_as_its_busiest_part() -> None:
    tree = (experiment("e"), trial("t", "e"), component("c", "t", modified=ago(3)))
    assert [found(Idle(days(3)), *tree), found(Idle(days(4)), *tree)] == [T, F]


def test_a_tree_is_as_young_as_its_youngest_part() -> None:
    tree = (experiment("e"), trial("t", "E", created=ago(3), modified=ago(3)))
    assert [found(Aged(days(3)), *tree), found(Aged(days(4)), *tree)] == [T, F]


def test_every_component_of_a_tree_must_be_in_the_status() -> None:
    tree = (trial("t", "e"), component("a", "t"), component("b", "t", status="Failed"))
    assert found(InStatus(("Completed",)), *tree) is F
    assert found(InStatus(("Completed", "Failed")), *tree) is T


def test_a_tree_without_components_is_in_every_status() -> None:
    assert found(InStatus(("Failed",)), experiment("e")) is T


@pytest.mark.parametrize(
    ("condition", "wider"),
    [
        (Idle(days(1)), Everything()),
        (Aged(days(1)), Everything()),
        (InStatus(("Failed",)), Everything()),
        (Not(Idle(days(1))), Not(Not(Everything()))),
        (Not(Not(Idle(days(1)))), Not(Not(Everything()))),
        (AllOf((Idle(days(1)), Named(("a",)))), AllOf((Everything(), Named(("a",))))),
        (AnyOf((Idle(days(1)), Named(("a",)))), AnyOf((Everything(), Named(("a",))))),
        (Unassigned(wanted=True), Unassigned(wanted=True)),
    ],
    ids=str,
)
def test_what_a_keep_rule_counts_over_minds_no_time(condition: Condition, wider: Condition) -> None:
    assert scope(condition) == wider


@pytest.mark.parametrize(
    ("condition", "entity", "text"),
    [
        (Everything(), component("c"), "every trial component"),
        (Everything(), experiment("e"), "every experiment"),
        (Everything(), trial("t", "e"), "every trial"),
        (Named(("d*",)), component("dev"), "name dev"),
        (Named(("d*",)), component("c", display_name="Dev"), "name c, shown as Dev"),
        (Named(("d*", "e")), component("c"), "name c, wanted d*, e"),
        (Tagged("env", "present"), component("c", tags={"env": "dev"}), "tag env is dev"),
        (Tagged("env", "present"), component("c"), "no tag env, wanted present"),
        (Tagged("env", "present"), component("c", tags={"env": ""}), "tag env is empty"),
        (Tagged("a", "values", ("b",)), component("c", tags=None), "tag a unknown, wanted b"),
        (InStatus(("Completed",)), component("c"), "status Completed"),
        (InStatus(("absent",)), component("c"), "status Completed, wanted absent"),
        (InStatus(("Failed",)), trial("t", "e"), "no component below"),
        (OfOrigin((Origin.RUN,)), component("c"), "made by manual, wanted run"),
        (Idle(days(90)), component("c"), "idle 100d of 90d"),
        (Idle(days(90)), component("c", modified=ago(0.5)), "idle 43200s of 90d"),
        (Aged(timedelta(hours=36)), component("c"), "age 100d of 36h"),
        (Unassigned(wanted=True), component("c"), "in no trial"),
        (Unassigned(wanted=True), component("c", "t"), "in 1 trials, wanted in none"),
        (Unassigned(wanted=False), component("c"), "in no trial, wanted in some"),
        (Unassigned(wanted=False), component("c", parents=None), "trials unknown, wanted in some"),
    ],
    ids=str,
)
def test_the_words_of_a_condition(condition: Condition, entity: Entity, text: str) -> None:
    assert words(condition, entity) == [text]


def test_all_tells_each_part() -> None:
    assert words(AllOf((Idle(days(1)), Aged(days(2)))), component("c")) == [
        "idle 100d of 1d",
        "age 100d of 2d",
    ]


def test_any_tells_only_alternatives_that_say_what_it_says() -> None:
    """Half of an alternative that does not hold is no reason."""
    failed_and_old = AllOf((InStatus(("Completed",)), Idle(days(200))))
    assert words(AnyOf((failed_and_old, Aged(days(90)))), component("c")) == [
        "one of: age 100d of 90d"
    ]


def test_not_tells_all_that_it_turns_around() -> None:
    both = AllOf((Named(("x",)), Idle(days(1))))
    (told,) = explain(Not(both), subject(component("c")), NOW)
    assert (told.truth, told.text) == (T, "not (name c, wanted x and idle 100d of 1d)")
