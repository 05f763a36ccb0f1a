"""What owners, auditors and readers of the trend see first: their views in short."""

from sagewarden.adapters.reports.audit_page import archive_objects
from sagewarden.adapters.reports.brief import Brief, BriefTable
from sagewarden.adapters.reports.findings import findings
from sagewarden.adapters.reports.owners_page import things
from sagewarden.adapters.reports.trend_page import compliance_trends
from sagewarden.adapters.reports.wording import counted, moment, percent, stored_line
from sagewarden.core.audit import Audit
from sagewarden.core.figures import History
from sagewarden.core.owned import NOBODY, Owned, Owners
from sagewarden.core.sparks import spark
from sagewarden.core.storage import Storage
from sagewarden.core.trail import Difference


def owners_brief(view: Owners) -> Brief:
    """Tell of one owner each thing, of several how much is theirs."""
    where = f"{view.account}/{view.region} {view.target_name}, {view.mode} {view.run}"
    lines = (where, f"began {moment(view.began)}")
    if len(view.owners) == 1:
        (owned,) = view.owners
        return Brief(f"What is {owned.owner or NOBODY}'s", lines, (_things(owned),))
    rows = [
        (
            each.owner or NOBODY,
            len(each.due),
            len(each.marked),
            each.next_due or "\u2013",
            len(each.kept),
            len(each.deleted),
            len(each.gaps),
        )
        for each in view.owners
    ]
    headings = ("owner", "due", "marked", "next due", "kept", "deleted", "tags missing")
    return Brief("What is whose", lines, (BriefTable("Owners", headings, rows),))


def _things(owned: Owned) -> BriefTable:
    rows = [
        (each.what, f"{each.kind} {each.name}", each.when, each.policy, each.why)
        for each in things(owned)
    ]
    return BriefTable("Things", ("what", "thing", "when", "policy", "why"), rows)


def audit_brief(audit: Audit) -> Brief:
    """Tell the findings, the plans, and what CloudTrail says otherwise."""
    where = f"{audit.account}/{audit.region} {audit.target_name}, {audit.mode} {audit.run}"
    answers = [(each.tone, each.question, each.answer) for each in findings(audit)]
    plans = [
        (each.digest[:12], each.approval, each.approved_by or "\u2013", each.entities)
        for each in audit.plans
    ]
    archives = counted(len(archive_objects(audit.rows)), "archive object")
    told = f"{archives}, each with key and SHA-256 in the CSV, HTML and JSON forms"
    lines = [where, f"as {audit.identity}, began {moment(audit.began)}", told]
    if audit.storage is not None:
        lines.append(stored_line(audit.storage))
    trail = audit.trail
    return Brief(
        "Audit",
        tuple(lines),
        (
            BriefTable("Findings", ("", "question", "answer"), answers),
            _differences("Differences to CloudTrail", () if trail is None else trail.differences),
            _differences("Deleted by others", () if trail is None else trail.others),
            BriefTable("Plans", ("plan", "approval", "by", "entities"), plans),
        ),
    )


def _differences(title: str, found: tuple[Difference, ...]) -> BriefTable:
    rows = [
        (each.kind, each.operation, each.name, each.at, each.caller or each.run) for each in found
    ]
    return BriefTable(title, ("what", "operation", "name", "when", "who or run"), rows)


def trend_brief(history: History, storage: Storage | None = None) -> Brief:
    """Tell each figure with a curve, then the newest runs and required tags."""
    runs = [each.run for each in history.runs]
    figures = {
        "entities": [run.experiments + run.trials + run.components for run in runs],
        "due": [run.due for run in runs],
        "deleted": [run.gone or run.deleted for run in runs],
        "held": [run.held for run in runs],
        "marked": [run.marked for run in runs],
        "vault, bytes": [run.stored for run in runs if run.stored],
    }
    curves = [(name, values[-1], spark(values)) for name, values in figures.items() if values]
    newest = [
        (run.began, run.mode, run.due, run.gone or run.deleted, run.held, run.exit_code)
        for run in reversed(runs)
    ]
    tags = [
        (each.owner or NOBODY, each.policy, percent(each.compliant, each.required))
        for each in compliance_trends(history.runs)
    ]
    where = f"{history.account}/{history.region} {history.target_name}, {len(runs)} runs"
    lines = [where, *history.unread]
    if storage is not None:
        lines.append(stored_line(storage))
    return Brief(
        "Trend over all runs",
        tuple(lines),
        (
            BriefTable("Figures", ("figure", "now", "over time"), curves),
            BriefTable("Required tags", ("owner", "policy", "as required"), tags),
            BriefTable("Runs", ("began", "mode", "due", "deleted", "held", "code"), newest),
        ),
    )
