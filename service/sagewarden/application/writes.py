"""The record of our own writes, in the vault."""

from collections.abc import Iterable, Mapping

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.journal import Entry
from sagewarden.application.ports import Bench
from sagewarden.core.entities import Identity
from sagewarden.core.forest import OwnWrite
from sagewarden.core.keys import writes_key
from sagewarden.core.writes import merged, read_writes, spell_writes, writes_of
from sagewarden.errors import IntegrityError


def own_writes(bench: Bench) -> dict[Identity, OwnWrite]:
    """Read the record; none is an empty one."""
    return _read(bench)[0]


def remember_writes(bench: Bench, entries: Iterable[Entry]) -> dict[Identity, OwnWrite]:
    """Add what these bundles touched to the record; return the whole."""
    known, version = _read(bench)
    more = [writes_of(entry.intent, entry.settled) for entry in entries]
    if not more:
        return known
    result = merged(known, more)
    put_document(bench.vault, writes_key(bench.target), {"writes": spell_writes(result)}, version)
    return result


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
