"""Whether Disassociate moves LastModifiedTime is unknown: our own writes never look like life."""

import pytest
from tests.runs.enumerating import Points, Replay, dies
from tests.runs.stage import COMPONENT, DAY, TRIAL, Stage, before_look
from tests.runs.test_evidence import SpoiltVault, flip
from tests.runs.worlds import SMALL_EFFECTS, SMALL_LEFT

EFFECTS = frozenset({"disassociate", "delete"})
ANSWERS = ["self", "above", "both"]


@pytest.fixture(params=ANSWERS)
def touching(due: Stage, request: pytest.FixtureRequest) -> Stage:
    """The small account where our cuts move LastModifiedTime of one end, or of both."""
    due.box.admin.set_knobs(touch_on_disassociate=request.param, touch_on_associate=request.param)
    return due


@pytest.mark.parametrize("death", [1, 7, 13])
def test_a_run_that_died_is_completed_without_a_new_grace_period(
    touching: Stage, death: int
) -> None:
    """Right after an effect; a day later the rest goes."""
    replay = Replay(touching)
    stage = replay.restart()
    assert dies(stage, Points(EFFECTS, death))
    stage.pass_time(DAY)
    assert replay.calm().sweep().exit_code == 0
    assert stage.names() == SMALL_LEFT


def test_runs_that_die_after_each_effect_need_no_new_grace_period_either(touching: Stage) -> None:
    replay = Replay(touching)
    stage = replay.restart()
    for _ in SMALL_EFFECTS:
        dies(stage, Points(EFFECTS, 1))
        stage.pass_time(3_600.0)
    replay.calm().sweep()
    assert stage.names() == SMALL_LEFT


def test_a_tree_whose_edges_were_put_back_goes_when_the_hold_is_gone(touching: Stage) -> None:
    touching.at = before_look(5, lambda: touching.tag(COMPONENT, "both"))
    assert touching.sweep().tally["undone"] == 2
    touching.at = lambda _when, _what: None
    arn = touching.arn(COMPONENT, "both")
    touching.make("DeleteTags", ResourceArn=arn, TagKeys=["sagewarden:hold"])
    assert touching.sweep().exit_code == 0
    assert touching.names() == SMALL_LEFT


def test_a_run_that_ended_on_a_broken_archive_is_completed(touching: Stage) -> None:
    """Its first bundle was settled, its report was stored: what it touched is remembered."""
    whole = touching.vault
    touching.vault = SpoiltVault(whole, flip, but=1)
    assert touching.sweep().exit_code == 5
    touching.vault = whole
    touching.pass_time(DAY)
    assert touching.sweep().exit_code == 0
    assert touching.names() == SMALL_LEFT


def test_an_incomplete_inventory_forgets_no_write(touching: Stage) -> None:
    touching.vault, whole = SpoiltVault(touching.vault, flip, but=1), touching.vault
    touching.sweep()
    touching.vault = whole
    touching.fault("deny", "Search", resource="ExperimentTrial", times=None)
    assert not touching.sweep().complete
    touching.box.admin.clear_rules()
    assert touching.sweep().exit_code == 0
    assert touching.names() == SMALL_LEFT


def test_a_sign_of_life_after_the_death_of_a_run_counts(due: Stage) -> None:
    """Somebody works on the tree before it is resumed: it is not idle any more."""
    due.box.admin.set_knobs(touch_on_disassociate="both", touch_on_tags="self")
    replay = Replay(due)
    stage = replay.restart()
    assert dies(stage, Points(EFFECTS, 7))
    stage.pass_time(2 * DAY)
    stage.tag(TRIAL, "old-2", "seen")
    stage.make("DeleteTags", ResourceArn=stage.arn(TRIAL, "old-2"), TagKeys=["seen"])
    stage.pass_time(DAY)
    replay.calm().sweep()
    assert "t old-2" in stage.names()


def test_a_sign_of_life_right_after_a_resume_counts(due: Stage) -> None:
    """Only the minutes in which we wrote are ours, and the minute by which clocks may differ."""
    due.box.admin.set_knobs(touch_on_disassociate="both", touch_on_tags="self")
    replay = Replay(due)
    stage = replay.restart()
    assert dies(stage, Points(EFFECTS, 7))
    replay.calm().at = before_look(2, stage.stop.set)
    stage.sweep()
    replay.calm().pass_time(180)
    stage.tag(TRIAL, "old-2", "seen")
    stage.make("DeleteTags", ResourceArn=stage.arn(TRIAL, "old-2"), TagKeys=["seen"])
    stage.pass_time(DAY)
    stage.sweep()
    assert "t old-2" in stage.names()
