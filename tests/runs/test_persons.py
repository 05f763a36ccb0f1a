"""An edge that we cannot put back is told to a person, with the very command, in every form."""

from io import StringIO

import pytest
from rich.console import Console
from tests.runs.stage import LINK, Stage, results

from sagewarden.adapters.reports.terminal import summary
from sagewarden.bootstrap.forms import Forms

COMMAND = "associate-trial-component --trial-component-name Alone --trial-name old-1"


@pytest.fixture
def stuck(due: Stage) -> Stage:
    """AWS lets us cut an edge, but neither delete the component nor put the edge back."""
    due.fault("deny", "DeleteTrialComponent", times=None)
    due.fault("deny", LINK, times=None)
    due.sweep()
    return due


def test_an_edge_that_cannot_be_put_back_needs_a_person(stuck: Stage) -> None:
    report = stuck.report()
    assert report.exit_code == 3
    assert results(report)["disassociate trial-component alone old-1"] == "needs a person"
    assert stuck.trials_of("alone") == set()


def test_a_report_counts_as_deleted_only_what_is_gone(stuck: Stage) -> None:
    assert stuck.report().deleted == {"experiment": 0, "trial": 0, "trial-component": 0}


def test_the_first_advice_is_what_a_person_has_to_do(stuck: Stage) -> None:
    first = stuck.report().advice[0]
    assert first.startswith(
        f"A person is needed: `aws sagemaker {COMMAND}` puts back an association that "
        "trial-component Alone lost"
    )


def test_every_form_of_the_report_tells_it(stuck: Stage) -> None:
    report = stuck.report()
    files = Forms(report)
    screen = Console(file=StringIO(), width=500)
    screen.print(summary(report))
    printed = screen.file.getvalue()  # type: ignore[attr-defined]
    for text in (files["report.html"].decode(), files["summary.md"].decode(), printed):
        assert COMMAND in text
        assert "1 step needs a person" in text


def test_a_later_run_does_not_forget_nor_repeat_it(stuck: Stage) -> None:
    """Its intent is settled: the report that told of it stays, and the next one is of its own."""
    stuck.box.admin.clear_rules()
    stuck.sweep()
    assert not [each for each in stuck.report().advice if each.startswith("A person is needed")]
    assert stuck.open_intents() == []
