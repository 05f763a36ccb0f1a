"""Bundles: what is archived, journalled and settled together."""

from tests.core.worlds import component, experiment, planned, policies, policy, seen, trial

from sagewarden.core.bundles import (
    HUGE,
    LARGEST,
    MOST,
    Bundle,
    bundles,
    fitting,
    too_large,
    turns_of,
)
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.plan import Unit
from sagewarden.core.policy import Named

STALE = policies(policy(match=Named(("e",))))


def unit_of(*entities: Entity) -> Unit:
    (unit,) = planned(seen(experiment("e"), *entities), STALE).units
    return unit


def sizes(unit: Unit) -> list[tuple[Kind, int]]:
    return [(bundle.kind, len(bundle.entities)) for bundle in bundles(unit)]


def test_a_bundle_has_at_most_a_hundred_entities_and_32_mebibytes() -> None:
    assert (MOST, LARGEST) == (100, 33_554_432)


def test_what_is_larger_than_128_mebibytes_is_not_archived() -> None:
    assert HUGE == 134_217_728


def test_components_then_trials_then_the_experiment() -> None:
    unit = unit_of(trial("t", "e"), component("c", "t"))
    assert sizes(unit) == [(Kind.COMPONENT, 1), (Kind.TRIAL, 1), (Kind.EXPERIMENT, 1)]


def test_a_bundle_has_a_hundred_entities_at_most() -> None:
    unit = unit_of(trial("t", "e"), *(component(f"c{each:03}", "t") for each in range(201)))
    assert sizes(unit) == [
        (Kind.COMPONENT, 100),
        (Kind.COMPONENT, 100),
        (Kind.COMPONENT, 1),
        (Kind.TRIAL, 1),
        (Kind.EXPERIMENT, 1),
    ]


def test_all_edges_of_a_component_stand_in_its_bundle() -> None:
    trials = [trial(f"t{each}", "e") for each in range(40)]
    some = [component(f"c{each:03}", *(each.name for each in trials)) for each in range(101)]
    first, second, *_ = bundles(unit_of(*trials, *some))
    assert [len(first.steps), len(second.steps)] == [100 * 41, 41]


def shared(per_trial: int, trials: int) -> Unit:
    """Trials that go, each with so many components of its own that stay."""
    some: list[Entity] = [experiment("f"), trial("stays", "f")]
    for number in range(trials):
        some.append(trial(f"t{number}", "e"))
        some += [component(f"c{number}-{each}", f"t{number}", "stays") for each in range(per_trial)]
    return unit_of(*some)


def test_spared_components_count_in_the_bundle_of_the_trial_they_leave() -> None:
    assert sizes(shared(per_trial=49, trials=4)) == [
        (Kind.TRIAL, 100),
        (Kind.TRIAL, 100),
        (Kind.EXPERIMENT, 1),
    ]


def test_a_turn_that_has_more_than_a_bundle_may_is_one_by_itself() -> None:
    """No bundle is empty."""
    assert sizes(shared(per_trial=100, trials=1)) == [(Kind.TRIAL, 101), (Kind.EXPERIMENT, 1)]


def test_a_component_that_two_trials_leave_counts_once() -> None:
    some = [experiment("f"), trial("stays", "f"), trial("t", "e"), trial("u", "e")]
    (first, _) = bundles(unit_of(*some, component("c", "t", "u", "stays")))
    assert [each.name for each in first.entities] == ["t", "c", "u"]


def test_a_turn_is_what_goes_with_all_that_must_happen_first() -> None:
    some = [experiment("f"), trial("stays", "f"), trial("t", "e"), component("c", "t", "stays")]
    (first, _) = bundles(unit_of(*some))
    (turn,) = first.turns
    assert (turn.going.name, [each.name for each in turn.spared]) == ("t", ["c"])
    assert [str(step) for step in turn.steps] == [
        "disassociate trial-component c from t",
        "delete trial t",
    ]


def test_a_component_spares_nobody() -> None:
    (first, *_) = bundles(unit_of(trial("t", "e"), component("c", "t")))
    assert [turn.spared for turn in first.turns] == [()]


def test_a_turn_leaves_out_what_is_gone_already() -> None:
    some = [experiment("f"), trial("stays", "f"), trial("t", "e")]
    both = [component(name, "t", "stays") for name in ("c", "d")]
    (first, _) = bundles(unit_of(*some, *both))
    (turn,) = first.turns
    left = turn.without({both[0].identity})
    assert [str(step) for step in left.steps] == [
        "disassociate trial-component d from t",
        "delete trial t",
    ]
    assert [each.name for each in left.spared] == ["d"]


def test_without_steps_there_is_no_turn() -> None:
    assert turns_of((), ()) == ()


def test_a_bundle_tells_its_steps_in_order() -> None:
    unit = unit_of(trial("t", "e"), component("c", "t"), component("d", "t"))
    cut: list[Bundle] = list(bundles(unit))
    assert [step for bundle in cut for step in bundle.steps] == list(unit.steps)


def of_components(count: int) -> Bundle:
    some = [component(f"c{each:03}", "t") for each in range(count)]
    return next(bundles(unit_of(trial("t", "e"), *some)))


def fit(bundle: Bundle, size: int, most: int) -> int:
    return fitting(bundle.turns, {each.identity: size for each in bundle.entities}, most)


def test_as_many_turns_go_into_one_archive_as_fit() -> None:
    assert [fit(of_components(5), 10, most) for most in (50, 49, 20, 19)] == [5, 4, 2, 1]


def test_what_has_no_size_takes_no_place() -> None:
    """It was not read, so it is in no archive."""
    assert fitting(of_components(5).turns, {}, 0) == 5


def test_one_turn_alone_goes_whatever_its_size() -> None:
    assert fit(of_components(5), 1_000, 10) == fit(of_components(1), 1_000, 10) == 1


def test_what_is_spared_twice_counts_once() -> None:
    """Two trials that leave the same component behind."""
    stays = [trial("s", "f"), component("both", "s", "t0", "t1")]
    some = [experiment("f"), trial("t0", "e"), trial("t1", "e"), *stays]
    bundle = next(each for each in bundles(unit_of(*some)) if each.kind is Kind.TRIAL)
    assert (len(bundle.turns), len(bundle.entities)) == (2, 3)
    assert (fit(bundle, 10, 30), fit(bundle, 10, 29)) == (2, 1)


def test_a_bundle_that_is_cut_goes_on_in_bundles_of_as_many_turns() -> None:
    whole = of_components(5)
    first, rest = whole.cut(2)
    assert [len(each.turns) for each in (first, *rest)] == [2, 2, 1]
    assert sum((each.steps for each in (first, *rest)), ()) == whole.steps


def test_a_bundle_that_is_cut_keeps_what_its_turns_name() -> None:
    first, _ = of_components(5).cut(2)
    assert [each.identity.name for each in first.entities] == ["c000", "c001"]


def test_what_no_archive_should_hold_is_told() -> None:
    small, large = (each.identity for each in of_components(2).entities)
    assert too_large({small: HUGE, large: HUGE + 1}) == {
        large: "it is too large to be archived: more than 128 MiB"
    }
