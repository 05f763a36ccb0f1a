"""Reads that fail while enforcing: no effect on what they touch, nor on anything above it."""

import pytest
from tests.runs.enumerating import Ending, Replay
from tests.runs.stage import Stage, before_look, results

FAILURES = ["throttle", "error_500", "drop_before", "deny", "truncate"]
TREE = {"e old-small", "t old-1", "t old-2", "c both"}
EDGES = {"old-1", "old-2"}


@pytest.mark.parametrize("action", FAILURES)
@pytest.mark.parametrize("operation", ["DescribeTrialComponent", "ListTrials", "ListTags"])
def test_a_component_that_cannot_be_read_keeps_its_edges_and_its_tree(
    due: Stage, operation: str, action: str
) -> None:
    due.fault(action, operation, resource="*Both", times=None)
    report = due.sweep()
    assert (report.exit_code, due.open_intents()) == (3, [])
    assert (due.names() & TREE, due.trials_of("both")) == (TREE, EDGES)


@pytest.mark.parametrize("action", ["deny", "truncate"])
@pytest.mark.parametrize("operation", ["DescribeTrialComponent", "ListTags"])
def test_a_look_that_fails_between_two_cuts_puts_the_first_edge_back(
    due: Stage, operation: str, action: str
) -> None:
    times = 1 if action == "deny" else 3
    due.at = before_look(4, lambda: due.fault(action, operation, resource="*Both", times=times))
    report = due.sweep()
    assert (report.exit_code, due.open_intents()) == (3, [])
    assert (due.names() & TREE, due.trials_of("both")) == (TREE, EDGES)
    assert results(report)["disassociate trial-component both old-1"] == "undone"


@pytest.mark.parametrize("action", ["deny", "truncate"])
@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("DescribeExperiment", "Old-Small"),
        ("DescribeTrial", "old-2"),
        ("DescribeExperiment", "Live"),
        ("ListTags", "*:experiment/Old-Small"),
        ("ListTrials", "Old-Small"),
        ("ListTrialComponents", "Old-Small"),
    ],
)
def test_a_tree_whose_top_cannot_be_read_is_not_touched(
    due: Stage, operation: str, resource: str, action: str
) -> None:
    """Its trials, its experiment, their tags, what hangs on them, and where parts were lent to."""
    due.fault(action, operation, resource=resource, times=None)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, ["trialcomponent stray-1"])


@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("DescribeExperiment", "Old-Small"),
        ("DescribeTrial", "old-2"),
        ("ListTags", "*:experiment/Old-Small"),
        ("ListTrials", "Old-Small"),
        ("ListTrialComponents", "Old-Small"),
    ],
)
def test_a_tree_whose_top_is_gone_by_one_answer_and_there_by_the_next_is_not_touched(
    due: Stage, operation: str, resource: str
) -> None:
    due.fault("not_found", operation, resource=resource)
    report = due.sweep()
    assert (report.exit_code, due.effects()) == (3, ["trialcomponent stray-1"])


def test_a_component_whose_trials_are_not_found_although_it_is_there_keeps_them(
    due: Stage,
) -> None:
    due.fault("not_found", "ListTrials", resource="Both")
    report = due.sweep()
    assert (report.exit_code, due.open_intents()) == (3, [])
    assert (due.names() & TREE, due.trials_of("both")) == (TREE, EDGES)


def test_what_is_gone_by_one_answer_after_its_last_edge_was_cut_gets_it_back(due: Stage) -> None:
    """Else its trial would go without it, and it would stay behind for good."""
    due.at = before_look(
        2, lambda: due.fault("not_found", "DescribeTrialComponent", resource="Alone")
    )
    report = due.sweep()
    assert (report.exit_code, due.open_intents()) == (3, [])
    assert (due.names() & TREE, due.trials_of("alone")) == (TREE, {"old-1"})


@pytest.mark.parametrize("times", [1, None])
def test_an_unclear_delete_is_not_done_because_one_answer_says_so(
    due: Stage, times: int | None
) -> None:
    """It was not applied: the component gets its edges back, by the next run if need be."""
    due.fault("error_500", "DeleteTrialComponent", resource="Alone")

    def misses(when: str, what: str) -> None:
        if (when, what) == ("before", "delete") and not due.trials_of("alone"):
            due.fault("not_found", "DescribeTrialComponent", resource="?lone", times=times)
            due.at = lambda _when, _what: None

    due.at = misses
    report = due.sweep()
    assert (report.exit_code, len(due.open_intents())) == (3, int(times is None))
    due.box.admin.clear_rules()
    due.at = lambda _when, _what: None
    due.sweep()
    assert "c alone" not in due.names() or due.trials_of("alone") == {"old-1"}


@pytest.mark.parametrize(
    ("look", "operation", "resource"),
    [(2, "DescribeTrialComponent", "?lone"), (8, "DescribeTrial", "old-2")],
)
def test_an_edge_one_end_of_which_only_describe_misses_is_settled_by_the_next_run(
    due: Stage, look: int, operation: str, resource: str
) -> None:
    """AWS lists it all the while, so nobody is told that it is gone."""
    replay = Replay(due)
    stage = replay.restart()
    stage.at = before_look(
        look, lambda: stage.fault("not_found", operation, resource=resource, times=None)
    )
    report = stage.sweep()
    assert (report.exit_code, len(stage.open_intents())) == (3, 1)
    stage.box.admin.clear_rules()
    assert replay.calm().sweep().exit_code == 0
    assert Ending.of(stage).differs_from(replay.clean) == []


def test_an_edge_whose_component_cannot_be_read_is_put_back_by_the_next_run(due: Stage) -> None:
    """The intent stays open meanwhile, and nothing else is begun."""
    replay = Replay(due)
    stage = replay.restart()
    stage.at = before_look(
        4,
        lambda: stage.fault("deny", "DescribeTrialComponent", resource="?oth", times=None),
    )
    report = stage.sweep()
    assert (report.exit_code, len(stage.open_intents())) == (3, 1)
    stage.box.admin.clear_rules()
    assert replay.calm().sweep().exit_code == 0
    assert "link both old-1" in stage.effects()
    assert Ending.of(stage).differs_from(replay.clean) == []


def test_while_an_intent_cannot_be_settled_no_other_effect_is_sent(due: Stage) -> None:
    due.at = before_look(
        4, lambda: due.fault("deny", "DescribeTrialComponent", resource="?oth", times=None)
    )
    due.sweep()
    sent = due.effects(applied=False)
    assert due.sweep().exit_code == 3
    assert due.effects(applied=False) == sent


@pytest.mark.parametrize("action", FAILURES)
def test_a_stray_that_cannot_be_read_does_not_keep_the_others(due: Stage, action: str) -> None:
    """In a batch each component stands for itself."""
    due.fault(action, "DescribeTrialComponent", resource="*Stray-1", times=None)
    report = due.sweep()
    assert due.names() == {"e live", "t live-1", "c active", "c lent", "c stray-1"}
    assert (report.exit_code, results(report)["delete trial-component stray-1"]) == (
        3,
        "not attempted",
    )
