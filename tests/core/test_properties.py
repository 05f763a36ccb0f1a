"""What holds for any account and any policies, by random search."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.core.aws_rules import Account
from tests.core.strategies import (
    CONDITIONS,
    AllSeenError,
    accounts,
    broken_accounts,
    conditions,
    keep_rules,
    keeps,
    patient,
    reordered,
    some_policies,
    with_both,
    with_fault,
)
from tests.core.worlds import (
    NOW,
    TARGET,
    after_grace,
    days,
    deleted,
    judged,
    planned,
    policies,
    ripe,
    seen,
    steps,
    through_json,
)

from sagewarden.core.bundles import MOST, bundles
from sagewarden.core.conditions import compile_condition, compiled, scope
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.forest import Forest
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Verdict
from sagewarden.core.limits import Extent, Limit, Limits, Past, Room, measure
from sagewarden.core.marks import Mark
from sagewarden.core.plan import Effect, Plan, read_plan
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import Condition, Policy, PolicySet
from sagewarden.core.protection import Reasons
from sagewarden.core.truth import FALSE, TRUE

modest = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
fewer = settings(modest, max_examples=25)


def plans_of(
    before: tuple[Inventory, PolicySet, Reasons], after: tuple[Inventory, PolicySet, Reasons]
) -> tuple[Plan, Plan]:
    """The plans of two worlds in which the same was marked long ago."""
    marks: dict[tuple[Identity, str], Mark] = {}
    for world, rules, holds in (before, after):
        marks |= ripe(judged(world, rules, holds=holds).marks)
    one, other = (
        make_plan(TARGET, rules.digest, judged(world, rules, marks, holds=holds))
        for world, rules, holds in (before, after)
    )
    return one, other


@modest
@given(broken_accounts(), some_policies(), st.data())
def test_the_order_of_pages_and_policies_changes_nothing(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    """Verdicts with their reasons, marks and the plan's digest stay."""
    again = data.draw(reordered(world))
    shuffled = policies(*data.draw(st.permutations(rules.policies)))
    shuffled = replace(shuffled, protections=rules.protections)
    first, second = after_grace(world, rules), after_grace(again, shuffled)
    assert second.given == first.given
    assert second.marks == first.marks
    assert second.matched == first.matched
    assert make_plan(TARGET, "p", second).digest == make_plan(TARGET, "p", first).digest


@modest
@given(broken_accounts(), some_policies(), st.data())
def test_a_hold_never_adds_a_step(world: Inventory, rules: PolicySet, data: st.DataObject) -> None:
    held = data.draw(st.sampled_from(list(world.everything()))).identity
    before, after = plans_of((world, rules, {}), (world, rules, {held: ("a hold",)}))
    assert steps(after) <= steps(before)
    assert held.name not in deleted(after)


@fewer
@given(broken_accounts(), some_policies(), st.sampled_from(["env", "legal-hold"]))
def test_a_protection_never_adds_a_step(world: Inventory, rules: PolicySet, tag: str) -> None:
    guarded = replace(rules, protections=rules.protections + policies(protect=[tag]).protections)
    before, after = plans_of((world, rules, {}), (world, guarded, {}))
    assert steps(after) <= steps(before)


