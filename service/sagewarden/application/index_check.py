"""Compares what a run's index tells with what its archive objects hold."""

from collections.abc import Callable, Iterable

from sagewarden.application.ports import Bench
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.archive_index import Held, held, read_part
from sagewarden.core.keys import hash_in
from sagewarden.errors import IntegrityError, VaultError


class IndexCheck:
    """The check of one run's index; `find` is told a key and what is wrong with it."""

    def __init__(self, bench: Bench, find: Callable[[str, str], None]) -> None:
        self._bench = bench
        self._find = find
        self._told: dict[str, tuple[str, Held]] = {}

    def read(self, parts: Iterable[str]) -> None:
        """Read the parts of an index."""
        for part in parts:
            try:
                told = read_part(self._bench.codec.lines(self._bench.vault.get(part).body))
            except (VaultError, IntegrityError) as error:
                self._find(part, error.message)
                continue
            for name, holds in told.items():
                if name in self._told:
                    self._find(part, f"it tells of the archive object {name} once more")
                self._told[name] = (part, holds)

    def compare(self, archive: VerifiedArchive) -> None:
        """Compare what the index tells of an archive object, if anything, with its records."""
        part, told = self._told.get(archive.sha256, ("", None))
        if told is None:
            return
        try:
            holds: Held | None = held(map(archive.record, archive.identities))
        except IntegrityError:
            holds = None
        if told != holds:
            self._find(part, f"it does not tell what the archive object {archive.key} holds")

    def end(self, archives: Iterable[str]) -> None:
        """Find what the index tells of archive objects that the run does not have."""
        for name in self._told.keys() - set(map(hash_in, archives)):
            part, _ = self._told[name]
            self._find(part, f"it tells of an archive object {name}, and the run has none like it")
