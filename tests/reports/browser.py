"""A headless Chromium: takes a picture of a page, or tells what became of it."""

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
DARK = "--blink-settings=preferredColorScheme=0"


def find_browser() -> str:
    """Return Chromium's path; without it, skip the test, or fail it where CI runs."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    told = "no Chromium here: install the package `chromium` to look at the HTML report"
    if os.environ.get("CI") == "true":  # noqa: TID251 -- tests have no settings to read
        pytest.fail(told)
    pytest.skip(told)


HARNESS = """<!doctype html><title>not measured</title>
<script>const began = performance.now()</script>
<iframe style="border:0;width:{width}px;height:900px" srcdoc="{page}"></iframe>
<script>addEventListener("load", () => {{
  const frame = document.querySelector("iframe"), inner = frame.contentDocument;
  const timed = (act) => {{
    const start = performance.now(); act();
    inner.querySelectorAll(".scroll").forEach((each) => each.scrollHeight);
    inner.documentElement.getBoundingClientRect(); inner.documentElement.scrollHeight;
    return Math.round(performance.now() - start);
  }};
  const drawn = timed(() => {{}}), load = Math.round(performance.now() - began);
  const tables = [...inner.querySelectorAll("table[data-tools]")];
  const longest = tables.sort((a, b) => b.rows.length - a.rows.length)[0];
  const rows = [...longest.tBodies[0].rows];
  const sort = timed(() => longest.tHead.querySelector("button").click());
  const field = longest.closest(".scroll").previousElementSibling.querySelector("input");
  const wait = frame.contentWindow.setTimeout;
  frame.contentWindow.setTimeout = (act) => act();
  const filter = timed(() => {{ field.value = "00016"; field.dispatchEvent(new Event("input")); }});
  const shown = rows.filter((row) => !row.hidden).length;
  const sorted = [...longest.tBodies[0].rows].some((row, place) => row !== rows[place]);
  const told = {{ load, drawn, sort, filter, rows: rows.length, shown, sorted: +sorted,
    wide: inner.documentElement.scrollWidth }};
  document.title = JSON.stringify(told);
}})</script>"""
"""A page that has another inside, with its scripts, and measures it."""


class Browser:
    """Each call is a browser of its own, with an empty profile below `place`."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._path = find_browser()
        self._calls = 0

    def picture(self, page: Path, width: int, height: int, *, dark: bool) -> bytes:
        """Return a PNG of the top of the page."""
        target = self._place / "picture.png"
        target.unlink(missing_ok=True)
        theme = (DARK,) if dark else ()
        self._run(f"--window-size={width},{height}", f"--screenshot={target}", *theme, page=page)
        return target.read_bytes()

    def document(self, page: Path) -> str:
        """Return the page's elements after everything in it that runs has run."""
        return self._run("--virtual-time-budget=3000", "--dump-dom", page=page)

    def measured(self, page: Path, width: int = 1280) -> dict[str, float]:
        """Load a page, then sort and filter its longest table: milliseconds, rows, width."""
        harness = self._place / "harness.html"
        inner = html.escape(page.read_text("utf-8"))
        harness.write_text(HARNESS.format(width=width, page=inner), encoding="utf-8")
        found = re.search("<title>({.*?})</title>", self._run("--dump-dom", page=harness))
        assert found is not None
        told: dict[str, float] = json.loads(html.unescape(found[1]))
        return told

    def _run(self, *flags: str, page: Path) -> str:
        self._calls += 1
        profile = self._place / f"profile-{self._calls}"
        command = [self._path, *QUIET, f"--user-data-dir={profile}", *flags, page.as_uri()]
        ended = subprocess.run(command, capture_output=True, check=True, timeout=110)
        return ended.stdout.decode("utf-8")
