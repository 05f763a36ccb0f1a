"""Keeps the values of secrets out of archives: their names stay, and that something was left out.

No hash of a value is kept, because a short secret could be guessed from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.globs import matcher

REDACTED = "[redacted]"
"""What stands where a value was."""


class Redaction:
    """What counts as a secret: parameters, hyperparameters and variables of names like these.

    `names` are globs; case does not matter.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names: list[Callable[[str], bool]] = [matcher(name, fold=True) for name in names]

    def redacted(self, record: ArchiveRecord) -> ArchiveRecord:
        """Return the record without these values; `unread` says of each that it was left out."""
        if not self._names:
            return record
        parameters = record.described.get("Parameters") or {}
        secret = [name for name in parameters if self._is_secret(name)]
        found: list[str] = [f"parameter {name}" for name in secret]
        source = self._without(record.source, found)
        if not found:
            return record
        kept = {**parameters, **{name: {"StringValue": REDACTED} for name in secret}}
        described = {**record.described, "Parameters": kept} if secret else record.described
        told = tuple(f"{what}: its value was redacted before it was archived" for what in found)
        return replace(record, described=described, source=source, unread=(*record.unread, *told))

    def _is_secret(self, name: str) -> bool:
        return any(fits(name) for fits in self._names)

    def _without(self, value: Any, found: list[str]) -> Any:
        """Return a job's record without the values of texts that have such a name."""
        if isinstance(value, Mapping):
            return {key: self._named(key, each, found) for key, each in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [self._without(each, found) for each in value]
        return value

    def _named(self, name: str, value: Any, found: list[str]) -> Any:
        if isinstance(value, str) and self._is_secret(name):
            found.append(f"the job's {name}")
            return REDACTED
        return self._without(value, found)


NOTHING_IS_SECRET = Redaction()
