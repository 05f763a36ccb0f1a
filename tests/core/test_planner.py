"""Plans: what goes with what, in which order, and what is spared."""

from dataclasses import replace

from tests.core.worlds import (
    TARGET,
    after_grace,
    component,
    deleted,
    experiment,
    planned,
    policies,
    policy,
    seen,
    told,
    trial,
)

from sagewarden.core.entities import Kind
from sagewarden.core.plan import Unit
from sagewarden.core.planner import make_plan, place_of, plan_of, reached
from sagewarden.core.policy import Named

BOTH = (experiment("e"), experiment("f"), trial("t", "E"), trial("u", "f"))


EXPERIMENTS = policies(policy(Kind.EXPERIMENT))
TRIALS = policies(policy(Kind.TRIAL))
COMPONENTS = policies(policy(Kind.COMPONENT))
ONE = policies(policy(Kind.EXPERIMENT, Named(("e",))))


def only(units: tuple[Unit, ...]) -> Unit:
    (unit,) = units
    return unit


def names(entities: object) -> list[str]:
    return [each.name for each in entities]  # type: ignore[attr-defined]


def test_a_tree_goes_from_the_bottom() -> None:
    world = seen(*BOTH, component("b", "T"), component("a", "t"))
    assert told(planned(world, ONE)) == [
        [
            "disassociate trial-component a from t",
            "delete trial-component a",
            "disassociate trial-component b from t",
            "delete trial-component b",
            "delete trial t",
            "delete experiment e",
        ]
    ]


def test_a_component_in_several_trials_of_a_tree_loses_all_its_edges_first() -> None:
    world = seen(experiment("e"), trial("t", "e"), trial("u", "e"), component("c", "u", "t"))
    assert told(planned(world, ONE)) == [
        [
            "disassociate trial-component c from t",
            "disassociate trial-component c from u",
            "delete trial-component c",
            "delete trial t",
            "delete trial u",
            "delete experiment e",
        ]
    ]


def test_a_shared_component_is_spared() -> None:
    """It is taken from the trial that goes, right before that goes, and from no other (P3)."""
    world = seen(*BOTH, component("own", "t"), component("shared", "t", "u"))
    assert told(planned(world, ONE)) == [
        [
            "disassociate trial-component own from t",
            "delete trial-component own",
            "disassociate trial-component shared from t",
            "delete trial t",
            "delete experiment e",
        ]
    ]


def test_what_is_spared_leaves_the_trial_only_and_not_what_has_its_name() -> None:
    """A component, a trial and an experiment may share a name."""
    some = (experiment("t"), trial("t", "t"), component("t", "t"), *BOTH[1::2])
    world = seen(*some, component("shared", "t", "u"))
    assert told(planned(world, policies(policy(Kind.EXPERIMENT, Named(("t",)))))) == [
        [
            "disassociate trial-component t from t",
            "delete trial-component t",
            "disassociate trial-component shared from t",
            "delete trial t",
            "delete experiment t",
        ]
    ]


def test_what_is_spared_is_named_with_what_stays_above_it() -> None:
    unit = only(planned(seen(*BOTH, component("c", "t", "u")), ONE).units)
    assert (names(unit.entities), names(unit.spared), names(unit.ancestors)) == (
        ["t", "e"],
        ["c"],
        ["f", "u"],
    )


def test_a_component_whose_other_trial_was_never_seen_keeps_its_tree() -> None:
    assert planned(seen(*BOTH, component("c", "t", "ghost")), ONE).units == ()


def test_trees_that_one_component_leaves_with_are_one_unit() -> None:
    plan = planned(seen(*BOTH, component("c", "t", "u")), EXPERIMENTS)
    assert names(only(plan.units).entities) == ["c", "t", "u", "e", "f"]


def test_trees_that_one_component_is_left_by_are_one_unit() -> None:
    """One spared component in two units would look changed to the second."""
    world = seen(*BOTH, trial("stays", "g"), experiment("g"), component("c", "t", "u", "stays"))
    plan = planned(world, policies(policy(Kind.EXPERIMENT, Named(("e", "f")))))
    unit = only(plan.units)
    assert (names(unit.spared), names(unit.ancestors)) == (["c"], ["g", "stays"])


def test_trees_that_share_nothing_are_units_of_their_own() -> None:
    plan = planned(seen(*BOTH, component("c", "t"), component("d", "u")), EXPERIMENTS)
    assert [names(unit.entities) for unit in plan.units] == [["c", "t", "e"], ["d", "u", "f"]]


def test_trials_of_an_experiment_that_stays_are_units_of_their_own() -> None:
    world = seen(experiment("e"), trial("t", "e"), trial("u", "e"))
    plan = planned(world, TRIALS)
    assert [names(unit.entities) for unit in plan.units] == [["t"], ["u"]]
    assert [names(unit.ancestors) for unit in plan.units] == [["e"], ["e"]]


def test_an_experiment_without_trials_is_a_tree() -> None:
    unit = only(planned(seen(experiment("e")), ONE).units)
    assert (unit.is_tree, names(unit.entities)) == (True, ["e"])


def test_a_component_that_is_due_itself_leaves_its_living_trial() -> None:
    unit = only(planned(seen(*BOTH, component("c", "t")), COMPONENTS).units)
    assert (unit.kind, names(unit.entities), names(unit.ancestors)) == ("batch", ["c"], ["e", "t"])
    assert [str(step) for step in unit.steps] == [
        "disassociate trial-component c from t",
        "delete trial-component c",
    ]


