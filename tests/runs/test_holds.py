"""Holds by command: every path sees them, at every stage; what they keep is not touched at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.runs.approving import STRICT, approved
from tests.runs.enumerating import Points, Replay, calmed, dies
from tests.runs.stage import COMPONENT, DAY, EXPERIMENT, GRACE, TRIAL, Stage, before_look, results
from tests.runs.test_delete_after import shown, written
from tests.runs.test_resume import CUT_OFF, EFFECTS, put_back
from tests.runs.test_tagging import LIVE, set_tags, tags_of, with_policies
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.holds import change_holds, read_holds
from sagewarden.application.judging import Asked, judge_target
from sagewarden.application.marks import read_marks
from sagewarden.core.entities import Kind
from sagewarden.core.holds import Hold, Release
from sagewarden.core.keys import holds_key
from sagewarden.core.report import Report
from sagewarden.errors import IntegrityError, VaultError

WHY = "held by legal: case 7 (until it is released)"
ONLY_STRAY = ["trialcomponent stray-1"]


def hold(stage: Stage, kind: Kind, name: str, *, days: float | None = None) -> None:
    """Hold a name, as the command does."""
    bench = stage.bench()
    bench.surveys.caller()
    now = bench.looks.now()
    until = None if days is None else now + timedelta(days=days)
    given: dict[str, Any] = {"owner": "legal", "reason": "case 7", "by": "arn:ana", "added": now}
    change_holds(bench, lambda known: known.added(Hold(kind=kind, name=name, until=until, **given)))


def release(stage: Stage) -> None:
    """Release every hold, as the command does."""
    bench = stage.bench()
    end = Release("arn:ana", bench.looks.now(), "case closed")
    change_holds(bench, lambda known: known.released(known.all, end))


def tamper(stage: Stage, content: Any) -> None:
    """Leave something else where the holds are."""
    key = holds_key(stage.session.target)
    found = read_or_none(stage.vault, key)
    put_document(stage.vault, key, content, None if found is None else found[1])


def against(report: Report) -> dict[str, tuple[str, ...]]:
    return {row.name: row.against for row in report.judged}


@pytest.fixture
def waiting(due: Stage) -> Stage:
    """A plan of everything that is due is approved, and nothing is done yet."""
    due.limits = STRICT
    due.sweep()
    return approved(due)


@pytest.fixture
def dead(due: Stage) -> Stage:
    """A process died when both edges of `both` were cut."""
    replay = Replay(due)
    assert dies(replay.restart(), Points(EFFECTS, CUT_OFF))
    return replay.calm()


def test_what_is_held_is_neither_marked_nor_planned(small: Stage) -> None:
    """A hold anywhere in a tree keeps all of it, and the reason names it."""
    hold(small, COMPONENT, "BOTH")
    report = small.swept_after_grace()
    assert small.effects() == ONLY_STRAY
    assert against(report)["Old-Small"] == (f"trial-component Both: {WHY}",)


def test_a_hold_takes_the_mark_away_and_its_end_starts_the_grace_anew(small: Stage) -> None:
    small.sweep()
    hold(small, EXPERIMENT, "Old-Small", days=10)
    small.pass_time(GRACE)
    small.sweep()
    assert [mark.identity.name for mark in read_marks(small.bench()).marks.values()] == ["stray-1"]
    small.pass_time(10 * DAY)
    report = small.sweep()
    assert small.effects() == ONLY_STRAY
    assert against(report)["Old-Small"] == ("matched 1 of 2 times",)
    small.pass_time(GRACE)
    small.sweep()
    assert small.effects()[1:] == SMALL_EFFECTS[:-1]


def test_what_is_released_is_marked_anew(small: Stage) -> None:
    hold(small, EXPERIMENT, "Old-Small")
    small.sweep()
    release(small)
    small.swept_after_grace()
    assert small.effects() == SMALL_EFFECTS


def test_a_day_to_come_is_played_with_the_holds_of_that_day(due: Stage) -> None:
    hold(due, EXPERIMENT, "old-small", days=10)
    bench = due.bench()
    bench.surveys.caller()
    later = Asked(at=bench.looks.now() + timedelta(days=11))
    now, then = due.judged(), judge_target(bench, due.governance(), later)
    kept = [
        [each.against for each in judged.judgements.given if each.entity.key == "old-small"]
        for judged in (now, then)
    ]
    assert "held by legal" in kept[0][0][0]
    assert not any("held" in reason for reason in kept[1][0])


@pytest.mark.parametrize(
    ("kind", "name"), [(EXPERIMENT, "old-small"), (TRIAL, "OLD-2"), (COMPONENT, "Both")]
)
def test_a_hold_after_the_approval_keeps_the_whole_tree(
    waiting: Stage, kind: Kind, name: str
) -> None:
    hold(waiting, kind, name)
    report = waiting.sweep()
    assert waiting.effects() == ONLY_STRAY
    assert {row.detail for row in report.outcomes if row.name != "Stray-1"} == {
        f"{kind} {name.lower()}: {WHY}"
    }


def test_a_hold_on_what_is_spared_keeps_the_tree(waiting: Stage) -> None:
    hold(waiting, COMPONENT, "lent")
    waiting.sweep()
    assert waiting.effects() == ONLY_STRAY


def test_a_hold_above_what_is_spared_keeps_the_tree(waiting: Stage) -> None:
    hold(waiting, EXPERIMENT, "live")
    waiting.sweep()
    assert waiting.effects() == ONLY_STRAY


def test_a_hold_on_one_of_a_batch_keeps_that_one(waiting: Stage) -> None:
    hold(waiting, COMPONENT, "stray-1")
    report = waiting.sweep()
    assert waiting.effects() == SMALL_EFFECTS[:-1]
    assert results(report)["delete trial-component stray-1"] == "not attempted"


def test_a_released_hold_lets_an_approved_plan_go_on(waiting: Stage) -> None:
    hold(waiting, EXPERIMENT, "old-small")
    release(waiting)
    waiting.sweep()
    assert waiting.effects() == SMALL_EFFECTS


def test_a_hold_between_bundles_stops_the_tree(due: Stage) -> None:
    """What the bundle before took is gone, and the report says so."""
    due.bundle = 2
    due.at = before_look(4, lambda: hold(due, TRIAL, "old-2"))
    report = due.sweep()
    assert due.effects() == [*SMALL_EFFECTS[:5], *ONLY_STRAY]
    assert any("is partly deleted" in told for told in report.advice)


def test_a_hold_that_expired_since_the_approval_lets_the_plan_go_on(waiting: Stage) -> None:
    hold(waiting, EXPERIMENT, "old-small", days=1)
    waiting.pass_time(DAY)
    waiting.sweep()
    assert waiting.effects() == SMALL_EFFECTS


@pytest.mark.parametrize(("kind", "name"), [(COMPONENT, "both"), (EXPERIMENT, "old-small")])
def test_a_hold_before_a_resume_puts_edges_back(dead: Stage, kind: Kind, name: str) -> None:
    hold(dead, kind, name)
    put_back(dead)
    assert "c both" in dead.names()


def test_a_hold_during_a_resume_puts_edges_back(dead: Stage) -> None:
    """It is added while the dead run's bundle is settled, before its effect goes on."""
    vault = dead.vault
    assert isinstance(vault, MemoryVault)
    once: list[str] = []

    def before(operation: str, key: str) -> None:
        if "/plans/" in key and operation == "get" and not once:
            once.append(key)
            hold(dead, COMPONENT, "both")

    vault.before = before
    put_back(dead)
    assert once


