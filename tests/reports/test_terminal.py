"""On a terminal: clear, short, and deaf to escapes."""

from dataclasses import replace

import pytest
from rich.console import Console, RenderableType
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.sample import build

from sagewarden.adapters.reports.terminal import plan_table, summary
from sagewarden.core.report import Report

SMALL = build(judged=48, outcomes=21, history=3)


def printed(what: RenderableType, width: int = 200) -> str:
    console = Console(width=width, color_system=None, force_terminal=True, legacy_windows=False)
    with console.capture() as capture:
        console.print(what)
    return capture.get()


@pytest.mark.parametrize(
    "fact",
    [
        "Needs attention",
        "Exit code 3: the run finished",
        "Not AWS itself: http://127.0.0.1:4599",
        "384 done",
        "1 needs a person",
        "Lowered for the demo",
        "What to do next",
        "Not done as planned, and why",
        "1 step refused: ValidationException: the trial got a new component",
        "7 steps not attempted: the unit was stopped",
    ],
)
def test_the_summary_tells(fact: str, report: Report) -> None:
    assert fact in printed(summary(report))


@pytest.mark.parametrize(
    "fact",
    [
        "stale-dev-experiments  delete experiments, grace 14d",
        "8 trees, 208 entities",
        "dev-vision-experiment-00036 (40)",
        "marked, due 2026-12-02 06:00 UTC",
        "matched: name dev-vision against dev-*; idle 199d of 90d",
        "\u2026 and 5 more",
    ],
)
def test_the_plan_tells(fact: str, report: Report) -> None:
    assert fact in printed(plan_table(report))


@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(width: int, report: Report) -> None:
    lines = (printed(plan_table(report), width) + printed(summary(report), width)).splitlines()
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_sends_no_escape(text: str) -> None:
    spoilt = spoiled_report(SMALL, text)
    shown = printed(plan_table(spoilt)) + printed(summary(spoilt))
    assert not [each for each in shown if not each.isprintable() and each != "\n"]


def test_markup_of_rich_is_shown_not_obeyed() -> None:
    assert "[red]markup[/red] :smile:" in printed(
        summary(spoiled_report(SMALL, "[red]markup[/red] :smile:"))
    )


def test_the_summary_names_the_run_and_its_target(report: Report) -> None:
    told = f"{report.mode} {report.run} on {report.account}/{report.region} {report.target_name}"
    assert told in printed(summary(report))


def test_what_was_left_is_not_told_as_gone(report: Report) -> None:
    """A stored plan whose trees are gone in part, and created anew in part."""
    left = replace(
        report,
        inventory={},
        judged=(),
        deleted={},
        tally={"already absent": 3, "not attempted": 2},
    )
    assert "Nothing was deleted; 2 steps were not attempted" in printed(summary(left))
    gone = replace(left, tally={"already absent": 3, "not attempted": 0})
    assert "All that was planned is gone already" in printed(summary(gone))
