"""A vault whose reads fail: what its adapters let through of what can go wrong with a read.

Throttles, errors 500, timeouts and refusals are one to whoever reads: there is no answer. Pages
that lead nowhere are a listing that breaks off. `tests/vault` shows that of each adapter.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sagewarden.adapters.vault.codec import pack
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.ports.vault import Stored, Vault
from sagewarden.bootstrap import VaultCodec
from sagewarden.errors import VaultAbsent, VaultError

AT_VAULT = {
    "get": ("timeout", "ResourceNotFound", "truncated", "missing field", "stale"),
    "list": ("timeout", "repeated token"),
}
"""Failures by operation, one of each that comes to the same."""


def family(key: str) -> str:
    """Name the shelf on which an object stands; keys themselves hold hashes of times."""
    parts = key.split("/")
    return parts[1] if len(parts) == 3 else parts[3]


@dataclass
class Spoiling:
    """Which read of a vault fails: the `nth` of this operation on this shelf; and how.

    When `lasting`, so do all of its kind from there on. `past` is the vault of before.
    """

    operation: str
    shelf: str
    nth: int
    failure: str
    lasting: bool
    past: dict[str, Stored] = field(default_factory=dict)
    seen: int = 0

    def befalls(self, operation: str, key: str) -> bool:
        """Count a read, and tell whether it fails."""
        if (operation, family(key)) != (self.operation, self.shelf):
            return False
        self.seen += 1
        return self.seen == self.nth or (self.lasting and self.seen > self.nth)


class Spoiler(MemoryVault):
    """The same vault as another, in which reads fail."""

    def __init__(self, vault: Vault, spoiling: Spoiling) -> None:
        assert isinstance(vault, MemoryVault)
        super().__init__(before=vault.before, after=vault.after)
        self._stored, self._writes, self._lock = vault._stored, vault._writes, vault._lock
        self._spoiling = replace(spoiling, past=dict(vault._stored))

    def get(self, key: str) -> Stored:
        fails = self._spoiling.befalls("get", key)
        if fails and self._spoiling.failure == "timeout":
            raise VaultError("the vault does not answer")
        if fails and self._spoiling.failure == "ResourceNotFound":
            raise VaultAbsent(f"the vault has no object {key}")
        found = super().get(key)
        return self._spoiled(key, found) if fails else found

    def _spoiled(self, key: str, found: Stored) -> Stored:
        if self._spoiling.failure == "stale":
            if key not in self._spoiling.past:
                raise VaultAbsent(f"the vault has no object {key} yet")
            return self._spoiling.past[key]
        if self._spoiling.failure == "truncated":
            return replace(found, body=found.body[: len(found.body) // 2])
        return replace(found, body=_lacking(found.body))

    def list(self, prefix: str) -> Iterator[str]:
        fails = self._spoiling.befalls("list", prefix)
        if fails and self._spoiling.failure == "timeout":
            raise VaultError("the vault does not answer")
        keys = [*super().list(prefix)]
        return _broken_off(keys) if fails else iter(keys)


def _broken_off(keys: list[str]) -> Iterator[str]:
    yield from keys[: len(keys) // 2]
    raise VaultError("the listing leads in a circle")


def _lacking(body: bytes) -> bytes:
    """Take the first field away; of lines, the first field of the last line."""
    if body.startswith(b"{"):
        return json.dumps(_without_first(json.loads(body))).encode()
    *lines, last = VaultCodec.lines(body)
    return pack([*lines, _without_first(last)])


def _without_first(content: Any) -> Any:
    return dict(list(content.items())[1:]) if isinstance(content, dict) else content
