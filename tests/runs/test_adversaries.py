"""Somebody changes the world between two of our calls: what was touched is kept, and told."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.runs.enumerating import Replay
from tests.runs.stage import (
    COMPONENT,
    CUT,
    EXPERIMENT,
    LINK,
    TRIAL,
    Stage,
    before_look,
    results,
)
from tests.runs.test_faults import lost_edges
from tests.runs.worlds import SMALL_EFFECTS

from sagewarden.core.report import Report
from sagewarden.sandbox.refusal import Refusal

BOTH = range(1, 6)
"""The looks up to the one before the delete of `both`."""

Act = Callable[[Stage], None]


@pytest.fixture
def replay(due: Stage) -> Replay:
    """Plays the second sweep of the small account over and over from the same start."""
    return Replay(due)


def update(**params: Any) -> Act:
    def act(stage: Stage) -> None:
        stage.make("UpdateTrialComponent", TrialComponentName="Both", **params)

    return act


def hold(stage: Stage) -> None:
    stage.tag(COMPONENT, "both")


def hold_trial(stage: Stage) -> None:
    stage.tag(TRIAL, "old-2")


def hold_experiment(stage: Stage) -> None:
    stage.tag(EXPERIMENT, "old-small")


def link(stage: Stage) -> None:
    stage.make(LINK, TrialComponentName="Both", TrialName="live-1")


def new_trial(stage: Stage) -> None:
    stage.make("CreateTrial", TrialName="young", ExperimentName="Old-Small")


def new_component(stage: Stage) -> None:
    stage.component("young", "old-2")


def lose_permission(stage: Stage) -> None:
    stage.box.admin.set_knobs(denied={"*": ["sagemaker:DeleteTrial*"]})


def erase(stage: Stage) -> None:
    stage.erase("both")


def create_anew(stage: Stage) -> None:
    stage.erase("both")
    stage.component("Both", "live-1")


ON_THE_COMPONENT = [
    hold,
    link,
    update(Status={"PrimaryStatus": "InProgress"}),
    update(Parameters={"depth": {"NumberValue": 7}}),
    update(DisplayName="in-use"),
]
NAMES = ["held", "linked to a live trial", "run again", "a parameter changed", "renamed"]


@pytest.mark.parametrize("act", ON_THE_COMPONENT, ids=NAMES)
@pytest.mark.timeout(60)
def test_a_component_that_is_touched_keeps_all_its_edges(replay: Replay, act: Act) -> None:
    """At each look up to the last one; the trials and the experiment above it stay too."""
    wrong = {number: told for number in BOTH if (told := played(replay, act, number, {"c both"}))}
    assert wrong == {}


@pytest.mark.parametrize(
    ("act", "kept", "looks"),
    [
        (hold_trial, {"t old-2", "e old-small"}, (1, 5, 6, 8)),
        (hold_experiment, {"e old-small"}, (1, 5, 6, 9)),
        (new_trial, {"t young", "e old-small"}, (1, 5, 8, 9)),
        (new_component, {"c young", "t old-2", "e old-small"}, (1, 5, 7, 8)),
        (lose_permission, {"e old-small"}, (1, 4, 6, 8)),
    ],
    ids=["trial held", "experiment held", "new trial", "new component", "permission lost"],
)
@pytest.mark.timeout(60)
def test_what_is_touched_above_is_kept(
    replay: Replay, act: Act, kept: set[str], looks: tuple[int, ...]
) -> None:
    """Whatever the look: what goes below it may be gone by then, and the report says so."""
    wrong = {number: told for number in looks if (told := played(replay, act, number, kept))}
    assert wrong == {}


def test_a_component_that_was_linked_elsewhere_since_the_plan_loses_no_edge(due: Stage) -> None:
    """Not even one that is put back: its trials are listed before the first is cut."""
    due.at = before_look(2, lambda: link(due))
    due.sweep()
    sent = due.effects(applied=False)
    assert [each for each in sent if each.startswith("cut")] == ["cut alone old-1"]


@pytest.mark.parametrize("act", [new_trial, new_component], ids=["trial", "component"])
def test_what_appears_in_a_tree_stops_it_before_the_next_bundle(due: Stage, act: Act) -> None:
    """The bundle under way is finished; no trial is tried whose refusal would only tell later."""
    due.at = before_look(1, lambda: act(due))
    due.sweep()
    assert due.effects(applied=False) == [*SMALL_EFFECTS[:5], SMALL_EFFECTS[-1]]


def played(replay: Replay, act: Act, number: int, kept: set[str]) -> list[str]:
    """Let the adversary act at a look; return what is wrong after the sweep."""
    stage = replay.restart()
    stage.box.admin.set_knobs(denied={})
    before = stage.account()
    stage.at = before_look(number, lambda: act(stage))
    report = stage.sweep()
    return [
        *(f"{each} is gone" for each in sorted(kept - stage.names())),
        *(f"edge lost: {edge}" for edge in lost_edges(before, stage)),
        *(f"open: {key}" for key in stage.open_intents()),
        *untold(report, stage),
        *(["exit code"] if report.exit_code != 3 else []),
    ]


def untold(report: Report, stage: Stage) -> list[str]:
    """What is gone by our hand although the report says otherwise, or the reverse."""
    done = {
        f"{row.kind.replace('-', '')} {row.name.lower()}"
        for row in report.outcomes
        if row.effect == "delete" and row.result == "done"
    }
    deleted = {effect for effect in stage.effects() if not effect.startswith(("cut", "link"))}
    return [f"told wrongly: {each}" for each in sorted(done ^ deleted)]


@pytest.mark.parametrize("number", BOTH)
def test_what_somebody_else_deletes_is_told_as_absent(due: Stage, number: int) -> None:
    due.at = before_look(number, lambda: erase(due))
    report = due.sweep()
    assert report.exit_code == 0
    assert results(report)["delete trial-component both"] == "already absent"


@pytest.mark.parametrize("number", BOTH)
def test_a_name_that_was_created_anew_is_kept(due: Stage, number: int) -> None:
    """The new one is another entity; edges of the old one have nothing to be put back to."""
    due.at = before_look(number, lambda: create_anew(due))
    report = due.sweep()
    assert (report.exit_code, due.trials_of("both"), due.open_intents()) == (3, {"live-1"}, [])


@pytest.mark.parametrize(
    ("effect", "act", "edges"),
    [
        (3, link, {"old-1", "old-2", "live-1"}),
        (4, link, {"old-1", "old-2", "live-1"}),
        (5, link, {"old-1", "old-2", "live-1"}),
    ],
)
def test_a_link_made_after_the_look_is_found_out_by_the_refusal(
    due: Stage, effect: int, act: Act, edges: set[str]
) -> None:
    """Between the look and the effect nobody can see it; AWS refuses the delete."""
    due.at = before_effect(effect, lambda: act(due))
    report = due.sweep()
    assert (report.exit_code, due.trials_of("both"), due.open_intents()) == (3, edges, [])


@pytest.mark.parametrize(
    ("effect", "act", "kept"),
    [(8, new_component, "t old-2"), (9, new_trial, "e old-small")],
    ids=["component", "trial"],
)
def test_a_child_made_after_the_look_is_found_out_by_the_refusal(
    due: Stage, effect: int, act: Act, kept: str
) -> None:
    due.at = before_effect(effect, lambda: act(due))
    report = due.sweep()
    assert (report.exit_code, kept in due.names()) == (3, True)
    assert "refused" in results(report).values()


def test_a_lent_component_gets_its_edge_back_when_its_trial_must_stay(due: Stage) -> None:
    due.at = before_effect(8, lambda: new_component(due))
    due.sweep()
    assert due.trials_of("lent") == {"live-1", "old-2"}


def before_effect(number: int, act: Callable[[], None]) -> Callable[[str, str], None]:
    """Let an adversary act once, between the look and the effect of this number."""
    sent = iter(range(1, 1_000))

    def at(when: str, _what: str) -> None:
        if when == "before" and next(sent) == number:
            act()

    return at


def test_an_adversary_may_come_too_late(due: Stage) -> None:
    """What is gone already cannot be touched: the sandbox refuses, as AWS would."""
    due.sweep()
    with pytest.raises(Refusal):
        hold(due)


def live_trial_anew(stage: Stage) -> None:
    """Somebody makes the trial that stays anew, with the same components on it."""
    for name in ("active", "lent"):
        stage.make(CUT, TrialComponentName=name, TrialName="live-1")
    stage.make("DeleteTrial", TrialName="live-1")
    stage.trial("Live", "live-1", "active", "lent")


@pytest.mark.parametrize("number", [1, 5])
def test_a_name_above_that_was_created_anew_stops_what_is_below(due: Stage, number: int) -> None:
    """From the next bundle on, although all that hangs there is as it was."""
    due.at = before_look(number, lambda: live_trial_anew(due))
    report = due.sweep()
    assert (report.exit_code, due.trials_of("lent")) == (3, {"live-1", "old-2"})


def trial_anew(stage: Stage) -> None:
    """Old-1 has lost its components by now: somebody deletes it and uses its name again."""
    stage.make("DeleteTrial", TrialName="old-1")
    stage.make("CreateTrial", TrialName="old-1", ExperimentName="Old-Small")
    update(DisplayName="in-use")(stage)


def test_no_edge_is_put_back_to_a_trial_that_was_created_anew(due: Stage) -> None:
    """It would be another edge than the one that was there: a person has to decide."""
    due.at = before_look(5, lambda: trial_anew(due))
    told = results(due.sweep())
    assert (due.trials_of("both"), due.open_intents()) == ({"old-2"}, [])
    edges = [told[f"disassociate trial-component both {name}"] for name in ("old-1", "old-2")]
    assert edges == ["needs a person", "undone"]
