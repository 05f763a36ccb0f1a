"""The baseline in the vault: what the next inventory and the next plan are compared with."""

from dataclasses import dataclass, replace
from datetime import datetime

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.ports import Bench
from sagewarden.application.writes import own_deletions
from sagewarden.core.baseline import Baseline, Census, Tolerance, drift
from sagewarden.core.deletions import total
from sagewarden.core.keys import baseline_key
from sagewarden.core.limits import DAY, Counts, Past


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
