"""What a check finds: what would work, what would not, why, and what to do."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
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
class ExpiringRule:
    """A lifecycle rule that deletes current objects below a prefix within the vault.

    `days` is how old they are then; 0 where a date is set.
    """

    name: str
    below: str = ""
    days: int = 0

    def spares(self, kept: timedelta | None) -> bool:
        """Whether it takes nothing but archives, and none that is `kept` still."""
        archives = _ARCHIVES.match(self.below) is not None
        return archives and kept is not None and timedelta(days=self.days) >= kept


_ARCHIVES = re.compile(r"v1/[^/]+/[^/]+/archive/")


@dataclass(frozen=True, slots=True)
class BucketFacts:
    """How the vault's bucket is set. None in a field: the answer was refused.

    `lock` is the default retention, empty where the bucket has Object Lock without one; `expiring`
    lifecycle rules delete current objects, those that `cooling` names move them where a read takes
    hours.
    """

    versioned: bool | None
    locked: bool | None
    lock: str
    expiring: tuple[ExpiringRule, ...] | None
    cooling: tuple[str, ...] = ()


def judged_bucket(facts: BucketFacts, kept: timedelta | None = None) -> Iterable[Finding]:
    """Say what a bucket's settings are worth; archives are `kept` so long, None: for ever."""
    yield _versions(facts)
    yield _lock(facts)
    yield _lifecycle(facts, kept)


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


def _lifecycle(facts: BucketFacts, kept: timedelta | None) -> Finding:
    about = "lifecycle"
    if facts.expiring is None:
        return _refused(about, "s3:GetLifecycleConfiguration")
    wrong = [each.name for each in facts.expiring if not each.spares(kept)]
    if wrong:
        return Finding(
            Area.VAULT,
            about,
            State.FAILS,
            f"lifecycle rules delete objects of the vault: {', '.join(wrong)}",
            "Take these rules off the vault's prefix: what loses objects is no archive. Only below "
            "v1/ACCOUNT/REGION/archive/ may a rule delete, once vault.archive_retention is over.",
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
    told = "no lifecycle rule takes objects away"
    if facts.expiring:
        told = (
            "lifecycle rules delete archives only, and none before vault.archive_retention is over"
        )
    return Finding(Area.VAULT, about, State.WORKS, told)


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
