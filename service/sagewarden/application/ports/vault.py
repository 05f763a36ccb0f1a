"""The vault: the only place where anything durable lies."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it was read; `version` is what a later `replace` must still find."""

    body: bytes
    version: str


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier version of an object, or a delete marker; `hides`: it hides the object now."""

    key: str
    version: str
    marker: bool = False
    hides: bool = False


class Vault(Protocol):
    """Five operations, each atomic, on keys such as `v1/123456789012/eu-west-1/marks/current`.

    A key is made of segments of `A-Za-z0-9._=-`, joined by `/`, never `.` or `..`. Every
    operation raises `VaultError` when the vault cannot be reached or answers wrongly; none ever
    reports a failure as an absence.
    """

    @property
    def address(self) -> str:
        """Where it is, for people: `s3://bucket/prefix`, a directory's path, `memory`."""

    def create(self, key: str, body: bytes) -> str:
        """Write a new object and return its version; raise `VaultExists` when the key is taken.

        A lost answer is settled by reading back: the same bytes count as ours.
        """

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over the object that has the `expected` version; return the new version.

        Raise `VaultChanged` when it is another one by now, `VaultAbsent` when it is gone.
        """

    def get(self, key: str) -> Stored:
        """Read an object, its checksum verified; raise `VaultAbsent` when there is none."""

    def list(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with `prefix`, in ascending order, all pages."""

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield what no listing shows: earlier versions of objects, and marks that hide them.

        Of the keys that start with `prefix`; a vault that keeps none yields nothing.
        """

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield what `list` yields, each key with its object's size in bytes."""
