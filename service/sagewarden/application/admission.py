"""Whether a plan may begin: today's limits, approvals, and an inventory that can be believed."""

from sagewarden.application.baseline import drifted, read_baseline
from sagewarden.application.judging import Governance
from sagewarden.application.pause import paused
from sagewarden.application.plans import StoredPlan, approval, ended_in, spend_approval
from sagewarden.application.ports import Bench
from sagewarden.core.baseline import Census, census_of
from sagewarden.core.limits import Counts, Measure, Room
from sagewarden.core.plan import Plan
from sagewarden.errors import ApprovalNeeded, LimitReached, ReadFailed


class Admission:
    """Lets plans begin on one target, or says why not."""

    def __init__(self, bench: Bench, governance: Governance) -> None:
        self._bench = bench
        self._governance = governance

    def check_room(self, plan: Plan, measured: Measure) -> None:
        """Raise unless the limits, or a person, let a plan begin."""
        exceeded, start = "; ".join(measured.exceeded), plan.digest[:12]
        if measured.room is Room.REFUSED:
            raise LimitReached(
                f"plan {start} exceeds a hard limit, nothing was deleted: {exceeded}",
                advice="Narrow the policies, begin with a part of it (`sagewarden plan --select "
                "POLICY`), or raise limits.hard knowingly.",
            )
        if measured.room is Room.INSIDE or self.approved(plan.digest):
            return
        run = ended_in(self._bench, plan.digest)
        ended = f"ended in run {run}, and what it left " if run else ""
        raise ApprovalNeeded(
            f"plan {start} {ended}waits for approval, nothing was deleted: {exceeded}",
            advice=f"Read it with `sagewarden plan`, then `sagewarden approve {start}` lets it "
            "begin for 72 hours; the next sweep applies it. Or begin with a part of it "
            "(`sagewarden plan --select POLICY`), or raise the limit knowingly.",
        )

    def approved(self, digest: str) -> bool:
        """Whether a person let this plan begin, and that holds still."""
        now, rules = self._bench.looks.now(), self._governance.approvals
        return approval(self._bench, digest, now, rules) is not None

    def check_stored(self, stored: StoredPlan, left: Counts | None = None) -> None:
        """Raise unless today's limits, by what is `left` if that is known, let a plan go on."""
        limits = self._governance.approvals.limits
        self.check_room(stored.plan, stored.measured(self._bench, limits, left))

    def trusted_census(self) -> Census:
        """Count the account anew before a stored plan begins; raise unless it can be believed."""
        inventory = self._bench.surveys.take(self._bench.progress)
        census = census_of(inventory)
        if not inventory.complete:
            raise ReadFailed(
                "the inventory is incomplete, so the approved plan was not begun",
                advice="Mend what `sagewarden plan` names as missing, and run again.",
            )
        book, tolerance = read_baseline(self._bench), self._governance.tolerance
        if fallen := drifted(self._bench, book, census, tolerance):
            raise fallen_behind(fallen)
        return census

    def spend(self, plan: Plan, run: str) -> None:
        """Spend the approval of a plan that has ended: a stop or a pause only interrupts it."""
        if self._bench.stopping() or paused(self._bench.vault, self._bench.target) is not None:
            return
        if self.approved(plan.digest):
            spend_approval(self._bench, plan.digest, run)


def fallen_behind(drift: tuple[str, ...]) -> LimitReached:
    """Return what stops a run whose inventory cannot be believed."""
    return LimitReached(
        f"this inventory fell behind the last good one, nothing was done: {'; '.join(drift)}",
        advice="A permission, an index or an endpoint may hide what is there; no mark moved. If "
        "the account is as it should be, `sagewarden baseline accept` says so.",
    )
