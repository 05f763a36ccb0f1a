"""How runs ended: gathered while they work side by side, told when all have."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sagewarden.application.fleet import Fleet
from sagewarden.cli.console import say, say_json, spelled_error, tell_error
from sagewarden.errors import SageWardenError

if TYPE_CHECKING:
    from sagewarden.bootstrap.sweeping import ReadyRun
    from sagewarden.core.report import Report

TICK = 0.5
"""Seconds between two looks for a signal: only the main thread hears one."""


@dataclass
class Ends:
    """How runs ended, by their place: with a report, or with an error before there could be one."""

    as_json: bool
    reports: dict[int, "Report"] = field(default_factory=dict)
    errors: dict[int, tuple[str, SageWardenError]] = field(default_factory=dict)
    defects: list[Exception] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The worst exit code."""
        codes = [report.exit_code for report in self.reports.values()]
        return max([0, *codes, *(error.exit_code for _, error in self.errors.values())])

    def reported(self, place: int, report: "Report") -> None:
        """Take in a report."""
        self.reports[place] = report

    def missed(self, unread: Sequence[SageWardenError]) -> None:
        """Take in why there may be more targets than these; told first, as it was met first."""
        self.errors |= {
            place - len(unread): ("organization", error) for place, error in enumerate(unread)
        }

    def hear(self, place: int, ready: "ReadyRun") -> None:
        """Do a run and take in how it ends; it stops no other."""
        try:
            self.reported(place, ready.do())
        except SageWardenError as error:
            self.errors[place] = (str(ready.bench.target), error)
        except Exception as defect:  # noqa: BLE001 -- raised again once the others have ended
            self.defects.append(defect)

    def say(self) -> None:
        """Print a report each, then what ended without one."""
        from sagewarden.adapters.reports.terminal import summary  # noqa: PLC0415 -- slow to import

        reports = [self.reports[place] for place in sorted(self.reports)]
        ends = [self.errors[place] for place in sorted(self.errors)]
        if self.as_json:
            errors = [spelled_error(error) | {"target": target} for target, error in ends]
            say_json([*(report.spelled() for report in reports), *errors])
            return
        for report in reports:
            say(summary(report))
        for _, error in ends:
            tell_error(error, as_json=False)


def side_by_side(ready: "Sequence[ReadyRun]", most: int, stop: threading.Event, ends: Ends) -> None:
    """Do these runs, so many at once; after a stop none begins any more."""
    if len(ready) == 1:  # in this thread, which a second signal ends at once
        ends.hear(0, ready[0])
    else:
        fleet = Fleet(most)
        for place, each in enumerate(ready):
            work = partial(ends.hear, place, each.named_progress())
            fleet.take(str(each.bench.target), work)
        while not fleet.wait(TICK):
            if stop.is_set():
                fleet.drop_waiting()
    for defect in ends.defects:
        raise defect


@contextmanager
def told(ends: Ends) -> Iterator[None]:
    """Print how runs ended, after an interruption too."""
    try:
        yield
    except SystemExit:
        ends.say()
        raise
    ends.say()
