"""The mutation tool: every small change of the core and of the effects, and which test sees it.

    .venv/bin/pytest -q -n 2 --dist worksteal tests/mutants/tool.py

Takes an hour or more. What a change came to is added to a file at once, so a second call goes on
where the first was ended; a module that has changed is played anew. What lives and has no verdict
in SURVIVORS.md fails, and the row to be judged is printed.
"""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

import pytest
from tests.mutants.catalogue import ROOT
from tests.mutants.modules import CORE, FAR, GOLDEN, NEAR
from tests.mutants.operators import Change, changes
from tests.mutants.playing import Copy
from tests.mutants.verdicts import spelled, verdicts

RESULTS = ROOT / ".mutation.jsonl"

Came = Literal["killed", "timed out", "lives"]

CODES: dict[str, Came] = {
    "0": "lives",
    "1": "killed",
    "-1": "timed out",
}
"""What the process answers."""


class Place(NamedTuple):
    """A change: bytes of a module, in the version with this hash, that become others."""

    file: str
    version: str
    start: int
    end: int
    new: str


class Forks:
    """A process beside a copy of the source that plays changes on it; see forks.py."""

    def __init__(self, copy: Copy) -> None:
        self._told = copy.folder / "told.txt"
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/mutants/forks.py"), *FAR],
            cwd=copy.folder,
            env=copy.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if self._answer() != "ready":
            raise RuntimeError(self.told)

    def play(self, file: str, function: str | None, source: bytes) -> Came:
        """Play a function's other code; raise RuntimeError when that cannot be done."""
        if self._process.stdin is None:
            raise RuntimeError("it is a pipe")
        nodes = (*NEAR[file], *([GOLDEN] if file.startswith(CORE) else []))
        job = {"file": file, "function": function, "source": source.decode(), "nodes": nodes}
        self._process.stdin.write(f"{json.dumps(job)}\n")
        self._process.stdin.flush()
        code = self._answer()
        if code not in CODES:
            raise RuntimeError(f"{function} in {file} ended with {code}: {self.told}")
        return CODES[code]

    def _answer(self) -> str:
        if self._process.stdout is None:
            raise RuntimeError("it is a pipe")
        return self._process.stdout.readline().strip()

    @property
    def told(self) -> str:
        """What was printed last."""
        return self._told.read_text("utf-8", "replace")[-2000:]

    def close(self) -> None:
        """End it, after the job that runs."""
        self._process.communicate()


@pytest.fixture(scope="session")
def forks(copy: Copy) -> Iterator[Forks]:
    opened = Forks(copy)
    yield opened
    opened.close()


@pytest.mark.timeout(0)
@pytest.mark.parametrize("file", NEAR)
def test_what_lives_has_a_verdict(copy: Copy, forks: Forks, file: str) -> None:
    source = (ROOT / file).read_bytes()
    version = sha256(source).hexdigest()
    known = results()
    judged = {(each.line, each.change) for each in verdicts() if each.file == short(file)}
    unjudged = []
    assert forks.play(file, None, source) == "lives", forks.told
    for change in changes(source):
        place = Place(file, version, change.start, change.end, change.new)
        came = known.get(place)
        is_judged = (change.text, change.told) in judged
        if came is None or (came != "killed" and not is_judged):
            came = played(copy, forks, file, change)
            note(place, came)
        if came != "killed" and not is_judged:
            reason = f"? {came}, line {change.line}"
            unjudged.append(spelled(short(file), change.text, change.told, reason))
    assert not unjudged, "\n" + "\n".join(unjudged)


def short(file: str) -> str:
    """A module's path below the package."""
    return file.removeprefix("service/sagewarden/")


def played(copy: Copy, forks: Forks, file: str, change: Change) -> Came:
    """Play a change where it is quick; what lives is confirmed by the tests near its module.

    A change outside of functions is played in the text only.
    """
    mutated = change.applied((ROOT / file).read_bytes())
    if change.function is not None:
        came = forks.play(file, change.function, mutated)
        if came != "lives":
            return came
    with copy.holding(Path(file), mutated):
        ended = copy.pytest(NEAR[file])
    if ended.code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return "timed out"
    return "lives" if ended.code == 0 else "killed"


def results() -> dict[Place, Came]:
    """What was played so far, here and in earlier calls."""
    if not RESULTS.exists():
        return {}
    lines = map(json.loads, RESULTS.read_text("utf-8").splitlines())
    return {Place(*place): came for place, came in lines}


def note(place: Place, came: Came) -> None:
    """Add to the file what a change came to."""
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps([place, came])}\n")
