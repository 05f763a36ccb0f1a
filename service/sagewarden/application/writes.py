"""The record of our own writes, in the vault."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.journal import Entry
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Identity
from sagewarden.core.forest import OwnWrite, Writes
from sagewarden.core.keys import writes_key
from sagewarden.core.writes import merged, read_writes, spell_writes, writes_of
from sagewarden.errors import IntegrityError


def own_writes(bench: Bench) -> dict[Identity, OwnWrite]:
    """Read the record; none is an empty one."""
    return _read(bench)[0]


def remember_writes(bench: Bench, entries: Iterable[Entry]) -> dict[Identity, OwnWrite]:
    """Add what these bundles touched to the record; return the whole."""
    known = own_writes(bench)
    now = bench.looks.now()
    more = [writes_of(entry.intent, entry.settled, now) for entry in entries]
    return _put(bench, merged(known, more)) if more else known


def remember_touched(
    bench: Bench,
    known: Writes,
    before: Mapping[Identity, int],
    window: tuple[datetime, datetime],
) -> None:
    """Add what is touched between two server times (UTC) to what was `known` until then.

    `before` is LastModifiedTime ahead of that, in ms since 1970 UTC. Called again with the same
    `known`, it takes the place of what the first call added.
    """
    began, until = map(milliseconds, window)
    more = {who: OwnWrite(began, until, modified) for who, modified in before.items()}
    _put(bench, merged(known, [more]))


def _put(bench: Bench, writes: dict[Identity, OwnWrite]) -> dict[Identity, OwnWrite]:
    _, version = _read(bench)
    put_document(bench.vault, writes_key(bench.target), {"writes": spell_writes(writes)}, version)
    return writes


def forget_writes(bench: Bench, alive: Mapping[Identity, object]) -> None:
    """Drop the records of what no longer exists."""
    known, version = _read(bench)
    kept = {who: write for who, write in known.items() if who in alive}
    if len(kept) < len(known):
        put_document(bench.vault, writes_key(bench.target), {"writes": spell_writes(kept)}, version)


def _read(bench: Bench) -> tuple[dict[Identity, OwnWrite], str | None]:
    found = read_or_none(bench.vault, writes_key(bench.target))
    if found is None:
        return {}, None
    try:
        return read_writes(found[0]["writes"]), found[1]
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the record of our own writes is broken: {error}") from error
