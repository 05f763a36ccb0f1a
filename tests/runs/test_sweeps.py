"""Clean runs: marked first, deleted a grace period later, in the right order, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.runs import worlds
from tests.runs.stage import DAY, GRACE, Stage, results
from tests.runs.worlds import NASTY_LEFT, SMALL_EFFECTS, SMALL_LEFT

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.core.keys import Family

LEVELS = ("trialcomponent", "trial", "experiment")


@dataclass(frozen=True)
class Swept:
    """What the nasty account looked like after both sweeps, and what the second one did."""

    names: set[str]
    lent: set[str]
    loan: set[str]
    effects: list[str]


@pytest.fixture(scope="module")
def swept(new_stage: Callable[[], Stage]) -> Swept:
    """Swept in eight lanes, once for all tests."""
    stage = new_stage()
    worlds.nasty(stage)
    stage.sweep()
    worlds.recreate_again(stage)
    stage.pass_time(GRACE)
    stage.box.admin.clear_calls()
    stage.with_lanes(8).sweep()
    return Swept(stage.names(), stage.trials_of("lent"), stage.trials_of("loan"), stage.effects())


def test_the_first_sweep_marks_and_deletes_nothing(small: Stage) -> None:
    report = small.sweep()
    assert (report.exit_code, small.effects(), sum(row.mark for row in report.policy_rows)) == (
        0,
        [],
        2,
    )


def test_nothing_goes_before_the_grace_period_is_over(small: Stage) -> None:
    small.sweep()
    small.pass_time(7 * DAY - 60)
    small.sweep()
    assert small.effects() == []


def test_two_sweeps_after_one_another_count_as_one_match(small: Stage) -> None:
    """Matches that count lie an interval apart, and a day is not the grace period."""
    small.sweep()
    small.sweep()
    small.pass_time(DAY)
    small.sweep()
    assert small.effects() == []


def test_the_second_sweep_deletes_what_is_due_in_order(due: Stage) -> None:
    """Components, then trials, then the experiment; a lent component is cut with its trial."""
    report = due.sweep()
    assert due.effects(applied=False) == SMALL_EFFECTS
    assert due.names() == SMALL_LEFT
    assert (report.exit_code, set(results(report).values())) == (0, {"done"})


def test_what_is_not_due_is_untouched(due: Stage) -> None:
    """Row for row, but for the edge that the lent component lost."""
    before = due.account()
    before["components"]["lent"] = due.account()["components"]["lent"]
    due.sweep()
    after = due.account()
    assert due.trials_of("lent") == {"live-1"}
    after["components"]["lent"] = before["components"]["lent"]
    assert after == {
        kind: {key: row for key, row in rows.items() if f"{kind[0]} {key}" in SMALL_LEFT}
        for kind, rows in before.items()
    }


def test_a_third_sweep_finds_nothing_to_do(due: Stage) -> None:
    due.sweep()
    due.box.admin.clear_calls()
    assert due.sweep().tally["done"] == 0
    assert due.effects() == []


@pytest.mark.parametrize("lanes", [1, 8])
def test_a_directory_is_a_vault_like_any_other(small: Stage, tmp_path: Path, lanes: int) -> None:
    small.vault = DirectoryVault(tmp_path / "vault")
    report = small.mark().with_lanes(lanes).sweep()
    assert (report.exit_code, small.names()) == (0, SMALL_LEFT)


def test_a_nasty_account_loses_what_is_due_and_nothing_else(swept: Swept) -> None:
    """Held deep inside, running, created anew, of the same name, not in any policy: all stay."""
    assert swept.names == NASTY_LEFT


def test_components_that_were_lent_keep_their_live_trial(swept: Swept) -> None:
    assert (swept.lent, swept.loan) == ({"live-1"}, {"live-1"})


@pytest.mark.parametrize(
    "tree",
    [
        {"twin", "mine", "a-1", "a-2", "b-1", "old-a", "old-b"},
        {"c-1", "d-1", "old-c", "old-d"},
        {"old-big", *(f"big-{at}" for at in range(3))}
        | {f"fit-{trial}-{at}" for trial in range(3) for at in range(45)},
    ],
    ids=["joined by a twin", "joined by a loan", "several bundles"],
)
def test_each_tree_is_taken_apart_from_the_bottom(swept: Swept, tree: set[str]) -> None:
    """With lanes side by side too: all components before any trial, trials before experiments."""
    deletes = [effect.split() for effect in swept.effects if not effect.startswith("cut")]
    levels = [LEVELS.index(kind) for kind, name in deletes if name in tree]
    assert levels == sorted(levels)
    assert len(levels) == len(tree)


def test_a_component_is_cut_from_all_its_trials_before_its_delete(swept: Swept) -> None:
    effects = swept.effects
    cuts = [effects.index("cut twin a-1"), effects.index("cut twin b-1")]
    assert max(cuts) < effects.index("trialcomponent twin")


def test_at_most_ten_components_are_half_taken_apart(swept: Swept) -> None:
    assert most_open(swept.effects) <= 10


def test_plan_mode_sends_no_write(due: Stage) -> None:
    assert due.judged().plan.units
    assert due.box.admin.calls(writes=True) == []
    assert due.keys(Family.PLANS) == []


def test_a_plan_has_the_digest_of_the_run_that_does_it(due: Stage) -> None:
    assert due.judged().plan.digest == due.sweep().plan


def test_the_same_world_has_the_same_digest_on_another_day(due: Stage) -> None:
    today = due.judged().plan.digest
    due.pass_time(3 * DAY)
    assert due.judged().plan.digest == today


def test_a_changed_parameter_changes_the_digest_of_what_is_left(due: Stage) -> None:
    """The changed stray is marked anew; it is not in the plan any more."""
    today = due.judged().plan
    due.make(
        "UpdateTrialComponent",
        TrialComponentName="stray-1",
        Parameters={"depth": {"NumberValue": 6}},
    )
    tomorrow = due.judged().plan
    assert tomorrow.digest != today.digest
    assert "stray-1" not in {each.name.lower() for unit in tomorrow.units for each in unit.entities}


def most_open(effects: list[str]) -> int:
    """How many components were at most between their first cut and their delete."""
    waiting: set[str] = set()
    most = 0
    going = {effect.split()[1] for effect in effects if effect.startswith("trialcomponent")}
    for effect in effects:
        word, name, *_ = effect.split()
        if word == "cut" and name in going:
            waiting.add(name)
        elif word == "trialcomponent":
            waiting.discard(name)
        most = max(most, len(waiting))
    return most
