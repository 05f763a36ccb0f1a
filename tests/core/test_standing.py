"""How a daemon and its targets stand, by what was seen and by what that is worth."""

from dataclasses import replace
from typing import Any

import pytest
from tests.reports.sample import build

from sagewarden.core.entities import Target
from sagewarden.core.report_rows import TagRow
from sagewarden.core.standing import (
    Circumstances,
    Health,
    Inspection,
    RunResult,
    Standing,
    health,
    result_of,
)

ONE, TWO = (
    Standing(target=Target(account, "eu-west-1"), since=0.0)
    for account in ("111111111111", "222222222222")
)


def judged(*standings: Standing, **given: str | bool) -> Health:
    return health(standings, Circumstances(**given))  # type: ignore[arg-type]  # a test's own


def test_a_daemon_that_has_run_nothing_yet_is_ready() -> None:
    """It can do its work."""
    assert judged(ONE, TWO) == Health()


def test_one_target_that_fails_is_a_trouble_and_bars_nothing() -> None:
    """The others are worked on."""
    found = judged(ONE.ended(RunResult.FAILED, "denied", 9.0), TWO)
    assert (found.ready, found.troubles) == (True, ("111111111111/eu-west-1: failed: denied",))


def test_a_daemon_all_of_whose_targets_fail_is_not_ready() -> None:
    """It says of each why."""
    ill = [each.ended(RunResult.REFUSED, "no vault", 9.0) for each in (ONE, TWO)]
    found = judged(*ill)
    assert (found.ready, "222222222222/eu-west-1: refused: no vault" in found.reasons[0]) == (
        False,
        True,
    )


@pytest.mark.parametrize(
    "given", [{"stopping": True}, {"scheduling": False}, {"policies": "bad"}, {"targets": "none"}]
)
def test_what_bars_all_work_is_a_reason(given: dict[str, str | bool]) -> None:
    assert not judged(ONE, **given).ready


@pytest.mark.parametrize("given", [{"settings": "bad"}, {"unread": "an account"}])
def test_what_bars_no_work_is_a_trouble(given: dict[str, str | bool]) -> None:
    found = judged(ONE, **given)
    assert (found.ready, len(found.troubles)) == (True, 1)


@pytest.mark.parametrize("result", [RunResult.WAITS, RunResult.LIMIT])
def test_what_a_person_should_see_is_a_trouble(result: RunResult) -> None:
    """A plan that waits, a limit that was reached."""
    assert len(judged(ONE.ended(result, "", 9.0)).troubles) == 1


def test_only_a_good_run_makes_the_last_good_one_younger() -> None:
    """Else its age goes on, from the daemon's begin if there was none."""
    bad = ONE.begun(5.0).ended(RunResult.FAILED, "", 10.0)
    good = bad.begun(20.0).ended(RunResult.DONE, "", 30.0)
    after = good.begun(40.0).ended(RunResult.LEASED, "", 50.0)
    assert [each.age(60.0) for each in (ONE, bad, good, after)] == [60.0, 60.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (0, RunResult.DONE),
        (1, RunResult.DEFECT),
        (2, RunResult.REFUSED),
        (3, RunResult.FAILED),
        (4, RunResult.LIMIT),
        (5, RunResult.INTEGRITY),
        (6, RunResult.WAITS),
        (7, RunResult.DEFECT),
        (11, RunResult.LEASED),
        (12, RunResult.DEFECT),
    ],
)
def test_an_exit_code_says_how_a_run_ended(code: int, result: RunResult) -> None:
    """One that nobody knows is a defect."""
    assert result_of(code, stopped=False) is result


def test_a_run_that_was_told_to_stop_did_not_fail_for_what_it_left() -> None:
    """But a defect, or a broken vault, is one all the same."""
    found = [result_of(code, stopped=True) for code in (0, 3, 5)]
    assert found == [RunResult.DONE, RunResult.STOPPED, RunResult.INTEGRITY]


def test_nothing_was_seen_yet_when_a_daemon_begins() -> None:
    assert (ONE.seconds, ONE.held, ONE.marked) == (0.0, 0, 0)


def test_a_run_is_counted_and_its_time_told() -> None:
    first = ONE.begun(5.0)
    ended = first.ended(RunResult.FAILED, "denied", 12.0)
    again = ended.begun(20.0).ended(RunResult.FAILED, "denied", 21.0)
    assert (first.began, ended.began, ended.seconds, ended.reason) == (5.0, None, 7.0, "denied")
    assert again.runs == {RunResult.FAILED: 2}


def test_a_run_whose_begin_was_not_seen_took_no_time() -> None:
    assert ONE.ended(RunResult.DONE, "", 12.0).seconds == 0.0


