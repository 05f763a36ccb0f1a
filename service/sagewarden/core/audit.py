"""What an auditor asks: what went, by which rule of which file, who approved, and the proof."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sagewarden.core.canonical import spell_time
from sagewarden.core.figures import Figures
from sagewarden.core.report import Report, spelled_fields
from sagewarden.core.report_rows import HoldRow, JudgedRow, LimitRow, OutcomeRow, PlanRow
from sagewarden.core.storage import Storage
from sagewarden.core.trail import Reconciliation

AUDIT_FORMAT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRow:
    """One step with all that proves it.

    `policy_file` and its SHA-256 are empty where the plan was made by another policy set than the
    one that this run had loaded; `approval` is as in `PlanRow`. Times are spelled UTC.
    """

    at: str
    result: str
    effect: str
    kind: str
    name: str
    created: str
    trial: str
    owner: str
    policy: str
    rule: str
    policy_file: str
    policy_file_sha256: str
    plan: str
    approval: str
    approved_by: str
    approved_at: str
    archive_key: str
    archive_sha256: str
    run: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPlace:
    """Where a run stands in the chain, and the chain's newest link.

    `number` is 0 for a run that no link names yet. `signed` is the newest link that has a
    signature, 0 if none has: it covers all links before it, and `verify` checks it.
    """

    number: int
    sha256: str
    head_number: int
    head_sha256: str
    signed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """One run, and what stands around it, for whoever has to believe it."""

    run: str
    mode: str
    account: str
    region: str
    target_name: str
    identity: str
    endpoint: str
    vault: str
    began: str
    ended: str
    tool: str
    exit_code: int
    policies: str
    policy_files: tuple[Mapping[str, str], ...]
    plans: tuple[PlanRow, ...]
    rows: tuple[EvidenceRow, ...]
    held: tuple[JudgedRow, ...]
    holds: tuple[HoldRow, ...]
    limits: tuple[LimitRow, ...]
    room: str
    exceeded: tuple[str, ...]
    notes: tuple[str, ...]
    history: tuple[Figures, ...]
    unread: tuple[str, ...]
    chain: ChainPlace | None
    storage: Storage | None
    trail: Reconciliation | None = None

    def spelled(self) -> dict[str, Any]:
        """Return it as its JSON."""
        return {"format": AUDIT_FORMAT, **spelled_fields(self)}


def evidence(report: Report) -> Iterator[EvidenceRow]:
    """Yield every step of a report with its proof, in the report's order."""
    plans = {row.digest: row for row in report.plans}
    files = {each.get("path", ""): each.get("sha256", "") for each in report.policy_files}
    places = {row.name: row.place.rsplit(":", 2)[0] for row in report.policy_rows}
    for row in report.outcomes:
        plan = plans.get(row.plan)
        same = row.run == report.run if plan is None else plan.policies == report.policies
        file = places.get(row.policy, "") if same else ""
        yield _proved(row, plan, (file, files.get(file, "")))


def _proved(row: OutcomeRow, plan: PlanRow | None, file: tuple[str, str]) -> EvidenceRow:
    return EvidenceRow(
        at=row.at,
        result=row.result,
        effect=row.effect,
        kind=row.kind,
        name=row.name,
        created=spell_time(datetime.fromtimestamp(row.created_ms / 1000, UTC)),
        trial=row.trial,
        owner=row.owner,
        policy=row.policy,
        rule=row.rule,
        policy_file=file[0],
        policy_file_sha256=file[1],
        plan=row.plan,
        approval="not known" if plan is None else plan.approval,
        approved_by="" if plan is None else plan.approved_by,
        approved_at="" if plan is None else plan.approved_at,
        archive_key=row.archive_key,
        archive_sha256=row.archive_sha256,
        run=row.run,
        detail=row.detail,
    )


def kept_by_hold(report: Report) -> tuple[JudgedRow, ...]:
    """Return the trees that a hold or a protection is among the reasons to keep."""
    return tuple(row for row in report.judged if row.held)
