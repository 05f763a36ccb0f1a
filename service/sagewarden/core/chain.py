"""The chain: one manifest a run, which names all that it wrote, and the hash of the one before.

A manifest holds ASCII text and whole numbers only, so that its canonical spelling is also that of
RFC 8785. `deploy/verify_chain.py` reads the same without this package.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sagewarden.core.canonical import canonical, read_time, sha256, spell_time
from sagewarden.core.entities import Target

CHAIN_FORMAT = 1

_HEAD = re.compile(r"([1-9][0-9]{0,11}):([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Head:
    """A link of the chain by number (from 1) and SHA-256: kept elsewhere, it anchors the chain."""

    number: int
    sha256: str

    def __str__(self) -> str:
        return f"{self.number}:{self.sha256}"

    @classmethod
    def read(cls, spelled: str) -> "Head":
        """Read what `str` spells; raise ValueError for anything else."""
        found = _HEAD.fullmatch(spelled.strip())
        if found is None:
            raise ValueError(f"not a number, a colon and 64 hex digits: {spelled!r}")
        return cls(int(found[1]), found[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One link: what the run and the dead runs that it `adopted` wrote, by key, with SHA-256.

    `previous` is the hash of the manifest before it, empty in the first. `at` is the server's
    time (UTC), spelled.
    """

    account: str
    region: str
    run: str
    adopted: tuple[str, ...]
    at: str
    objects: Mapping[str, str] = field(hash=False)
    number: int = 1
    previous: str = ""

    def after(self, before: Head | None) -> "Manifest":
        """Return it as the link that follows another, or as the first."""
        if before is None:
            return replace(self, number=1, previous="")
        return replace(self, number=before.number + 1, previous=before.sha256)

    @property
    def runs(self) -> tuple[str, ...]:
        """Every run that it tells of."""
        return (self.run, *self.adopted)

    def body(self) -> bytes:
        """Return the manifest as it is stored."""
        return canonical(
            {
                "format": CHAIN_FORMAT,
                "number": self.number,
                "previous": self.previous,
                "account": self.account,
                "region": self.region,
                "run": self.run,
                "adopted": list(self.adopted),
                "at": self.at,
                "objects": dict(self.objects),
            }
        )

    def head(self) -> Head:
        """Return what anchors the chain up to here."""
        return Head(self.number, sha256(self.body()))

    @classmethod
    def read(cls, stored: Mapping[str, Any], body: bytes) -> "Manifest":
        """Read what `body` wrote; raise KeyError, TypeError or ValueError for anything else."""
        fields = dict(stored)
        if fields.pop("format") != CHAIN_FORMAT:
            raise ValueError(f"its format is not {CHAIN_FORMAT}")
        found = cls(**fields | {"adopted": tuple(fields["adopted"])})
        if found.body() != body or spell_time(read_time(found.at)) != found.at:
            raise ValueError("it is not in the one spelling that we write")
        return found


def link_faults(
    manifest: Manifest, number: int, before: Head | None, target: Target
) -> Iterator[str]:
    """Say why a manifest is not the link of this number that follows the one `before`."""
    if manifest.number != number:
        yield f"it says that it is link {manifest.number}, and lies where link {number} is to be"
    if (manifest.account, manifest.region) != (target.account, target.region):
        yield f"it is of another target: {manifest.account}/{manifest.region}"
    if manifest.previous != (before.sha256 if before is not None else ""):
        yield "it does not follow the link before it"
