"""Archive records, and the only way to a verified archive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagewarden.core.canonical import digest, sha256
from sagewarden.core.entities import Identity, Kind
from sagewarden.errors import IntegrityError

FORMAT = 1
"""Version of the archive format, in each header."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRecord:
    """Everything there was to read about one entity.

    `described` is Describe's whole answer, `tags` the user's and AWS's, `parents` the component's
    trials (or the trial's experiment), `associations` its lineage edges as ListAssociations gives
    them (SourceArn, DestinationArn, AssociationType, ...), `source` the job's record from Search's
    SourceDetail,
    `series` its metric points with the period and statistic they were read at, `unread` what
    could not be read, in words.
    """

    identity: Identity
    arn: str
    fingerprint: str
    described: Mapping[str, Any]
    tags: Mapping[str, str]
    parents: tuple[str, ...]
    associations: tuple[Mapping[str, Any], ...] = ()
    source: Mapping[str, Any] | None = None
    series: tuple[Mapping[str, Any], ...] = ()
    unread: tuple[str, ...] = ()

    def spelled(self) -> dict[str, Any]:
        """Return the record as a line of the archive; times stay datetimes until encoded."""
        return {
            "kind": str(self.identity.kind),
            "name": self.identity.name,
            "created_ms": self.identity.created_ms,
            "arn": self.arn,
            "fingerprint": self.fingerprint,
            "described": self.described,
            "tags": self.tags,
            "parents": self.parents,
            "associations": self.associations,
            "source": self.source,
            "series": self.series,
            "unread": self.unread,
        }

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> "ArchiveRecord":
        """Build a record from a decoded line; raise IntegrityError when a field is missing."""
        try:
            return cls(
                identity=Identity(Kind(line["kind"]), line["name"], line["created_ms"]),
                arn=line["arn"],
                fingerprint=line["fingerprint"],
                described=line["described"],
                tags=line["tags"],
                parents=tuple(line["parents"]),
                associations=tuple(line["associations"]),
                source=line["source"],
                series=tuple(line["series"]),
                unread=tuple(line["unread"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"an archive line lacks or garbles a field: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveHeader:
    """First line of an archive object."""

    target: str
    run: str
    plan: str
    unit: str
    written: str
    counts: Mapping[str, int]

    def spelled(self) -> dict[str, Any]:
        """Return the header as the first line."""
        return {
            "sagewarden_archive": FORMAT,
            "target": self.target,
            "run": self.run,
            "plan": self.plan,
            "unit": self.unit,
            "written": self.written,
            "counts": dict(self.counts),
        }


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was sent to the vault: the key, the bytes' hash, and what the bytes were made of."""

    key: str
    sha256: str
    sent: tuple[ArchiveRecord, ...] = field(repr=False, compare=False)

    @classmethod
    def of(cls, key: str, body: bytes, records: Iterable[ArchiveRecord]) -> "Receipt":
        """Note what is about to be written."""
        return cls(key, sha256(body), tuple(records))

    @property
    def records(self) -> Mapping[Identity, str]:
        """Each record's own digest; it takes three times as long as writing the archive does."""
        return {record.identity: digest(record.spelled()) for record in self.sent}


class VerifiedArchive:
    """Proof that an archive object was fetched back whole; nothing is deleted without one."""

    __slots__ = ("_records", "key", "sha256")

    def __init__(self, key: str, expected_sha256: str, body: bytes, lines: Sequence[Any]) -> None:
        """Check the bytes fetched back (`body`) and the `lines` decoded from them.

        Raise IntegrityError unless the bytes hash to what was written, the header's counts are
        those of the lines, and each line is a whole record.
        """
        if sha256(body) != expected_sha256:
            raise IntegrityError(
                f"archive {key} reads back with another hash than it was written with",
                advice="The vault or what lies between is damaging data; nothing was deleted.",
            )
        if not lines or lines[0].get("sagewarden_archive") != FORMAT:
            raise IntegrityError(f"archive {key} has no header of format {FORMAT}")
        records = [ArchiveRecord.read(line) for line in lines[1:]]
        self.key = key
        self.sha256 = expected_sha256
        self._records = {record.identity: record for record in records}
        counts = lines[0].get("counts")
        told = sum(counts.values()) if isinstance(counts, Mapping) else None
        if not told == len(records) == len(self._records):  # an identity may not stand twice
            raise IntegrityError(
                f"archive {key} holds {len(records)} lines, its header says otherwise"
            )

    def record(self, identity: Identity) -> ArchiveRecord:
        """Return an entity's record; raise IntegrityError when the archive lacks it."""
        try:
            return self._records[identity]
        except KeyError:
            raise IntegrityError(f"archive {self.key} does not hold {identity}") from None

    def holds(self, identity: Identity) -> bool:
        """Whether the archive has a record of exactly this entity."""
        return identity in self._records

    @property
    def identities(self) -> tuple[Identity, ...]:
        """Everything it holds, sorted."""
        return tuple(sorted(self._records))
