"""Long tables cut to what a page can hold, with the count of what is left out."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sagewarden.adapters.reports.wording import KINDS, TROUBLE, counted
from sagewarden.core.report import Report
from sagewarden.core.report_rows import JudgedRow, OutcomeRow

OUTCOMES: Final = 1000
"""Outcome rows on a page; the CSV and JSON forms have all."""
JUDGED: Final = 10_000
"""Rows of one verdict on a page."""
_TROUBLE: Final = frozenset(map(str, TROUBLE))


@dataclass(frozen=True, slots=True)
class JudgedTable:
    """The rows of one verdict that fit, and how many there are."""

    verdict: str
    rows: tuple[JudgedRow, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """Steps of one policy and rule whose evidence is one archive object."""

    policy: str
    rule: str
    archive_key: str
    archive_sha256: str
    rows: tuple[OutcomeRow, ...]


@dataclass(frozen=True, slots=True)
class UnitTable:
    """The outcomes of one unit that fit: `shown` of `total`; `results` counts all of them."""

    unit: str
    title: str
    name: str
    bundles: tuple[Bundle, ...]
    shown: int
    results: tuple[tuple[str, int], ...]
    total: int
    in_trouble: bool


def judged_table(report: Report, verdict: str) -> JudgedTable:
    """Return the rows of one verdict: the next due first, then the largest trees."""
    rows = [row for row in report.judged if row.verdict == verdict]
    rows.sort(key=lambda row: (row.due, -row.size, row.kind, row.name))
    return JudgedTable(verdict, tuple(rows[:JUDGED]), len(rows))


def unit_tables(report: Report) -> tuple[UnitTable, ...]:
    """Group outcomes by unit, those in trouble first; rows in trouble are the last to be cut."""
    everything: dict[str, list[OutcomeRow]] = defaultdict(list)
    for row in report.outcomes:
        everything[row.unit].append(row)
    fitting: dict[str, list[OutcomeRow]] = defaultdict(list)
    for row in _fitting(report.outcomes):
        fitting[row.unit].append(row)
    tables = [_unit(unit, rows, everything[unit]) for unit, rows in fitting.items()]
    return tuple(sorted(tables, key=lambda table: not table.in_trouble))


def _fitting(rows: Sequence[OutcomeRow]) -> list[OutcomeRow]:
    urgent = sorted(range(len(rows)), key=lambda place: rows[place].result not in _TROUBLE)
    return [rows[place] for place in sorted(urgent[:OUTCOMES])]


def _unit(unit: str, rows: Sequence[OutcomeRow], everything: Sequence[OutcomeRow]) -> UnitTable:
    results = Counter(row.result for row in everything)
    top = min(everything, key=lambda row: _rank(row.kind))
    entities = len({(row.kind, row.name, row.created_ms) for row in everything})
    alone = _rank(top.kind) < _rank("trial-component") or entities == 1
    return UnitTable(
        unit=unit,
        title=top.kind.replace("-", " ") if alone else counted(entities, "trial component"),
        name=top.name if alone else f"from {top.name}",
        bundles=tuple(_bundles(rows)),
        shown=len(rows),
        results=tuple(sorted(results.items(), key=lambda each: (each[0] not in _TROUBLE, each[0]))),
        total=len(everything),
        in_trouble=not _TROUBLE.isdisjoint(results),
    )


def _bundles(rows: Sequence[OutcomeRow]) -> Iterator[Bundle]:
    groups: dict[tuple[str, str, str, str], list[OutcomeRow]] = defaultdict(list)
    for row in rows:
        groups[row.policy, row.rule, row.archive_key, row.archive_sha256].append(row)
    for evidence, members in groups.items():
        yield Bundle(*evidence, tuple(members))


def _rank(kind: str) -> int:
    return KINDS.index(kind) if kind in KINDS else len(KINDS)
