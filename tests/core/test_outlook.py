"""What time alone changes, and when."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import accounts, any_conditions
from tests.core.worlds import (
    NOW,
    RULES,
    ago,
    component,
    days,
    experiment,
    judged,
    policies,
    policy,
    ripe,
    seen,
    trial,
)

from sagewarden.core.conditions import compile_condition
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.forest import Forest, Subject
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Judgement, Judgements
from sagewarden.core.outlook import Outlook, Standing, changes, outlook, see
from sagewarden.core.policy import Action, Aged, AllOf, AnyOf, Condition, Idle, Not, Policy, Tagged
from sagewarden.core.rebirth import RESTORED_TAG
from sagewarden.core.truth import Truth

CONDITIONS: st.SearchStrategy[Condition] = st.sampled_from(Kind).flatmap(any_conditions)
A_MOMENT = timedelta(milliseconds=1)
OLD = experiment("old", created=ago(100), modified=ago(20))
WORLD = seen(OLD)


def subject_of(world: Inventory, key: str = "old") -> Subject:
    return Forest(world, {}).subject(world.experiments[key])


def standing(
    ours: Policy,
    given: Judgements | None = None,
    *,
    now: datetime = NOW,
    floor: timedelta = RULES.min_grace,
) -> Standing:
    judgement: Judgement | None = None if given is None else given.given[0]
    return Standing(
        policy=ours,
        subject=subject_of(WORLD),
        judgement=judgement,
        now=now,
        rules=RULES,
        floor=floor,
    )


@given(accounts(), CONDITIONS)
def test_a_condition_answers_alike_between_its_changes_and_otherwise_at_each(
    world: Inventory, condition: Condition
) -> None:
    """The dates that `explain` tells are exact: just before one, the answer is still the old."""
    test = compile_condition(condition)
    for entity in world.everything():
        subject = Forest(world, {}).subject(entity)
        answer = test(subject, NOW)
        for moment, after in changes(condition, subject, NOW):
            assert (test(subject, moment - A_MOMENT), test(subject, moment)) == (answer, after)
            answer = after
        assert test(subject, NOW + days(10_000)) is answer


@given(accounts(), CONDITIONS)
def test_what_is_seen_of_a_condition_is_what_it_answers(
    world: Inventory, condition: Condition
) -> None:
    for entity in world.everything():
        subject = Forest(world, {}).subject(entity)
        assert see(condition, subject, NOW).truth is compile_condition(condition)(subject, NOW)


def test_each_part_of_a_condition_tells_when_it_turns() -> None:
    condition = AllOf((Idle(days(30)), AnyOf((Aged(days(365)), Not(Tagged("env", "present"))))))
    whole = see(condition, subject_of(WORLD), NOW)
    idle, one_of = whole.parts
    assert (whole.turns, idle.turns, idle.text) == (
        NOW + days(10),
        NOW + days(10),
        "idle 20d of 30d",
    )
    assert [(part.truth, part.turns) for part in one_of.parts] == [
        (Truth.FALSE, NOW + days(265)),
        (Truth.TRUE, None),
    ]


def test_what_does_not_match_yet_has_a_date_and_the_earliest_day_of_its_end() -> None:
    ours = policy(match=Idle(days(30)))
    told = outlook(standing(ours))
    assert told.when == NOW + days(10)
    assert "deleted on 2026-03-18 at the earliest" in told.what


def test_a_floor_under_the_grace_period_counts() -> None:
    told = outlook(standing(policy(match=Idle(days(30))), floor=days(30)))
    assert "deleted on 2026-04-10 at the earliest" in told.what


def test_what_time_never_makes_match_has_no_date() -> None:
    told = outlook(standing(policy(match=Tagged("env", "present"))))
    assert told == Outlook(None, "time alone never makes it match")


def test_what_is_marked_has_the_day_on_which_it_may_go_and_what_that_needs() -> None:
    ours = policy(match=Idle(days(10)))
    told = outlook(standing(ours, judged(WORLD, policies(ours))))
    assert told == Outlook(
        NOW + days(7),
        "it can be deleted, if a sweep marks it today, 1 more match counts and its notice is "
        "accepted",
    )


def test_a_match_that_ends_before_the_grace_period_does_is_told() -> None:
    ours = policy(match=AllOf((Idle(days(10)), Not(Aged(days(103))))))
    told = outlook(standing(ours, judged(WORLD, policies(ours))))
    assert told == Outlook(NOW + days(3), "it no longer matches and loses its mark")


def test_what_is_due_is_due_now() -> None:
    ours = policy(match=Idle(days(10)))
    first = judged(WORLD, policies(ours))
    assert outlook(standing(ours, judged(WORLD, policies(ours), ripe(first.marks)))).when == NOW


def test_what_is_only_reported_has_no_date() -> None:
    ours = policy(match=Idle(days(10)), action=Action.REPORT)
    told = outlook(standing(ours, judged(WORLD, policies(ours))))
    assert told == Outlook(None, "it is reported for as long as nothing happens to it")


def test_a_tree_turns_with_its_busiest_part() -> None:
    world = seen(OLD, trial("t", "old", modified=ago(5)), component("c", "t", created=ago(50)))
    subject = subject_of(world)
    assert next(changes(Idle(days(30)), subject, NOW)) == (NOW + days(25), Truth.TRUE)


def test_what_rests_after_a_restore_has_the_day_on_which_its_rest_ends() -> None:
    """Unless something else keeps it as well: then time alone changes nothing."""
    rules = replace(RULES, restored_rest=days(30))
    back = replace(OLD, tags={RESTORED_TAG: "x"}, created=ago(20))
    ours = policy(match=Idle(days(10)))

    def told(entity: Entity) -> datetime | None:
        world = seen(entity)
        (judgement,) = judged(world, policies(ours), patience=rules).given
        mine = replace(standing(ours), subject=subject_of(world), judgement=judgement, rules=rules)
        return outlook(mine).when

    assert told(back) == NOW + days(10)
    assert told(replace(back, doubt="who knows")) is None
