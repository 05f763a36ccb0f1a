"""The policy of the vault's bucket: nothing is deleted, and nothing is written over unseen.

It binds administrators too, who can change it: that is what CloudTrail and Object Lock are for.
"""

from collections.abc import Iterator, Sequence

from sagewarden.core.keys import LAYOUT, REPLACED, Family
from sagewarden.core.permissions.operations import NEEDS, On, Stage
from sagewarden.core.permissions.scope import Bucket
from sagewarden.core.permissions.statements import Statement

TARGET = f"{LAYOUT}/*/*"
"""Where every target's keys begin."""

ANYBODY = {"AWS": "*"}

DELETING = ("s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention")

_WRITTEN_ONCE_BESIDE_A_POINTER = (f"{Family.MARKS}/snapshots", f"{Family.BASELINE}/accepted")


def written_once() -> tuple[str, ...]:
    """Return patterns of all keys that are created and never written over."""
    families = [str(each) for each in Family if each not in REPLACED]
    return tuple(
        f"{TARGET}/{each}/*" for each in sorted([*families, *_WRITTEN_ONCE_BESIDE_A_POINTER])
    )


def bucket_policy(
    bucket: Bucket, partition: str, archivists: Sequence[str] = ()
) -> tuple[Statement, ...]:
    """Return the statements; `archivists` are ARNs of roles in other accounts that use the vault.

    Conditional writes leave no room for multipart uploads and copies, and none is needed.
    """
    place = f"arn:{partition}:s3:::{bucket.name}"
    everything = f"{place}/{bucket.below('*')}"
    refused = (
        Statement(
            "OnlyEncryptedConnections",
            "Deny",
            ("s3:*",),
            (place, f"{place}/*"),
            (("Bool", "aws:SecureTransport", "false"),),
            ANYBODY,
        ),
        Statement("NothingIsDeleted", "Deny", DELETING, (everything,), (), ANYBODY),
        Statement(
            "NothingIsWrittenUnseen",
            "Deny",
            ("s3:PutObject",),
            (everything,),
            (("Null", "s3:if-match", "true"), ("Null", "s3:if-none-match", "true")),
            ANYBODY,
        ),
        Statement(
            "WhatIsWrittenOnceStays",
            "Deny",
            ("s3:PutObject",),
            tuple(f"{place}/{bucket.below(each)}" for each in written_once()),
            (("Null", "s3:if-none-match", "true"),),
            ANYBODY,
        ),
    )
    return (*refused, *_shared(bucket, place, archivists))


def _shared(bucket: Bucket, place: str, archivists: Sequence[str]) -> Iterator[Statement]:
    """Let roles of other accounts in: their own policies alone cannot."""
    if not archivists:
        return
    whom = {"AWS": sorted(archivists)}
    inside = (f"{place}/{bucket.below('*')}",)
    yield Statement("OthersUseIt", "Allow", _actions(On.OBJECTS), inside, (), whom)
    yield Statement("OthersListIt", "Allow", _actions(On.BUCKET), (place,), (), whom)


def _actions(on: On) -> tuple[str, ...]:
    """Return what a vault's user does there, and what `check` asks of the bucket."""
    stages = (Stage.ARCHIVER, Stage.CHECKER)
    found = (need.action for need in NEEDS if need.on is on and need.stage in stages)
    return tuple(dict.fromkeys(found))
