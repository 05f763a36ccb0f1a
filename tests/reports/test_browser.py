"""The page in a real browser: it shows something, fits, follows the theme, and runs nothing."""

import html
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.reports.browser import Browser
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.png import Picture, read_png
from tests.reports.readers import audit, governed, history, storage
from tests.reports.sample import build
from tests.reports.test_readers import AUDIT, spoilt

from sagewarden.adapters.reports.audit_page import render_audit_html
from sagewarden.adapters.reports.html_report import render_html
from sagewarden.adapters.reports.owners_page import render_owners_html
from sagewarden.adapters.reports.trend_page import render_trend_html
from sagewarden.core.owned import by_owner
from sagewarden.core.report import Report

SMALL = build(judged=24, outcomes=40, history=3)
GOVERNED = governed(judged=60, outcomes=40, history=8)
HOSTILE_PAGES: dict[str, tuple[Any, Callable[[Any], bytes]]] = {
    "run": (GOVERNED, render_html),
    "owners": (by_owner(GOVERNED), render_owners_html),
    "audit": (AUDIT, render_audit_html),
    "trend": (history(8), lambda told: render_trend_html(told, storage())),
}
WIDTHS = (1280, 760, 390)
PHONE = 390
TITLE = re.compile("<title>(.*?)</title>")
MEASURE = """<!doctype html><title>not measured</title>{frames}
<script>addEventListener("load", () => setTimeout(() => {{
  const pages = [...document.querySelectorAll("iframe")];
  const inner = pages.map((each) => each.contentDocument.documentElement);
  document.title = inner.map((each) => `${{each.scrollWidth}} of ${{each.clientWidth}}`).join(", ");
}}, 1000))</script>"""
"""Measured once all is laid out: a second of the browser's own time after everything was loaded."""

FRAME = '<iframe style="border:0;width:{width}px;height:2000px" srcdoc="{page}"></iframe>'


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


WIDE: dict[str, Callable[[], Report]] = {
    "usual": build,
    "unbroken": lambda: spoiled_report(SMALL, "x" * 3000),
    "of wide letters": lambda: spoiled_report(SMALL, "\u6771" * 500),
}


PAGES: dict[str, Callable[[], bytes]] = {
    "owners": lambda: render_owners_html(by_owner(governed())),
    "audit": lambda: render_audit_html(audit()),
    "trend": lambda: render_trend_html(history(), storage()),
}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_each_readers_page_is_drawn_in_each_theme(
    browser: Browser, tmp_path: Path, name: str, width: int, *, dark: bool
) -> None:
    page = tmp_path / f"{name}.html"
    page.write_bytes(PAGES[name]())
    picture = looked_at(browser, page, width, dark=dark)
    assert len(picture.colours) > 200
    assert (picture.brightness < 80) if dark else (picture.brightness > 200)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str]:
    """How wide each page is of its window, by its name and that window's width; one look at all."""
    pages = {
        **{(name, width): render_html(told()) for name, told in WIDE.items() for width in WIDTHS},
        **{(name, PHONE): render() for name, render in PAGES.items()},
    }
    frames = [
        FRAME.format(width=width, page=html.escape(page.decode()))
        for (_, width), page in pages.items()
    ]
    folder = tmp_path_factory.mktemp("measured")
    page = folder / "measure.html"
    page.write_text(MEASURE.format(frames="".join(frames)), encoding="utf-8")
    found = TITLE.search(Browser(folder).document(page))
    assert found is not None
    return dict(zip(pages, found[1].split(", "), strict=True))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", WIDE)
def test_nothing_is_wider_than_the_window(
    measured: dict[tuple[str, int], str], name: str, width: int
) -> None:
    assert measured[name, width] == f"{width} of {width}"


@pytest.mark.parametrize("name", PAGES)
def test_no_readers_page_is_wider_than_a_phone(
    measured: dict[tuple[str, int], str], name: str
) -> None:
    assert measured[name, PHONE] == f"{PHONE} of {PHONE}"


def test_a_page_full_of_hostile_text_runs_none_of_it(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "hostile.html"
    page.write_bytes(render_html(spoiled_report(SMALL, "\n".join(HOSTILE[:8]))))
    document = browser.document(page)
    found = TITLE.search(document)
    assert found is not None
    assert found[1] == "SageWarden report: Needs attention"
    assert document.count("<script") == 1
    assert "<img" not in document


@pytest.mark.parametrize(("view", "render"), HOSTILE_PAGES.values(), ids=HOSTILE_PAGES)
def test_each_readers_page_full_of_hostile_text_runs_none_of_it(
    browser: Browser, tmp_path: Path, view: Any, render: Callable[[Any], bytes]
) -> None:
    """What its own script makes of the tables included: its tools stand above them."""
    page = tmp_path / "hostile.html"
    page.write_bytes(render(spoilt(view, "\n".join(HOSTILE[:8]))))
    document = browser.document(page)
    assert "<title>owned</title>" not in document
    assert document.count("<script") == 1
    assert "<img" not in document
    assert 'class="tools"' in document


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
