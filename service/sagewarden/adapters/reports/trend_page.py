"""The trend over all runs, as a page, as CSV and as JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sagewarden.adapters.reports.csv_report import csv_table
from sagewarden.adapters.reports.curves import Curve, Spark, curve, spark
from sagewarden.adapters.reports.page import render_page
from sagewarden.core.figures import Figures, History
from sagewarden.core.report_rows import ComplianceRow, PastRun
from sagewarden.core.storage import Storage

RUNS = 1_000
"""Runs in a page's table; CSV and JSON have all."""


@dataclass(frozen=True, slots=True)
class PolicyTrend:
    """One policy over the runs: its newest counts, and curves of what was due and kept."""

    name: str
    due: int
    marked: int
    kept: int
    due_line: Spark
    kept_line: Spark


@dataclass(frozen=True, slots=True)
class ComplianceTrend:
    """How one policy's required tags stand of one owner: newest, and over the runs."""

    policy: str
    owner: str
    compliant: int
    required: int
    line: Spark

    @property
    def share(self) -> float:
        """The compliant share, in percent."""
        return 100 * self.compliant / self.required if self.required else 100.0


def render_trend_html(history: History, storage: Storage | None) -> bytes:
    """Return one page: a curve for each figure, then policies, owners and runs as tables."""
    return render_page(
        "trend.html.j2",
        history=history,
        storage=storage,
        curves=curves(history.runs),
        policies=policy_trends(history.runs),
        compliance=compliance_trends(history.runs),
        runs=history.runs[-RUNS:][::-1],
    )


def render_trend_json(history: History) -> bytes:
    """Return the history as ASCII JSON with a newline at its end."""
    text = json.dumps(history.spelled(), ensure_ascii=True, allow_nan=False, indent=1)
    return f"{text}\n".encode("ascii")


def render_trend_csv(history: History) -> bytes:
    """Return one line a run, oldest first, safe to open in a spreadsheet."""
    return csv_table(PastRun, (each.run for each in history.runs))


def curves(runs: Sequence[Figures]) -> tuple[Curve, ...]:
    """Return a panel for each figure; a run without an inventory leaves a gap where it counts."""
    times = [each.run.began for each in runs]

    def seen(figure: Callable[[PastRun], int]) -> list[float | None]:
        return [figure(each.run) if _judged(each.run) else None for each in runs]

    shares = [
        100 * each.run.compliant / each.run.required if each.run.required else None for each in runs
    ]
    gone = [each.run.gone or each.run.deleted for each in runs]
    return (
        curve("Entities", times, seen(lambda run: run.experiments + run.trials + run.components)),
        curve("Due", times, seen(lambda run: run.due), tone="mark"),
        curve("Deleted", times, gone, tone="delete"),
        curve("Held", times, seen(lambda run: run.held), tone="keep"),
        curve("Marked", times, seen(lambda run: run.marked), tone="mark"),
        curve("Tags as required", times, shares, unit="%", tone="keep"),
        curve("Vault, KiB", times, [each.run.stored / 1024 or None for each in runs]),
    )


def policy_trends(runs: Sequence[Figures]) -> tuple[PolicyTrend, ...]:
    """Return every policy of the newest judged run, with its past."""
    judged = [each for each in runs if _judged(each.run)]
    past = [{row.name: row for row in each.policies} for each in judged]
    return tuple(
        PolicyTrend(
            name=row.name,
            due=row.delete,
            marked=row.mark,
            kept=row.keep,
            due_line=spark([each[row.name].delete if row.name in each else None for each in past]),
            kept_line=spark([each[row.name].keep if row.name in each else None for each in past]),
        )
        for row in (judged[-1].policies if judged else ())
    )


def compliance_trends(runs: Sequence[Figures]) -> tuple[ComplianceTrend, ...]:
    """Return policy by owner, the worst first, with its share over the runs."""
    judged = [_by_owner(each.compliance) for each in runs if each.compliance]
    newest = judged[-1] if judged else {}
    found = [
        ComplianceTrend(
            policy=policy,
            owner=owner,
            compliant=compliant,
            required=required,
            line=spark([_share(each.get((policy, owner))) for each in judged]),
        )
        for (policy, owner), (compliant, required) in newest.items()
    ]
    return tuple(sorted(found, key=lambda each: (each.share, each.policy, each.owner)))


def _by_owner(rows: Sequence[ComplianceRow]) -> Mapping[tuple[str, str], tuple[int, int]]:
    return {
        (row.policy, row.owner): (
            row.compliant,
            row.compliant + row.repair + row.left + row.violation + row.unknown,
        )
        for row in rows
    }


def _share(found: tuple[int, int] | None) -> float | None:
    return None if found is None or not found[1] else 100 * found[0] / found[1]


def _judged(run: PastRun) -> bool:
    """Tell whether a run took an inventory: one of nothing at all is never believed."""
    return bool(run.experiments or run.trials or run.components)
