"""What our own writes touched, from the journal: so that they never pass for signs of life."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sagewarden.core.canonical import milliseconds, read_time
from sagewarden.core.entities import Identity
from sagewarden.core.forest import OWN_WRITE_SLACK_MS, OwnWrite, Writes
from sagewarden.core.journal import Intent, Settled
from sagewarden.core.plan import read_identity, spell_identity
from sagewarden.core.tags import TagIntent, TagsSettled

BUNDLE_MOST = timedelta(minutes=15)
"""How long after its intent a bundle that its own run never settled may still have written."""


def writes_of(
    intent: Intent | TagIntent, settled: Settled | TagsSettled | None, now: datetime | None = None
) -> dict[Identity, OwnWrite]:
    """Return what the own run of a bundle, or of a batch of tags, touched, and when.

    What another run settled may have been in somebody else's hands for days in between. `now`
    (UTC) bounds what a run that is known to be dead may have done.
    """
    sent = read_time(intent.sent)
    end = sent + BUNDLE_MOST if now is None else min(sent + BUNDLE_MOST, now)
    if settled is not None:
        at = read_time(settled.at)
        end = at if settled.settled_by == intent.run else min(at, end)
    window = (milliseconds(sent), milliseconds(max(end, sent)))
    return {who: OwnWrite(*window, before) for who, before in intent.touched.items()}


def merged(known: Writes, more: Iterable[Mapping[Identity, OwnWrite]]) -> dict[Identity, OwnWrite]:
    """Join records; a write on top of a write of ours keeps the time before the first.

    In whatever order they come: one that is older than what is known adds nothing but its past.
    """
    result = dict(known)
    for each in more:
        for who, write in each.items():
            result[who] = _joined(result.get(who), write)
    return result


def _joined(known: OwnWrite | None, more: OwnWrite) -> OwnWrite:
    if known is None:
        return more
    earlier, later = sorted((known, more), key=lambda write: write.sent_ms)
    slack = OWN_WRITE_SLACK_MS
    ours = earlier.sent_ms - slack <= later.modified_before_ms <= earlier.answered_ms + slack
    answered = max(earlier.answered_ms, later.answered_ms)
    if ours:  # nobody else wrote in between, and the later write may not have moved the time
        return OwnWrite(earlier.sent_ms, answered, earlier.modified_before_ms)
    return OwnWrite(later.sent_ms, answered, later.modified_before_ms)


def spell_writes(writes: Writes) -> list[list[Any]]:
    """Spell records in one order."""
    return [
        [spell_identity(who), each.sent_ms, each.answered_ms, each.modified_before_ms]
        for who, each in sorted(writes.items())
    ]


def read_writes(stored: Iterable[list[Any]]) -> dict[Identity, OwnWrite]:
    """Read what `spell_writes` wrote; raise TypeError or ValueError when it is broken."""
    return {read_identity(who): OwnWrite(*times) for who, *times in stored}
