"""Samples for each reader: a governed month as owners, an auditor and the trend see it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from tests.reports.sample import NOW, POLICIES, TEAMS, build, hexed, spelled

from sagewarden.core.audit import Audit, ChainPlace, evidence, kept_by_hold
from sagewarden.core.figures import Figures, History
from sagewarden.core.report import Report
from sagewarden.core.report_rows import (
    ComplianceRow,
    HoldRow,
    JudgedRow,
    LimitRow,
    OutcomeRow,
    PlanRow,
    TagGap,
)
from sagewarden.core.storage import PRICE, PRICE_SOURCE, Price, Storage, measured
from sagewarden.core.trail import Difference, Reconciliation

APPROVER = "arn:aws:sts::123456789012:assumed-role/Reviewer/ines.duarte@example.com"


def governed(judged: int = 200, outcomes: int = 400, history: int = 20) -> Report:
    """Return the sample's report with plans, holds, limits, owners and required tags."""
    plain = build(judged, outcomes, history)
    return replace(
        plain,
        judged=tuple(replace(row, held=is_held(row)) for row in plain.judged),
        outcomes=tuple(owned(row, place) for place, row in enumerate(plain.outcomes)),
        compliance=compliance(3),
        tag_gaps=tuple(gap(place) for place in range(min(judged, 40))),
        plans=(plan_row(plain),),
        limit_rows=(
            LimitRow(setting="limits.automatic.share", allowed="10% of each kind"),
            LimitRow(setting="limits.automatic.components", allowed="1000 within 24 hours"),
            LimitRow(setting="limits.hard.share", allowed="50% of each kind"),
            LimitRow(setting="limits.min_grace", allowed="7d"),
            LimitRow(setting="approval.two_persons", allowed="yes"),
        ),
        holds=tuple(hold(place) for place in range(3)),
    )


def is_held(row: JudgedRow) -> bool:
    told = " ".join(row.against)
    return row.verdict == "keep" and ("held by" in told or "protected" in told)


def owned(row: OutcomeRow, place: int) -> OutcomeRow:
    who = f"{TEAMS[place // 20 % 6]}@example.com" if place % 100 < 80 else ""
    return replace(row, plan=hexed("plan"), owner=who)


def plan_row(report: Report) -> PlanRow:
    return PlanRow(
        digest=report.plan,
        made=spelled(NOW - timedelta(hours=9)),
        maker=report.identity,
        policies=report.policies,
        units=20,
        entities=209,
        approval="given",
        approved_by=APPROVER,
        approved_at=spelled(NOW - timedelta(hours=2)),
        approval_expires=spelled(NOW + timedelta(hours=70)),
    )


def hold(place: int) -> HoldRow:
    return HoldRow(
        kind="experiment",
        name=f"dev-{TEAMS[place]}-baseline",
        owner=f"{TEAMS[place]}@example.com",
        source="command" if place else "tag",
        told="held by legal@example.com until 2027-01-31: litigation 12/26",
    )


def gap(place: int) -> TagGap:
    return TagGap(
        kind=POLICIES[place % 12][1],
        name=f"dev-{TEAMS[place % 6]}-{place:05d}",
        policy="required-tags",
        key=("owner", "cost-center", "data-class")[place % 3],
        value=None if place % 2 else "ml100",
        state="violation",
        reason="it is missing" if place % 2 else "ml100 is none of ml-100, ml-200",
        owner=f"{TEAMS[place % 6]}@example.com" if place % 4 else "",
        since=spelled(NOW - timedelta(days=place)),
    )


def compliance(run: int) -> tuple[ComplianceRow, ...]:
    return tuple(
        ComplianceRow(
            policy="required-tags",
            owner=f"{team}@example.com" if place else "",
            compliant=40 + 9 * place + 2 * run,
            repair=place,
            left=0,
            violation=max(0, 38 - 7 * place - run),
            unknown=1,
        )
        for place, team in enumerate(TEAMS)
    )


def history(runs: int = 20) -> History:
    """Return the figures of so many runs."""
    plain = build(judged=60, outcomes=10, history=runs)
    return History(
        account=plain.account,
        region=plain.region,
        target_name=plain.target_name,
        runs=tuple(figures(place, plain) for place in range(runs)),
    )


def figures(place: int, plain: Report) -> Figures:
    rows = compliance(place)
    fine = sum(row.compliant for row in rows)
    run = replace(
        plain.history[place],
        mode="sweep",
        due=(3, 9, 0, 14, 6)[place % 5],
        kept=90 + place % 7,
        held=4 + place % 3,
        gone=plain.history[place].deleted * 5 // 4,
        compliant=fine,
        required=fine + sum(row.repair + row.violation + row.unknown for row in rows),
    )
    return Figures(run, plain.policy_rows, rows)


def storage() -> Storage:
    sizes = [("archive", 3_400_000)] * 412 + [("journal", 41_000)] * 830 + [("reports", 610_000)]
    return measured([*sizes, ("chain", 9_000)], Price(Decimal(PRICE), PRICE_SOURCE))


def difference(kind: str, place: int) -> Difference:
    return Difference(
        kind=kind,
        operation="DeleteTrialComponent",
        name=f"dev-{TEAMS[place]}-run-07",
        trial="",
        at=spelled(NOW + timedelta(minutes=place)),
        caller="arn:aws:sts::123456789012:assumed-role/SageWarden/console",
        run="",
        event=f"e-{hexed(place)[:12]}",
        detail="it succeeded",
    )


def audit(report: Report | None = None, *, runs: int = 20) -> Audit:
    """Return an audit in which nearly everything is in order."""
    told = report or governed()
    return Audit(
        run=told.run,
        mode=told.mode,
        account=told.account,
        region=told.region,
        target_name=told.target_name,
        identity=told.identity,
        endpoint="",
        vault=told.vault,
        began=told.began,
        ended=told.ended,
        tool=told.tool,
        exit_code=told.exit_code,
        policies=told.policies,
        policy_files=told.policy_files,
        plans=told.plans,
        rows=tuple(evidence(told)),
        held=kept_by_hold(told),
        holds=told.holds,
        limits=told.limit_rows,
        room="inside",
        exceeded=(),
        notes=told.notes,
        history=history(runs).runs,
        unread=(),
        chain=ChainPlace(
            number=21, sha256=hexed(21), head_number=23, head_sha256=hexed(23), signed=23
        ),
        storage=storage(),
        trail=Reconciliation(
            identities=(told.identity,),
            since=spelled(NOW - timedelta(days=1)),
            until=spelled(NOW + timedelta(days=1)),
            files=96,
            records=18_400,
            events=385,
            agreed=384,
            uncovered=0,
            differences=(difference("event without intent", 1),),
            others=(difference("delete by another", 2),),
            unread=(),
        ),
    )
