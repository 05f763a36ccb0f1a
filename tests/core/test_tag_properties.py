"""What holds for policies that tag, escalate and report, too, by random search.

Of what keeps a tree from being marked, its tags may be repaired again: what is marked stays as it
was announced. So a hold may add a write, but never one to what it holds.
"""

from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.core.strategies import (
    AllSeenError,
    accounts,
    broken_accounts,
    keeps,
    policies_of_each_action,
    reordered,
    with_fault,
)
from tests.core.worlds import NOW, RULES, TARGET, ago, policies, ripe, steps

from sagewarden.core.entities import Identity
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Circumstances, Judgements, judge
from sagewarden.core.marks import Mark
from sagewarden.core.plan import Step
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import Action, PolicySet
from sagewarden.core.protection import Reasons
from sagewarden.core.tagging import State

few = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class Case:
    """An account, the policies and the holds that it is judged by."""

    world: Inventory
    rules: PolicySet
    holds: Reasons


def judged_late(*cases: Case) -> tuple[Judgements, ...]:
    """Judge each case after all that is marked or violated in any of them was so for long."""
    violations = {
        place: replace(violated, since=ago(60))
        for case in cases
        for place, violated in _judged(case, Circumstances(NOW, {}, RULES)).violations.items()
    }
    marks: dict[tuple[Identity, str], Mark] = {}
    for case in cases:
        given = Circumstances(NOW, {}, RULES, violations=violations)
        marks |= ripe(_judged(case, given).marks)
    late = Circumstances(NOW, marks, RULES, violations=violations)
    return tuple(_judged(case, late) for case in cases)


def _judged(case: Case, given: Circumstances) -> Judgements:
    return judge(case.world, case.rules, replace(given, holds=case.holds))


def deletions(judgements: Judgements) -> set[Step]:
    return set(steps(make_plan(TARGET, "p", judgements)))


def written(judgements: Judgements) -> set[Identity]:
    """Whose tags would be written."""
    return {
        finding.entity.identity
        for inspected in judgements.inspected
        for finding in inspected.findings
        if finding.state is State.REPAIR
    }


@few
@given(broken_accounts(), policies_of_each_action(), st.data())
def test_the_order_of_pages_and_policies_changes_no_tag_and_no_escalation(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    again = data.draw(reordered(world))
    shuffled = replace(rules, policies=tuple(data.draw(st.permutations(rules.policies))))
    first, second = judged_late(Case(world, rules, {}), Case(again, shuffled, {}))
    assert second.given == first.given
    assert second.marks == first.marks
    assert second.violations == first.violations
    assert second.matched == first.matched
    assert written(second) == written(first)


@few
@given(broken_accounts(), policies_of_each_action(), st.data())
def test_a_hold_adds_no_deletion_and_no_tag_to_what_it_holds(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    held = data.draw(st.sampled_from(list(world.everything())))
    holds = {held.identity: ("a hold",)}
    before, after = judged_late(Case(world, rules, {}), Case(world, rules, holds))
    assert deletions(after) <= deletions(before)
    below = {part.identity for part in after.forest.tree(held).parts}
    assert not below & written(after)


@few
@given(broken_accounts(), policies_of_each_action(), st.sampled_from(["env", "legal-hold"]))
def test_a_protection_adds_no_deletion_and_no_tag_to_what_it_protects(
    world: Inventory, rules: PolicySet, tag: str
) -> None:
    guarded = replace(rules, protections=rules.protections + policies(protect=[tag]).protections)
    before, after = judged_late(Case(world, rules, {}), Case(world, guarded, {}))
    assert deletions(after) <= deletions(before)
    carriers = {each.identity for each in world.everything() if tag in (each.tags or {})}
    assert not carriers & written(after)


@few
@given(broken_accounts(), policies_of_each_action(), st.data())
def test_a_keep_rule_beside_tagging_adds_no_deletion(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    first, *others = (replace(each, keep=None) for each in rules.policies)
    keeping = replace(first, keep=data.draw(keeps(first.resource)))
    before, after = (replace(rules, policies=(each, *others)) for each in (first, keeping))
    plain, kept = judged_late(Case(world, before, {}), Case(world, after, {}))
    assert deletions(kept) <= deletions(plain)


@settings(few, max_examples=50)
@given(accounts(), policies_of_each_action(), st.data())
def test_a_read_fault_adds_no_deletion_by_escalation_either(
    world: Inventory, rules: PolicySet, data: st.DataObject
) -> None:
    faulty = data.draw(with_fault(world))
    before, after = judged_late(Case(world, rules, {}), Case(faulty, rules, {}))
    assert deletions(after) <= deletions(before)


@few
@given(broken_accounts(), policies_of_each_action())
def test_what_was_not_read_is_not_written_to(world: Inventory, rules: PolicySet) -> None:
    """Neither is what is in doubt, and no unknown tag is repaired."""
    (found,) = judged_late(Case(world, rules, {}))
    unsure = {
        each.identity
        for each in world.everything()
        if each.tags is None or each.doubt is not None or not each.read
    }
    assert not unsure & written(found)


@few
@given(broken_accounts(), policies_of_each_action())
def test_reports_delete_and_mark_nothing(world: Inventory, rules: PolicySet) -> None:
    reports = tuple(each for each in rules.policies if each.action is Action.REPORT)
    (found,) = judged_late(Case(world, replace(rules, policies=reports), {}))
    assert (deletions(found), found.marks) == (set(), {})


def test_random_policies_escalate_and_repair() -> None:
    """Or the properties would say nothing of it."""
    wanted = {"escalated", "written"}

    @settings(few, max_examples=150, database=None, derandomize=True, phases=[Phase.generate])
    @given(accounts(), policies_of_each_action())
    def look(world: Inventory, rules: PolicySet) -> None:
        (found,) = judged_late(Case(world, rules, {}))
        tagging = {each.name for each in rules.policies if each.action is Action.TAG}
        if any(each.policy.name in tagging for each in found.due):
            wanted.discard("escalated")
        if written(found):
            wanted.discard("written")
        if not wanted:
            raise AllSeenError

    with pytest.raises(AllSeenError):
        look()
