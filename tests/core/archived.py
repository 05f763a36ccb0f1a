"""Archives of planned entities, without any vault."""

from dataclasses import replace
from typing import Any

from sagewarden.core.archive import ArchiveRecord, VerifiedArchive
from sagewarden.core.canonical import canonical, sha256
from sagewarden.core.plan import PlannedEntity


def record(of: PlannedEntity, **changes: Any) -> ArchiveRecord:
    """What an archive holds of an entity that is as it was planned."""
    plain = ArchiveRecord(
        identity=of.identity,
        arn=of.arn,
        fingerprint=of.fingerprint,
        described={},
        tags={},
        parents=of.parents,
    )
    return replace(plain, **changes)


def archive(*records: ArchiveRecord) -> VerifiedArchive:
    """An archive of components, as if it had been read back."""
    lines = [
        {"sagewarden_archive": 1, "counts": {"trial-component": len(records)}},
        *(each.spelled() for each in records),
    ]
    body = canonical(lines)
    return VerifiedArchive("key", sha256(body), body, lines)
