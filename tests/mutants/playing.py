"""Plays mutants on a private copy of the source, and finds out which test sees each."""

import itertools
import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.catalogue import ROOT, Mutant

COPIED = ("service", "tests", "policies", "deploy", "pyproject.toml")

SURVIVED = "SURVIVED"

QUIET = ("-p", "no:cacheprovider", "--timeout=1200", "--hypothesis-profile=ci")
"""No test fails for the time it takes: on a busy machine every change would seem to be seen."""

WORK = 600
"""Seconds of processor time after which pytest is ended."""

FAILED = 1
"""What pytest ends with when a test failed; when nothing could be collected it ends otherwise."""

_FIRST = re.compile(r"^(?:FAILED|ERROR) (\S+::.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Told:
    """How pytest ended, and what it printed."""

    code: int
    text: str

    @property
    def killer(self) -> str:
        """The first test that failed; what cannot be imported or collected kills nothing."""
        first = _FIRST.search(self.text)
        return first[1] if self.code == FAILED and first is not None else SURVIVED


class Copy:
    """A copy of the source in a folder of its own; tests that run in it import from nowhere else.

    Each text that is written gets a time of its own, so that no compiled file passes for another.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._times = itertools.count(1_000_000_000)
        for name in COPIED:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__")
                shutil.copytree(ROOT / name, folder / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, folder / name)

    @property
    def folder(self) -> Path:
        """Where it lies, and where its tests are run."""
        return self._folder

    @property
    def environment(self) -> dict[str, str]:
        """What pytest needs of the caller's, but for plugins' own; and the copy's own source."""
        caller = os.environ  # noqa: TID251 -- the whole of it is what a child would have got
        ours = {name: caller[name] for name in caller if not re.search("XDIST|COV_", name)}
        return ours | {"PYTHONPATH": str(self._folder / "service")}

    @contextmanager
    def mutated(self, mutant: Mutant) -> Iterator[None]:
        """Apply a mutant while the body runs."""
        source = (self._folder / mutant.path).read_text("utf-8")
        with self.holding(mutant.path, mutant.applied(source).encode()):
            yield

    @contextmanager
    def holding(self, file: Path, text: bytes) -> Iterator[None]:
        """Give a file another text while the body runs."""
        path = self._folder / file
        source = path.read_bytes()
        self._write(path, text)
        try:
            yield
        finally:
            self._write(path, source)

    def pytest(self, nodes: Iterable[str]) -> Told:
        """Run tests up to the first that fails."""
        started = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "-x", *QUIET, *nodes],
            cwd=self._folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        resource.prlimit(started.pid, resource.RLIMIT_CPU, (WORK, WORK))
        text, _ = started.communicate()
        return Told(started.returncode, text)

    def _write(self, path: Path, text: bytes) -> None:
        path.write_bytes(text)
        moment = next(self._times)
        os.utime(path, (moment, moment))
