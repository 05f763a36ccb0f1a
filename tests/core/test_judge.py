"""Verdicts with their reasons, and what is measured."""

from dataclasses import replace

from tests.core.worlds import (
    NOW,
    after_grace,
    against,
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
    verdicts,
)

from sagewarden.core.entities import Kind
from sagewarden.core.inventory import Gap
from sagewarden.core.judge import Verdict
from sagewarden.core.policy import Action, Idle, Keep, Tagged

WORLD = seen(
    experiment("e"), trial("t", "e"), component("c", "t"), component("d", "t"), component("lone")
)
STALE = policies(policy(Kind.EXPERIMENT, Idle(days(90))))


def test_a_first_match_only_marks() -> None:
    assert verdicts(judged(WORLD, STALE)) == {"e": "mark"}


def test_what_was_marked_and_announced_long_ago_is_due() -> None:
    assert verdicts(after_grace(WORLD, STALE)) == {"e": "delete"}


def test_what_does_not_match_is_not_spoken_of() -> None:
    assert after_grace(WORLD, policies(policy(Kind.EXPERIMENT, Idle(days(101))))).given == ()


def test_a_judgement_tells_reasons_size_and_mark() -> None:
    (given,) = after_grace(WORLD, STALE).given
    assert given.mark is not None
    assert (given.reasons, given.against, given.size, given.mark.due) == (
        ("idle 100d of 90d",),
        (),
        4,
        ago(1),
    )


def test_what_waits_says_for_what() -> None:
    assert against(judged(WORLD, STALE)) == {"e": ("matched 1 of 2 times",)}


def test_without_policies_nothing_is_judged() -> None:
    found = judged(WORLD, policies())
    assert (found.given, found.marks, set(found.matched.values())) == ((), {}, {0})


def test_an_empty_account_has_nothing_due() -> None:
    assert after_grace(seen(), STALE).due == ()


def test_a_report_is_neither_marked_nor_measured() -> None:
    found = judged(WORLD, policies(policy(Kind.EXPERIMENT, action=Action.REPORT)))
    assert verdicts(found) == {"e": "report"}
    assert (found.marks, set(found.matched.values())) == ({}, {0})


def test_a_report_with_a_grace_period_still_deletes_nothing() -> None:
    rule = replace(policy(Kind.EXPERIMENT, action=Action.REPORT), grace=days(7))
    found = after_grace(WORLD, policies(rule))
    assert (found.due, found.marks) == ((), {})


def test_a_delete_without_a_grace_period_deletes_nothing() -> None:
    rule = replace(policy(Kind.EXPERIMENT), grace=None)
    assert verdicts(after_grace(WORLD, policies(rule))) == {"e": "keep"}


def test_what_a_keep_rule_keeps_has_no_mark() -> None:
    found = after_grace(WORLD, policies(policy(Kind.EXPERIMENT, keep=Keep(1))))
    assert (verdicts(found), found.marks) == ({"e": "keep"}, {})


def test_all_reasons_against_are_told() -> None:
    held = {WORLD.experiments["e"].identity: ("held by ada", "held by bob")}
    found = after_grace(WORLD, policies(policy(Kind.EXPERIMENT, keep=Keep(1))), holds=held)
    assert against(found) == {"e": ("keep.last: newest 1 of 1", "held by ada", "held by bob")}


def test_of_two_policies_the_first_by_name_deletes() -> None:
    two = policies(policy(Kind.TRIAL, name="b"), policy(Kind.TRIAL, name="a"))
    (due,) = after_grace(WORLD, two).due
    assert due.policy.name == "a"


def test_when_one_policy_keeps_another_may_delete() -> None:
    """Keep rules are a policy's own; protections are for all."""
    two = policies(policy(Kind.TRIAL, name="a", keep=Keep(1)), policy(Kind.TRIAL, name="b"))
    (due,) = after_grace(WORLD, two).due
    assert due.policy.name == "b"


def test_judgements_are_counted_by_verdict() -> None:
    found = judged(WORLD, STALE)
    assert [found.count(each) for each in (Verdict.MARK, Verdict.DELETE)] == [1, 0]


def test_limits_measure_whole_trees_once() -> None:
    two = policies(policy(Kind.EXPERIMENT, name="a"), policy(Kind.COMPONENT, name="b"))
    assert judged(WORLD, two).matched == {
        Kind.EXPERIMENT: 1,
        Kind.TRIAL: 1,
        Kind.COMPONENT: 3,
    }


def test_limits_measure_before_holds_and_keeps() -> None:
    held = {each.identity: ("held",) for each in WORLD.everything()}
    rules = policies(policy(Kind.EXPERIMENT, keep=Keep(1)))
    assert judged(WORLD, rules, holds=held).matched == judged(WORLD, STALE).matched


def test_limits_measure_what_cannot_be_known_too() -> None:
    unread = seen(component("a", tags=None), component("b", tags={"env": "dev"}), component("c"))
    found = judged(unread, policies(policy(Kind.COMPONENT, Tagged("env", "present"))))
    assert (found.matched[Kind.COMPONENT], found.unknown, verdicts(found)) == (2, 1, {"b": "mark"})


def test_an_incomplete_inventory_is_judged_but_nothing_is_due() -> None:
    marks = ripe(judged(WORLD, STALE).marks)
    part = seen(*WORLD.everything(), gaps=[Gap(Kind.TRIAL, None, "throttled")])
    found = judged(part, STALE, marks)
    assert verdicts(found) == {"e": "mark"}
    assert against(found) == {"e": ("the inventory is incomplete: nothing is due",)}


def test_an_incomplete_inventory_leaves_marks_as_they_were() -> None:
    """It neither counts a match nor forgets one."""
    marks = ripe(judged(WORLD, STALE).marks)
    nothing = seen(gaps=[Gap(Kind.EXPERIMENT, None, "throttled")])
    assert judged(nothing, STALE, marks).marks == marks


def test_what_no_longer_matches_loses_its_mark() -> None:
    marks = ripe(judged(WORLD, STALE).marks)
    busy = seen(replace(WORLD.experiments["e"], modified=NOW))
    assert judged(busy, STALE, marks).marks == {}
