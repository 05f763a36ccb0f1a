"""What happened, in one sentence, and how it ended."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sagewarden.adapters.reports.wording import (
    TROUBLE,
    by_kind,
    counted,
    ending,
    entities,
    listed,
)
from sagewarden.core.journal import Result
from sagewarden.core.report import Report


@dataclass(frozen=True, slots=True)
class Headline:
    """The top of every form of the report. `tone` is good, calm, attention or bad."""

    label: str
    tone: str
    sentence: str
    meaning: str


def headline(report: Report) -> Headline:
    """Tell a run in a label, a sentence and the meaning of its exit code."""
    end = ending(report.exit_code)
    planned = report.mode == "plan" and report.exit_code == 0
    quiet = report.exit_code == 0 and not any(report.deleted.values())
    return Headline(
        label="Plan only" if planned else end.label,
        tone="calm" if quiet else end.tone,
        sentence=f"{'; '.join(_told(report))}.",
        meaning=f"Exit code {report.exit_code}: {end.meaning}.",
    )


def trees(report: Report, verdict: str) -> int:
    """How many trees came out this way, over all policies."""
    return sum(row.verdict == verdict for row in report.judged)


def binding(report: Report) -> tuple[str, ...]:
    """Return the limits that stop something: where all that matches is kept, none does."""
    judged = bool(report.inventory)
    return () if judged and not trees(report, "delete") else report.exceeded


def ahead(report: Report) -> tuple[str, ...]:
    """Return the limits that will stop what is marked, once it is due."""
    return report.exceeded if not binding(report) and trees(report, "mark") else ()


def troubles(report: Report) -> tuple[tuple[str, int], ...]:
    """Each result that someone should look at, with its count if there is any."""
    counts = ((str(result), report.tally.get(str(result), 0)) for result in TROUBLE)
    return tuple((result, count) for result, count in counts if count)


def undone(report: Report) -> tuple[str, ...]:
    """Say why steps were not done as planned: each result and reason, the most frequent first."""
    wanted = {*map(str, TROUBLE), str(Result.NOT_ATTEMPTED)}
    why = Counter((row.result, row.detail) for row in report.outcomes if row.result in wanted)
    return tuple(
        f"{counted(count, 'step')} {result}{f': {detail}' if detail else ''}"
        for (result, detail), count in why.most_common()
    )


def _told(report: Report) -> Iterator[str]:
    yield _deed(report)
    for result, count in troubles(report):
        yield _trouble(result, count)
    if left := report.tally.get(str(Result.NOT_ATTEMPTED), 0):
        yield _trouble(str(Result.NOT_ATTEMPTED), left)
    if binding(report):
        yield "the plan is above a limit"
    if not report.complete:
        yield "the inventory is incomplete"


def _deed(report: Report) -> str:
    due, marked = trees(report, "delete"), trees(report, "mark")
    if gone := by_kind(report.deleted):
        return f"Deleted {listed(gone)}"
    if due:
        are = "is" if due == 1 else "are"
        size = sum(row.size for row in report.judged if row.verdict == "delete")
        return f"{counted(due, 'tree')} {are} due ({entities(size)}), nothing was deleted"
    if marked:
        return f"Nothing is due, {counted(marked, 'tree')} marked for later"
    if not report.inventory:  # nothing was judged: a stored plan was applied, or the run stopped
        absent = report.tally.get(str(Result.ALREADY_ABSENT), 0)
        all_gone = absent > 0 and absent == sum(report.tally.values())
        return "All that was planned is gone already" if all_gone else "Nothing was deleted"
    return "Nothing is due and nothing is marked"


def _trouble(result: str, count: int) -> str:
    if result == Result.NEEDS_PERSON:
        return f"{counted(count, 'step')} {'needs' if count == 1 else 'need'} a person"
    return f"{counted(count, 'step')} {'was' if count == 1 else 'were'} {result}"
