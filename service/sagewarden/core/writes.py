"""What our own writes touched, from the journal: so that they never pass for signs of life."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sagewarden.core.canonical import milliseconds, read_time
from sagewarden.core.entities import Identity
from sagewarden.core.forest import OWN_WRITE_SLACK_MS, OwnWrite, Writes
from sagewarden.core.journal import Intent, Settled
from sagewarden.core.plan import read_identity, spell_identity

BUNDLE_MOST = timedelta(minutes=15)
"""How long after its intent a bundle that was never settled may still have written."""


def writes_of(intent: Intent, settled: Settled | None) -> dict[Identity, OwnWrite]:
    """Return what one bundle touched, and when."""
    sent = read_time(intent.sent)
    end = read_time(settled.at) if settled is not None else sent + BUNDLE_MOST
    window = (milliseconds(sent), milliseconds(max(end, sent)))
    return {who: OwnWrite(*window, before) for who, before in intent.touched.items()}


def merged(known: Writes, more: Iterable[Mapping[Identity, OwnWrite]]) -> dict[Identity, OwnWrite]:
    """Join records; a write on top of a write of ours keeps the time before the first."""
    result = dict(known)
    for each in more:
        for who, write in each.items():
            result[who] = _joined(result.get(who), write)
    return result


def _joined(earlier: OwnWrite | None, later: OwnWrite) -> OwnWrite:
    if earlier is None:
        return later
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
