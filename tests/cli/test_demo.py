"""The demo is what anybody sees first: it does the whole job, and says what it lowered."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.reports.browser import Browser
from tests.reports.png import read_png

Demo = tuple[Path, "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.timeout(240)  # a busy machine; alone it takes a third of that


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The folder that the demo made, and what it printed.

    SIGINT is ignored, as where a shell starts it in the background.
    """
    folder = tmp_path_factory.mktemp("demo")
    deaf = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
    command = [*deaf, sys.executable, "-m", "sagewarden", "demo", "--components", "600"]
    ran = subprocess.run(
        [*command, "--folder", str(folder)],
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    (made,) = folder.iterdir()
    return made, ran


def test_the_demo_does_the_whole_job(demo: Demo) -> None:
    """Marks, plans, applies, is killed and resumes, reports, verifies, restores."""
    _, ran = demo
    assert ran.returncode == 0, ran.stdout + ran.stderr
    steps = re.findall(r"^\$ sagewarden (\w+)", ran.stdout, re.MULTILINE)
    assert steps == [*("sweep", "plan", "apply", "sweep", "report", "verify", "restore")]


@pytest.mark.parametrize(
    "told",
    [
        "the grace period (2s, floor 1s instead of 7d), one match instead of two",
        "the automatic limit (60% instead of 10%), and notices count by the log alone",
        "killed after ",
        "had died",
        "Not AWS itself: http://127.0.0.1:",
        "the vault is sound",
        "were throttled",
        "Open the report: ",
    ],
)
def test_the_demo_tells(demo: Demo, told: str) -> None:
    _, ran = demo
    assert told in " ".join(ran.stdout.split())


def test_the_demo_deletes(demo: Demo) -> None:
    _, ran = demo
    told = re.search(r"^([\d,]+) components deleted in", ran.stdout, re.MULTILINE)
    assert told is not None
    deleted = int(told[1].replace(",", ""))
    assert deleted >= 100


def test_the_demo_leaves_a_page_to_look_at(demo: Demo, tmp_path: Path) -> None:
    folder, _ = demo
    picture = read_png(Browser(tmp_path).picture(folder / "report.html", 1280, 900, dark=False))
    (_, most), *_ = picture.colours.most_common(1)
    assert len(picture.colours) > 200
    assert most < 0.9 * 1280 * 900
