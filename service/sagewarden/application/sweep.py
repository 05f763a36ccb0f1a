"""One full run on one target: settle, judge, mark, tell, enforce, report."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sagewarden.application.baseline import drifted, follow, note_plan, read_baseline
from sagewarden.application.chain import Recorded, extend_chain, recording
from sagewarden.application.enforce import Enforcement, Enforcer
from sagewarden.application.holds import Shields
from sagewarden.application.journal import Journal
from sagewarden.application.judging import (
    Asked,
    Governance,
    Judged,
    check_identity,
    judge_target,
)
from sagewarden.application.lease import Lease, leased
from sagewarden.application.looking import Watch
from sagewarden.application.marks import read_marks, write_marks
from sagewarden.application.notice import announce
from sagewarden.application.pause import check_pause, paused
from sagewarden.application.planned import note_planned
from sagewarden.application.plans import (
    StoredPlan,
    approval,
    approved_plans,
    ended_in,
    load_plan,
    spend_approval,
    store_plan,
    stored_plan,
)
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects, Tagging
from sagewarden.application.ports.signing import Signer
from sagewarden.application.report_building import build_report
from sagewarden.application.reporting import store_report
from sagewarden.application.resume import Resumer
from sagewarden.application.signing import sign_link
from sagewarden.application.story import Story
from sagewarden.application.tag_plan import plan_tags
from sagewarden.application.tagging import Tagger, TagOrder
from sagewarden.application.writes import forget_writes, remember_writes
from sagewarden.core.baseline import Baseline, Census, census_of
from sagewarden.core.canonical import read_time
from sagewarden.core.entities import Identity
from sagewarden.core.limits import DAY, Counts, Measure, Room
from sagewarden.core.plan import Plan
from sagewarden.core.protection import Protections
from sagewarden.core.report import Report
from sagewarden.core.undue import Today
from sagewarden.errors import (
    ApprovalNeeded,
    IntegrityError,
    LeaseHeld,
    LimitReached,
    PolicyError,
    ReadFailed,
    SageWardenError,
    UsageError,
    VaultError,
)

Render = Callable[[Report], Mapping[str, bytes]]
"""Makes the files that are stored beside a report's JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its name, its lease's nonce, and how to wire what may delete, and what may tag."""

    name: str
    nonce: str
    wire: Callable[[Bench, Lease], Effects]
    wire_tagging: Callable[[Bench, Lease], Tagging]
    render: Render
    signer: Signer | None = None


class Sweep:
    """What one run does on one target; the lease is held all the while."""

    def __init__(
        self, bench: Bench, governance: Governance, run: Run, lease: Lease, identity: str
    ) -> None:
        self._bench = bench
        self._governance = governance
        self._run = run
        self._effects = run.wire(bench, lease)
        self._lease = lease
        self._journal = Journal(bench.vault, bench.target)
        self._numbers = itertools.count(1)
        self._owes_record = False
        self.story = Story(run=run.name, mode="sweep", began=bench.looks.now(), identity=identity)

    def sweep(self) -> None:
        """Settle what is open, apply what was approved, then judge anew and enforce."""
        self._begin()
        self._apply_approved()
        asked = Asked(maker=self.story.identity)
        judged = judge_target(self._bench, self._governance, asked)
        self.story.judged = judged
        self._check_inventory(judged)
        if not judged.trusted:
            return
        self._follow(judged)
        note_planned(self._bench, judged, self._governance.policies, asked)
        self._mark(judged)
        self._tag(judged)
        if judged.plan.units:
            stored = StoredPlan(judged.plan, judged.extent)
            store_plan(self._bench, stored)
            self._check_room(judged.plan, judged.measure)
            self._enforce(stored)

    def _follow(self, judged: Judged) -> None:
        """Let a good inventory be what the next one is compared with; forget what is older."""
        began, now = judged.inventory.began, self._bench.looks.now()
        good = Baseline(at=began, run=self._run.name, census=judged.census)
        book = read_baseline(self._bench)
        if book.baseline is not None and book.baseline.by:
            self.story.notes.append(f"this inventory was compared with {book.baseline.told}")
        follow(self._bench, book, good)
        alive = {entity.identity: None for entity in judged.inventory.everything()}
        forget_writes(self._bench, alive, min(began, now - DAY))

    def _apply_approved(self) -> None:
        """Apply approved plans; one that other policies made is void and told of."""
        rules = self._governance.approvals
        for digest in approved_plans(self._bench, self._bench.looks.now(), rules):
            try:
                self._apply_stored(stored_plan(self._bench, digest))
            except PolicyError as error:
                void = f"the approval of plan {digest[:12]} is void: {error.message}"
                self.story.notes.append(void)
                spend_approval(self._bench, digest, self._run.name)

    def apply(self, stored: StoredPlan) -> None:
        """Do exactly this plan and nothing else."""
        self.story.mode = "apply"
        self._check_open(stored.plan.digest)
        self._begin()
        self._apply_stored(stored)

    def _check_open(self, digest: str) -> None:
        """Refuse to do one plan while intents of another are open: that one is to end first."""
        others = [plan for plan in self._journal.open_plans() if plan != digest]
        if others:
            raise UsageError(
                f"a run died over plan {others[0][:12]} and its intents are open, so plan "
                f"{digest[:12]} was not begun",
                advice=f"`sagewarden sweep` settles them, or `sagewarden apply {others[0][:12]}` "
                "goes on with that plan; then apply this one.",
            )

    def _begin(self) -> None:
        check_pause(self._bench.vault, self._bench.target)
        resumer = Resumer(self._enforcement(), self._governance.policies, self._check_stored)
        for adopted in resumer.resume():
            self.story.adopted.append(adopted.run)
            self.story.notes.append(
                f"run {adopted.run} had died; its {len(adopted.entries)} bundles were settled"
            )

    def _enforcement(
        self, plan: Plan | None = None, undue: Mapping[Identity, str] | None = None
    ) -> Enforcement:
        made = read_time(plan.made) if plan is not None and plan.made else self.story.began
        return Enforcement(
            bench=self._bench,
            effects=self._effects,
            watch=Watch(self._bench, self._shields(), made, undue),
            journal=self._journal,
            run=self._run.name,
            lanes=self._governance.lanes,
            guard=self._lease.guard,
            most=self._governance.bundle,
            largest=self._governance.bundle_bytes,
            numbers=self._numbers,
        )

    def _shields(self) -> Shields:
        return Shields(self._bench, Protections(self._governance.policies))

    def _mark(self, judged: Judged) -> None:
        """Store the marks, tell their owners, and store that they were told."""
        if not judged.inventory.complete:
            return
        book = write_marks(
            self._bench,
            judged.book,
            judged.judgements.marks,
            self._run.name,
            judged.judgements.violations,
        )
        told = announce(
            self._bench,
            judged.judgements,
            book.marks,
            self._governance.channels,
            self._run.name,
        )
        write_marks(self._bench, book, told.marks, self._run.name)
        self.story.tell_refused(told)

    def _tag(self, judged: Judged) -> None:
        """Repair tags that policies require, and let tags tell of marks, once these are stored."""
        planned = plan_tags(judged, self._governance)
        if planned.refused:
            self.story.refuse_tags(planned.refused, planned.reason)
        self.story.notes += planned.notes
        if not planned.steps:
            return
        tagger = Tagger(
            TagOrder(
                bench=self._bench,
                tagging=self._run.wire_tagging(self._bench, self._lease),
                journal=self._journal,
                run=self._run.name,
                lanes=self._governance.lanes,
                guard=self._lease.guard,
                numbers=self._numbers,
                shields=self._shields(),
            ),
            judged.judgements.forest,
        )
        self._owes_record = True
        try:
            tagger.tag(planned.steps)
        finally:
            self.story.tags_left += tagger.left
        self._remember()

    def _check_inventory(self, judged: Judged) -> None:
        if not judged.inventory.complete:
            self.story.exit_code = 3
            self.story.advice.append(
                "The inventory is incomplete, so nothing was due and no mark moved. The gaps below "
                "say what could not be read; mend that and run again."
            )
        elif judged.drift:
            raise _fallen(judged.drift)

    def _check_room(self, plan: Plan, measured: Measure) -> None:
        """Raise unless the limits, or a person, let a plan begin."""
        exceeded, start = "; ".join(measured.exceeded), plan.digest[:12]
        if measured.room is Room.REFUSED:
            raise LimitReached(
                f"plan {start} exceeds a hard limit, nothing was deleted: {exceeded}",
                advice="Narrow the policies, begin with a part of it (`sagewarden plan --select "
                "POLICY`), or raise limits.hard knowingly.",
            )
        if measured.room is Room.INSIDE or self._approved(plan.digest):
            return
        run = ended_in(self._bench, plan.digest)
        ended = f"ended in run {run}, and what it left " if run else ""
        raise ApprovalNeeded(
            f"plan {start} {ended}waits for approval, nothing was deleted: {exceeded}",
            advice=f"Read it with `sagewarden plan`, then `sagewarden approve {start}` lets it "
            "begin for 72 hours; the next sweep applies it. Or begin with a part of it "
            "(`sagewarden plan --select POLICY`), or raise the limit knowingly.",
        )

    def _approved(self, digest: str) -> bool:
        now, rules = self._bench.looks.now(), self._governance.approvals
        return approval(self._bench, digest, now, rules) is not None

    def _apply_stored(self, stored: StoredPlan) -> None:
        plan = stored.plan
        if plan.policies != self._governance.policies.digest:
            raise PolicyError(
                f"plan {plan.digest[:12]} was made with other policies than those loaded now",
                advice="Make a new plan with `sagewarden plan`, or load the policies of that one.",
            )
        if not plan.units:
            return
        self._check_stored(stored, self._trusted_census().counts)
        self._enforce(stored, self._today().undue(plan))

    def _today(self) -> Today:
        """What tells whether a stored plan's parts are due still."""
        return Today(read_marks(self._bench).marks, self._bench.looks.now())

    def _check_stored(self, stored: StoredPlan, left: Counts | None = None) -> None:
        """Raise unless today's limits, by what is `left` if that is known, let a plan go on."""
        limits = self._governance.approvals.limits
        self._check_room(stored.plan, stored.measured(self._bench, limits, left))

    def _trusted_census(self) -> Census:
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
            raise _fallen(fallen)
        return census

    def _enforce(self, stored: StoredPlan, undue: Mapping[Identity, str] | None = None) -> None:
        plan = stored.plan
        self.story.plans.append(plan)
        if not stored.select:
            note_plan(self._bench, plan.digest, stored.extent.matched)
        enforcer = Enforcer(self._enforcement(plan, undue), plan)
        try:
            enforcer.enforce()
        except SageWardenError:
            self._owes_record = True  # what stopped the run counts more than a failure to store it
            with suppress(VaultError):
                self._remember()
            raise
        finally:
            self.story.left += enforcer.outcomes
        self._remember()
        self._spend(plan)

    def _remember(self) -> None:
        run = self._run.name
        remember_writes(self._bench, self._journal.entries(run), self._journal.tag_entries(run))
        self._owes_record = False

    def pay(self) -> None:
        """Store what this run touched and deleted, if that failed: it is only told of after that.

        A run without a report is taken up by the next one, which reads it from the journal.
        """
        if self._owes_record:
            self._remember()

    def _spend(self, plan: Plan) -> None:
        """Spend the approval of a plan that has ended: a stop or a pause only interrupts it."""
        if self._bench.stopping() or paused(self._bench.vault, self._bench.target) is not None:
            return
        if self._approved(plan.digest):
            spend_approval(self._bench, plan.digest, self._run.name)