BROKEN = ({"format": 9, "holds": []}, {"format": 1, "holds": {}}, {"format": 1, "holds": [{}]})


@pytest.mark.parametrize("content", BROKEN, ids=str)
def test_broken_holds_stop_everything(due: Stage, content: dict[str, Any]) -> None:
    tamper(due, content)
    report = due.sweep()
    assert (report.exit_code, due.effects(applied=False)) == (5, [])
    assert "Bring the object's last good version back" in report.advice[0]
    with pytest.raises(IntegrityError, match="the holds in the vault cannot be read"):
        due.judged()


def test_broken_holds_stop_an_approved_plan_and_a_resume(dead: Stage) -> None:
    """The intent stays open until they can be read; then it is settled."""
    tamper(dead, {"format": 1, "holds": [{}]})
    before = dead.effects(applied=False)
    assert dead.sweep().exit_code == 5
    assert dead.effects(applied=False) == before
    assert dead.open_intents() != []
    tamper(dead, {"format": 1, "holds": []})
    assert (dead.sweep().exit_code, dead.open_intents()) == (0, [])


@pytest.mark.parametrize("which", range(4))
def test_holds_that_cannot_be_read_at_any_look_stop_the_run(due: Stage, which: int) -> None:
    """At the beginning, when judging, at the unit, at the bundle: no effect comes after."""
    vault = due.vault
    assert isinstance(vault, MemoryVault)
    reads: list[str] = []

    def before(operation: str, key: str) -> None:
        if key == holds_key(due.session.target) and operation == "get":
            reads.append(key)
            if len(reads) > which:
                raise VaultError("no answer")

    vault.before = before
    report = due.sweep()
    assert (report.exit_code, due.effects(applied=False)) == (3, [])
    assert calmed(due).sweep().exit_code == 0


