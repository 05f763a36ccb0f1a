"""One run on one target: under its lease, with a report and a link of the chain at its end."""

from sagewarden.application.chain import Recorded, extend_chain, recording
from sagewarden.application.indexing import Noted, noting, store_index
from sagewarden.application.judging import Governance, check_identity
from sagewarden.application.lease import Lease, leased
from sagewarden.application.plans import load_plan
from sagewarden.application.ports import Bench
from sagewarden.application.report_building import build_report
from sagewarden.application.reporting import store_report
from sagewarden.application.retention import state_retention
from sagewarden.application.signing import sign_link
from sagewarden.application.story import Story
from sagewarden.application.sweep import Run, Sweep
from sagewarden.core.report import Report
from sagewarden.errors import IntegrityError, LeaseHeld, SageWardenError, UsageError, VaultError


def run_target(bench: Bench, governance: Governance, run: Run, plan: str | None = None) -> Report:
    """Run on one target under its lease, a sweep or one stored plan; return the stored report.

    Whatever stops the run short of a defect is told in the report, whose `exit_code` says how it
    ended. LeaseHeld is raised: a run that never began has no report.
    """
    identity = check_identity(bench)
    bench, noted = noting(bench)
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
        del sweep  # with the inventory: of a large account the report's files need its room
        store_report(bench, report, run.render(report))
        _chain(bench, recorded, noted, run, report)
        return report


def _chain(bench: Bench, recorded: Recorded, noted: Noted, run: Run, report: Report) -> None:
    """Index what was archived, and let a link of the chain name all that was written."""
    try:
        store_index(bench, noted, (run.name, *report.adopted))
        state_retention(bench, run.name, run.archives_kept)
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
