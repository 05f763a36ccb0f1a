"""The figures of runs: what is stored of each, and what stands where an older version told less."""

from typing import Any

import pytest
from tests.core.worlds import through_json
from tests.reports.readers import governed

from sagewarden.core.figures import FIGURES_FORMAT, TREND_FORMAT, Figures, History
from sagewarden.core.report_rows import JudgedRow, PastRun

REPORT = governed(judged=24, outcomes=21, history=1)
FIGURES = Figures.of(REPORT)


def test_they_are_those_of_the_report() -> None:
    told = (FIGURES.run, FIGURES.policies, FIGURES.compliance)
    assert told == (REPORT.figures, REPORT.policy_rows, REPORT.compliance)


def test_they_come_back_as_they_were() -> None:
    stored = through_json(FIGURES.spelled())
    assert (stored["format"], Figures.read(stored)) == (FIGURES_FORMAT, FIGURES)


def test_those_of_a_newer_version_are_refused() -> None:
    with pytest.raises(ValueError, match=f"knows formats up to {FIGURES_FORMAT}"):
        Figures.read(FIGURES.spelled() | {"format": FIGURES_FORMAT + 1})


def test_a_history_tells_its_format() -> None:
    told: dict[str, Any] = History(
        account="1", region="eu-west-1", target_name="", runs=(FIGURES,)
    ).spelled()
    assert (told["format"], len(told["runs"])) == (TREND_FORMAT, 1)


def test_what_an_older_run_did_not_tell_counts_nothing() -> None:
    run = PastRun(run="r", began="", experiments=1, trials=1, components=1, deleted=1, marked=1)
    told = (run.due, run.kept, run.held, run.gone, run.compliant, run.required, run.exit_code)
    assert told == (0,) * 7


def test_an_older_judgement_tells_no_hold() -> None:
    row = JudgedRow(
        kind="trial",
        name="t",
        policy="p",
        verdict="keep",
        reasons=(),
        against=(),
        owner="",
        size=1,
    )
    assert not row.held
