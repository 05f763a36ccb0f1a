"""What the erasure of a person's data needs besides the vault; no run ever has it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One version of an object, or a marker that hides it.

    `locked` is until when (UTC) Object Lock keeps it, None if it does not; `mode` is Object Lock's,
    `unknown` says why nobody could tell. `command` deletes it, for a person who may.
    """

    key: str
    version: str = ""
    locked: datetime | None = None
    mode: str = ""
    unknown: str = ""
    command: str = ""


class Copies(Protocol):
    """Finds every copy of an object, and removes single ones."""

    @property
    def removes(self) -> bool:
        """Whether an erasure removes copies by itself, unasked: on a disk nobody else does."""

    def of(self, key: str) -> tuple[Copy, ...]:
        """Return all that is there of an object; raise VaultError when that cannot be told."""

    def remove(self, copy: Copy) -> None:
        """Remove it for good; raise VaultError when it is still there."""
