"""What differs between a stored plan and what is due now, and why."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from tests.core.test_tagging import tagging
from tests.core.worlds import (
    NOW,
    TARGET,
    after_grace,
    ago,
    component,
    days,
    experiment,
    policies,
    policy,
    seen,
    through_json,
    trial,
)

from sagewarden.core.entities import Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.plan import Plan
from sagewarden.core.plan_diff import (
    Change,
    Due,
    PlanDiff,
    PlanNote,
    compare,
    read_note,
    told_rules,
)
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import (
    Action,
    AllOf,
    Escalation,
    Idle,
    InStatus,
    Keep,
    PolicySet,
    Required,
    Tagged,
)

TREES = policies(policy(Kind.EXPERIMENT, Idle(days(90))))
PARTS = (experiment("E"), trial("t", "E"), component("c", "t"), component("d", "t"))
WORLD = seen(*PARTS)


def due(world: Inventory, rules: PolicySet = TREES, holds: Any = None) -> Due:
    found = after_grace(world, rules, holds=holds)
    return Due(make_plan(TARGET, rules.digest, found), found, rules, NOW)


def note(rules: PolicySet = TREES) -> PlanNote:
    return PlanNote("digest", "made", rules.digest, (), told_rules(rules))


def diff(old: Inventory, new: Due, rules: PolicySet = TREES) -> PlanDiff:
    return compare(note(rules), due(old, rules).plan, new)


def brief(changes: Iterable[Change]) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(each.name, each.parts, each.why) for each in changes]


def test_the_same_again_differs_in_nothing() -> None:
    found = diff(WORLD, due(WORLD))
    assert (found.became, found.ceased, found.stays, found.rules) == ((), (), 4, ())
    assert (found.then, found.policies) == (note(), TREES.digest)


def test_what_became_due_is_told_by_its_top_with_its_reasons() -> None:
    found = diff(seen(), due(WORLD))
    assert brief(found.became) == [("E", 4, ("idle 100d of 90d",))]
    assert (found.became[0].policy, found.became[0].identity.name) == ("stale", "e")


def test_parts_below_what_stays_are_told_by_themselves() -> None:
    """A trial that is new in a tree that was due before."""
    new = seen(*PARTS, trial("u", "e"), component("x", "u"))
    found = diff(WORLD, due(new))
    assert [(each.name, each.parts) for each in found.became] == [("u", 2)]
    assert (found.stays, found.ceased) == (4, ())


def test_what_is_gone_is_told_so() -> None:
    assert brief(diff(WORLD, due(seen())).ceased) == [("E", 4, ("it is gone",))]


def test_a_name_that_was_taken_anew_is_told_so() -> None:
    anew = seen(experiment("e", created=ago(99)))
    found = diff(seen(experiment("e")), due(anew))
    assert brief(found.ceased) == [("e", 1, ("it was deleted, and something new has its name",))]


def test_a_policy_that_is_gone_is_told_so() -> None:
    found = diff(WORLD, due(WORLD, policies()))
    assert brief(found.ceased) == [("E", 4, ("there is no policy stale any more",))]


def test_what_is_kept_now_tells_what_keeps_it() -> None:
    held = {PARTS[2].identity: ("held by ada",)}
    found = diff(WORLD, due(WORLD, holds=held))
    assert brief(found.ceased) == [("E", 4, ("trial-component c: held by ada",))]


def test_what_does_not_match_any_more_tells_the_conditions_that_fail() -> None:
    rules = policies(policy(Kind.EXPERIMENT, AllOf((Idle(days(90)), Tagged("env", "absent")))))
    young = seen(replace(PARTS[0], modified=ago(1)), *PARTS[1:])
    found = diff(WORLD, due(young, rules), rules)
    assert brief(found.ceased) == [("E", 4, ("idle 1d of 90d",))]


def test_what_hung_under_what_went_is_told_so() -> None:
    """A trial that left its tree."""
    moved = seen(*PARTS[:1], experiment("f", modified=NOW), trial("t", "f"), *PARTS[2:])
    found = diff(WORLD, due(moved))
    assert brief(found.ceased) == [("t", 3, ("what it hangs under does not go",))]


def test_what_is_not_selected_is_told_so() -> None:
    new = due(WORLD)
    empty = Plan(target=TARGET, policies=TREES.digest, units=())
    found = compare(note(), new.plan, replace(new, plan=empty))
    assert brief(found.ceased) == [("E", 4, ("it is not selected",))]


def test_a_component_of_two_trials_counts_under_one() -> None:
    rules = policies(policy(Kind.TRIAL))
    world = seen(experiment("e"), trial("t", "e"), trial("u", "e"), component("c", "t", "u"))
    found = diff(seen(), due(world, rules), rules)
    assert sorted(each.parts for each in found.became) == [1, 2]


def test_a_note_is_read_as_it_was_stored() -> None:
    written = replace(note(), select=("a", "b"), files=({"path": "p", "sha256": "0"},))
    assert read_note(through_json(written.spelled())) == written


def test_an_older_note_names_no_files() -> None:
    stored = note().spelled()
    del stored["files"]
    assert read_note(stored).files == ()


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        ({"match": Idle(days(91))}, ("- match idle 90d", "+ match idle 91d")),
        ({"grace": days(8)}, ("- grace 7d", "+ grace 8d")),
        ({"grace": None}, ("- grace 7d",)),
        ({"confirm_match_all": "yes"}, ("+ confirm_match_all yes",)),
        ({"keep": Keep(last=2)}, ("+ keep group_by [] last 2",)),
        ({"keep": Keep(within=days(2))}, ("+ keep group_by [] within 2d",)),
        (
            {"match": AllOf((Idle(days(90)), InStatus(("Failed", "Stopped"))))},
            ("+ match status [Failed, Stopped]",),
        ),
        (
            {"escalate": Escalation(days(30), days(14))},
            ("+ escalate after 30d", "+ escalate grace 14d"),
        ),
    ],
)
def test_a_policy_that_says_other_things_is_told_line_by_line(
    change: dict[str, Any], lines: tuple[str, ...]
) -> None:
    other = policies(replace(TREES.policies[0], **change))
    (rule,) = compare(note(), due(seen()).plan, due(seen(), other)).rules
    assert (rule.policy, rule.lines) == ("stale", lines)


def test_policies_that_came_and_went_are_told_in_order() -> None:
    other = policies(policy(name="b"), policy(name="a"))
    found = compare(note(), due(seen()).plan, due(seen(), other)).rules
    assert [(each.policy, each.lines) for each in found] == [
        ("a", ("a new policy",)),
        ("b", ("a new policy",)),
        ("stale", ("no longer there",)),
    ]


def test_protections_are_told_under_an_empty_name() -> None:
    other = policies(*TREES.policies, protect=["legal"])
    (rule,) = compare(note(), due(seen()).plan, due(seen(), other)).rules
    told = ("+ protect tag legal values [] want present",)
    assert (rule.policy, rule.lines) == ("", told)


def test_a_policy_that_tags_tells_what_it_asks_for() -> None:
    asked = tagging(Required(key="owner"), name="owned")
    told = told_rules(policies(asked))["owned"]
    assert "owner" in str(told)
    assert "grace" not in told
    assert asked.action is Action.TAG


def test_lines_stand_in_order_what_went_first() -> None:
    other = replace(TREES.policies[0], match=Idle(days(91)), grace=days(8))
    (rule,) = compare(note(), due(seen()).plan, due(seen(), policies(other))).rules
    assert rule.lines == ("- grace 7d", "- match idle 90d", "+ grace 8d", "+ match idle 91d")


def test_a_required_tag_may_be_called_like_a_condition() -> None:
    """Only what a condition waits for is a time."""
    told = told_rules(policies(tagging(Required(key="age", default="x"), name="aged")))
    assert told["aged"]["require"] == "age default x"
