"""How commands talk: results on standard output, everything else on standard error."""

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from sagewarden.core.visible import visible
from sagewarden.errors import SageWardenError

if TYPE_CHECKING:
    from rich.progress import Progress

    from sagewarden.bootstrap import Process


class _Console(Console):
    """A console that leaves a reader who had enough to `main`; rich's own calls it a failure."""

    def on_broken_pipe(self) -> None:
        """Raise BrokenPipeError."""
        raise BrokenPipeError


out = _Console(highlight=False, soft_wrap=False)
_wide = _Console(highlight=False, width=100_000)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(what: RenderableType) -> None:
    """Print a result for people."""
    out.print(what)


def say_table(what: Table) -> None:
    """Print a table: folded to fit a terminal; on a pipe a row is a line, and a name one word."""
    (out if out.is_terminal else _wide).print(what)


def say_line(what: Text) -> None:
    """Print a line that editors and scripts read too: its end is where it ends, however long."""
    out.print(what, soft_wrap=True)


def say_json(content: Any) -> None:
    """Print a result for programs: one JSON document, its newline after it."""
    sys.stdout.write(_spelled(content) + "\n")
    sys.stdout.flush()


def _spelled(content: Any) -> str:
    """Spell it as it is; orjson refuses halves of surrogate pairs, which AWS may hand on."""
    try:
        return orjson.dumps(content, option=orjson.OPT_INDENT_2, default=str).decode()
    except TypeError:
        return json.dumps(content, indent=2, default=str)


def tell_defect(error: Exception, *, as_json: bool) -> None:
    """Say that it is our fault, with all that a report of it needs."""
    traceback.print_exception(error)
    told = SageWardenError(
        f"a defect of SageWarden's own: {type(error).__name__}: {error}",
        advice="Please report it with the lines above and the command. What a dead run left open "
        "is settled by the next `sagewarden sweep`.",
    )
    tell_error(told, as_json=as_json)


def tell_error(error: SageWardenError, *, as_json: bool) -> None:
    """Say what happened, and what to do about it."""
    if as_json:
        say_json(spelled_error(error))
        return
    lines = [visible(line) for line in error.message.split("\n")]
    err.print(Text.assemble(("error: ", "bold red"), "\n".join(lines)))
    if error.advice:
        err.print(Text.assemble(("  do: ", "bold"), visible(error.advice)))


def tell_note(text: str) -> None:
    """Tell, beside the results, what a reader of them should know."""
    err.print(Text(f"note: {visible(text)}", "yellow"))


def spelled_error(error: SageWardenError) -> dict[str, str | int]:
    """Spell an error for programs."""
    return {
        "error": type(error).__name__,
        "message": error.message,
        "advice": error.advice,
        "exit_code": error.exit_code,
    }


class Bar:
    """A progress bar on a terminal, a JSON line now and then on a pipe."""

    def __init__(self, bars: "Progress | None") -> None:
        self._bars = bars
        self._tasks: dict[str, Any] = {}
        self._told: dict[str, int] = {}
        self._untold: dict[str, Mapping[str, Any]] = {}
        self._lock = threading.Lock()

    def __call__(self, what: str, count: int, of: int | None) -> None:
        """Show how far something is."""
        with self._lock:
            if self._bars is None:
                self._line(what, count, of)
            else:
                self._move(self._bars, what, count, of)

    def _move(self, bars: "Progress", what: str, count: int, of: int | None) -> None:
        if what not in self._tasks:
            self._tasks[what] = bars.add_task(what, total=of)
        bars.update(self._tasks[what], completed=count, total=of)

    def _line(self, what: str, count: int, of: int | None) -> None:
        line: Mapping[str, Any] = {"progress": what, "count": count, "of": of}
        if count < self._told.get(what, -EVERY) + EVERY and count != of:
            self._untold[what] = line
            return
        self._told[what] = count
        self._untold.pop(what, None)
        self._write(line)

    def end(self) -> None:
        """Tell the last count of each, where its line was not due yet."""
        with self._lock:
            for line in self._untold.values():
                self._write(line)
            self._untold.clear()

    @staticmethod
    def _write(line: Mapping[str, Any]) -> None:
        sys.stderr.write(orjson.dumps(line).decode() + "\n")


STOPPING = b"\nStopping: what is under way is ended or undone first. Once more stops at once.\n"
"""What the first signal is answered with."""

ECHO = 0.5
"""Seconds in which a second signal is the first one again: `timeout` sends each of its own to the
process and to its group."""

EVERY = 1_000
"""Counts between two lines on a pipe."""


@contextmanager
def working() -> Iterator["Process"]:
    """Show progress, and turn the first SIGINT or SIGTERM into a wish to stop."""
    from sagewarden.adapters.telemetry.logs import configure_logs  # noqa: PLC0415 -- slow
    from sagewarden.bootstrap import Process  # noqa: PLC0415 -- slow

    terminal = sys.stderr.isatty()
    configure_logs(as_json=not terminal, level="WARNING" if terminal else "INFO", ours=not terminal)
    with _bars(on=terminal) as bars:
        bar = Bar(bars)
        work = Process(progress=bar)
        previous = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
        got: list[int] = []
        first = 0.0

        def stop(number: int, _frame: object) -> None:
            nonlocal first
            if got and time.monotonic() - first < ECHO:
                return
            got.append(number)
            work.stop.set()
            if len(got) > 1:
                raise KeyboardInterrupt
            first = time.monotonic()
            os.write(sys.stderr.fileno(), STOPPING)

        for number in previous:
            signal.signal(number, stop)
        try:
            yield work
        finally:
            for number, before in previous.items():
                signal.signal(number, before)
            bar.end()
        if got:
            raise SystemExit(128 + got[0])


@contextmanager
def _bars(*, on: bool) -> Iterator["Progress | None"]:
    if not on:
        yield None
        return
    from rich.progress import (  # noqa: PLC0415 -- slow to import
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
    )
    with Progress(*columns, console=err, transient=True) as bars:
        yield bars
