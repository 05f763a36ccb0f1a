"""Plans and their approvals in the vault."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sagewarden.application.baseline import past_of, read_baseline
from sagewarden.application.documents import create_document, create_once, read_document
from sagewarden.application.ports import Bench
from sagewarden.application.writes import own_deletions
from sagewarden.core.baseline import read_counts, spell_counts
from sagewarden.core.canonical import read_time, spell_time
from sagewarden.core.deletions import total_of
from sagewarden.core.entities import Kind
from sagewarden.core.identities import same_person
from sagewarden.core.keys import Family, approval_key, plan_key, prefix, sequence_of
from sagewarden.core.limits import Counts, Extent, Limits, Measure, Room, measure
from sagewarden.core.plan import Plan, read_plan
from sagewarden.errors import IntegrityError, LimitReached, UsageError

APPROVAL_HOLDS = timedelta(hours=72)
"""How long an approval lets its plan begin."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """A plan as it lies in the vault, and what limits measure it by.

    `select` are the words that made it smaller than all that was due.
    """

    plan: Plan
    extent: Extent
    select: tuple[str, ...] = ()

    def measured(self, bench: Bench, limits: Limits, left: Counts | None = None) -> Measure:
        """Measure it against today's limits, by what is `left` in the account if that is known.

        What the plan itself deleted already, before an interruption, counts as if it were there.
        """
        digest, extent = self.plan.digest, self.extent
        if left is not None:
            gone = total_of(own_deletions(bench), digest)
            there = {kind: left.get(kind, 0) + gone[kind] for kind in Kind}
            extent = Extent(extent.matched, there)
        past = past_of(bench, read_baseline(bench), bench.looks.now(), digest)
        return measure(extent, limits, past.without_growth() if self.select else past)


def store_plan(bench: Bench, stored: StoredPlan) -> None:
    """Store a plan under its digest; the same plan found again on another day stays as it is."""
    plan, extent = stored.plan, stored.extent
    content = plan.unrolling() | {
        "extent": {
            "matched": spell_counts(extent.matched),
            "population": spell_counts(extent.population),
        },
        "select": list(stored.select),
    }
    create_once(bench.vault, plan_key(bench.target, plan.digest), content)


def load_plan(bench: Bench, start: str) -> StoredPlan:
    """Load a plan by its digest or an unambiguous start of it (8 characters or more)."""
    return stored_plan(bench, full_digest(bench, start))


def stored_plan(bench: Bench, digest: str) -> StoredPlan:
    """Load a plan by its whole digest; raise VaultAbsent when there is none."""
    stored = read_document(bench.vault, plan_key(bench.target, digest))
    plan = read_plan(stored)
    if (plan.digest, plan.target) != (digest, bench.target):
        raise IntegrityError(f"what lies in the vault as plan {digest[:12]} is another plan")
    try:
        extent = stored["extent"]
        return StoredPlan(
            plan,
            Extent(read_counts(extent["matched"]), read_counts(extent["population"])),
            tuple(stored["select"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"a stored plan lacks or garbles a field: {error}") from error


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


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """What lets a plan begin: `limits`, and whether two persons must have had it in hand.

    `sessions_tell` says that the session names of an assumed role tell persons apart.
    """

    limits: Limits
    two_persons: bool = False
    sessions_tell: bool = False

    def lacks_second(self, by: str, maker: str) -> bool:
        """Whether two persons are asked for, and these ARNs may be one person's."""
        return self.two_persons and same_person(by, maker, sessions_tell=self.sessions_tell)


def approval(
    bench: Bench, digest: str, now: datetime, rules: ApprovalRules
) -> Mapping[str, Any] | None:
    """Return the approval that lets a plan begin now, or None: spent and expired ones do not."""
    events = list(bench.vault.list(prefix(bench.target, Family.APPROVALS, digest)))
    if not events or not events[-1].endswith("-given"):
        return None
    given = read_document(bench.vault, events[-1])
    try:
        by, until = _signature(given)
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"an approval lacks or garbles a field: {error}") from error
    if given.get("digest") != digest:
        raise IntegrityError(f"the approval of plan {digest[:12]} names another plan")
    if now >= until:
        return None
    if rules.two_persons and rules.lacks_second(by, stored_plan(bench, digest).plan.maker):
        return None
    return given


def _signature(given: Mapping[str, Any]) -> tuple[str, datetime]:
    """Return whose an approval is and when it ends: no wording makes it last longer than any."""
    by = given["by"]
    if not (isinstance(by, str) and by):
        raise ValueError("it is nobody's")
    return by, min(read_time(given["expires"]), read_time(given["at"]) + APPROVAL_HOLDS)


def approve_plan(bench: Bench, start: str, by: str, rules: ApprovalRules) -> Mapping[str, Any]:
    """Approve a stored plan for 72 hours in the name of an AWS identity (its ARN).

    Raise LimitReached for a plan above a hard limit: no approval lets it begin. Raise UsageError
    when two persons are asked for and this one made the plan.
    """
    stored = load_plan(bench, start)
    digest, now = stored.plan.digest, bench.looks.now()
    measured = stored.measured(bench, rules.limits)
    if measured.room is Room.REFUSED:
        raise LimitReached(
            "this plan exceeds a hard limit and cannot be approved: "
            + "; ".join(measured.exceeded),
            advice="Narrow the policies or --select a part, or raise limits.hard knowingly, and "
            "plan again.",
        )
    if rules.lacks_second(by, stored.plan.maker):
        raise UsageError(
            f"plan {digest[:12]} was made by {stored.plan.maker or 'nobody known'}, and {by} may "
            "be the same person",
            advice="approval.two_persons is on: another IAM user or role must approve it. Session "
            "names of one role do not count unless approval.sessions_tell says so.",
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


def ended_in(bench: Bench, digest: str) -> str:
    """Return the run that brought an approved plan to its end; empty if none did."""
    events = list(bench.vault.list(prefix(bench.target, Family.APPROVALS, digest)))
    if not events or not events[-1].endswith("-spent"):
        return ""
    return str(read_document(bench.vault, events[-1]).get("run", "unknown"))


def approved_plans(bench: Bench, now: datetime, rules: ApprovalRules) -> list[str]:
    """Digests of plans that were approved, are not spent, and may begin now."""
    wanted = prefix(bench.target, Family.APPROVALS)
    digests = {key[len(wanted) :].split("/")[0]: None for key in bench.vault.list(wanted)}
    return [digest for digest in digests if approval(bench, digest, now, rules) is not None]


def _append(bench: Bench, digest: str, event: str, content: Mapping[str, Any]) -> None:
    events = list(bench.vault.list(prefix(bench.target, Family.APPROVALS, digest)))
    last = sequence_of(events[-1]) if events else 0
    create_document(bench.vault, approval_key(bench.target, digest, last + 1, event), content)
