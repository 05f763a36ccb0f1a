"""Reports of other versions: older ones are read, newer ones refused."""

import json
from typing import Any

import pytest
from tests.reports.sample import build

from sagewarden.application.documents import spell
from sagewarden.core.canonical import canonical
from sagewarden.core.figures import Figures
from sagewarden.core.report import REPORT_FORMAT, Report

LATER = ("plans", "limit_rows", "holds", "storage")


def as_format_1(report: Report) -> dict[str, Any]:
    """What the first version would have stored of a report."""
    stored: dict[str, Any] = json.loads(json.dumps(report.spelled()))
    stored["format"] = 1
    for name in LATER:
        del stored[name]
    for row in stored["outcomes"]:
        del row["plan"], row["owner"]
    for row in stored["judged"]:
        del row["held"]
    new = ("mode", "exit_code", "due", "kept", "held", "gone", "compliant", "required", "stored")
    for row in stored["history"]:
        for name in new:
            del row[name]
    return stored


def test_a_report_of_format_1_is_read_and_lacks_what_came_later() -> None:
    read = Report.read(as_format_1(build(judged=6, outcomes=6, history=2)))
    assert (read.plans, read.limit_rows, read.holds, read.storage) == ((), (), (), None)
    assert {row.plan for row in read.outcomes} == {""}
    assert read.outcomes[0].archive_sha256 == build(outcomes=6).outcomes[0].archive_sha256


def test_a_report_of_a_newer_format_is_refused() -> None:
    stored = build(judged=1, outcomes=1, history=1).spelled() | {"format": REPORT_FORMAT + 1}
    with pytest.raises(ValueError, match="knows formats up to"):
        Report.read(stored)


def test_figures_come_back_as_they_were() -> None:
    figures = Figures.of(build(judged=12, outcomes=21, history=3))
    assert Figures.read(json.loads(json.dumps(figures.spelled()))) == figures


def test_a_report_that_is_stored_row_by_row_is_stored_whole() -> None:
    report = build(judged=2, outcomes=2, history=1)
    assert spell(report.unrolling()) == canonical(report.spelled())
