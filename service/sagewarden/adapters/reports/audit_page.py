"""The auditor's report: what went, by which rule, who approved, where the proof lies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sagewarden.adapters.reports.csv_report import csv_table
from sagewarden.adapters.reports.curves import curve
from sagewarden.adapters.reports.findings import findings
from sagewarden.adapters.reports.page import render_page
from sagewarden.adapters.reports.trend_page import compliance_trends
from sagewarden.core.audit import Audit, EvidenceRow
from sagewarden.core.journal import Result

ROWS = 10_000
"""Steps on a page; CSV and JSON have all."""


@dataclass(frozen=True, slots=True)
class ArchiveObject:
    """One archive object and how many steps rest on it; `place` is its anchor on the page."""

    place: int
    key: str
    sha256: str
    steps: int


def render_audit_html(audit: Audit) -> bytes:
    """Return one page: the findings first, then each proof."""
    archives = archive_objects(audit.rows)
    shares = [
        100 * each.run.compliant / each.run.required if each.run.required else None
        for each in audit.history
    ]
    times = [each.run.began for each in audit.history]
    return render_page(
        "audit.html.j2",
        audit=audit,
        done=sum(row.result == Result.DONE and row.effect == "delete" for row in audit.rows),
        findings=findings(audit),
        archives=archives,
        places={each.key: each.place for each in archives},
        compliance=compliance_trends(audit.history),
        compliance_curve=curve("Tags as required", times, shares, unit="%", tone="keep"),
        rows=audit.rows[:ROWS],
        held=audit.held[:ROWS],
    )


def render_audit_json(audit: Audit) -> bytes:
    """Return the audit as ASCII JSON with a newline at its end."""
    text = json.dumps(audit.spelled(), ensure_ascii=True, allow_nan=False, indent=1)
    return f"{text}\n".encode("ascii")


def render_audit_csv(audit: Audit) -> bytes:
    """Return one line for each step with all that proves it, safe to open in a spreadsheet."""
    return csv_table(EvidenceRow, audit.rows)


def archive_objects(rows: Sequence[EvidenceRow]) -> tuple[ArchiveObject, ...]:
    """Return every archive object that steps rest on, in the order of its first step."""
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        if row.archive_key:
            evidence = (row.archive_key, row.archive_sha256)
            counts[evidence] = counts.get(evidence, 0) + 1
    return tuple(
        ArchiveObject(place, key, sha256, steps)
        for place, ((key, sha256), steps) in enumerate(counts.items(), 1)
    )
