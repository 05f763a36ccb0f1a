"""The operator's page and the trend tell what lies in the vault, what it costs, by whose word."""

import json
from dataclasses import replace

import pytest
from tests.reports.page import Page
from tests.reports.readers import storage
from tests.reports.sample import build

from sagewarden.adapters.reports.html_report import render_html
from sagewarden.adapters.reports.json_report import render_json
from sagewarden.adapters.reports.markdown_summary import render_markdown
from sagewarden.adapters.reports.trend_page import curves
from sagewarden.core.figures import Figures
from sagewarden.core.report import Report

REPORT = replace(build(judged=1, outcomes=1, history=1), storage=storage())
WORDS = "list price of S3 Standard, us-east-1, first 50 TB, as of 2025"


@pytest.mark.parametrize("told", ["$0.03", "At $0.023 a GB", WORDS])
def test_the_operators_page_tells_size_cost_and_price(told: str) -> None:
    assert told in Page(render_html(REPORT)).text


def test_the_summary_tells_it_in_one_line() -> None:
    (line,) = [each for each in render_markdown(REPORT).splitlines() if each.startswith("vault: ")]
    assert "a month (at \\$0.023 a GB and month, " + WORDS in line


def test_it_comes_back_from_the_stored_report() -> None:
    assert Report.read(json.loads(render_json(REPORT))).storage == REPORT.storage


def test_the_trend_has_a_curve_of_it_with_gaps_where_nobody_measured() -> None:
    measured, before = Figures.of(REPORT), Figures.of(replace(REPORT, storage=None))
    assert measured.run.stored == storage().size
    (vault,) = [each for each in curves([before, measured]) if each.title == "Vault, KiB"]
    assert (len(vault.dots), vault.change) == (1, "in one run so far")
