"""The baseline in the vault: what the next inventory and the next plan are compared with."""

from dataclasses import dataclass, replace
from datetime import datetime

from sagewarden.application.documents import (
    create_once,
    put_document,
    read_document,
    read_or_none,
)
from sagewarden.application.ports import Bench
from sagewarden.application.writes import own_deletions
from sagewarden.core.baseline import Baseline, Census, Tolerance, census_of, drift
from sagewarden.core.canonical import digest, milliseconds
from sagewarden.core.deletions import total
from sagewarden.core.keys import Family, accepted_key, baseline_key, prefix
from sagewarden.core.limits import DAY, Counts, Past
from sagewarden.errors import ReadFailed, UsageError, VaultChanged


@dataclass(frozen=True, slots=True)
class BaselineBook:
    """The baseline as it was read, None before the first good run, and its version."""

    baseline: Baseline | None
    version: str | None


def read_baseline(bench: Bench) -> BaselineBook:
    """Read the baseline; raise IntegrityError when it is broken."""
    found = read_or_none(bench.vault, baseline_key(bench.target))
    if found is None:
        return BaselineBook(None, None)
    return BaselineBook(Baseline.read(found[0]), found[1])


def write_baseline(bench: Bench, book: BaselineBook, baseline: Baseline) -> BaselineBook:
    """Make this the baseline, unless someone else wrote since it was read."""
    key = baseline_key(bench.target)
    version = put_document(bench.vault, key, baseline.spelled(), book.version)
    return BaselineBook(baseline, version)


def follow(bench: Bench, book: BaselineBook, good: Baseline) -> BaselineBook:
    """Let a good inventory take the baseline's place; what matched at the last plan stays."""
    before = book.baseline
    if before is not None:
        good = replace(good, plan=before.plan, matched=before.matched)
    return write_baseline(bench, book, good)


def accept_baseline(bench: Bench, by: str, reason: str) -> tuple[Baseline | None, Baseline]:
    """Let the account as it is now be the baseline, in a person's name; return the old and new.

    `by` is the AWS identity (its ARN). That it was accepted is recorded for good, before it counts.
    Raise UsageError without a reason, ReadFailed when the inventory is incomplete: nobody knows
    then what would be accepted.
    """
    if not reason.strip():
        raise UsageError(
            "a baseline is accepted for a reason, and none was given",
            advice="Say why the account is as it should be, with --reason.",
        )
    book = read_baseline(bench)
    inventory = bench.surveys.take(bench.progress)
    if not inventory.complete:
        raise ReadFailed(
            f"the inventory is incomplete, so nothing was accepted: {len(inventory.gaps)} gaps",
            advice="Mend what `sagewarden plan` names as missing, and accept again.",
        )
    census, run = census_of(inventory), "" if book.baseline is None else book.baseline.run
    good = Baseline(at=inventory.began, run=run, census=census, by=by, reason=reason)
    key = accepted_key(bench.target, milliseconds(good.at), digest(good.spelled()))
    create_once(bench.vault, key, good.spelled())
    try:
        accepted = follow(bench, book, good).baseline
    except VaultChanged as error:
        raise VaultChanged(
            "a run made another baseline meanwhile, so this one does not count",
            advice="`sagewarden baseline show` tells it; accept again if that is still needed.",
        ) from error
    return book.baseline, accepted or good


def accepted_baselines(bench: Bench) -> list[Baseline]:
    """Every baseline that a person accepted, oldest first."""
    start = prefix(bench.target, Family.BASELINE, "accepted")
    return [Baseline.read(read_document(bench.vault, key)) for key in bench.vault.list(start)]


def drifted(bench: Bench, book: BaselineBook, now: Census, tolerance: Tolerance) -> tuple[str, ...]:
    """Say how an inventory fell behind the last good one minus what we deleted since."""
    if book.baseline is None:
        return ()
    deleted = total(own_deletions(bench), book.baseline.at)
    return drift(book.baseline, now, deleted, tolerance)


def past_of(bench: Bench, book: BaselineBook, now: datetime, plan: str) -> Past:
    """Gather what a plan (its digest) is measured with, at a server's time (UTC).

    What the plan itself deleted already is in what it matched, and it is no jump from itself.
    """
    before = book.baseline
    matched: Counts | None = None
    if before is not None and before.plan != plan:
        matched = before.matched
    return Past(total(own_deletions(bench), now - DAY, but=plan), matched)


def note_plan(bench: Bench, plan: str, matched: Counts) -> None:
    """Let a plan that begins be the one that the next is compared with."""
    book = read_baseline(bench)
    if book.baseline is not None and book.baseline.plan != plan:
        write_baseline(bench, book, book.baseline.planned(plan, matched))
