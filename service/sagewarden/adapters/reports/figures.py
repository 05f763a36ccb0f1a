"""The key figures of a run: a handful of numbers that a reader wants first."""

from collections.abc import Iterable
from dataclasses import dataclass

from sagewarden.adapters.reports.headline import trees, troubles
from sagewarden.adapters.reports.wording import by_kind, counted, entities, moment, number, percent
from sagewarden.core.report import Report
from sagewarden.core.report_rows import JudgedRow


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what it counts, a note, and a tone that its words say as well."""

    label: str
    value: str
    notes: tuple[str, ...]
    tone: str = ""


def key_figures(report: Report) -> tuple[Figure, ...]:
    """Return inventory, matched, kept, marked, deleted and what needs attention.

    A run that judged nothing (it applied a stored plan, or was stopped) has the last two only.
    """
    judged = (_inventory(report), _matched(report), _kept(report), _marked(report))
    return (*(judged if report.inventory else ()), _deleted(report), _attention(report))


def _inventory(report: Report) -> Figure:
    notes = by_kind(report.inventory) or ("nothing was found",)
    if not report.complete:
        return Figure(
            "Inventory", number(sum(report.inventory.values())), (*notes, "incomplete"), "attention"
        )
    return Figure("Inventory", number(sum(report.inventory.values())), notes)


def _matched(report: Report) -> Figure:
    matched, of = sum(report.matched.values()), sum(report.inventory.values())
    notes = [f"{percent(matched, of)} of the inventory", "before holds and keep rules"]
    if report.unknown:
        notes.append(f"{number(report.unknown)} could not be judged")
    return Figure("Matched", number(matched), tuple(notes))


def _kept(report: Report) -> Figure:
    count = trees(report, "keep")
    if not count:
        return Figure("Kept", "0", ("nothing that matched was spared",))
    return Figure("Kept", number(count), (_trees_of(report.judged, "keep"), "matched, yet spared"))


def _marked(report: Report) -> Figure:
    dues = sorted(row.due for row in report.judged if row.verdict == "mark" and row.due)
    count = trees(report, "mark")
    notes = [_trees_of(report.judged, "mark") if count else "nothing waits for its day"]
    if dues:
        notes.append(f"next due {moment(dues[0])}")
    return Figure("Marked", number(count), tuple(notes))


def _deleted(report: Report) -> Figure:
    gone = sum(report.deleted.values())
    notes = by_kind(report.deleted)
    if not gone:
        due = trees(report, "delete")
        idle = "nothing was due" if report.inventory else "no deletion was done"
        notes = (f"{counted(due, 'tree')} due" if due else idle,)
    return Figure("Deleted", number(gone), notes)


def _attention(report: Report) -> Figure:
    found = troubles(report)
    notes = tuple(f"{number(count)} {result}" for result, count in found)
    count = sum(count for _, count in found)
    if not count:
        return Figure("Refused or open", "0", ("no step was refused or left open",))
    return Figure("Refused or open", number(count), notes, "attention")


def _trees_of(rows: Iterable[JudgedRow], verdict: str) -> str:
    size = sum(row.size for row in rows if row.verdict == verdict)
    return f"trees with {entities(size)}"
