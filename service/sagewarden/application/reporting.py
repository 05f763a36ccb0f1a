"""Stores a run's report, and reads those of past runs."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sagewarden.application.documents import create_once, read_document, read_or_none
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import read_time
from sagewarden.core.figures import Figures, History
from sagewarden.core.keys import Family, prefix, report_key
from sagewarden.core.report import Report
from sagewarden.core.report_rows import PastRun
from sagewarden.core.standing import GOOD, result_of
from sagewarden.errors import IntegrityError

HISTORY = 30
"""Earlier runs that a report's trend shows."""


def store_report(bench: Bench, report: Report, renderings: Mapping[str, bytes]) -> None:
    """Store a report's JSON last: a run counts as told once it is there.

    `renderings` are asked for one by one, and not kept: of a large account each is long.
    """
    for name in sorted(renderings):
        bench.vault.create(report_key(bench.target, report.run, name), renderings[name])
    figures = report_key(bench.target, report.run, FIGURES_NAME)
    create_once(bench.vault, figures, Figures.of(report).spelled())
    create_once(bench.vault, report_key(bench.target, report.run, REPORT_NAME), report.unrolling())
    for run in report.adopted:
        create_once(bench.vault, report_key(bench.target, run, ADOPTED_NAME), {"by": report.run})


REPORT_NAME = "report.json"

FIGURES_NAME = "figures.json"
"""Beside a report: what a trend needs of it, so that none has to be read whole for that."""

ADOPTED_NAME = "adopted.json"
"""Stands for the report of a run that died: the run that settled it tells what it did."""


def read_report(bench: Bench, run: str) -> Report:
    """Read a stored report; raise VaultAbsent when there is none of that run."""
    stored = read_document(bench.vault, report_key(bench.target, run, REPORT_NAME))
    try:
        return Report.read(stored)
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the report of run {run} is broken: {error}") from error


def reported_runs(bench: Bench) -> list[str]:
    """Every run with a report, oldest first."""
    return _runs_with(bench, REPORT_NAME)


def adopted_runs(bench: Bench) -> list[str]:
    """Every run that died and that another run's report tells of, oldest first."""
    return _runs_with(bench, ADOPTED_NAME)


def _runs_with(bench: Bench, name: str) -> list[str]:
    start = prefix(bench.target, Family.REPORTS)
    found = [key[len(start) :].split("/") for key in bench.vault.list(start)]
    return sorted({run for run, *rest in found if rest == [name]})


def read_figures(bench: Bench, run: str) -> Figures:
    """Read a run's figures; of a run that stored none beside its report, from the report."""
    key = report_key(bench.target, run, FIGURES_NAME)
    try:
        found = read_or_none(bench.vault, key)
        return Figures.of(read_report(bench, run)) if found is None else Figures.read(found[0])
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the figures of run {run} are broken: {error}") from error


def past_runs(bench: Bench, but: str) -> Iterable[PastRun]:
    """Yield the newest past runs but this one, oldest first."""
    for run in [each for each in reported_runs(bench) if each != but][-HISTORY:]:
        yield read_figures(bench, run).run


def last_good(bench: Bench) -> datetime | None:
    """Return when the newest run ended that went well, of the newest runs that reported."""
    for run in reversed(reported_runs(bench)[-HISTORY:]):
        if result_of(read_figures(bench, run).run.exit_code, stopped=False) in GOOD:
            return read_time(read_report(bench, run).ended)
    return None


def read_history(bench: Bench) -> History:
    """Read the figures of every run; of one whose report is broken, say so."""
    runs: list[Figures] = []
    unread: list[str] = []
    for run in reported_runs(bench):
        try:
            runs.append(read_figures(bench, run))
        except IntegrityError as error:
            unread.append(error.message)
    return History(
        account=bench.target.account,
        region=bench.target.region,
        target_name=bench.target.name,
        runs=tuple(runs),
        unread=tuple(unread),
    )
