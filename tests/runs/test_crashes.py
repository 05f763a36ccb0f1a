"""A process that dies anywhere: the next run on the same vault ends as if nothing had happened."""

import pytest
from tests.runs.enumerating import Ending, Plot, Points, Replay, dies, enumerate_crashes
from tests.runs.stage import COMPONENT, GRACE, Stage, before_look
from tests.runs.worlds import SMALL_EFFECTS, SMALL_LEFT

from sagewarden.core.keys import Family

JOURNAL = frozenset({"intent", "undo", "outcome"})
EFFECTS = frozenset({"disassociate", "delete"})


@pytest.fixture
def replay(due: Stage) -> Replay:
    """Plays the second sweep of the small account over and over from the same start."""
    return Replay(due)


@pytest.mark.timeout(60)
def test_a_crash_around_any_journal_entry_is_resumed(replay: Replay) -> None:
    assert enumerate_crashes(replay, Plot(kinds=JOURNAL, clean=replay.clean)) == {}


@pytest.mark.timeout(60)
def test_a_crash_around_any_other_write_to_the_vault_is_resumed(replay: Replay) -> None:
    """Lease, marks, plan, archives, record of own writes, report."""
    assert enumerate_crashes(replay, Plot(kinds=frozenset({"write"}), clean=replay.clean)) == {}


@pytest.mark.timeout(60)
def test_a_crash_around_any_effect_is_resumed(replay: Replay) -> None:
    assert enumerate_crashes(replay, Plot(kinds=EFFECTS, clean=replay.clean)) == {}


def hold_between_cut_and_delete(stage: Stage) -> None:
    """Somebody holds `both` right before the look that precedes its delete."""
    stage.at = before_look(5, lambda: stage.tag(COMPONENT, "both"))


@pytest.fixture
def undone(replay: Replay) -> Ending:
    """How it ends when two edges have to be put back and nobody dies."""
    stage = replay.restart()
    hold_between_cut_and_delete(stage)
    assert stage.sweep().tally["undone"] == 2
    stage.sweep()
    return Ending.of(stage)


@pytest.mark.timeout(60)
def test_a_crash_during_an_undo_is_resumed(replay: Replay, undone: Ending) -> None:
    """Both edges are back, the hold is kept, and what has nothing to do with it is gone."""
    plot = Plot(
        kinds=frozenset({"undo", "associate", "outcome"}),
        clean=undone,
        fine=frozenset({0, 3}),
        arrange=hold_between_cut_and_delete,
    )
    assert enumerate_crashes(replay, plot) == {}
    assert replay.stage.trials_of("both") == {"old-1", "old-2"}


def test_runs_that_die_after_each_effect_come_to_an_end(replay: Replay) -> None:
    """Ten processes, one effect each."""
    stage = replay.restart()
    deaths = [dies(stage, Points(EFFECTS, 1)) for _ in range(len(SMALL_EFFECTS))]
    replay.calm().sweep()
    assert all(deaths)
    assert Ending.of(stage).differs_from(replay.clean) == []


def test_a_process_with_eight_lanes_that_dies_is_resumed(replay: Replay) -> None:
    stage = replay.restart().with_lanes(8)
    replay.stage = stage
    assert dies(stage, Points(EFFECTS, 9))
    assert replay.calm().sweep().exit_code == 0
    assert Ending.of(stage).differs_from(replay.clean) == []


def test_a_dead_run_is_told_of_once(replay: Replay) -> None:
    """By the run that settled it; the next one has nothing to adopt."""
    stage = replay.restart()
    dies(stage, Points(EFFECTS, 7))
    first, second = replay.calm().sweep(), stage.sweep()
    assert (len(first.adopted), first.tally["done"]) == (1, len(SMALL_EFFECTS))
    assert (second.adopted, second.tally["done"]) == ((), 0)


def test_a_crash_while_the_report_is_stored_spoils_no_later_report(replay: Replay) -> None:
    """Its pages may lie there without the report itself."""
    stage = replay.restart()
    everywhere = Points(frozenset({"write"}))
    everywhere.watch(stage)
    stage.sweep()
    replay.restart()
    dies(stage, Points(frozenset({"write"}), len(everywhere.seen) - 11))
    assert any("000002z/report.html" in key for key in replay.calm().keys(Family.REPORTS))
    assert stage.sweep().tally["done"] == len(SMALL_EFFECTS)


@pytest.mark.timeout(60)
def test_a_crash_around_any_write_of_the_first_sweep_costs_at_most_a_notice(small: Stage) -> None:
    """Marks and notices are written again, and the tree goes when its grace period is over."""
    first = Replay(small)
    plot = Plot(kinds=frozenset({"write"}), clean=first.clean)
    assert enumerate_crashes(first, plot) == {}
    small.pass_time(GRACE)
    small.sweep()
    assert small.names() == SMALL_LEFT
