"""Gathers what an auditor asks of a run: its report, its place in the chain, the vault's size."""

from collections.abc import Iterator

from sagewarden.application.chain import CHAINED_NAME, newest
from sagewarden.application.documents import read_or_none
from sagewarden.application.journal import Entry, Journal
from sagewarden.application.ports import Bench
from sagewarden.application.reporting import read_history
from sagewarden.application.storing import storage
from sagewarden.core.audit import Audit, ChainPlace, evidence, kept_by_hold
from sagewarden.core.canonical import read_time
from sagewarden.core.chain import Head
from sagewarden.core.keys import (
    Family,
    prefix,
    report_key,
    sequence_of,
)
from sagewarden.core.plan import Effect
from sagewarden.core.report import Report
from sagewarden.core.storage import Price
from sagewarden.core.trail import Claim, Reconciliation, Trail, reconcile
from sagewarden.errors import IntegrityError


def audit(
    bench: Bench,
    report: Report,
    price: Price,
    trail: Trail | None = None,
    roles: tuple[str, ...] = (),
) -> Audit:
    """Return everything about a run that has to be believed; raise VaultError, IntegrityError.

    `roles` are ARNs that we work as beside the one that the report names.
    """
    history = read_history(bench)
    return Audit(
        run=report.run,
        mode=report.mode,
        account=report.account,
        region=report.region,
        target_name=report.target_name,
        identity=report.identity,
        endpoint=report.endpoint,
        vault=report.vault,
        began=report.began,
        ended=report.ended,
        tool=report.tool,
        exit_code=report.exit_code,
        policies=report.policies,
        policy_files=report.policy_files,
        plans=report.plans,
        rows=tuple(evidence(report)),
        held=kept_by_hold(report),
        holds=report.holds,
        limits=report.limit_rows,
        room=report.limits,
        exceeded=report.exceeded,
        notes=report.notes,
        history=history.runs,
        unread=history.unread,
        chain=_place(bench, report.run),
        storage=storage(bench, price),
        trail=None if trail is None else reconciled(bench, trail, (report.identity, *roles)),
    )


def reconciled(bench: Bench, trail: Trail, identities: tuple[str, ...]) -> Reconciliation:
    """Compare CloudTrail's log files with every intent on the target."""
    return reconcile(trail, _claims(bench), identities)


def _place(bench: Bench, run: str) -> ChainPlace | None:
    """Return where a run's link is; None while the target has no chain."""
    head = newest(bench)
    if head is None:
        return None
    signatures = prefix(bench.target, Family.SIGNATURES)
    key = report_key(bench.target, run, CHAINED_NAME)
    found = read_or_none(bench.vault, key)
    try:
        link = None if found is None else Head.read(found[0]["link"])
    except (AttributeError, KeyError, ValueError) as error:
        raise IntegrityError(f"{key} in the vault names no link: {error}") from error
    return ChainPlace(
        number=0 if link is None else link.number,
        sha256="" if link is None else link.sha256,
        head_number=head.number,
        head_sha256=head.sha256,
        signed=max(map(sequence_of, bench.vault.list(signatures)), default=0),
    )


OPERATIONS = {
    "experiment": "DeleteExperiment",
    "trial": "DeleteTrial",
    "trial-component": "DeleteTrialComponent",
}


def _claims(bench: Bench) -> Iterator[Claim]:
    journal = Journal(bench.vault, bench.target)
    for run in journal.unsettled():
        for entry in journal.entries(run):
            yield from _claims_of(entry)


def _claims_of(entry: Entry) -> Iterator[Claim]:
    settled, intent = entry.settled, entry.intent
    outcomes = () if settled is None else settled.outcomes
    results = {each.step: str(each.result) for each in outcomes}
    for step in intent.steps:
        cut = step.effect is Effect.DISASSOCIATE
        kind = str(step.identity.kind)
        operation = "DisassociateTrialComponent" if cut else OPERATIONS[kind]
        yield Claim(
            run=intent.run,
            act=(operation, step.identity.name.lower(), step.trial.lower() if cut else ""),
            since=read_time(intent.sent),
            until=None if settled is None else read_time(settled.at),
            result=results.get(step, "open"),
        )
