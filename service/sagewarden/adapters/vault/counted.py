"""A vault that counts what went wrong with it, and tells of what is written, for metrics."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sagewarden.application.ports.vault import Past, Stored, Vault
from sagewarden.errors import VaultAbsent, VaultChanged, VaultError, VaultExists

ANSWERS = (VaultAbsent, VaultChanged, VaultExists)
"""These are answers of a vault that works."""


Heard = Callable[[str, bytes], None]
"""Hears of each object that was created: its key and its bytes."""


def _deaf(_key: str, _body: bytes) -> None:
    """Hear nothing."""


class VaultCounter:
    """Counts failures by operation; `heard` is told of what was created."""

    def __init__(self, heard: Heard = _deaf) -> None:
        self._heard = heard
        self._lock = threading.Lock()
        self._errors: Counter[str] = Counter()

    @contextmanager
    def counting(self, operation: str) -> Iterator[None]:
        """Count what goes wrong in the body."""
        try:
            yield
        except ANSWERS:
            raise
        except VaultError:
            with self._lock:
                self._errors[operation] += 1
            raise

    def created(self, key: str, body: bytes) -> None:
        """Tell of an object that was created; who only watches stops nothing."""
        with suppress(Exception):
            self._heard(key, body)

    def errors(self) -> dict[str, int]:
        """How many operations failed, by their names."""
        with self._lock:
            return dict(self._errors)


class CountedVault:
    """Another vault, whose failures are counted."""

    def __init__(self, inner: Vault, counter: VaultCounter) -> None:
        self._inner = inner
        self._counter = counter

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return self._inner.address

    def create(self, key: str, body: bytes) -> str:
        """Write a new object."""
        with self._counter.counting("create"):
            version = self._inner.create(key, body)
        self._counter.created(key, body)
        return version

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over an object."""
        with self._counter.counting("replace"):
            return self._inner.replace(key, body, expected)

    def get(self, key: str) -> Stored:
        """Read an object."""
        with self._counter.counting("get"):
            return self._inner.get(key)

    def list(self, prefix: str) -> Iterator[str]:
        """Yield keys."""
        with self._counter.counting("list"):
            yield from self._inner.list(prefix)

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield earlier versions."""
        with self._counter.counting("list"):
            yield from self._inner.history(prefix)

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield keys with their objects' sizes."""
        with self._counter.counting("list"):
            yield from self._inner.sizes(prefix)
