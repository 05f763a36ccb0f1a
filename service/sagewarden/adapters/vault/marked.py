"""A vault that says which version of SageWarden may work on it.

An older program would not see, or would misread, what a newer one keeps: it must stop before it
reads or writes anything else. A newer one goes on with what an older one left.
"""

import json
from collections.abc import Iterator
from threading import Lock

from sagewarden import __version__
from sagewarden.application.ports.vault import Past, Stored, Vault
from sagewarden.core.canonical import canonical
from sagewarden.core.keys import format_key
from sagewarden.errors import IntegrityError, VaultAbsent, VaultExists, VaultTooNew

VAULT_FORMAT = 1
"""Raised by one when an older program must not work on what this one writes."""


class MarkedVault:
    """Another vault behind its marker: looked at once, first of all, and set by the first write.

    A vault without a marker is new, or of the time before there were markers: format 1.
    """

    def __init__(self, inner: Vault, known: int = VAULT_FORMAT) -> None:
        self._inner = inner
        self._known = known
        self._lock = Lock()
        self._looked = False
        self._set = False
        self._version: str | None = None

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return self._inner.address

    def create(self, key: str, body: bytes) -> str:
        """Write a new object."""
        self._sign()
        return self._inner.create(key, body)

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over an object."""
        self._sign()
        return self._inner.replace(key, body, expected)

    def get(self, key: str) -> Stored:
        """Read an object."""
        self._look()
        return self._inner.get(key)

    def list(self, prefix: str) -> Iterator[str]:
        """Yield keys; the marker's own is nobody's."""
        self._look()
        return (key for key in self._inner.list(prefix) if key != format_key())

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield earlier versions; the marker's own are nobody's."""
        self._look()
        return (past for past in self._inner.history(prefix) if past.key != format_key())

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield keys with their objects' sizes; the marker's own is nobody's."""
        self._look()
        return (found for found in self._inner.sizes(prefix) if found[0] != format_key())

    def _look(self) -> None:
        """Raise VaultTooNew when a newer program works on this vault."""
        with self._lock:
            if not self._looked:
                self._read()
                self._looked = True

    def _sign(self) -> None:
        """Set the marker before the first write, unless it says the same already."""
        self._look()
        with self._lock:
            if self._set:
                return
            body = canonical({"format": self._known, "by": f"sagewarden {__version__}"})
            if self._version is not None:
                self._inner.replace(format_key(), body, self._version)
            else:
                self._create(body)
            self._set = True

    def _create(self, body: bytes) -> None:
        try:
            self._inner.create(format_key(), body)
        except VaultExists:  # another process was first
            self._read()

    def _read(self) -> None:
        try:
            stored = self._inner.get(format_key())
        except VaultAbsent:
            return
        found = _format(stored.body)
        if found > self._known:
            raise VaultTooNew(
                f"the vault {self.address} has format {found}, and this version of SageWarden "
                f"knows formats up to {self._known}: nothing was read, written or deleted",
                advice="A newer SageWarden works on it: use that version everywhere.",
            )
        self._set = found == self._known
        self._version = stored.version


def _format(body: bytes) -> int:
    try:
        found = json.loads(body)["format"]
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the vault's format marker is broken: {error}") from error
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise IntegrityError(f"the vault's format marker names no format: {found!r}")
    return found
