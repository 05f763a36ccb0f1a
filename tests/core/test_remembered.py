"""What a fixture tells of past runs becomes marks and violations as a run finds them."""

from datetime import timedelta

import pytest
from tests.core.worlds import NOW, RULES, ago, days, experiment, judged, policies, policy, seen

from sagewarden.core.escalation import Violated
from sagewarden.core.marks import Mark, MarkRules
from sagewarden.core.remembered import (
    MarkedSince,
    Past,
    Patience,
    ViolatedSince,
    marks_of,
    violations_of,
)

OLD = experiment("old")
WORLD, STALE = seen(OLD), policies(policy())
SINCE = MarkedSince(
    identity=OLD.identity, policy="stale", since=ago(9), due=ago(2), matches=3, announced=ago(8)
)


def test_a_mark_is_as_a_run_finds_it() -> None:
    (real,) = judged(WORLD, STALE).marks.values()
    assert marks_of(Past((SINCE,)), WORLD, STALE, NOW) == {
        real.place: Mark(
            identity=OLD.identity,
            policy="stale",
            rule="rule of stale",
            since=ago(9),
            due=ago(2),
            matches=3,
            counted=NOW,
            parts=real.parts,
            announced=ago(8),
        )
    }


def test_a_mark_of_a_policy_or_an_entity_that_is_gone_is_left_out() -> None:
    past = Past((SINCE,))
    assert marks_of(past, WORLD, policies(), NOW) == {}
    assert marks_of(past, seen(), STALE, NOW) == {}


def test_what_is_violated_is_so_by_the_policy_as_it_is_now() -> None:
    past = Past(violated=(ViolatedSince(OLD.identity, "stale", ago(9)),))
    found = Violated(OLD.identity, "stale", "rule of stale", ago(9))
    assert violations_of(past, STALE) == {found.place: found}
    assert violations_of(past, policies(policy(name="other"))) == {}


@pytest.mark.parametrize(
    ("said", "rules"),
    [
        (Patience(), RULES),
        (Patience(min_grace=days(1)), MarkRules(2, days(1), days(1))),
        (Patience(matches=9), MarkRules(9, days(1), days(7))),
        (Patience(match_interval=timedelta(0)), MarkRules(2, timedelta(0), days(7))),
        (Patience(restored_rest=days(3)), MarkRules(2, days(1), days(7), days(3))),
        (Patience(min_grace=timedelta(0)), MarkRules(2, days(1), timedelta(0))),
    ],
)
def test_what_a_fixture_says_of_limits_counts_and_the_rest_is_as_usual(
    said: Patience, rules: MarkRules
) -> None:
    assert said.over(RULES) == rules
