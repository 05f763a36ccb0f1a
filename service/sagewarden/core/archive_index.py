"""What of archived entities must be known without reading their archives: a run's index.

It repeats what follows from the archives and from nothing else, so that a listing by owner and the
plan of a large restore need not read every archive object whole. The archives stay the truth: what
no index tells is derived from them, and `verify` compares both.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.rebirth import AS_IT_WAS, Manner, count_points, rebirth
from sagewarden.core.unreturnable import unreturnable
from sagewarden.errors import IntegrityError

INDEX_FORMAT = 1
"""Version of an index's format, in the header of each of its parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """One entity's part of an archive object: whose it was, and what a restore of it amounts to.

    `creator` is the user profile that AWS names, `points` how many metric points would come back;
    `unreturnable` and `left_out` tell what would not.
    """

    identity: Identity
    tags: Mapping[str, str]
    creator: str | None
    points: int
    unreturnable: tuple[str, ...]
    left_out: tuple[str, ...]

    @classmethod
    def of(cls, record: ArchiveRecord, manner: Manner = AS_IT_WAS) -> "Indexed":
        """Derive it from what was archived; raise IntegrityError when that could not come back."""
        try:
            tags, creator = whose(record)
            return cls(
                identity=record.identity,
                tags=tags,
                creator=creator,
                points=count_points(record),
                unreturnable=unreturnable(record),
                left_out=rebirth(record, "", manner).left_out,
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"the archive of {record.identity} garbles {error}") from error

    def spelled(self) -> dict[str, Any]:
        """Return it as an index has it."""
        return {
            "kind": str(self.identity.kind),
            "name": self.identity.name,
            "created_ms": self.identity.created_ms,
            "tags": self.tags,
            "creator": self.creator,
            "points": self.points,
            "unreturnable": self.unreturnable,
            "left_out": self.left_out,
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Indexed":
        """Read what `spelled` wrote."""
        return cls(
            identity=Identity(Kind(told["kind"]), told["name"], told["created_ms"]),
            tags=told["tags"],
            creator=told["creator"],
            points=told["points"],
            unreturnable=tuple(told["unreturnable"]),
            left_out=tuple(told["left_out"]),
        )


def whose(record: ArchiveRecord) -> tuple[Mapping[str, str], str | None]:
    """Return what says whose it was: its tags, and the user profile that created it."""
    return record.tags, (record.described.get("CreatedBy") or {}).get("UserProfileName")


Held = Mapping[Identity, Indexed]
"""What one archive object holds."""


def held(records: Iterable[ArchiveRecord]) -> Held:
    """Derive what an archive object holds from its records; raise IntegrityError as `of` does."""
    return {record.identity: Indexed.of(record) for record in records}


def index_header(target: str, run: str) -> dict[str, Any]:
    """Return the first line of a part of a run's index."""
    return {"sagewarden_index": INDEX_FORMAT, "target": target, "run": run}


def index_line(sha256: str, told: Held) -> dict[str, Any]:
    """Return the line about the archive object of this hash."""
    return {"archive": sha256, "entities": [told[who].spelled() for who in sorted(told)]}


def read_part(lines: Sequence[Mapping[str, Any]]) -> dict[str, Held]:
    """Read a part of an index: what each archive object holds, by its SHA-256.

    Raise IntegrityError for anything that we do not write.
    """
    try:
        if lines[0]["sagewarden_index"] != INDEX_FORMAT:
            raise IntegrityError(f"the index has no header of format {INDEX_FORMAT}")
        return {line["archive"]: _held(line["entities"]) for line in lines[1:]}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"a line of the index lacks or garbles a field: {error}") from error


def _held(entities: Iterable[Mapping[str, Any]]) -> Held:
    return {each.identity: each for each in map(Indexed.read, entities)}
