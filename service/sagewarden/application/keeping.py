"""What may be gone of the vault: archives that have expired, and what was erased for a person.

Only what a link of the chain names counts, from that link's time on.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sagewarden.application.chain import read_link
from sagewarden.application.documents import parse
from sagewarden.application.ports import Bench
from sagewarden.application.retention import read_statement
from sagewarden.core.canonical import read_time, sha256
from sagewarden.core.chain import Manifest
from sagewarden.core.erasure import ErasedObject, Tombstone
from sagewarden.core.keys import Family, erasable, family_of, prefix, tombstone_key
from sagewarden.core.retention import Stated, expired
from sagewarden.errors import IntegrityError, VaultAbsent, VaultError, VaultHidden

GONE = (VaultAbsent, VaultHidden)
"""An object that is not there, whether a marker hides it or nothing is left of it."""


class Excuse(StrEnum):
    """Why an object may be absent."""

    EXPIRED = "expired"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Erased:
    """An erased object with the tombstone that tells of it."""

    told: ErasedObject
    tombstone: Tombstone


@dataclass(slots=True)
class Keeping:
    """What the chain says of what is kept: `named` is each object's hash and its first link's time.

    `until` is the time (UTC) up to which things expire.
    """

    until: datetime | None = None
    named: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    stated: list[Stated] = field(default_factory=list)
    erased: dict[str, Erased] = field(default_factory=dict)

    def excuse(self, key: str) -> Excuse | None:
        """Return why an object may be absent; None when it must be there."""
        if key in self.erased:
            return Excuse.ERASED
        if not self.stated or key not in self.named or self.until is None:
            return None
        if family_of(key) != Family.ARCHIVE:
            return None
        lawful = expired(key, self.named[key][1], self.stated, self.until)
        return Excuse.EXPIRED if lawful else None

    def lawful(self) -> dict[str, frozenset[str]]:
        """Return the archives that may be absent, by their runs as keys spell them."""
        found: dict[str, set[str]] = defaultdict(set)
        if self.stated or self.erased:
            for key in self.named:
                if family_of(key) == Family.ARCHIVE and self.excuse(key) is not None:
                    found[key.split("/")[4]].add(key)
        return {run: frozenset(keys) for run, keys in found.items()}

    @property
    def successors(self) -> Mapping[str, str]:
        """Archives that were written for an erasure, with their hashes."""
        told = (each.told for each in self.erased.values())
        return {each.successor: each.successor_sha256 for each in told if each.successor}

    def add(self, bench: Bench, manifest: Manifest) -> None:
        """Take in what a link names; links are to come in their order.

        What cannot be read excuses nothing: who verifies finds it as an object of the link.
        """
        at = read_time(manifest.at)
        for key, known in manifest.objects.items():
            family = family_of(key)
            self.named.setdefault(key, (known, at))
            if family == Family.RETENTION:
                self._state(bench, key, known, at)
            elif family == Family.ERASURES:
                self._erase(bench, key, known)

    def _state(self, bench: Bench, key: str, known: str, at: datetime) -> None:
        try:
            statement = read_statement(bench, key)
        except (VaultError, IntegrityError):
            return
        anew = statement not in [each.statement for each in self.stated]
        if anew and sha256(statement.body()) == known:
            self.stated.append(Stated(statement, at))

    def _erase(self, bench: Bench, key: str, known: str) -> None:
        try:
            tombstone = read_tombstone(bench, key)
        except (VaultError, IntegrityError):
            return
        for each in tombstone.objects if sha256(tombstone.body()) == known else ():
            its = self.named.get(each.key, ("", None))[0]
            if its == each.sha256 and erasable(each.key):
                self.erased[each.key] = Erased(each, tombstone)


def read_tombstone(bench: Bench, key: str) -> Tombstone:
    """Read a tombstone; raise VaultError, or IntegrityError when it is none of its place."""
    stored = bench.vault.get(key)
    try:
        found = Tombstone.read(parse(key, stored), stored.body)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"{key} in the vault is no tombstone: {error}") from error
    target = bench.target
    place = (target.account, target.region, key)
    if (found.account, found.region, tombstone_key(target, found.erasure)) != place:
        raise IntegrityError(f"{key} in the vault is the tombstone of another erasure or target")
    return found


def read_keeping(bench: Bench, until: datetime | None = None, *, always: bool = False) -> Keeping:
    """Read what the whole chain says, up to the newest link's time if no other is given.

    Where nothing was stated or erased, two listings tell that, unless the chain is to be read
    `always`. Raise VaultError, or IntegrityError at a link that is none.
    """
    keeping = Keeping(until)
    special = (Family.RETENTION, Family.ERASURES)
    stated = any(any(bench.vault.list(prefix(bench.target, each))) for each in special)
    if not stated and not always:
        return keeping
    for key in bench.vault.list(prefix(bench.target, Family.CHAIN)):
        link = read_link(key, bench.vault.get(key))
        keeping.add(bench, link)
        keeping.until = until or read_time(link.at)
    return keeping
