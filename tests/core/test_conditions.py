"""Each condition: when it holds, when it cannot be known, and its words."""

from datetime import timedelta
from math import nan

import pytest
from tests.core.worlds import NOW, ago, component, days, experiment, seen, trial

from sagewarden.core.comparisons import parse_range
from sagewarden.core.conditions import compile_condition, explain, scope
from sagewarden.core.entities import Entity, Kind, Origin, Quantity
from sagewarden.core.forest import Forest, Subject
from sagewarden.core.inventory import Gap
from sagewarden.core.policy import (
    Aged,
    AllOf,
    AnyOf,
    Condition,
    Counted,
    CreatedBy,
    Displayed,
    Everything,
    Idle,
    InStatus,
    Metric,
    Named,
    Not,
    OfOrigin,
    Parameter,
    Tagged,
    Unassigned,
)
from sagewarden.core.truth import Truth

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


RMSE = Quantity("validation:rmse")
OVER = Parameter("lr", "values", (), (parse_range("> 0.1"),))
WORSE = Metric(RMSE, "values", (parse_range("> 0.5"),))
NO_CHILD = Counted("children", (parse_range("== 0"),))


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
        (Named(("dev-*",)), component("c", content=""), U),
        (Named(("dev-*",)), component("dev-a", content=""), T),
        (Displayed("values", ("OLD*",)), component("c", display_name="older"), T),
        (Displayed("values", ("c",)), component("c"), F),
        (Displayed("present"), component("c", display_name=""), T),
        (Displayed("absent"), component("c"), T),
        (Displayed("absent"), component("c", content=""), U),
        (CreatedBy("values", ("ada", "b*")), component("c", created_by="bob"), T),
        (CreatedBy("values", ("ada",)), component("c", created_by="Ada"), F),
        (CreatedBy("absent"), component("c"), T),
        (CreatedBy("present"), component("c"), F),
        (CreatedBy("absent"), component("c", content=""), U),
        (Parameter("lr", "present"), component("c", parameters={"lr": 0.1}), T),
        (Parameter("lr", "present"), component("c", parameters={}), F),
        (Parameter("lr", "absent"), component("c", parameters={}), T),
        (Parameter("lr", "absent"), component("c"), U),
        (Parameter("lr", "absent"), component("c", parameters={}, content=""), U),
        (OVER, component("c", parameters={"lr": 0.3}), T),
        (OVER, component("c", parameters={"lr": 0.1}), F),
        (OVER, component("c", parameters={"lr": "0.3"}), T),
        (OVER, component("c", parameters={"lr": "high"}), F),
        (OVER, component("c", parameters={"lr": nan}), U),
        (OVER, component("c", parameters={}), F),
        (OVER, component("c"), U),
        (Not(OVER), component("c", parameters={}), T),
        (Not(OVER), component("c"), U),
        (Parameter("o", "values", ("ad*",)), component("c", parameters={"o": "adam"}), T),
        (Parameter("o", "values", ("ad*",)), component("c", parameters={"o": "Adam"}), F),
        (Parameter("o", "values", ("32",)), component("c", parameters={"o": 32.0}), T),
        (Metric(RMSE, "present"), component("c", metrics={RMSE: (1.0,)}), T),
        (Metric(RMSE, "absent"), component("c", metrics={}), T),
        (Metric(RMSE, "absent"), component("c"), U),
        (WORSE, component("c", metrics={RMSE: (0.6,)}), T),
        (WORSE, component("c", metrics={RMSE: (0.5,)}), F),
        (WORSE, component("c", metrics={}), F),
        (WORSE, component("c"), U),
        (WORSE, component("c", metrics={}, content=""), U),
        (WORSE, component("c", metrics={RMSE: (nan,)}), U),
        (WORSE, component("c", metrics={RMSE: (0.6, 0.7)}), T),
        (WORSE, component("c", metrics={RMSE: (0.6, 0.4)}), U),
        (Not(WORSE), component("c", metrics={}), T),
        (Counted("parents", (parse_range("> 1"),)), component("c", "t", "u"), T),
        (Counted("parents", (parse_range("> 1"),)), component("c", "t", "T"), F),
        (Counted("parents", (parse_range("== 0"),)), component("c", parents=None), U),
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


def test_an_experiment_counts_its_trials_and_a_trial_its_components() -> None:
    tree = (experiment("e"), trial("t", "e"), component("a", "t"), component("b", "t"))
    one, two = (Counted("children", (parse_range(f"== {count}"),)) for count in (1, 2))
    assert found(one, *tree) is T
    assert found(two, *tree[1:]) is T


def test_children_are_unknown_while_something_may_hang_anywhere() -> None:
    """A component whose trials could not be read may hang in this trial."""
    lost = component("c", parents=None)
    assert found(NO_CHILD, trial("t", "e"), lost) is U
    assert words(NO_CHILD, trial("t", "e"), lost) == ["components unknown, wanted == 0"]


def test_a_component_that_was_lost_may_be_a_child() -> None:
    world = seen(trial("t", "e"), gaps=[Gap(Kind.COMPONENT, "c", "it could not be read")])
    assert compile_condition(NO_CHILD)(Forest(world, {}).subject(world.trials["t"]), NOW) is U


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
        (WORSE, Everything()),
        (OVER, OVER),
        (NO_CHILD, NO_CHILD),
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
        (Unassigned(wanted=True), component("c", "t"), "in 1 trial, wanted in none"),
        (Unassigned(wanted=False), component("c"), "in no trial, wanted in some"),
        (Unassigned(wanted=False), component("c", parents=None), "trials unknown, wanted in some"),
        (Displayed("absent"), component("c"), "no display name"),
        (Displayed("values", ("x",)), component("c", display_name="D"), "shown as D, wanted x"),
        (Displayed("absent"), component("c", content=""), "shown as unknown, wanted absent"),
        (CreatedBy("values", ("a*",)), component("c"), "created by no Studio user, wanted a*"),
        (CreatedBy("present"), component("c", created_by="ada"), "created by ada"),
        (OVER, component("c", parameters={"lr": 0.3}), "parameter lr is 0.3"),
        (OVER, component("c", parameters={}), "no parameter lr, wanted > 0.1"),
        (OVER, component("c"), "parameter lr unknown, wanted > 0.1"),
        (WORSE, component("c", metrics={RMSE: (0.6,)}), "metric validation:rmse last is 0.6"),
        (WORSE, component("c", metrics={}), "no metric validation:rmse, wanted > 0.5"),
        (WORSE, component("c"), "metric validation:rmse unknown, wanted > 0.5"),
        (
            WORSE,
            component("c", metrics={RMSE: (0.6, 0.4)}),
            "metric validation:rmse last is 0.6 or 0.4, wanted > 0.5",
        ),
        (NO_CHILD, experiment("e"), "0 trials below"),
        (NO_CHILD, trial("t", "e"), "0 components below"),
        (Counted("parents", (parse_range("> 1"),)), component("c", "t"), "in 1 trial, wanted > 1"),
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
