"""For how long archives are kept: what a run states in the chain, and what that excuses.

A statement counts from the link that names it on, and names the archives that were gone by then:
none of those is excused by it, so no loss can be explained away afterwards.
`deploy/verify_chain.py` reckons alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sagewarden.core.canonical import canonical

RETENTION_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """For how many `seconds` archives are kept after their link, None: for ever.

    `absent` are the keys of archives that links name and that were not there when it was made.
    """

    account: str
    region: str
    run: str
    seconds: int | None
    absent: tuple[str, ...]

    def body(self) -> bytes:
        """Return the statement as it is stored."""
        return canonical(
            {
                "format": RETENTION_FORMAT,
                "account": self.account,
                "region": self.region,
                "run": self.run,
                "seconds": self.seconds,
                "absent": list(self.absent),
            }
        )

    @classmethod
    def read(cls, stored: Mapping[str, Any], body: bytes) -> "Statement":
        """Read what `body` wrote; raise KeyError, TypeError or ValueError for anything else."""
        fields = dict(stored)
        if fields.pop("format") != RETENTION_FORMAT:
            raise ValueError(f"its format is not {RETENTION_FORMAT}")
        found = cls(**fields | {"absent": tuple(fields["absent"])})
        if found.body() != body or not _is_seconds(found.seconds):
            raise ValueError("it is not in the one spelling that we write")
        return found


def _is_seconds(value: Any) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0)


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement, and since when (UTC) a link names it."""

    statement: Statement
    since: datetime


def expired(key: str, named: datetime, stated: Sequence[Stated], now: datetime) -> bool:
    """Whether an archive that a link `named` at a time (UTC) may be gone by now.

    `stated` are all statements, oldest first. What was gone before a statement was made is for
    those before it to excuse; what was there is for it alone, until the next.
    """
    for number in reversed(range(len(stated))):
        statement, since = stated[number].statement, stated[number].since
        if key in statement.absent:
            now = min(now, since)
            continue
        if statement.seconds is None:
            return False
        return max(since, named + timedelta(seconds=statement.seconds)) <= now
    return False
