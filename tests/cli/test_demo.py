"""The demo is what anybody sees first: it does the whole job, and says what it lowered."""

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.reports.browser import Browser
from tests.reports.png import read_png

Demo = tuple[Path, "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.timeout(240)  # a busy machine; alone it takes a third of that


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """The folder that the demo made, and what it printed until its daemon was told to stop.

    SIGINT is ignored, as where a shell starts it in the background.
    """
    folder = tmp_path_factory.mktemp("demo")
    deaf = ["sh", "-c", "trap '' INT; exec \"$@\"", "sh"]
    command = [*deaf, sys.executable, "-m", "sagewarden", "demo", "--components", "600", "--serve"]
    with (folder / "told").open("w+") as told, (folder / "log").open("w+") as log:
        run = subprocess.Popen([*command, "--folder", str(folder)], stdout=told, stderr=log)
        deadline = time.monotonic() + 220
        while run.poll() is None and "daemon.began" not in (folder / "log").read_text():
            assert time.monotonic() < deadline
            threading.Event().wait(0.2)
        run.terminate()
        code = run.wait(60)
    texts = [(folder / name).read_text() for name in ("told", "log")]
    (made,) = (each for each in folder.iterdir() if each.is_dir())
    return made, subprocess.CompletedProcess(command, code, *texts)


def test_the_demo_does_the_whole_job(demo: Demo) -> None:
    """Marks, plans, applies, is killed and resumes, reports, verifies, restores; then serves."""
    _, ran = demo
    assert ran.returncode == 0, ran.stdout + ran.stderr
    steps = re.findall(r"^\$ sagewarden (\w+)", ran.stdout, re.MULTILINE)
    whole = ["sweep", "plan", "apply", "sweep", "report", "verify", "restore"]
    assert steps == [*whole, "serve"]


def test_with_serve_the_daemon_goes_on_until_it_is_told_to_stop(demo: Demo) -> None:
    """It ends whole, and so does the demo."""
    _, ran = demo
    events = [json.loads(line)["event"] for line in ran.stderr.splitlines() if line[0] == "{"]
    assert (ran.returncode, events[0], events[-1]) == (0, "daemon.began", "daemon.ended")


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
