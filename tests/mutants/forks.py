"""Plays changes of a module, each in a fork of a process in which the tests are collected already.

A program of its own, run in a copy of the source: arguments are tests; a job is a line on standard
input, its answer a line on standard output. The new code of a function is put into the function
that lives. What tests made of it when they were collected stays as it was, so what lives has to be
confirmed on the text.
"""

import contextlib
import gc
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

UNHURRIED = ("--timeout=0", "--hypothesis-profile=ci")
"""No test fails for the time it takes: on a busy machine every change would seem to be seen."""

QUIET = ("-q", "-x", "-s", "-n", "0", "-p", "no:cacheprovider", *UNHURRIED)

TIMED_OUT = -1
"""Told instead of an exit code of pytest."""

WORK = 60
"""Seconds of processor time after which a change counts as one that never ends."""

IDLE = 300.0
"""Seconds without any processor time after which it does, too: it waits for what never comes."""


def forked(body: Callable[[], int], work: int = WORK) -> int:
    """Do something in a fork; return what it returned, or `TIMED_OUT`."""
    child = os.fork()
    if not child:
        os.setsid()
        code = 70
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (work, work))
            code = body()
        except BaseException:  # noqa: BLE001 -- a fork must not go on as if it were its parent
            traceback.print_exc()
        finally:
            os._exit(code)
    status = waited(child)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}:
        return TIMED_OUT
    return abs(os.waitstatus_to_exitcode(status))


def waited(child: int) -> int:
    """Wait for a fork and return its status; end it when it does nothing any more."""
    used, since = 0, time.monotonic()
    while True:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        if (now := ticks(child)) != used:
            used, since = now, time.monotonic()
        elif time.monotonic() > since + IDLE:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
        signal.sigtimedwait((), 0.01)


def ticks(process: int) -> int:
    """How much processor time it has taken; see proc_pid_stat(5)."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2]
    except OSError:
        return 0
    return sum(map(int, fields.split()[11:13]))


class Player:
    """A plugin of pytest that instead of running the tests answers jobs with them."""

    def __init__(self, answers: int) -> None:
        self._answers = answers

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer jobs until there are no more."""
        self._answer("ready")
        for line in sys.stdin:
            job = json.loads(line)
            self._answer(forked(partial(played, session, job)))
        return True

    def _answer(self, told: object) -> None:
        os.write(self._answers, f"{told}\n".encode())


def played(session: pytest.Session, job: dict[str, Any]) -> int:
    """Run the tests of a job on the new code, folder by folder, up to the first that fails.

    Code that cannot be put in lives here: the text tells.
    """
    if job["function"] is not None and not put(
        job["source"], str(Path.cwd() / job["file"]), job["function"]
    ):
        return 0
    items = [
        item
        for node in job["nodes"]
        for item in session.items
        if item.nodeid.startswith((f"{node}::", f"{node}/"))
    ]
    for item, following in zip(items, (*items[1:], None), strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return 1
    return 0


def put(source: str, path: str, name: str) -> bool:
    """Give the functions of this name that live the code that they have in another source.

    Return False when Python refuses, because it needs other variables of what is around it.
    """
    new = [code for code in codes(compile(source, path, "exec")) if code.co_qualname == name]
    old = [
        each
        for each in gc.get_objects()
        if isinstance(each, FunctionType)
        and each.__code__.co_filename == path
        and each.__code__.co_qualname == name
    ]
    if len(new) != 1 or not old:
        raise RuntimeError(f"{name} stands {len(new)} times in {path}, and lives {len(old)} times")
    if any(each.__code__.co_freevars != new[0].co_freevars for each in old):
        return False
    for each in old:
        each.__code__ = new[0]
    return True


def codes(code: CodeType) -> list[CodeType]:
    """Every piece of code in a module."""
    inner = [each for each in code.co_consts if isinstance(each, CodeType)]
    return [code, *(each for piece in inner for each in codes(piece))]


def main() -> None:
    """Keep standard output for answers; what pytest prints goes to a file."""
    answers = os.dup(sys.stdout.fileno())
    with Path("told.txt").open("wb") as told:
        os.dup2(told.fileno(), sys.stdout.fileno())
        os.dup2(told.fileno(), sys.stderr.fileno())
    pytest.main([*QUIET, *sys.argv[1:]], plugins=[Player(answers)])


if __name__ == "__main__":
    main()
