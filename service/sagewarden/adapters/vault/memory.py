"""A vault in memory, for tests and demonstrations: it forgets all when the program ends."""

import itertools
from collections.abc import Callable, Iterator, Mapping
from threading import Lock
from types import MappingProxyType

from sagewarden.application.ports.vault import Past, Stored
from sagewarden.core.canonical import sha256
from sagewarden.core.keys import checked, checked_prefix
from sagewarden.errors import VaultAbsent, VaultChanged, VaultExists

Hook = Callable[[str, str], None]
"""Told the operation (`create`, `replace`, `get`, `list`) and its key; it may raise."""


def _nothing(_operation: str, _key: str) -> None:
    """Take part in no operation."""


class MemoryVault:
    """The port's semantics without a disk.

    `before` is called ahead of each operation, `after` when it has been applied and its answer
    is on the way: what they raise is a request that never arrived, or an answer that got lost.
    """

    def __init__(self, *, before: Hook = _nothing, after: Hook = _nothing) -> None:
        self.before = before
        self.after = after
        self._stored: dict[str, Stored] = {}
        self._writes = itertools.count(1)
        self._lock = Lock()

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return "memory"

    @property
    def objects(self) -> Mapping[str, bytes]:
        """Everything stored now, without passing the hooks; in ascending order of keys."""
        with self._lock:
            return MappingProxyType({key: self._stored[key].body for key in sorted(self._stored)})

    def create(self, key: str, body: bytes) -> str:
        """Write a new object and return its version; raise VaultExists when the key is taken."""
        self.before("create", checked(key))
        with self._lock:
            if key in self._stored:
                raise VaultExists(f"the vault has an object {key} already")
            version = self._keep(key, body)
        self.after("create", key)
        return version

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over the `expected` version; raise VaultChanged or VaultAbsent."""
        self.before("replace", checked(key))
        with self._lock:
            if self._found(key).version != expected:
                raise VaultChanged(f"{key} in the vault changed since it was read")
            version = self._keep(key, body)
        self.after("replace", key)
        return version

    def get(self, key: str) -> Stored:
        """Read an object; raise VaultAbsent when there is none."""
        self.before("get", checked(key))
        with self._lock:
            found = self._found(key)
        self.after("get", key)
        return found

    def list(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with `prefix`, in ascending order."""
        self.before("list", checked_prefix(prefix))
        with self._lock:
            keys = sorted(key for key in self._stored if key.startswith(prefix))
        self.after("list", prefix)
        return iter(keys)

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield nothing: no earlier version is kept."""
        checked_prefix(prefix)
        return iter(())

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield every key that starts with `prefix`, with its object's size."""
        return ((key, len(self._stored[key].body)) for key in self.list(prefix))

    def _keep(self, key: str, body: bytes) -> str:
        version = f"{sha256(body)}-{next(self._writes)}"
        self._stored[key] = Stored(bytes(body), version)
        return version

    def _found(self, key: str) -> Stored:
        try:
            return self._stored[key]
        except KeyError:
            raise VaultAbsent(f"the vault has no object {key}") from None