def test_an_inspection_says_what_it_found_until_the_next_of_its_job() -> None:
    bad = ONE.inspected("verify", Inspection.UNSOUND, "a link is gone")
    both = bad.inspected("drill", Inspection.FAILED, "denied")
    well = both.inspected("verify", Inspection.SOUND, "").inspected("verify", Inspection.SOUND, "")
    assert both.unsound == {"verify": "a link is gone", "drill": "denied"}
    assert well.unsound == {"drill": "denied"}
    assert well.inspections == {
        ("verify", "unsound"): 1,
        ("drill", "failed"): 1,
        ("verify", "sound"): 2,
    }
    assert judged(both).troubles == (
        "111111111111/eu-west-1: verify: a link is gone",
        "111111111111/eu-west-1: drill: denied",
    )


REPORT = build(judged=24, outcomes=21, history=1)
TAG = TagRow(
    run="r",
    kind="trial",
    name="t",
    created_ms=0,
    key="k",
    before=None,
    after="v",
    policy="",
    reason="",
    result="done",
    detail="",
    at="",
)


def test_effects_are_counted_over_all_runs() -> None:
    """Steps and tags alike, by what was done to what and what came of it."""
    step = replace(REPORT.outcomes[0], effect="delete", kind="trial", result="done")
    report = replace(REPORT, outcomes=(step,), tags=(TAG, replace(TAG, before="v", after=None)))
    assert ONE.told(report).told(report).effects == {
        ("delete", "trial", "done"): 2,
        ("tag", "trial", "done"): 2,
        ("untag", "trial", "done"): 2,
    }


def test_what_was_judged_is_that_of_the_last_run() -> None:
    held = [replace(row, held=place < 2) for place, row in enumerate(REPORT.judged)]
    report = replace(REPORT, judged=tuple(held))
    told = ONE.told(report).told(report)
    marks = sum(row.verdict == "mark" for row in held)
    assert (told.entities, told.held, told.marked) == (REPORT.inventory, 2, marks)
    assert 0 < marks < sum(told.judged.values()) == len(held)


def test_a_run_that_judged_nothing_leaves_what_was_seen() -> None:
    seen = ONE.told(REPORT)
    after = seen.told(replace(REPORT, inventory={}, judged=()))
    assert (after.entities, after.judged, after.held) == (seen.entities, seen.judged, seen.held)
    assert sum(after.effects.values()) == 2 * sum(seen.effects.values())


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        ({"stopping": True, "scheduling": False}, ["it is stopping"]),
        ({"scheduling": False}, ["the scheduler has ended: no job begins any more"]),
        (
            {"policies": "bad", "targets": "none"},
            ["the policies are refused: bad", "which targets there are is not known: none"],
        ),
    ],
)
def test_what_bars_it_is_said_in_words(given: dict[str, Any], reasons: list[str]) -> None:
    assert list(judged(ONE, **given).reasons) == reasons


def test_what_bars_nothing_is_said_in_words() -> None:
    assert judged(ONE, settings="bad", unread="an account").troubles == (
        "there may be more targets: an account",
        "new settings were refused, the old ones stand: bad",
    )


def test_a_daemon_without_targets_is_barred_by_none() -> None:
    assert judged() == Health()


def test_when_all_fail_each_is_told_once() -> None:
    """As a reason, and not as a trouble too."""
    found = judged(ONE.ended(RunResult.DEFECT, "x", 9.0))
    assert found == Health(reasons=("no run went well: 111111111111/eu-west-1: defect: x",))


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (RunResult.WAITS, "a plan waits for approval"),
        (RunResult.LIMIT, "a limit stopped the run: too many"),
    ],
)
def test_what_a_person_should_see_says_what_it_is(result: RunResult, told: str) -> None:
    found = judged(ONE.ended(result, "too many", 9.0), TWO.ended(RunResult.DONE, "", 9.0))
    assert found.troubles == (f"111111111111/eu-west-1: {told}",)


# --- while a run is under way ------------------------------------------------------------

DONE = ("delete", "trial-component", "done")
UNDONE = ("disassociate", "trial-component", "undone")
FRESH = Standing(target=Target("123456789012", "us-east-1"), since=100.0)


def test_what_is_settled_counts_at_once() -> None:
    assert FRESH.moved({DONE: 2}).moved({DONE: 1}).effects_so_far == {DONE: 3}


def test_a_run_that_ends_without_a_report_keeps_what_it_did() -> None:
    ended = FRESH.begun(101.0).moved({DONE: 2}).ended(RunResult.DEFECT, "", 102.0)
    assert (ended.effects, ended.moving) == ({DONE: 2}, {})


def test_a_run_before_the_daemon_gives_its_age() -> None:
    """A restart is no good run."""
    assert FRESH.recalled(40.0).age(100.0) == 60.0


def test_a_good_run_since_counts_more_than_one_before() -> None:
    since = FRESH.begun(101.0).ended(RunResult.DONE, "", 105.0)
    assert since.recalled(40.0).age(106.0) == 1.0
