"""Rehearsing policies on a small account: days of sweeps, and what is expected."""

from dataclasses import replace

from tests.core import worlds
from tests.core.worlds import HERE, NOW, component, days, experiment, policies, policy, seen, trial

from sagewarden.core.entities import Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Verdict
from sagewarden.core.policy import Idle
from sagewarden.core.rehearsal import UNMATCHED, Expectation, Fixture, Rehearsal, Word, rehearse

STALE = policies(policy(match=Idle(days(30)), name="stale"))


def fixture(account: Inventory, *expectations: Expectation, swept: int | None = 60) -> Fixture:
    return Fixture(
        file="tests/stale.yaml",
        policies="policies",
        now=NOW,
        inventory=account,
        expectations=expectations,
        holds={},
        swept=None if swept is None else days(swept),
    )


def expect(kind: Kind, name: str, verdict: Word, *because: str) -> Expectation:
    return Expectation(kind=kind, name=name, verdict=verdict, because=because, place=HERE)


def rehearsed(*args: Expectation, swept: int | None = 60, idle: int = 100) -> Rehearsal:
    """An experiment with a trial and two components, one of them in another trial too."""
    moved = worlds.ago(idle)
    account = seen(
        experiment("tree", modified=moved),
        experiment("other"),
        trial("branch", "tree"),
        trial("far", "other", modified=NOW - days(1)),
        component("leaf", "branch"),
        component("lent", "branch", "far"),
    )
    return rehearse(fixture(account, *args, swept=swept), STALE, worlds.RULES)


TREE = expect(Kind.EXPERIMENT, "tree", Verdict.DELETE)


def test_what_matched_for_a_grace_period_of_daily_sweeps_is_deleted() -> None:
    assert rehearsed(TREE).met


def test_a_first_look_only_marks() -> None:
    assert rehearsed(replace(TREE, verdict=Verdict.MARK), swept=None).met


def test_what_began_to_match_a_day_ago_is_marked() -> None:
    told = rehearsed(replace(TREE, verdict=Verdict.MARK), idle=31)
    assert told.answers[0].reasons[0] == "marked, due 2026-03-07 12:00 UTC"


def test_what_goes_with_its_tree_is_deleted() -> None:
    leaf = expect(Kind.COMPONENT, "leaf", Verdict.DELETE, "goes with its tree, by policy stale")
    assert rehearsed(TREE, leaf).met


def test_what_another_tree_uses_is_unmatched() -> None:
    assert rehearsed(TREE, expect(Kind.COMPONENT, "lent", UNMATCHED)).met


def test_a_delete_that_nobody_expects_fails() -> None:
    told = rehearsed(expect(Kind.EXPERIMENT, "other", UNMATCHED))
    assert (told.met, [each.entity.name for each in told.unexpected]) == (False, ["tree"])


def test_another_verdict_than_expected_fails() -> None:
    answer = rehearsed(replace(TREE, verdict=Verdict.KEEP)).answers[0]
    assert (answer.met, answer.verdict) == (False, Verdict.DELETE)


def test_a_reason_that_is_not_given_fails() -> None:
    answer = rehearsed(replace(TREE, because=("idle 100d", "idle 7d"))).answers[0]
    assert (answer.met, answer.missing) == (False, ("idle 7d",))


def test_what_does_not_match_tells_which_condition_failed() -> None:
    answer = rehearsed(TREE, expect(Kind.EXPERIMENT, "other", UNMATCHED)).answers[1]
    assert answer.reasons == ("stale: idle 1d of 30d",)


def test_what_was_not_there_yet_was_not_swept() -> None:
    young = seen(experiment("tree", created=worlds.ago(40), modified=worlds.ago(40)))
    told = rehearse(fixture(young, TREE), STALE, worlds.RULES)
    assert told.met


def test_a_policy_may_be_asked_alone() -> None:
    both = policies(
        policy(match=Idle(days(30)), name="stale"), policy(match=Idle(days(999)), name="ancient")
    )
    account = seen(experiment("tree"))
    asked = replace(TREE, verdict=UNMATCHED, policy="ancient")
    assert rehearse(fixture(account, asked), both, worlds.RULES).met
