"""Keeps an index of what a run's archives hold beside its report, and reads it.

What the index tells is noted while the archives are read back and verified anyway. It is written
once, after the report and before the link of the chain that names it; of a run that died, by the
run that tells what that one did.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from sagewarden.application.archives import Located
from sagewarden.application.kept import fetch
from sagewarden.application.ports import Bench
from sagewarden.application.ports.codec import Codec
from sagewarden.core.archive import FORMAT, ArchiveHeader, ArchiveRecord, VerifiedArchive
from sagewarden.core.archive_index import (
    Held,
    Indexed,
    held,
    index_header,
    index_line,
    read_part,
)
from sagewarden.core.canonical import sha256
from sagewarden.core.keys import Family, hash_in, index_key, index_prefix, prefix
from sagewarden.core.rebirth import AS_IT_WAS, Manner
from sagewarden.errors import IntegrityError, VaultError

PART = 100
"""Archive objects that one part of an index tells of: each part is read and written whole."""

LONGEST = 64 * 1024
"""Bytes of what is told of one archive object at most; where more is to tell, nothing is."""


class Noted:
    """A codec that notes what the archive objects hold which pass through it, compressed."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._noted: dict[str, bytes | None] = {}

    def archive(self, header: ArchiveHeader, records: Iterable[ArchiveRecord]) -> bytes:
        """Spell an archive object."""
        return self._codec.archive(header, records)

    def lines(self, body: bytes) -> list[dict[str, Any]]:
        """Read lines; of an archive object, note what it holds."""
        lines = self._codec.lines(body)
        if lines and lines[0].get("sagewarden_archive") == FORMAT:
            name = sha256(body)
            self._noted[name] = self._packed(name, lines[1:])
        return lines

    def pack(self, lines: Iterable[Any]) -> bytes:
        """Spell any values."""
        return self._codec.pack(lines)

    def snapshot(self, lines: Iterable[Any]) -> bytes:
        """Spell any number of values."""
        return self._codec.snapshot(lines)

    def snapshot_lines(self, body: bytes) -> Iterator[dict[str, Any]]:
        """Read a snapshot."""
        return self._codec.snapshot_lines(body)

    def size(self, line: Any) -> int:
        """Measure a line."""
        return self._codec.size(line)

    def knows(self, name: str) -> bool:
        """Whether the archive object of this hash was read."""
        return name in self._noted

    def told(self, name: str) -> Iterable[Any]:
        """Yield the index's line about an archive object, if there is to be one."""
        packed = self._noted.get(name)
        return () if packed is None else self._codec.lines(packed)

    def _packed(self, name: str, lines: Iterable[dict[str, Any]]) -> bytes | None:
        try:
            line = index_line(name, held(map(ArchiveRecord.read, lines)))
        except IntegrityError:
            return None  # whoever needs it reads the archive, and is told why it is no good
        return None if self._codec.size(line) > LONGEST else self._codec.pack([line])


def noting(bench: Bench) -> tuple[Bench, Noted]:
    """Return a bench that notes what archives hold, and its codec."""
    codec = Noted(bench.codec)
    return replace(bench, codec=codec), codec


def store_index(bench: Bench, noted: Noted, runs: Iterable[str]) -> None:
    """Write the indexes of these runs that archived anything and have none.

    Archive objects that were not read yet, those of runs that died, are read now, unless the
    process is to stop; what cannot be read is left out. Raise VaultError when the index itself
    cannot be written.
    """
    for run in runs:
        keys = list(bench.vault.list(prefix(bench.target, Family.ARCHIVE, run)))
        if not keys or any(bench.vault.list(index_prefix(bench.target, run))):
            continue
        for number, start in enumerate(range(0, len(keys), PART), 1):
            lines = [index_header(str(bench.target), run)]
            for key in keys[start : start + PART]:
                lines += _told(bench, noted, key)
            bench.vault.create(index_key(bench.target, run, number), bench.codec.pack(lines))


def _told(bench: Bench, noted: Noted, key: str) -> Iterable[Any]:
    name = hash_in(key)
    if not noted.knows(name) and not bench.stopping():
        with suppress(IntegrityError, VaultError):  # who needs it later is told why it is no good
            noted.lines(bench.vault.get(key).body)
    return noted.told(name)


class Contents:
    """What archives hold of entities: by the index of a run if it has one, else from the archives.

    The archives of the runs `without` are read themselves. Ask for one run after the other, and for
    what lies in one object together: one index and one archive are kept in memory.
    """

    def __init__(self, bench: Bench, without: Collection[str] = ()) -> None:
        self._bench = bench
        self._without = without
        self._run = ""
        self._told: dict[str, Held] = {}
        self._archive: VerifiedArchive | None = None

    def of(self, located: Located, manner: Manner = AS_IT_WAS) -> Indexed:
        """Return what there is to know of an entity that would come back in this manner.

        Raise IntegrityError or VaultAbsent when its archive has to be read and is not as it was
        written, or could not come back.
        """
        return self.told(located) or Indexed.of(self.record(located), manner)

    def told(self, located: Located) -> Indexed | None:
        """Return what the index of its run tells, None if that is nothing."""
        if located.run != self._run:
            self._run, self._told = located.run, self._index(located.run)
        return self._told.get(located.sha256, {}).get(located.identity)

    def record(self, located: Located) -> ArchiveRecord:
        """Read an entity's archive, verified."""
        if self._archive is None or self._archive.key != located.archive_key:
            self._archive = fetch(self._bench, located.archive_key, located.sha256)
        return self._archive.record(located.identity)

    def _index(self, run: str) -> dict[str, Held]:
        """Read what a run's index tells of archive objects that are there; nothing if broken."""
        if run in self._without:
            return {}
        try:
            told = read_index(self._bench, run)
        except IntegrityError as error:
            self._bench.events("index.broken", named_run=run, reason=error.message)
            return {}
        keys = self._bench.vault.list(prefix(self._bench.target, Family.ARCHIVE, run))
        return {name: told[name] for name in map(hash_in, keys) if name in told}


def read_index(bench: Bench, run: str) -> dict[str, Held]:
    """Read what a run's index tells of each archive object, by hash; nothing if there is none."""
    told: dict[str, Held] = {}
    for key in bench.vault.list(index_prefix(bench.target, run)):
        told |= read_part(bench.codec.lines(bench.vault.get(key).body))
    return told
