"""The record of our own writes, in the vault: what they touched, and what they deleted of late."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.journal import Entry, TagEntry
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import milliseconds
from sagewarden.core.deletions import Deleted, deleted_by, joined
from sagewarden.core.entities import Identity
from sagewarden.core.forest import OwnWrite, Writes
from sagewarden.core.keys import writes_key
from sagewarden.core.writes import merged, read_writes, spell_writes, writes_of
from sagewarden.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class _Record:
    writes: dict[Identity, OwnWrite]
    deleted: tuple[Deleted, ...]
    version: str | None


def own_writes(bench: Bench) -> dict[Identity, OwnWrite]:
    """Read what our writes touched; no record is an empty one."""
    return _read(bench).writes


def own_deletions(bench: Bench) -> tuple[Deleted, ...]:
    """Read what our runs deleted of late, bundle by bundle; every settled bundle is in it."""
    return _read(bench).deleted


def remember_writes(
    bench: Bench, entries: Iterable[Entry], tagged: Iterable[TagEntry] = ()
) -> None:
    """Add what these bundles and batches of tags touched, and what was deleted, to the record.

    The same once more adds nothing.
    """
    told, more = list(entries), list(tagged)
    if not told and not more:
        return
    known, now = _read(bench), bench.looks.now()
    touched = [writes_of(each.intent, each.settled, now) for each in told]
    touched += [writes_of(each.intent, each.settled, now) for each in more]
    writes = merged(known.writes, touched)
    _put(bench, _Record(writes, joined(known.deleted, _counted(told)), known.version))


def remember_deletions(bench: Bench, entries: Iterable[Entry]) -> None:
    """Add what these bundles deleted to the record; the same once more adds nothing."""
    known = _read(bench)
    deleted = joined(known.deleted, _counted(entries))
    if deleted != known.deleted:
        _put(bench, _Record(known.writes, deleted, known.version))


def _counted(entries: Iterable[Entry]) -> list[Deleted]:
    settled = [(each.intent, each.settled) for each in entries if each.settled is not None]
    counted = [deleted_by(intent, outcomes) for intent, outcomes in settled]
    return [each for each in counted if each is not None]


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
    there = _read(bench)
    _put(bench, _Record(merged(known, [more]), there.deleted, there.version))


def forget_writes(bench: Bench, alive: Container[Identity], since: datetime) -> None:
    """Drop what touched things that no longer exist, and what was deleted before a time (UTC)."""
    known = _read(bench)
    writes = {who: write for who, write in known.writes.items() if who in alive}
    deleted = tuple(each for each in known.deleted if each.at >= since)
    if len(writes) < len(known.writes) or len(deleted) < len(known.deleted):
        _put(bench, _Record(writes, deleted, known.version))


def _put(bench: Bench, record: _Record) -> None:
    content = {
        "writes": spell_writes(record.writes),
        "deleted": [each.spelled() for each in record.deleted],
    }
    put_document(bench.vault, writes_key(bench.target), content, record.version)


def _read(bench: Bench) -> _Record:
    found = read_or_none(bench.vault, writes_key(bench.target))
    if found is None:
        return _Record({}, (), None)
    content, version = found
    try:
        deleted = tuple(Deleted.read(each) for each in content.get("deleted", ()))
        return _Record(read_writes(content["writes"]), deleted, version)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the record of our own writes is broken: {error}") from error