def run_target(bench: Bench, governance: Governance, run: Run, plan: str | None = None) -> Report:
    """Run on one target under its lease, a sweep or one stored plan; return the stored report.

    Whatever stops the run short of a defect is told in the report, whose `exit_code` says how it
    ended. LeaseHeld is raised: a run that never began has no report.
    """
    identity = check_identity(bench)
    bench, recorded = recording(bench)
    with leased(bench, run=run.name, seconds=governance.lease_seconds, nonce=run.nonce) as lease:
        sweep = Sweep(bench, governance, run, lease, identity)
        try:
            if plan is None:
                sweep.sweep()
            else:
                sweep.apply(load_plan(bench, plan))
            lease.guard()  # whoever slept to its end, with nothing left to send, tells so too
        except SageWardenError as error:
            _tell(sweep.story, error, bench)
            if isinstance(error, UsageError):
                raise
            _tell_lost(sweep.story, error, lease, bench)
        sweep.pay()
        report = build_report(bench, governance, sweep.story)
        store_report(bench, report, run.render(report))
        _chain(bench, recorded, run)
        return report


def _chain(bench: Bench, recorded: Recorded, run: Run) -> None:
    try:
        head = extend_chain(bench, recorded, run.name)
    except VaultError as error:
        raise VaultError(
            f"the report is stored, but no link of the chain names it yet: {error.message}",
            advice=f"The next run's link names what this one wrote. {error.advice}".strip(),
        ) from error
    if run.signer is not None:
        sign_link(bench, head, run.signer)


def _tell(story: Story, error: SageWardenError, bench: Bench) -> None:
    bench.events("run.stopped", reason=error.message, advice=error.advice)
    story.exit_code = error.exit_code
    story.advice.append(f"{error.message}. {error.advice}".strip())


def _tell_lost(story: Story, error: SageWardenError, lease: Lease, bench: Bench) -> None:
    """Say too that the lease had run out: then the error may be the trace of another worker."""
    if isinstance(error, LeaseHeld):
        return
    try:
        lease.guard()
    except LeaseHeld as lost:
        code = story.exit_code
        _tell(story, lost, bench)
        if isinstance(error, IntegrityError):
            story.exit_code = code


def _fallen(drift: tuple[str, ...]) -> LimitReached:
    return LimitReached(
        f"this inventory fell behind the last good one, nothing was done: {'; '.join(drift)}",
        advice="A permission, an index or an endpoint may hide what is there; no mark moved. If "
        "the account is as it should be, `sagewarden baseline accept` says so.",
    )
