"""Verdicts with their reasons, and what is measured."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.test_tagging import tagging
from tests.core.worlds import (
    NOW,
    RULES,
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
from sagewarden.core.escalation import Violated
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.judge import Circumstances, Judgements, Select, Verdict, judge, population_of
from sagewarden.core.keep import Population
from sagewarden.core.owners import OwnerRules
from sagewarden.core.policy import (
    Action,
    Condition,
    Escalation,
    Idle,
    Keep,
    Parameter,
    PolicySet,
    Required,
    Tagged,
)

WORLD = seen(
    experiment("e"), trial("t", "e"), component("c", "t"), component("d", "t"), component("lone")
)
STALE = policies(policy(Kind.EXPERIMENT, Idle(days(90))))
ALL = policies(policy(Kind.EXPERIMENT))


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


TWO = policies(policy(Kind.TRIAL, name="Trials"), policy(Kind.COMPONENT, name="parts"))


def chosen(select: Select) -> Judgements:
    """Judge what is ripe, of which these words select."""
    marks = ripe(judged(WORLD, TWO).marks)
    return judge(WORLD, TWO, Circumstances(NOW, marks, RULES, select=select))


@pytest.mark.parametrize(
    ("select", "due"),
    [
        ((), {"t", "c", "d", "lone"}),
        (("trials",), {"t"}),
        (("c",), {"c"}),
        (("trials", "lone"), {"t", "lone"}),
        (("none",), set()),
    ],
)
def test_a_selection_narrows_what_is_due(select: tuple[str, ...], due: set[str]) -> None:
    """By the names of policies, and of what they judge."""
    assert {each.entity.name for each in chosen(frozenset(select)).due} == due


def test_a_selection_narrows_what_limits_measure() -> None:
    assert chosen(frozenset(["trials"])).matched == {
        Kind.EXPERIMENT: 0,
        Kind.TRIAL: 1,
        Kind.COMPONENT: 2,
    }


def test_words_that_select_nothing_are_told_in_order() -> None:
    words = [f"none-{number}" for number in range(9)]
    assert chosen(frozenset(["trials", "c", *words])).unfound == words


LAST = Keep(last=1)


def population(
    world: Inventory, match: Condition | None = None, keep: Keep | None = LAST
) -> Population:
    """What a keep rule of a policy of components counts over."""
    found = judged(world, policies())
    rule = policy(Kind.COMPONENT, match, keep=keep)
    return population_of(rule, found.forest, found.protected, NOW)


def test_what_must_be_there_and_was_not_read_is_counted_over() -> None:
    gaps = [
        Gap(Kind.COMPONENT, "Lost", "cut off"),
        Gap(Kind.COMPONENT, "LONE", "throttled"),
        Gap(Kind.COMPONENT, None, "throttled"),
        Gap(Kind.TRIAL, "gone", "cut off"),
    ]
    assert population(seen(component("lone"), gaps=gaps)).unseen == ("lost",)


def test_a_population_is_what_matches_for_sure() -> None:
    """What may match is in doubt, though its tree was seen whole."""
    high = Parameter("p", "present")
    found = population(
        seen(
            component("a", parameters={"p": 1.0}),
            component("b", parameters={}),
            component("c", parameters=None),
        ),
        high,
    )
    told = [[each.entity.name for each in some] for some in (found.members, found.doubtful)]
    assert told == [["a"], ["c"]]


def test_without_a_keep_rule_nothing_is_counted_over() -> None:
    assert population(WORLD, keep=None) == Population()


ESCALATED = replace(
    tagging(Required(key="owner"), Required(key="team", inherit=True), resource=Kind.TRIAL),
    escalate=Escalation(days(30), days(14)),
)
BARE = trial("t", "e")


def escalated(*world: Any, gaps: tuple[Gap, ...] = (), known: bool = True) -> Judgements:
    """Judge a trial of which `owner` has been missing for long."""
    found = Violated(BARE.identity, ESCALATED.name, ESCALATED.rule, ago(40))
    violations = {found.place: found} if known else {}
    given = Circumstances(NOW, {}, RULES, violations=violations)
    return judge(seen(*world, gaps=gaps), policies(ESCALATED), given)


def test_what_violates_a_tag_for_too_long_is_marked() -> None:
    assert verdicts(escalated(BARE, experiment("e"))) == {"t": "mark"}


def test_what_violates_one_tag_while_another_is_unknown_is_counted_and_kept() -> None:
    found = escalated(BARE, experiment("e", tags=None))
    assert (found.given, found.marks, found.matched[Kind.TRIAL]) == ((), {}, 1)


def test_an_incomplete_inventory_moves_no_violation() -> None:
    gap = Gap(Kind.TRIAL, None, "throttled")
    assert escalated(BARE, experiment("e"), gaps=(gap,), known=False).violations == {}
    assert len(escalated(gaps=(gap,)).violations) == 1


@pytest.mark.parametrize(("owner", "grace"), [("", 30), ("ada", 7)])
def test_what_nobody_owns_waits_longer(owner: str, grace: int) -> None:
    world = seen(experiment("e", created_by=owner or None))
    owners = OwnerRules(ownerless_grace=days(30))
    (mark,) = judge(world, ALL, Circumstances(NOW, {}, RULES, owners=owners)).marks.values()
    assert mark.due - mark.since == days(grace)


@pytest.mark.parametrize(("later", "since"), [(2, ago(60)), (3, NOW)])
def test_a_hold_that_ended_after_the_mark_starts_it_anew(later: int, since: Any) -> None:
    """Two readings of AWS's time may lie two seconds apart."""
    world = seen(experiment("e"))
    marks = ripe(judged(world, ALL).marks)
    freed = {world.experiments["e"].identity: ago(60) + timedelta(seconds=later)}
    (mark,) = judge(world, ALL, Circumstances(NOW, marks, RULES, freed=freed)).marks.values()
    assert mark.since == since


