"""An inventory that fell behind is not believed, until a person accepts the account as it is."""

import pytest
from tests.runs.stage import DAY, EXPERIMENT, Stage
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.baseline import accept_baseline, accepted_baselines, read_baseline
from sagewarden.application.marks import read_marks
from sagewarden.core.baseline import Baseline, Tolerance
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Kind
from sagewarden.errors import ReadFailed, UsageError, VaultChanged

PERSON = "arn:aws:iam::123456789012:role/person"
MOVED = "team B moved away"
HALF = Tolerance(fall=0.5, tag_fall=0.2)


@pytest.fixture
def wary(small: Stage) -> Stage:
    """The small account and as much again; one sweep made the baseline, and everything is due."""
    small.tolerance = HALF
    crowd = [f"other-{number}" for number in range(12)]
    small.experiment("Other", other_1=crowd)
    return small.mark()


def shrink(stage: Stage) -> None:
    """Somebody deletes more than half of the account."""
    for number in range(12):
        stage.erase(f"other-{number}")
    stage.box.admin.clear_calls()


def accept(stage: Stage, reason: str = MOVED) -> Baseline:
    bench = stage.bench()
    bench.surveys.caller()
    return accept_baseline(bench, PERSON, reason)[1]


def test_an_inventory_that_fell_is_not_believed(wary: Stage) -> None:
    """Nothing is done and no mark moves."""
    marks = read_marks(wary.bench())
    shrink(wary)
    report = wary.sweep()
    assert (report.exit_code, wary.effects(applied=False)) == (4, [])
    assert "`sagewarden baseline accept` says so" in report.advice[0]
    assert read_marks(wary.bench()) == marks


def test_a_plan_of_an_inventory_that_fell_is_not_trusted(wary: Stage) -> None:
    """So `plan` stores none, and nobody can approve it."""
    shrink(wary)
    judged = wary.judged()
    assert (judged.inventory.complete, judged.trusted) == (True, False)
    assert "5 trial-components are there, at the last good run 17 were left" in judged.drift[0]


def test_what_fell_once_is_not_believed_the_next_day_either(wary: Stage) -> None:
    """An inventory that was not believed is nothing to compare with."""
    shrink(wary)
    wary.sweep()
    wary.pass_time(DAY)
    assert (wary.sweep().exit_code, wary.effects(applied=False)) == (4, [])


def test_what_we_deleted_ourselves_is_no_fall(wary: Stage) -> None:
    wary.sweep()
    assert wary.effects() == SMALL_EFFECTS
    assert wary.sweep().exit_code == 0


def test_an_accepted_account_is_worked_on(wary: Stage) -> None:
    shrink(wary)
    accept(wary)
    report = wary.sweep()
    assert (report.exit_code, wary.effects()) == (0, SMALL_EFFECTS)
    assert any(f"compared with what {PERSON} accepted at" in note for note in report.notes)


def test_what_falls_after_it_was_accepted_is_compared_with_that(wary: Stage) -> None:
    shrink(wary)
    accept(wary)
    for name in ("alone", "both", "lent", "active"):
        wary.erase(name)
    wary.box.admin.clear_calls()
    assert (wary.sweep().exit_code, wary.effects(applied=False)) == (4, [])


def test_who_accepted_it_stays_on_record(wary: Stage) -> None:
    """The next good run makes a baseline of its own; the acceptance is an object of its own."""
    shrink(wary)
    accepted = accept(wary)
    wary.sweep()
    bench = wary.bench()
    (record,) = accepted_baselines(bench)
    assert (record.by, record.reason) == (PERSON, MOVED)
    assert spell_time(record.at) == spell_time(accepted.at)
    assert record.census.counts[Kind.COMPONENT] == 5
    current = read_baseline(bench).baseline
    assert current is not None
    assert (current.by, current.run) == ("", wary.report().run)


def test_what_matched_at_the_last_plan_stays_known(wary: Stage) -> None:
    """An accepted account does not excuse a plan that grew."""
    wary.sweep()
    before = read_baseline(wary.bench()).baseline
    accepted = accept(wary)
    assert before is not None
    assert (accepted.plan, accepted.matched) == (before.plan, before.matched)
    assert accepted.matched is not None


def test_lost_tags_are_not_believed_until_accepted(small: Stage) -> None:
    """Whoever lost the permission to read tags sees no hold."""
    small.tolerance = HALF
    small.tag(EXPERIMENT, "live", "team")
    small.mark()
    small.make("DeleteTags", ResourceArn=small.arn(EXPERIMENT, "live"), TagKeys=["team"])
    small.box.admin.clear_calls()
    assert (small.sweep().exit_code, small.effects(applied=False)) == (4, [])
    accept(small)
    assert (small.sweep().exit_code, small.effects()) == (0, SMALL_EFFECTS)


def test_an_incomplete_inventory_cannot_be_accepted(wary: Stage) -> None:
    before = read_baseline(wary.bench())
    wary.fault("deny", "ListTrials", times=None)
    with pytest.raises(ReadFailed, match="the inventory is incomplete, so nothing was accepted"):
        accept(wary)
    assert read_baseline(wary.bench()) == before
    assert accepted_baselines(wary.bench()) == []


def test_nothing_is_accepted_without_a_reason(wary: Stage) -> None:
    with pytest.raises(UsageError, match="none was given"):
        accept(wary, " ")


def test_a_run_that_ends_meanwhile_is_not_written_over(wary: Stage) -> None:
    """Who accepts took the inventory before what that run did."""
    once: list[str] = []

    def act(operation: str, key: str) -> None:
        if operation == "create" and "/accepted/" in key and not once:
            once.append(key)
            wary.sweep()

    assert isinstance(wary.vault, MemoryVault)
    wary.vault.before = act
    with pytest.raises(VaultChanged, match="another baseline meanwhile"):
        accept(wary)
    current = read_baseline(wary.bench()).baseline
    assert current is not None
    assert current.run == wary.report().run
