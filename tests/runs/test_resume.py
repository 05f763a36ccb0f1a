"""A resumed run goes forward only if everything allows it; else what was cut is put back."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.runs.enumerating import Ending, Points, Replay, dies
from tests.runs.stage import COMPONENT, EXPERIMENT, Stage, before_look, results

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.core.keys import Family
from sagewarden.core.limits import Limit, Limits
from sagewarden.core.report import Report

EFFECTS = frozenset({"disassociate", "delete"})
CUT_OFF = 7
"""Dies when both edges of `both` are cut and its delete was not sent yet."""

BACK = {"link both old-1", "link both old-2"}


@pytest.fixture
def replay(due: Stage) -> Replay:
    return Replay(due)


@pytest.fixture
def dead(replay: Replay) -> Stage:
    """A process died; the next one finds nothing in its way."""
    assert dies(replay.restart(), Points(EFFECTS, CUT_OFF))
    return replay.calm()


def put_back(stage: Stage) -> Report:
    """Resume; both edges must be there again."""
    report = stage.sweep()
    assert (stage.trials_of("both"), stage.open_intents()) == ({"old-1", "old-2"}, [])
    return report


def test_what_is_as_it_was_goes_forward(dead: Stage) -> None:
    assert dead.sweep().exit_code == 0
    assert "c both" not in dead.names()
    assert BACK.isdisjoint(dead.effects())


def test_a_policy_that_is_gone_undoes_what_was_open(dead: Stage) -> None:
    strays = tuple(each for each in dead.policies.policies if each.name == "strays")
    dead.policies = replace(dead.policies, policies=strays)
    put_back(dead)
    assert set(dead.effects()) >= BACK


def test_a_policy_with_another_rule_undoes_what_was_open(dead: Stage) -> None:
    """It may spare today what it took then; the tree is marked anew."""
    others = tuple(replace(each, rule=f"not {each.rule}") for each in dead.policies.policies)
    dead.policies = replace(dead.policies, policies=others)
    put_back(dead)
    assert set(dead.effects()) >= BACK


def test_limits_of_today_undo_what_was_open(dead: Stage) -> None:
    none = Limit(0.0)
    dead.limits = Limits(automatic=none, hard=none)
    assert put_back(dead).exit_code == 4


def test_an_approval_that_is_needed_today_and_lacks_undoes_what_was_open(dead: Stage) -> None:
    dead.limits = Limits(automatic=Limit(0.0), hard=Limit(1.0))
    assert put_back(dead).exit_code == 6


def hold_experiment(stage: Stage) -> None:
    stage.tag(EXPERIMENT, "old-small")


def hold_component(stage: Stage) -> None:
    stage.tag(COMPONENT, "both")


def new_trial(stage: Stage) -> None:
    stage.make("CreateTrial", TrialName="young", ExperimentName="Old-Small")


@pytest.mark.parametrize("act", [hold_experiment, hold_component, new_trial])
def test_what_a_look_finds_since_undoes_what_was_open(
    dead: Stage, act: Callable[[Stage], None]
) -> None:
    act(dead)
    assert put_back(dead).exit_code == 3


def test_a_plan_that_is_not_in_the_vault_undoes_what_was_open(dead: Stage) -> None:
    """What is due all the same goes by the plan that is made after that."""
    (key,) = dead.keys(Family.PLANS)
    assert isinstance(dead.vault, MemoryVault)
    del dead.vault._stored[key]
    dead.sweep()
    assert set(dead.effects()) >= BACK


def test_an_undo_that_had_begun_is_never_turned_around(replay: Replay) -> None:
    """Although what it was begun for is gone again."""
    stage = replay.restart()
    stage.at = before_look(5, lambda: stage.tag(COMPONENT, "both"))
    assert dies(stage, Points(frozenset({"undo"}), 1))
    stage = replay.calm()
    arn = stage.arn(COMPONENT, "both")
    stage.make("DeleteTags", ResourceArn=arn, TagKeys=["sagewarden:hold"])
    stage.sweep()
    assert set(stage.effects()) >= BACK


def test_what_was_created_anew_since_the_death_is_left_alone(dead: Stage) -> None:
    """What the dead run was at is gone, and counts as done."""
    dead.erase("both")
    dead.component("Both", "live-1")
    report = dead.sweep()
    assert dead.trials_of("both") == {"live-1"}
    assert results(report)["delete trial-component both"] == "done"


def test_what_is_gone_since_the_death_counts_as_done(dead: Stage) -> None:
    dead.erase("both")
    assert results(dead.sweep())["delete trial-component both"] == "done"


def test_the_edge_of_a_spared_component_that_is_gone_is_nobodys_concern(replay: Replay) -> None:
    """It was lent; its owner deleted it while the run that cut it was dead."""
    stage = replay.restart()
    assert dies(stage, Points(EFFECTS, 13))
    stage = replay.calm()
    stage.erase("lent")
    stage.sweep()
    assert {"t old-2", "c lent"}.isdisjoint(stage.names())


@pytest.mark.parametrize(("cut_off", "resource"), [(CUT_OFF, "?oth"), (13, "?ent")])
def test_what_only_describe_misses_is_settled_by_a_later_run(
    replay: Replay, cut_off: int, resource: str
) -> None:
    """It lost edges to the dead run and would never get them back; AWS lists it all the while."""
    assert dies(replay.restart(), Points(EFFECTS, cut_off))
    stage = replay.calm()
    stage.fault("not_found", "DescribeTrialComponent", resource=resource, times=None)
    report = stage.sweep()
    assert (report.exit_code, len(stage.open_intents())) == (3, 1)
    stage.box.admin.clear_rules()
    assert replay.calm().sweep().exit_code == 0
    assert Ending.of(stage).differs_from(replay.clean) == []
