"""The auditor's report: what went, by which rule, who approved, where the proof lies."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sagewarden.adapters.reports.csv_report import csv_table
from sagewarden.adapters.reports.curves import curve
from sagewarden.adapters.reports.page import render_page
from sagewarden.adapters.reports.trend_page import compliance_trends
from sagewarden.adapters.reports.wording import counted, number, person
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


@dataclass(frozen=True, slots=True)
class Finding:
    """One question of an audit and its answer: its tone is good, attention, bad or calm."""

    question: str
    tone: str
    answer: str


def findings(audit: Audit) -> tuple[Finding, ...]:
    """Answer what every audit begins with."""
    return (
        _archived(audit),
        _approved(audit),
        _ruled(audit),
        _kept(audit),
        _limited(audit),
        _chained(audit),
        _reconciled(audit),
    )


def _archived(audit: Audit) -> Finding:
    done = [row for row in audit.rows if row.result == Result.DONE]
    bare = sum(not row.archive_sha256 for row in done)
    question = "Is everything that went archived?"
    if bare:
        return Finding(question, "bad", f"{counted(bare, 'step')} that went name no archive")
    if not done:
        return Finding(question, "calm", "nothing went")
    told = f"all {counted(len(done), 'step')} name a verified archive and its hash"
    return Finding(question, "good", told)


def _approved(audit: Audit) -> Finding:
    question = "Who let it begin?"
    if any(plan.approval == "not known" for plan in audit.plans):
        return Finding(question, "attention", "of one plan it is not known")
    names = sorted({plan.approved_by for plan in audit.plans if plan.approved_by})
    if names:
        return Finding(question, "good", f"approved by {', '.join(map(person, names))}")
    if not audit.plans and audit.rows:
        return Finding(question, "attention", "a report of this older format does not tell")
    if not audit.plans:
        return Finding(question, "calm", "no plan was applied")
    return Finding(question, "good", "inside the automatic limits, so nobody had to")


def _ruled(audit: Audit) -> Finding:
    question = "By which rule?"
    done = [row for row in audit.rows if row.result == Result.DONE and row.effect == "delete"]
    loose = sum(not row.policy_file_sha256 for row in done)
    if not done:
        return Finding(question, "calm", "nothing was deleted")
    if loose:
        told = f"of {loose} of {len(done)} deletes the policy file is not the one loaded now"
        return Finding(question, "attention", f"{told}; their plan names its policy set")
    names = sorted({row.policy for row in done})
    told = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if names[3:] else "")
    return Finding(question, "good", f"{told}; each row names its file, whose digest is below")


def _kept(audit: Audit) -> Finding:
    question = "Did holds keep what they name?"
    if not audit.limits:  # they came with the holds, in format 2
        return Finding(question, "attention", "a report of this older format does not tell")
    told = f"{counted(len(audit.held), 'tree')} kept by a hold or a protection; "
    return Finding(question, "good", f"{told}{counted(len(audit.holds), 'hold')} in force")


def _limited(audit: Audit) -> Finding:
    question = "Was it inside the limits?"
    if audit.exceeded:
        return Finding(question, "attention", f"{counted(len(audit.exceeded), 'limit')} exceeded")
    if not audit.room:
        return Finding(question, "calm", "this run measured nothing anew")
    return Finding(question, "good", "no limit was exceeded")


def _chained(audit: Audit) -> Finding:
    question = "Is it in the chain?"
    if audit.chain is None or not audit.chain.number:
        return Finding(question, "attention", "no link names this run yet; the next run's will")
    told = f"link {audit.chain.number} of {audit.chain.head_number}"
    if audit.chain.signed >= audit.chain.number:
        told += ", under a signature"
    return Finding(question, "good", f"{told}; `sagewarden verify` reads all of them back")


def _reconciled(audit: Audit) -> Finding:
    question = "Does CloudTrail agree?"
    trail = audit.trail
    if trail is None:
        return Finding(question, "calm", "no log files were given (--cloudtrail DIR)")
    told = (
        f"{counted(trail.agreed, 'step')} of ours with an event, "
        f"{number(trail.uncovered)} outside the time of the files"
    )
    if trail.unread:
        return Finding(question, "bad", f"{counted(len(trail.unread), 'file')} not read; {told}")
    if trail.differences:
        return Finding(question, "bad", f"{counted(len(trail.differences), 'difference')}; {told}")
    return Finding(question, "good" if trail.agreed else "attention", told)


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
