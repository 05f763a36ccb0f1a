"""A headless Chromium: takes a picture of a page, or tells what became of it."""

import os
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

    def _run(self, *flags: str, page: Path) -> str:
        self._calls += 1
        profile = self._place / f"profile-{self._calls}"
        command = [self._path, *QUIET, f"--user-data-dir={profile}", *flags, page.as_uri()]
        ended = subprocess.run(command, capture_output=True, check=True, timeout=60)
        return ended.stdout.decode("utf-8")