BEFORE, AFTER = ago(61), ago(59)
"""Before and after all marks were made."""


@pytest.mark.parametrize(
    ("ends", "since"),
    [
        ({"c": AFTER}, NOW),
        ({"c": BEFORE}, ago(60)),
        ({"e": BEFORE, "c": AFTER}, NOW),
        ({"lone": AFTER}, ago(60)),
    ],
)
def test_a_hold_that_ended_on_any_part_starts_the_tree_anew(
    ends: dict[str, Any], since: Any
) -> None:
    """And on nothing beside it."""
    assert freed(ALL, ends) == {"e": since}


def test_a_hold_that_ended_above_starts_what_is_below_anew() -> None:
    found = freed(policies(policy(Kind.COMPONENT)), {"e": AFTER})
    assert found == {"c": NOW, "d": NOW, "lone": ago(60)}


def test_what_was_not_marked_yet_starts_when_a_hold_has_ended() -> None:
    known = {WORLD.experiments["e"].identity: BEFORE}
    (mark,) = judge(WORLD, ALL, Circumstances(NOW, {}, RULES, freed=known)).marks.values()
    assert mark.since == NOW


def freed(rules: PolicySet, ends: dict[str, Any]) -> dict[str, Any]:
    """Since when each is marked, once holds on these names have ended."""
    known = {each.identity: ends[each.name] for each in WORLD.everything() if each.name in ends}
    marks = ripe(judged(WORLD, rules).marks)
    found = judge(WORLD, rules, Circumstances(NOW, marks, RULES, freed=known)).marks
    return {who.name: mark.since for (who, _), mark in found.items()}


def test_an_incomplete_inventory_counts_no_match_and_starts_no_mark() -> None:
    part = seen(*WORLD.everything(), gaps=[Gap(Kind.TRIAL, None, "throttled")])
    marks = ripe(judged(WORLD, STALE).marks)
    assert (judged(part, STALE, marks).marks, judged(part, STALE).marks) == (marks, {})


LONE = policy(Kind.EXPERIMENT)
UNREAD = seen(experiment("e", tags=None))


def lost(kind: Kind, name: str) -> Inventory:
    """Nothing but one entity, which could not be read."""
    return seen(gaps=[Gap(kind, name, "cut off")])


LOST = lost(Kind.EXPERIMENT, "E")


@pytest.mark.parametrize(
    ("world", "rules", "stays"),
    [
        pytest.param(UNREAD, policies(LONE), True, id="not seen whole"),
        pytest.param(LOST, policies(LONE), True, id="not read"),
        pytest.param(seen(), policies(LONE), False, id="gone"),
        pytest.param(UNREAD, policies(), False, id="no policy"),
        pytest.param(UNREAD, policies(replace(LONE, rule="new")), False, id="another rule"),
        pytest.param(lost(Kind.TRIAL, "e"), policies(LONE), False, id="another kind not read"),
        pytest.param(lost(Kind.EXPERIMENT, "f"), policies(LONE), False, id="another not read"),
        pytest.param(
            seen(experiment("e", tags=None, created=ago(5))), policies(LONE), False, id="made anew"
        ),
        pytest.param(
            seen(experiment("e", tags=None, modified=NOW)),
            policies(replace(LONE, match=Idle(days(90)))),
            False,
            id="no match, not seen whole",
        ),
        pytest.param(
            seen(experiment("e"), trial("t", "e"), trial("u", "e", tags=None)),
            policies(LONE),
            True,
            id="one part of several not seen whole",
        ),
        pytest.param(
            seen(experiment("e"), trial("t", None)), policies(LONE), True, id="may have a trial"
        ),
        pytest.param(
            seen(experiment("e", tags={"hold": ""})),
            policies(LONE, protect=["hold"]),
            False,
            id="protected",
        ),
    ],
)
def test_a_mark_outlives_only_what_could_not_be_seen(
    world: Inventory, rules: PolicySet, stays: Any
) -> None:
    marks = ripe(judged(seen(experiment("e")), policies(LONE)).marks)
    assert judged(world, rules, marks).marks == (marks if stays else {})
