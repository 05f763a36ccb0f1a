"""The last few answers of something costly."""

from collections.abc import Callable, Hashable
from typing import Any

KEPT = 24


class Memo:
    """Remembers results by key; the one unused longest goes first."""

    def __init__(self) -> None:
        self._results: dict[Hashable, Any] = {}

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:
        """Return the result of a key, computed at most once while it is kept."""
        result = self._results.pop(key) if key in self._results else compute()
        self._results[key] = result
        if len(self._results) > KEPT:
            del self._results[next(iter(self._results))]
        return result
