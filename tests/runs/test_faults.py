"""Calls that go wrong: nothing is lost, nothing is applied twice, and the end is the same."""

import itertools
from typing import Any

import pytest
from tests.runs.enumerating import Ending, Replay
from tests.runs.stage import COMPONENT, CUT, LINK, Stage, before_look, results
from tests.runs.worlds import SMALL_EFFECTS, SMALL_LEFT

OPERATIONS = {"disassociate": CUT, "delete": "Delete*", "associate": LINK}
CLEAN = {"throttle", "error_500", "error_500_after", "drop_before", "drop_after"}
ALL_READS = ("Describe*", "List*")


@pytest.fixture
def replay(due: Stage) -> Replay:
    """Plays the second sweep of the small account over and over from the same start."""
    return Replay(due)


def fault_at(stage: Stage, number: int, action: Any, **settings: Any) -> None:
    """Spoil the effect of this number, counted from 1, as it leaves."""
    effects = itertools.count(1)

    def at(when: str, what: str) -> None:
        if when == "before" and next(effects) == number:
            stage.fault(action, OPERATIONS[what], **settings)

    stage.at = at


@pytest.mark.parametrize("action", sorted(CLEAN))
@pytest.mark.timeout(60)
def test_an_effect_that_goes_wrong_once_is_made_good(replay: Replay, action: str) -> None:
    """Each of the ten in turn: not applied, or applied with the answer lost."""
    wrong = {}
    for number, effect in enumerate(SMALL_EFFECTS, 1):
        stage = replay.restart()
        fault_at(stage, number, action)
        code = stage.sweep().exit_code
        wrong[effect] = [*Ending.of(stage).differs_from(replay.clean), *[code][: code != 0]]
    assert {effect: told for effect, told in wrong.items() if told} == {}


@pytest.mark.parametrize("action", ["deny", "error_500"])
@pytest.mark.timeout(60)
def test_an_effect_that_never_works_leaves_every_edge(replay: Replay, action: str) -> None:
    """What was cut for it is put back, the report says so, and a later sweep goes on."""
    wrong = {}
    for number, effect in enumerate(SMALL_EFFECTS, 1):
        stage = replay.restart()
        before = stage.account()
        fault_at(stage, number, action, times=None)
        code = stage.sweep().exit_code
        wrong[effect] = [*lost_edges(before, stage), *stage.open_intents(), *[code][: code != 3]]
        stage.box.admin.clear_rules()
        replay.calm().sweep()
        wrong[effect] += Ending.of(stage).differs_from(replay.clean)
    assert {effect: told for effect, told in wrong.items() if told} == {}


def lost_edges(before: dict[str, dict[str, Any]], stage: Stage) -> list[str]:
    """Edges that were there, whose both ends are still there, and that are not."""
    now = stage.account()
    return [
        f"{key} - {trial}"
        for key, row in before["components"].items()
        for trial in row.trials
        if key in now["components"]
        and trial in now["trials"]
        and trial not in now["components"][key].trials
    ]


def test_a_refused_step_is_told_as_refused(due: Stage) -> None:
    due.fault("deny", "DeleteTrialComponent", resource="Both", times=None)
    told = results(due.sweep())
    assert told["delete trial-component both"] == "refused"
    assert told["disassociate trial-component both old-1"] == "undone"
    assert told["delete trial old-1"] == "not attempted"


def test_a_refusal_ends_the_work_on_its_tree(due: Stage) -> None:
    """Its other components keep their edges too; what stands for itself goes on."""
    due.fault("deny", "DeleteTrialComponent", resource="Alone", times=None)
    told = results(due.sweep())
    assert told["delete trial-component both"] == "not attempted"
    assert due.effects() == ["cut alone old-1", "link alone old-1", "trialcomponent stray-1"]


def test_a_component_that_seems_linked_for_a_while_is_waited_for(due: Stage) -> None:
    due.box.admin.set_knobs(linked_seconds=20.0)
    report = due.sweep()
    assert (report.exit_code, due.names(), due.open_intents()) == (0, SMALL_LEFT, [])


def test_a_component_that_seems_linked_for_ever_gets_its_edges_back(due: Stage) -> None:
    due.box.admin.set_knobs(linked_seconds=86_400.0)
    report = due.sweep()
    assert (report.exit_code, due.trials_of("alone")) == (3, {"old-1"})
    assert results(report)["delete trial-component alone"] == "refused"


@pytest.mark.parametrize("again", [CUT, "DeleteTrialComponent"])
def test_an_effect_whose_fate_cannot_be_looked_up_is_settled_by_the_next_run(
    replay: Replay, again: str
) -> None:
    """Applied, the answer lost, then no read answers: the intent stays open, nothing is guessed."""
    stage = replay.restart()
    cut_off(stage, again)
    report = stage.sweep()
    assert (report.exit_code, len(stage.open_intents())) == (3, 1)
    stage.box.admin.clear_rules()
    assert replay.calm().sweep().exit_code == 0
    assert Ending.of(stage).differs_from(replay.clean) == []


def test_what_has_no_outcome_yet_is_told_as_open(due: Stage) -> None:
    """Not even what was applied counts as done before the journal says so."""
    cut_off(due, CUT)
    report = due.sweep()
    bundle = [row for row in report.outcomes if row.kind == "trial-component" and row.archive_key]
    assert {row.name for row in bundle} == {"Alone", "Both"}
    assert {(row.result, row.detail.partition(":")[0]) for row in bundle} == {
        ("needs a person", "the intent is open")
    }
    assert set(report.deleted.values()) == {0}


def cut_off(stage: Stage, operation: str) -> None:
    """Lose the answer to the first such effect on `both`, and from then on every read."""

    def at(when: str, what: str) -> None:
        fits = OPERATIONS[what].rstrip("*") in operation if when != "look" else False
        if when == "before" and fits and len(stage.effects()) >= 2:
            stage.at = lambda _when, _what: None
            stage.fault("drop_after", operation)
            for reads in ALL_READS:
                stage.fault("error_500", reads, times=None, nth_match=1)

    stage.at = at


def test_a_cut_whose_answer_got_lost_is_not_sent_again(due: Stage) -> None:
    """A list of the component's trials tells that it was applied."""
    due.fault("drop_after", CUT)
    report = due.sweep()
    assert (report.exit_code, due.effects(applied=False)) == (0, SMALL_EFFECTS)


def test_an_edge_that_may_be_gone_is_put_back(due: Stage) -> None:
    """The cut was applied, its answer lost, and no list tells before the component is held."""
    before = due.account()
    due.fault("drop_after", CUT)
    due.fault("stale", "ListTrials", resource="Alone", times=1, nth_match=2, seconds=60.0)
    due.at = before_look(2, lambda: due.tag(COMPONENT, "alone"))
    report = due.sweep()
    assert (report.exit_code, lost_edges(before, due), due.open_intents()) == (3, [], [])
    assert results(report)["disassociate trial-component alone old-1"] == "undone"
