"""Plans and their approvals in the vault."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sagewarden.application.documents import create_document, create_once, read_document
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import read_time, spell_time
from sagewarden.core.keys import Family, approval_key, plan_key, prefix, sequence_of
from sagewarden.core.limits import Measure, Room
from sagewarden.core.plan import Plan, read_plan
from sagewarden.errors import LimitReached, UsageError

APPROVAL_HOLDS = timedelta(hours=72)
"""How long an approval lets its plan begin."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as it lies in the vault, and how it measured against the limits when it was made."""

    plan: Plan
    measure: Measure


def store_plan(bench: Bench, plan: Plan, measure: Measure) -> None:
    """Store a plan under its digest; the same plan found again on another day stays as it is."""
    content = plan.spelled() | {
        "limits": {"room": str(measure.room), "exceeded": list(measure.exceeded)}
    }
    create_once(bench.vault, plan_key(bench.target, plan.digest), content)


def load_plan(bench: Bench, digest: str) -> StoredPlan:
    """Load a plan by its digest or an unambiguous start of it (8 characters or more)."""
    stored = read_document(bench.vault, plan_key(bench.target, full_digest(bench, digest)))
    limits = stored["limits"]
    return StoredPlan(read_plan(stored), Measure(Room(limits["room"]), tuple(limits["exceeded"])))


def full_digest(bench: Bench, start: str) -> str:
    """Complete a digest; raise UsageError unless exactly one stored plan starts like that."""
    wanted = prefix(bench.target, Family.PLANS)
    if len(start) < SHORTEST or not start.isalnum():
        raise UsageError(
            f"{start!r} is not a plan's digest",
            advice=f"Give at least {SHORTEST} characters of it.",
        )
    found = [key[len(wanted) :] for key in bench.vault.list(wanted + start.lower())]
    if len(found) != 1:
        raise UsageError(
            f"{len(found) or 'no'} stored plans of {bench.target} start with {start!r}",
            advice="`sagewarden plan` prints the digest of the plan that it stored.",
        )
    return found[0]


SHORTEST = 8


def approval(bench: Bench, digest: str, now: datetime) -> Mapping[str, Any] | None:
    """Return the approval that lets a plan begin now, or None: spent and expired ones do not."""
    events = list(bench.vault.list(prefix(bench.target, Family.APPROVALS, digest)))
    if not events or not events[-1].endswith("-given"):
        return None
    given = read_document(bench.vault, events[-1])
    return given if now < read_time(given["expires"]) else None


def approve_plan(bench: Bench, start: str, by: str) -> Mapping[str, Any]:
    """Approve a stored plan for 72 hours in the name of an AWS identity (its ARN).

    Raise LimitReached for a plan above a hard limit: no approval lets it begin.
    """
    stored = load_plan(bench, start)
    digest, now = stored.plan.digest, bench.looks.now()
    if stored.measure.room is Room.REFUSED:
        raise LimitReached(
            "this plan exceeds a hard limit and cannot be approved: "
            + "; ".join(stored.measure.exceeded),
            advice="Narrow the policies, or raise limits.hard knowingly, and plan again.",
        )
    given = {
        "digest": digest,
        "by": by,
        "at": spell_time(now),
        "expires": spell_time(now + APPROVAL_HOLDS),
    }
    _append(bench, digest, "given", given)
    return given


def spend_approval(bench: Bench, digest: str, run: str) -> None:
    """Note that a plan has ended: its approval lets nothing begin any more."""
    _append(bench, digest, "spent", {"digest": digest, "run": run})


def approved_plans(bench: Bench, now: datetime) -> list[str]:
    """Digests of plans that were approved, are not spent, and may begin now, oldest first."""
    wanted = prefix(bench.target, Family.APPROVALS)
    digests = {key[len(wanted) :].split("/")[0]: None for key in bench.vault.list(wanted)}
    return [digest for digest in digests if approval(bench, digest, now) is not None]


def _append(bench: Bench, digest: str, event: str, content: Mapping[str, Any]) -> None:
    events = list(bench.vault.list(prefix(bench.target, Family.APPROVALS, digest)))
    last = sequence_of(events[-1]) if events else 0
    create_document(bench.vault, approval_key(bench.target, digest, last + 1, event), content)