@fewer
@given(broken_accounts(), some_policies(), st.data())
def test_a_keep_rule_never_adds_a_step(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    bare: tuple[Policy, ...] = tuple(replace(each, keep=None) for each in rules.policies)
    keeping = replace(bare[0], keep=data.draw(keeps(bare[0].resource)))
    before, after = plans_of(
        (world, replace(rules, policies=bare), {}),
        (world, replace(rules, policies=(keeping, *bare[1:])), {}),
    )
    assert steps(after) <= steps(before)


@fewer
@given(broken_accounts(), some_policies(), st.data())
def test_one_keep_rule_more_never_adds_a_step(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    first = rules.policies[0]
    one = data.draw(keeps(first.resource))
    both = with_both(one, data.draw(keep_rules(first.resource)))
    before, after = (
        replace(rules, policies=(replace(first, keep=each), *rules.policies[1:]))
        for each in (one, both)
    )
    plans = plans_of((world, before, {}), (world, after, {}))
    assert steps(plans[1]) <= steps(plans[0])


@modest
@given(broken_accounts(), some_policies(conditions), st.sampled_from([1, 20, 60, 400]))
def test_as_days_pass_more_is_due_and_nothing_less(
    world: Inventory, rules: PolicySet, more: int
) -> None:
    """Of what does not change, and under policies whose ages stand outside `not`."""
    times = (NOW, NOW + days(more))
    marks: dict[tuple[Identity, str], Mark] = {}
    for now in times:
        marks |= ripe(judged(world, rules, now=now).marks)
    today, later = (
        {
            (each.entity.identity, each.policy.name)
            for each in judged(world, rules, marks, now=now).given
            if each.verdict is Verdict.DELETE
        }
        for now in times
    )
    assert today <= later


@fewer
@given(broken_accounts(), some_policies(), st.sampled_from([1, 60, 150]))
def test_a_longer_age_never_adds_a_step(world: Inventory, rules: PolicySet, more: int) -> None:
    older = replace(rules, policies=tuple(patient(each, days(more)) for each in rules.policies))
    before, after = plans_of((world, rules, {}), (world, older, {}))
    assert steps(after) <= steps(before)


@settings(modest, max_examples=80)
@given(accounts(), some_policies(), st.data())
def test_a_read_fault_never_adds_a_step(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    """Whatever could not be read of one entity, nothing goes that would not go anyway."""
    faulty = data.draw(with_fault(world))
    before, after = plans_of((world, rules, {}), (faulty, rules, {}))
    assert steps(after) <= steps(before)


@fewer
@given(accounts(), some_policies(), st.data())
def test_a_read_fault_never_shrinks_what_limits_measure_by_its_tags(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    """A condition that cannot be known counts as one that holds."""
    hit = data.draw(st.sampled_from(list(world.everything())))
    faulty = seen(
        *(replace(each, tags=None) if each is hit else each for each in world.everything())
    )
    before, after = judged(world, rules).matched, judged(faulty, rules).matched
    assert all(after[kind] >= before[kind] for kind in Kind)


@modest
@given(broken_accounts(), some_policies())
def test_aws_accepts_every_step_in_its_order(world: Inventory, rules: PolicySet) -> None:
    """Components without edges, trials without components, experiments without trials."""
    account = Account.of(world)
    for unit in planned(world, rules).units:
        for step in unit.steps:
            account.take(step)


@modest
@given(broken_accounts(), some_policies())
def test_what_stays_loses_edges_to_gone_trials_only(world: Inventory, rules: PolicySet) -> None:
    plan = planned(world, rules)
    gone = deleted(plan)
    lost = {
        step.trial
        for step in steps(plan)
        if step.effect is Effect.DISASSOCIATE and step.identity.name not in gone
    }
    assert lost <= gone


@modest
@given(broken_accounts(), some_policies())
def test_only_what_is_due_and_what_hangs_below_it_goes(world: Inventory, rules: PolicySet) -> None:
    judgements = after_grace(world, rules)
    allowed = {
        part.identity
        for judgement in judgements.due
        for part in judgements.forest.tree(judgement.entity).parts
    }
    plan = make_plan(TARGET, rules.digest, judgements)
    assert {each.identity for unit in plan.units for each in unit.entities} <= allowed


@modest
@given(broken_accounts(), some_policies())
def test_everything_due_goes(world: Inventory, rules: PolicySet) -> None:
    judgements = after_grace(world, rules)
    due = {judgement.entity.key for judgement in judgements.due}
    assert due <= deleted(make_plan(TARGET, rules.digest, judgements))


@modest
@given(broken_accounts(), some_policies())
def test_nothing_stands_in_two_units(world: Inventory, rules: PolicySet) -> None:
    named = [
        each.identity
        for unit in planned(world, rules).units
        for each in (*unit.entities, *unit.spared)
    ]
    assert len(named) == len(set(named))


@modest
@given(broken_accounts(), some_policies())
def test_ancestors_stay(world: Inventory, rules: PolicySet) -> None:
    """What a unit looks at because of its holds is taken away by no other unit."""
    plan = planned(world, rules)
    staying = {each.identity.name for unit in plan.units for each in unit.ancestors}
    assert not staying & deleted(plan)


@modest
@given(broken_accounts(), some_policies())
def test_bundles_hold_every_step_once_and_in_order(world: Inventory, rules: PolicySet) -> None:
    for unit in planned(world, rules).units:
        cut = [step for bundle in bundles(unit) for step in bundle.steps]
        assert cut == list(unit.steps)


@modest
@given(broken_accounts(), some_policies())
def test_a_bundle_holds_all_that_its_steps_name(world: Inventory, rules: PolicySet) -> None:
    for unit in planned(world, rules).units:
        for bundle in bundles(unit):
            inside = {each.identity for each in bundle.entities}
            assert {step.identity for step in bundle.steps} == inside
            assert len(inside) <= MOST


@fewer
@given(broken_accounts(), some_policies())
def test_a_stored_plan_reads_back_the_same(world: Inventory, rules: PolicySet) -> None:
    plan = replace(planned(world, rules), made="2026-03-01T12:00:00.000Z", run="r", maker="m")
    assert read_plan(through_json(plan.spelled())) == plan


SHARES = st.sampled_from([0.0, 0.07, 0.1, 0.29, 0.5, 1.0])
COUNTS = st.none() | st.integers(0, 20)
ROOMS = (Room.INSIDE, Room.NEEDS_APPROVAL, Room.REFUSED)


@fewer
@given(
    st.fixed_dictionaries({kind: st.integers(0, 20) for kind in Kind}),
    st.tuples(SHARES, SHARES),
    st.tuples(SHARES, SHARES),
    COUNTS,
)
def test_a_lower_limit_never_makes_room(
    matched: dict[Kind, int],
    automatic: tuple[float, float],
    hard: tuple[float, float],
    count: int | None,
) -> None:
    population = dict.fromkeys(Kind, 20)
    loose = Limits(Limit(max(automatic)), Limit(max(hard)))
    tight = Limits(Limit(min(automatic), count), Limit(min(hard), count))
    rooms = [measure(Extent(matched, population), each, Past()).room for each in (loose, tight)]
    assert ROOMS.index(rooms[0]) <= ROOMS.index(rooms[1])


def test_the_random_accounts_are_worth_something() -> None:
    """Some of them have trees that go with spared components, and some have batches."""
    wanted = {"tree", "batch", "spared"}

    @settings(modest, max_examples=200, database=None, derandomize=True, phases=[Phase.generate])
    @given(broken_accounts(), some_policies())
    def look(world: Inventory, rules: PolicySet) -> None:
        for unit in planned(world, rules).units:
            wanted.discard(unit.kind)
            wanted.difference_update({"spared"} if unit.spared else ())
        if not wanted:
            raise AllSeenError

    with pytest.raises(AllSeenError):
        look()


@modest
@given(broken_accounts(), CONDITIONS)
def test_nothing_can_match_that_a_keep_rule_surely_does_not_count(
    world: Inventory, condition: Condition
) -> None:
    """So the match of what is surely not counted need not be tested."""
    forest = Forest(world, {})
    wide, match = compile_condition(scope(condition)), compile_condition(condition)
    subjects = [forest.subject(each) for each in world.everything()]
    uncounted = [each for each in subjects if wide(each, NOW) is FALSE]
    assert all(match(each, NOW) is FALSE for each in uncounted)


@modest
@given(broken_accounts(), CONDITIONS)
def test_why_something_matches_is_told_in_the_words_of_the_explanation(
    world: Inventory, condition: Condition
) -> None:
    forest, both = Forest(world, {}), compiled(condition)
    subjects = [forest.subject(each) for each in world.everything()]
    for each in (one for one in subjects if both.test(one, NOW) is TRUE):
        assert both.why(each, NOW) == [part.text for part in both.explain(each, NOW)]