# --- tags ---------------------------------------------------------------------------------------


@pytest.fixture
def ruled(small: Stage) -> Stage:
    """The live experiment has to have an owner and an environment, which can be repaired."""
    set_tags(small, "live", Owner="ana", env="Prod")
    small.pass_time(60 * DAY)
    small.box.admin.clear_calls()
    return with_policies(small, LIVE)


def test_what_is_held_keeps_its_tags(ruled: Stage) -> None:
    hold(ruled, EXPERIMENT, "live")
    report = ruled.sweep()
    assert (written(ruled), tags_of(ruled, "live")) == ([], {"Owner": "ana", "env": "Prod"})
    assert {gap.reason for gap in report.tag_gaps} == {"held: tags left as they are"}
    assert report.exit_code == 0


def act_after_judging(stage: Stage, act: Callable[[], None]) -> None:
    """Act once marks are written: everything was judged by then, no tag is looked at yet."""
    vault = stage.vault
    assert isinstance(vault, MemoryVault)
    acted: list[str] = []

    def before(operation: str, key: str) -> None:
        if operation != "get" and "/marks/" in key and not acted:
            acted.append(key)
            act()

    vault.before = before


def test_a_hold_before_a_batch_of_tags_leaves_them(ruled: Stage) -> None:
    act_after_judging(ruled, lambda: hold(ruled, EXPERIMENT, "live"))
    report = ruled.sweep()
    assert (written(ruled), report.exit_code) == ([], 3)
    assert {row.detail for row in report.tags} == {f"held: tags left as they are ({WHY})"}


def test_a_hold_tag_before_a_write_leaves_the_tags(ruled: Stage) -> None:
    """Whoever sets it between our look at the batch and the look before the write."""

    def at(when: str, what: str) -> None:
        if (when, what) == ("look", "tag add"):
            ruled.tag(EXPERIMENT, "live")

    ruled.at = at
    ruled.sweep()
    assert tags_of(ruled, "live") == {"Owner": "ana", "env": "Prod", "sagewarden:hold": "x"}


def test_a_held_experiment_keeps_the_tag_of_its_mark_and_the_report_says_so(small: Stage) -> None:
    small.tag_marks = True
    small.sweep()
    told = shown(small)
    hold(small, EXPERIMENT, "old-small")
    small.pass_time(DAY)
    report = small.sweep()
    assert (shown(small), written(small), report.exit_code) == (told, ["AddTags"], 0)
    assert (
        "sagewarden:delete-after of experiment old-small does not tell of its marks; "
        "held: tags left as they are"
    ) in report.notes


def test_a_released_experiment_tells_of_its_marks_again(small: Stage) -> None:
    small.tag_marks = True
    hold(small, EXPERIMENT, "old-small")
    small.sweep()
    assert shown(small) == {}
    release(small)
    small.sweep()
    assert list(shown(small)) == ["old-small"]


# --- the object ---------------------------------------------------------------------------------


def test_two_who_hold_at_the_same_time_both_hold(due: Stage) -> None:
    """The second finds the object changed, and adds to what it is now."""
    bench, met = due.bench(), due.vault
    assert isinstance(met, MemoryVault)
    once: list[str] = []

    def before(operation: str, key: str) -> None:
        if operation in {"create", "replace"} and "/holds/" in key and not once:
            once.append(key)
            hold(due, EXPERIMENT, "old-small")

    met.before = before
    hold(due, COMPONENT, "both")
    assert [each.name for each in read_holds(bench.vault, bench.target).all] == [
        "old-small",
        "both",
    ]
