"""What nobody mends in time is marked, and goes like anything that is deleted."""

from dataclasses import replace
from datetime import datetime

import pytest
from tests.core.test_tagging import tagging
from tests.core.worlds import NOW, RULES, ago, days, experiment, policies, seen, through_json

from sagewarden.core.entities import Entity
from sagewarden.core.escalation import (
    Violated,
    Violations,
    overdue,
    read_violated,
)
from sagewarden.core.judge import Circumstances, Judgements, Verdict, judge
from sagewarden.core.marks import in_order
from sagewarden.core.policy import Escalation, PolicySet, Required

POLICY = replace(
    tagging(Required(key="owner"), name="owned"), escalate=Escalation(days(30), days(14))
)
BARE, MENDED = experiment("e"), experiment("e", tags={"owner": "ana"})
UNREAD = experiment("e", tags=None)


def since(when: datetime, entity: Entity = BARE, rule: str = POLICY.rule) -> Violations:
    found = Violated(entity.identity, POLICY.name, rule, when)
    return {found.place: found}


def judged(
    entity: Entity, known: Violations, rules: PolicySet | None = None, now: datetime = NOW
) -> Judgements:
    given = Circumstances(now, {}, RULES, violations=known)
    return judge(seen(entity), rules or policies(POLICY), given)


def test_a_violation_is_remembered_from_when_it_was_first_found() -> None:
    first = judged(BARE, {}).violations
    assert first == since(NOW)
    assert judged(BARE, first, now=NOW + days(3)).violations == since(NOW)


def test_what_was_mended_starts_anew() -> None:
    assert judged(MENDED, since(ago(20))).violations == {}


def test_another_rule_starts_anew() -> None:
    assert judged(BARE, since(ago(20), rule="another")).violations == since(NOW)


def test_another_bearer_of_the_name_starts_anew() -> None:
    old = experiment("e", created=ago(300))
    assert judged(BARE, since(ago(20), old)).violations == since(NOW)


def test_what_cannot_be_read_neither_starts_nor_ends() -> None:
    assert judged(UNREAD, {}).violations == {}
    assert judged(UNREAD, since(ago(20))).violations == since(ago(20))


def test_a_violation_is_stored_as_it_is() -> None:
    (violated,) = since(ago(20)).values()
    assert read_violated(through_json(violated.spelled())) == violated


def test_violations_are_stored_in_one_order() -> None:
    one, other = since(ago(20)), since(ago(10), experiment("d"))
    assert in_order({**one, **other}) == in_order({**other, **one})
    assert [each.spelled()["violated"] for each in in_order(one)] == ["owned"]


def test_without_an_escalation_nothing_lasts_too_long() -> None:
    (violated,) = since(ago(400)).values()
    assert not overdue(violated, replace(POLICY, escalate=None), NOW)


@pytest.mark.parametrize(("lasted", "verdicts"), [(29.9, []), (30, [Verdict.MARK])])
def test_it_is_marked_when_it_lasted_long_enough(lasted: float, verdicts: list[Verdict]) -> None:
    found = judged(BARE, since(ago(lasted)))
    assert [each.verdict for each in found.given] == verdicts
    assert sum(found.matched.values()) == len(verdicts)


def test_its_mark_has_the_grace_period_of_the_escalation() -> None:
    (mark,) = judged(BARE, since(ago(40))).marks.values()
    assert (mark.policy, mark.due - mark.since) == ("owned", days(14))


def test_its_reasons_say_what_is_violated() -> None:
    (judgement,) = judged(BARE, since(ago(40))).given
    assert "tag owner: it is missing, for more than 30d" in judgement.reasons


def test_what_is_unknown_is_counted_and_kept() -> None:
    found = judged(UNREAD, since(ago(40)))
    assert (found.given, sum(found.matched.values())) == ((), 1)


def test_a_hold_keeps_it() -> None:
    rules = policies(POLICY, protect=["legal-hold"])
    (judgement,) = judged(experiment("e", tags={"legal-hold": "x"}), since(ago(40)), rules).given
    assert judgement.verdict is Verdict.KEEP


def test_without_an_escalation_nothing_is_remembered_or_marked() -> None:
    rules = policies(tagging(Required(key="owner"), name="owned"))
    found = judged(BARE, since(ago(40)), rules)
    assert (found.violations, found.given) == ({}, ())
