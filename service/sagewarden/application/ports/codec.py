"""How bytes in the vault are written and read."""

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from sagewarden.core.archive import ArchiveHeader, ArchiveRecord


class Codec(Protocol):
    """Archives are JSON Lines under zstd; `lines` raises IntegrityError on anything broken."""

    def archive(self, header: ArchiveHeader, records: Iterable[ArchiveRecord]) -> bytes:
        """Spell an archive object: the header's line, then one line a record."""

    def lines(self, body: bytes) -> list[dict[str, Any]]:
        """Read every line of an archive object, or of what `pack` spelled."""

    def pack(self, lines: Iterable[Any]) -> bytes:
        """Spell any values, one a line, compressed."""

    def snapshot(self, lines: Iterable[Any]) -> bytes:
        """Spell any number of values, one a line, compressed; they are gone through twice."""

    def snapshot_lines(self, body: bytes) -> Iterator[dict[str, Any]]:
        """Read a snapshot's lines one by one; what is broken may show after the last of them."""

    def size(self, line: Any) -> int:
        """Return how many bytes one line takes before it is compressed."""
