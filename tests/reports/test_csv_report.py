"""CSV opens in any spreadsheet, and none of its cells runs."""

import csv
import io
import re
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.sample import build

from sagewarden.adapters.reports.csv_report import cell, render_judged_csv, render_outcomes_csv
from sagewarden.core.report import Report
from sagewarden.core.report_rows import JudgedRow, OutcomeRow

SMALL = build(judged=6, outcomes=6, history=2)
RUNS = re.compile(r"(?:^|;)\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]")


def table(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8"), newline=""), strict=True))


def test_outcomes_have_a_heading_and_a_line_each(report: Report) -> None:
    lines = table(render_outcomes_csv(report))
    assert lines[0] == [each.name for each in fields(OutcomeRow)]
    assert len(lines) == 1 + len(report.outcomes)


def test_judged_have_a_heading_and_a_line_each(report: Report) -> None:
    lines = table(render_judged_csv(report))
    assert lines[0] == [each.name for each in fields(JudgedRow)]
    assert len(lines) == 1 + len(report.judged)


def test_harmless_cells_are_exact(report: Report) -> None:
    first = table(render_outcomes_csv(report))[1]
    assert first == [str(getattr(report.outcomes[0], each.name)) for each in fields(OutcomeRow)]


def test_lines_end_as_rfc_4180_says(report: Report) -> None:
    body = render_outcomes_csv(report)
    assert body.count(b"\r\n") == body.count(b"\n") == 1 + len(report.outcomes)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\u27e8TAB\u27e9=1"),
        ("\rx", "'\u27e8CR\u27e9x"),
        (" =1", "' =1"),
        ("a;=1", "a;'=1"),
        ("dev-1=2", "dev-1=2"),
    ],
)
def test_what_would_run_gets_an_apostrophe(text: str, safe: str) -> None:
    assert cell(text) == safe


def test_several_reasons_share_a_cell() -> None:
    assert cell(("idle 100d of 90d", "=1+1")) == "idle 100d of 90d | =1+1"


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_cell_runs_or_breaks_its_line(text: str) -> None:
    spoilt = spoiled_report(SMALL, text)
    lines = table(render_outcomes_csv(spoilt)) + table(render_judged_csv(spoilt))
    assert {len(line) for line in lines} == {len(fields(OutcomeRow)), len(fields(JudgedRow))}
    assert not [each for line in lines for each in line if RUNS.search(each)]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_at_all_runs(text: str) -> None:
    named = replace(SMALL, outcomes=(replace(SMALL.outcomes[0], name=text),))
    ((*_, last),) = (table(render_outcomes_csv(named)),)
    assert not [each for each in last if RUNS.search(each)]
    assert len(last) == len(fields(OutcomeRow))
