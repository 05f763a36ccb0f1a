"""One full run on one target: settle, judge, mark, tell, enforce, report."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sagewarden.application.admission import Admission, fallen_behind
from sagewarden.application.baseline import follow, note_plan, read_baseline
from sagewarden.application.enforce import Enforcement, Enforcer
from sagewarden.application.holds import Shields
from sagewarden.application.journal import Journal
from sagewarden.application.judging import (
    Asked,
    Governance,
    Judged,
    judge_target,
)
from sagewarden.application.lease import Lease
from sagewarden.application.looking import Watch
from sagewarden.application.marks import read_marks, write_marks
from sagewarden.application.notice import announce
from sagewarden.application.pause import check_pause
from sagewarden.application.planned import note_planned
from sagewarden.application.plans import (
    StoredPlan,
    approved_plans,
    spend_approval,
    store_plan,
    stored_plan,
)
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects, Tagging
from sagewarden.application.ports.signing import Signer
from sagewarden.application.resume import Resumer
from sagewarden.application.story import Story
from sagewarden.application.tag_plan import plan_tags
from sagewarden.application.tagging import Tagger, TagOrder
from sagewarden.application.writes import forget_writes, remember_writes
from sagewarden.core.baseline import Baseline
from sagewarden.core.canonical import read_time
from sagewarden.core.entities import Identity
from sagewarden.core.limits import DAY
from sagewarden.core.plan import Plan
from sagewarden.core.protection import Protections
from sagewarden.core.report import Report
from sagewarden.core.undue import Today
from sagewarden.errors import (
    PolicyError,
    SageWardenError,
    UsageError,
    VaultError,
)

Render = Callable[[Report], Mapping[str, bytes]]
"""Makes the files that are stored beside a report's JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: its name, its lease's nonce, and how to wire what may delete, and what may tag.

    `archives_kept` is for how long settings keep archives; None: for ever. `heard` is told what was
    judged as soon as it was.
    """

    name: str
    nonce: str
    wire: Callable[[Bench, Lease], Effects]
    wire_tagging: Callable[[Bench, Lease], Tagging]
    render: Render
    signer: Signer | None = None
    archives_kept: timedelta | None = None
    heard: Callable[[Judged], None] = lambda _judged: None


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
        self._admission = Admission(bench, governance)
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
        self._run.heard(judged)
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
            self._admission.check_room(judged.plan, judged.measure)
            self._enforce(stored)

    def _follow(self, judged: Judged) -> None:
        """Let a good inventory be what the next one is compared with; forget what is older."""
        began, now = judged.inventory.began, self._bench.looks.now()
        good = Baseline(at=began, run=self._run.name, census=judged.census)
        book = read_baseline(self._bench)
        if book.baseline is not None and book.baseline.by:
            self.story.notes.append(f"this inventory was compared with {book.baseline.told}")
        follow(self._bench, book, good)
        forget_writes(self._bench, judged.inventory, min(began, now - DAY))

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
        resumer = Resumer(
            self._enforcement(), self._governance.policies, self._admission.check_stored
        )
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
            raise fallen_behind(judged.drift)

    def _apply_stored(self, stored: StoredPlan) -> None:
        plan = stored.plan
        if plan.policies != self._governance.policies.digest:
            raise PolicyError(
                f"plan {plan.digest[:12]} was made with other policies than those loaded now",
                advice="Make a new plan with `sagewarden plan`, or load the policies of that one.",
            )
        if not plan.units:
            return
        self._admission.check_stored(stored, self._admission.trusted_census().counts)
        self._enforce(stored, self._today().undue(plan))

    def _today(self) -> Today:
        """What tells whether a stored plan's parts are due still."""
        return Today(read_marks(self._bench).marks, self._bench.looks.now())

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
        self._admission.spend(plan, self._run.name)

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
