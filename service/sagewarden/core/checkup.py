"""What a check finds: what would work, what would not, why, and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Area(StrEnum):
    """What a finding is about."""

    IDENTITY = "identity"
    ENDPOINTS = "endpoints"
    CLOCK = "clock"
    PERMISSIONS = "permissions"
    VAULT = "vault"
    POLICIES = "policies"


class State(StrEnum):
    """Whether it would work. WEAK works, and should be stronger; UNKNOWN nobody could tell."""

    WORKS = "works"
    WEAK = "weak"
    FAILS = "fails"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `advice` says what to do when it does not simply work."""

    area: Area
    about: str
    state: State
    told: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class BucketFacts:
    """How the vault's bucket is set. None in a field: the answer was refused.

    `lock` is the default retention, empty where the bucket has Object Lock without one; `expiring`
    and `cooling` name lifecycle rules that delete current objects, or move them where a read takes
    hours.
    """

    versioned: bool | None
    locked: bool | None
    lock: str
    expiring: tuple[str, ...] | None
    cooling: tuple[str, ...] = ()


def judged_bucket(facts: BucketFacts) -> Iterable[Finding]:
    """Say what a bucket's settings are worth."""
    yield _versions(facts)
    yield _lock(facts)
    yield _lifecycle(facts)


def _versions(facts: BucketFacts) -> Finding:
    about = "versioning"
    if facts.versioned is None:
        return _refused(about, "s3:GetBucketVersioning")
    if facts.versioned:
        return Finding(Area.VAULT, about, State.WORKS, "the bucket keeps versions")
    return Finding(
        Area.VAULT,
        about,
        State.WEAK,
        "the bucket keeps no versions: what is written over or deleted is gone",
        "Turn versioning on; deploy/ has a bucket as it should be.",
    )


def _lock(facts: BucketFacts) -> Finding:
    about = "object lock"
    if facts.locked is None:
        return _refused(about, "s3:GetBucketObjectLockConfiguration")
    if facts.locked and facts.lock:
        return Finding(Area.VAULT, about, State.WORKS, f"objects are locked: {facts.lock}")
    told = "has no default retention" if facts.locked else "is off"
    return Finding(
        Area.VAULT,
        about,
        State.WEAK,
        f"Object Lock {told}: whoever may delete objects can delete archives and reports",
        "Turn Object Lock on with a default retention, as deploy/ does.",
    )


def _lifecycle(facts: BucketFacts) -> Finding:
    about = "lifecycle"
    if facts.expiring is None:
        return _refused(about, "s3:GetLifecycleConfiguration")
    if facts.expiring:
        return Finding(
            Area.VAULT,
            about,
            State.FAILS,
            f"lifecycle rules delete objects of the vault: {', '.join(facts.expiring)}",
            "Take these rules off the vault's prefix: what loses objects is no archive.",
        )
    if facts.cooling:
        return Finding(
            Area.VAULT,
            about,
            State.WEAK,
            f"lifecycle rules move objects to an archive tier: {', '.join(facts.cooling)}; verify "
            "and restore cannot read them there",
            "Move them to Glacier Instant Retrieval or Standard-IA at most.",
        )
    return Finding(Area.VAULT, about, State.WORKS, "no lifecycle rule takes objects away")


def _refused(about: str, action: str) -> Finding:
    return Finding(
        Area.VAULT,
        about,
        State.UNKNOWN,
        "AWS does not tell",
        f"Allow {action}; `sagewarden iam --role checker` prints all that a check asks for.",
    )


ASSUMED = (
    "whether AddTags, Associate, Disassociate or BatchPutMetrics move a LastModifiedTime",
    "with which code AWS refuses to delete a trial or an experiment that is not empty",
    "whether Search shows at most 10,000 hits",
    "whether GetObject on an absent key needs s3:ListBucket without a prefix",
)
"""What no check can find out without writing to SageMaker; either answer is taken into account."""