def test_a_component_that_is_due_itself_goes_with_a_trial_that_goes() -> None:
    """It leaves its other trial too, which stays."""
    two = policies(policy(Kind.EXPERIMENT, Named(("e",))), policy(Kind.COMPONENT, name="runs"))
    unit = only(planned(seen(*BOTH, component("c", "t", "u")), two).units)
    assert [str(step) for step in unit.steps] == [
        "disassociate trial-component c from t",
        "disassociate trial-component c from u",
        "delete trial-component c",
        "delete trial t",
        "delete experiment e",
    ]


def test_what_is_due_itself_keeps_its_own_policy() -> None:
    two = policies(policy(Kind.EXPERIMENT, Named(("e",))), policy(Kind.COMPONENT, name="runs"))
    unit = only(planned(seen(*BOTH, component("c", "t")), two).units)
    assert [each.policy for each in unit.entities] == ["runs", "stale", "stale"]


def test_a_trial_that_is_due_itself_keeps_its_own_policy() -> None:
    two = policies(
        policy(Kind.EXPERIMENT, Named(("e",))), policy(Kind.TRIAL, Named(("t",)), name="trials")
    )
    unit = only(planned(seen(*BOTH, component("c", "t")), two).units)
    assert [each.policy for each in unit.entities] == ["trials", "trials", "stale"]


def test_what_goes_carries_the_rule_and_the_reasons_of_its_policy() -> None:
    unit = only(planned(seen(*BOTH, component("c", "t")), ONE).units)
    assert {each.rule for each in unit.entities} == {"rule of stale"}
    assert {each.reasons for each in unit.entities} == {("name e",)}


def test_a_trial_whose_experiment_is_unknown_has_an_empty_place() -> None:
    assert place_of(trial("w", None)) == ("",)


def test_what_is_spared_or_above_has_no_policy() -> None:
    unit = only(planned(seen(*BOTH, component("c", "t", "u")), ONE).units)
    assert {each.policy + each.rule for each in (*unit.spared, *unit.ancestors)} == {""}


def test_unassigned_components_go_in_hundreds() -> None:
    world = seen(*(component(f"c{number:03}") for number in range(201)))
    plan = planned(world, COMPONENTS)
    assert [len(unit.entities) for unit in plan.units] == [100, 100, 1]
    assert {unit.kind for unit in plan.units} == {"batch"}


def test_components_that_go_by_themselves_are_batched_by_their_trials() -> None:
    world = seen(*BOTH, component("a", "t"), component("b", "u"), component("c", "t"))
    plan = planned(world, COMPONENTS)
    assert [names(unit.entities) for unit in plan.units] == [["a", "c"], ["b"]]


def test_trees_come_before_batches() -> None:
    two = policies(policy(Kind.EXPERIMENT), policy(Kind.COMPONENT, name="runs"))
    plan = planned(seen(experiment("z"), component("a")), two)
    assert [unit.kind for unit in plan.units] == ["tree", "batch"]


def test_nothing_due_makes_an_empty_plan() -> None:
    assert planned(seen(), EXPERIMENTS).units == ()


def test_a_part_of_what_is_due_makes_a_plan_complete_in_itself() -> None:
    world = seen(*BOTH, component("c", "t", "u"))
    found = after_grace(world, EXPERIMENTS)
    part = plan_of(TARGET, "p", found.due[:1], found.forest)
    assert names(only(part.units).spared) == ["c"]


def test_the_order_in_which_the_due_are_given_makes_no_difference() -> None:
    lone = [component(f"c{number:03}") for number in range(101)]
    two = policies(policy(Kind.EXPERIMENT), policy(Kind.COMPONENT, Named(("c?*",)), name="runs"))
    found = after_grace(seen(*BOTH, component("c", "t", "u"), *lone), two)
    plans = [plan_of(TARGET, "p", due, found.forest) for due in (found.due, found.due[::-1])]
    assert plans[0].units == plans[1].units


def test_a_plan_reaches_what_its_units_name_as_going() -> None:
    found = after_grace(seen(*BOTH, component("c", "t", "u")), ONE)
    plan = make_plan(TARGET, "p", found)
    assert {each.name for each in reached(plan.units)} == {"t", "e"} == deleted(plan)


def test_planned_entities_carry_their_place() -> None:
    unit = only(planned(seen(*BOTH, component("c", "U", "T")), EXPERIMENTS).units)
    assert [each.parents for each in unit.entities] == [("t", "u"), ("e",), ("f",), (), ()]


def test_content_and_place_make_the_fingerprint() -> None:
    plain = component("c", "t")
    worlds = [
        seen(*BOTH, plain),
        seen(*BOTH, replace(plain, content="new")),
        seen(*BOTH, replace(plain, parents=())),
    ]
    units = [only(planned(world, COMPONENTS).units) for world in worlds]
    assert len({unit.entities[0].fingerprint for unit in units}) == 3


def test_what_goes_with_two_trials_goes_by_the_same_rule_in_any_order() -> None:
    """By that of the trial whose name comes first, whatever order pages and policies came in."""
    world = [trial("t", "e"), trial("u", "e"), component("c", "t", "u"), experiment("e")]
    rules = [policy(Kind.TRIAL, Named((name,)), name=f"of-{name}") for name in ("t", "u")]
    plans = [
        planned(seen(*some), policies(*asked))
        for some in (world, world[::-1])
        for asked in (rules, rules[::-1])
    ]
    by = [each.policy for plan in plans for unit in plan.units for each in unit.entities]
    assert len({plan.digest for plan in plans}) == 1
    assert by.count("of-t") == 2 * len(plans)
