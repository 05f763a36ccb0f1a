"""What finds and removes copies of erased objects: on a disk, and in a bucket with Object Lock."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.adapters.vault.erasing import BucketCopies, DirectoryCopies
from sagewarden.adapters.vault.s3 import S3Vault
from sagewarden.errors import VaultAbsent, VaultError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

KEY = "v1/a/b/archive/run/unit/00000001-x.jsonl.zst"
FAR = datetime(2999, 1, 2, tzinfo=UTC)


def test_a_file_is_removed_and_nothing_beside_it(tmp_path: Path) -> None:
    vault = DirectoryVault(tmp_path / "vault")
    vault.create(KEY, b"one")
    vault.create(f"{KEY}2", b"two")
    copies = DirectoryCopies(tmp_path / "vault")
    (copy,) = copies.of(KEY)
    copies.remove(copy)
    assert copies.of(KEY) == ()
    with pytest.raises(VaultAbsent):
        vault.get(KEY)
    assert vault.get(f"{KEY}2").body == b"two"
    with pytest.raises(VaultError, match="was not removed"):
        copies.remove(copy)


@pytest.fixture
def locked(s3: "S3Client") -> BucketCopies:
    """An object with two versions in a bucket with Object Lock; the older one is locked."""
    s3.create_bucket(
        Bucket="locked",
        ObjectLockEnabledForBucket=True,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
    )
    vault = S3Vault(s3, "locked", "some")
    vault.create(f"{KEY}2", b"another")
    first = vault.create(KEY, b"one").split()[-1]
    s3.put_object_retention(
        Bucket="locked",
        Key=f"some/{KEY}",
        VersionId=first,
        Retention={"Mode": "GOVERNANCE", "RetainUntilDate": FAR},
    )
    s3.put_object(Bucket="locked", Key=f"some/{KEY}", Body=b"two")
    return BucketCopies(s3, "locked", "some")


def test_each_version_is_found_with_its_lock_and_the_command_that_deletes_it(
    locked: BucketCopies,
) -> None:
    free, kept = sorted(locked.of(KEY), key=lambda each: each.mode)
    assert (free.locked, kept.locked, kept.mode) == (None, FAR, "GOVERNANCE")
    assert kept.command == (
        f"aws s3api delete-object --bucket locked --key some/{KEY} --version-id {kept.version} "
        "--bypass-governance-retention"
    )
    assert "--bypass" not in free.command


def test_what_is_locked_is_refused_and_what_is_not_goes(locked: BucketCopies) -> None:
    free, kept = sorted(locked.of(KEY), key=lambda each: each.mode)
    with pytest.raises(VaultError, match="AccessDenied"):
        locked.remove(kept)
    locked.remove(free)
    assert [each.version for each in locked.of(KEY)] == [kept.version]


def test_a_marker_that_hides_the_object_is_a_copy_too(locked: BucketCopies, s3: "S3Client") -> None:
    s3.delete_object(Bucket="locked", Key=f"some/{KEY}")
    assert len(locked.of(KEY)) == 3


def test_a_bucket_without_object_lock_locks_nothing(s3: "S3Client") -> None:
    s3.put_bucket_versioning(Bucket="evidence", VersioningConfiguration={"Status": "Enabled"})
    S3Vault(s3, "evidence").create(KEY, b"one")
    (copy,) = BucketCopies(s3, "evidence").of(KEY)
    assert (copy.locked, copy.unknown) == (None, "")
