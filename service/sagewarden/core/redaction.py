"""Keeps the values of secrets out of archives, and out of whatever is shown or recorded.

Their names stay, and that something was left out. No hash of a value is kept, because a short
secret could be guessed from it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Entity
from sagewarden.core.globs import matcher

REDACTED = "[redacted]"
"""What stands where a value was."""

_PARAMETER = {"StringValue": REDACTED}

BEFORE = "its value was redacted before it was archived"
SHOWN = "its value is archived and not shown, as vault.redact asks"


class Redaction:
    """What counts as a secret: parameters, hyperparameters and variables of names like these.

    `names` are globs; case does not matter.
    """

    def __init__(self, names: Sequence[str] = ()) -> None:
        self._names: list[Callable[[str], bool]] = [matcher(name, fold=True) for name in names]

    def is_secret(self, name: str) -> bool:
        """Whether the values of what has this name are told to nobody."""
        return any(fits(name) for fits in self._names)

    def redacted(self, record: ArchiveRecord, why: str = BEFORE) -> ArchiveRecord:
        """Return the record without these values; `unread` says of each `why` it is not there."""
        if not self._names:
            return record
        parameters = record.described.get("Parameters") or {}
        secret = [
            name for name in parameters if parameters[name] != _PARAMETER and self.is_secret(name)
        ]
        found: list[str] = [f"parameter {name}" for name in secret]
        source = self._without(record.source, found)
        if not found:
            return record
        kept = {**parameters, **dict.fromkeys(secret, _PARAMETER)}
        described = {**record.described, "Parameters": kept} if secret else record.described
        told = tuple(f"{what}: {why}" for what in found)
        return replace(record, described=described, source=source, unread=(*record.unread, *told))

    def seen(self, entity: Entity) -> Entity:
        """Return what was seen of an entity without these values."""
        secret = [name for name in entity.parameters or () if self.is_secret(name)]
        if not secret:
            return entity
        kept = {**(entity.parameters or {}), **dict.fromkeys(secret, REDACTED)}
        return replace(entity, parameters=kept)

    def _without(self, value: Any, found: list[str]) -> Any:
        """Return a job's record without the values of texts that have such a name."""
        if isinstance(value, Mapping):
            return {key: self._named(key, each, found) for key, each in value.items()}
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            return [self._without(each, found) for each in value]
        return value

    def _named(self, name: str, value: Any, found: list[str]) -> Any:
        if isinstance(value, str) and value != REDACTED and self.is_secret(name):
            found.append(f"the job's {name}")
            return REDACTED
        return self._without(value, found)


NOTHING_IS_SECRET = Redaction()
