"""What stays of archives from which a person's entities were erased: a tombstone with their hashes.

It names nobody but who did it. `deploy/verify_chain.py` takes it for what is absent, too.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sagewarden.core.canonical import canonical

TOMBSTONE_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedObject:
    """An object that is to be deleted, and the archive of what it held of others.

    `successor` and its hash are empty when nothing was left. `entities` were erased, `kept` stand
    in the successor.
    """

    key: str
    sha256: str
    successor: str = ""
    successor_sha256: str = ""
    entities: int
    kept: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One erasure: when (UTC, spelled), by which identity and why, and of which objects."""

    account: str
    region: str
    erasure: str
    at: str
    by: str
    reason: str
    objects: tuple[ErasedObject, ...]

    def body(self) -> bytes:
        """Return the tombstone as it is stored."""
        return canonical(
            {
                "format": TOMBSTONE_FORMAT,
                "account": self.account,
                "region": self.region,
                "erasure": self.erasure,
                "at": self.at,
                "by": self.by,
                "reason": self.reason,
                "objects": [asdict(each) for each in self.objects],
            }
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any], body: bytes) -> "Tombstone":
        """Read what `body` wrote; raise KeyError, TypeError or ValueError for anything else."""
        fields = dict(stored)
        if fields.pop("format") != TOMBSTONE_FORMAT:
            raise ValueError(f"its format is not {TOMBSTONE_FORMAT}")
        objects = tuple(ErasedObject(**each) for each in fields["objects"])
        found = cls(**fields | {"objects": objects})
        if found.body() != body:
            raise ValueError("it is not in the one spelling that we write")
        return found
