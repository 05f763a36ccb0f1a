"""Tells the operator of the last days, from the reports in the vault, by the notices' outbox."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sagewarden.application.chain import newest
from sagewarden.application.judging import check_identity
from sagewarden.application.notice import Channels, deliver
from sagewarden.application.ports import Bench
from sagewarden.application.reporting import read_figures, reported_runs
from sagewarden.application.storing import storage
from sagewarden.core.digests import Digest, began_since
from sagewarden.core.report_rows import PastRun
from sagewarden.core.storage import Price
from sagewarden.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class Sent:
    """A digest, whether a channel has it, and which refused it and why."""

    digest: Digest
    accepted: bool
    refused: Counter[tuple[str, str]]


def make_digest(bench: Bench, covers: timedelta, price: Price) -> Digest:
    """Gather what the reports of so long tell; AWS is asked who we are and what time it is."""
    check_identity(bench)
    now = bench.looks.now()
    names = reported_runs(bench)
    ours = [each for each in names if began_since(each, now - covers)]
    before = [each for each in names if each not in set(ours)][-1:]
    unread: list[str] = []
    runs = _read(bench, ours, unread)
    return Digest(
        target=bench.target,
        since=now - covers,
        until=now,
        runs=runs,
        before=next(iter(_read(bench, before, unread)), None),
        stored=storage(bench, price),
        unread=tuple(unread),
    )


def send_digest(bench: Bench, digest: Digest, channels: Channels) -> Sent:
    """Store it, and send it to each of the operator's channels that has not taken it yet."""
    run = digest.runs[-1].run if digest.runs else ""
    told = deliver(bench, digest, channels, run, lambda: str(newest(bench) or ""))
    return Sent(digest, told.accepted, told.refused)


def _read(bench: Bench, names: Sequence[str], unread: list[str]) -> tuple[PastRun, ...]:
    found: list[PastRun] = []
    for each in names:
        try:
            found.append(read_figures(bench, each).run)
        except IntegrityError as error:
            unread.append(error.message)
    return tuple(found)
