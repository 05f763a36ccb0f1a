"""The page in a real browser: it shows something, fits, follows the theme, and runs nothing."""

import html
import re
import sys
from pathlib import Path

import pytest
from tests.reports.browser import Browser
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.png import Picture, read_png
from tests.reports.sample import build

from sagewarden.adapters.reports.html_report import render_html
from sagewarden.core.report import Report

SMALL = build(judged=24, outcomes=40, history=3)
TITLE = re.compile("<title>(.*?)</title>")
MEASURE = """<!doctype html><title>not measured</title>
<iframe style="border:0;width:{width}px;height:2000px" srcdoc="{page}"></iframe>
<script>addEventListener("load", () => {{
  const inner = document.querySelector("iframe").contentDocument.documentElement;
  document.title = `${{inner.scrollWidth}} of ${{inner.clientWidth}}`;
}})</script>"""


@pytest.fixture
def browser(tmp_path: Path) -> Browser:
    return Browser(tmp_path)


def looked_at(browser: Browser, page: Path, width: int, *, dark: bool) -> Picture:
    body = browser.picture(page, width, 900, dark=dark)
    assert len(body) > 20_000
    return read_png(body)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_is_drawn_in_the_theme_that_was_asked_for(
    browser: Browser, tmp_path: Path, report: Report, width: int, *, dark: bool
) -> None:
    page = tmp_path / "report.html"
    page.write_bytes(render_html(report))
    picture = looked_at(browser, page, width, dark=dark)
    (_, most), *_ = picture.colours.most_common(1)
    assert (picture.width, picture.height) == (width, 900)
    assert len(picture.colours) > 200
    assert most < 0.9 * width * 900
    assert (picture.brightness < 80) if dark else (picture.brightness > 200)


@pytest.mark.parametrize("width", [1280, 760, 390])
def test_nothing_is_wider_than_the_window(browser: Browser, tmp_path: Path, width: int) -> None:
    bodies = [render_html(build()), *(render_html(spoiled_report(SMALL, t)) for t in WIDE)]
    for body in bodies:
        page = tmp_path / "measure.html"
        inner = html.escape(body.decode())
        page.write_text(MEASURE.format(width=width, page=inner), encoding="utf-8")
        found = TITLE.search(browser.document(page))
        assert found is not None
        assert found[1] == f"{width} of {width}"


WIDE = ("x" * 3000, "\u6771" * 500)


def test_a_page_full_of_hostile_text_runs_none_of_it(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "hostile.html"
    page.write_bytes(render_html(spoiled_report(SMALL, "\n".join(HOSTILE[:8]))))
    document = browser.document(page)
    found = TITLE.search(document)
    assert found is not None
    assert found[1] == "SageWarden report: Needs attention"
    assert document.count("<script") == 1
    assert "<img" not in document


def test_the_browser_would_have_run_it(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "proof.html"
    page.write_text(f"<!doctype html><title>calm</title>{HOSTILE[1]}", encoding="utf-8")
    assert "<title>owned</title>" in browser.document(page)


def test_ten_thousand_rows_load_sort_and_filter(browser: Browser, tmp_path: Path) -> None:
    """With `-s` it prints the page's size, and the milliseconds that each took."""
    page = tmp_path / "long.html"
    page.write_bytes(render_html(build(judged=10_000, outcomes=10_000)))
    told = browser.measured(page)
    sys.stdout.write(f"{page.stat().st_size / 1e6:.1f} MB, {told}\n")
    assert told["rows"] > 4_000
    assert told["sorted"] == 1
    assert 0 < told["shown"] < 20
