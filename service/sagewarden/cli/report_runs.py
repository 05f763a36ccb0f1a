"""Which runs there are to report of, and which one is meant."""

from typing import TYPE_CHECKING

from rich.text import Text

from sagewarden.cli.console import say, say_json, say_line
from sagewarden.core.visible import visible
from sagewarden.errors import SageWardenError, UsageError

if TYPE_CHECKING:
    from sagewarden.application.ports import Bench


def matching(run: str | None, runs: list[str]) -> str:
    """Return the run of this name, or of its start or end; the newest without one."""
    if run is None:
        return runs[-1]
    found = [each for each in runs if each.startswith(run.lower()) or each.endswith(run.lower())]
    if len(found) != 1:
        raise UsageError(
            f"{len(found) or 'no'} runs are called {run!r}",
            advice="`sagewarden report list` names them.",
        )
    return found[0]


NEWEST = 20
"""Runs that a list tells of; JSON names all."""


def say_runs(bench: "Bench", runs: list[str], *, as_json: bool) -> int:
    """List runs, each with how it ended."""
    if as_json:
        say_json(runs)
        return 0
    if len(runs) > NEWEST:
        say(Text(f"… and {len(runs) - NEWEST} older, which --json names", "dim"))
    for each in runs[-NEWEST:]:
        say_line(Text(visible(f"{each}  {_told(bench, each)}")))
    return 0


def _told(bench: "Bench", run: str) -> str:
    from sagewarden.adapters.reports.headline import headline  # noqa: PLC0415 -- slow to import
    from sagewarden.application.reporting import read_report  # noqa: PLC0415

    try:
        found = read_report(bench, run)
    except SageWardenError as error:
        return error.message
    head = headline(found)
    return f"{found.mode}  {head.label}: {head.sentence}"
