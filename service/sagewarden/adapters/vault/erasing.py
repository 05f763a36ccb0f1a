"""Removes copies of erased objects: the only code that deletes from a vault; no run has it."""

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagewarden.adapters.vault.files import FOLDER, MARKER, descended
from sagewarden.adapters.vault.s3_errors import FAILURES, code_of, translated
from sagewarden.application.ports.erasing import Copy
from sagewarden.core.keys import checked
from sagewarden.errors import VaultError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

NEEDED = "s3:GetObjectVersion and s3:GetObjectRetention let S3 tell"
"""HeadObject of a version needs the first, and leaves locks out without the other (S3's API)."""

GOVERNANCE = "GOVERNANCE"


class NoCopies:
    """Of a vault in memory, which is gone with its process: nothing to remove."""

    removes = True

    def of(self, key: str) -> tuple[Copy, ...]:
        """Return nothing."""
        checked(key)
        return ()

    def remove(self, copy: Copy) -> None:
        """Remove nothing."""


class DirectoryCopies:
    """Of a vault in a directory: one file, and no other version of it."""

    removes = True

    def __init__(self, root: Path) -> None:
        self._root = root.absolute()

    def of(self, key: str) -> tuple[Copy, ...]:
        """Return the file, if it is there."""
        path = self._root / checked(key)
        return (Copy(key=key, command=f"rm {shlex.quote(str(path))}"),) if path.is_file() else ()

    def remove(self, copy: Copy) -> None:
        """Unlink the file, and let the disk know of it."""
        *folders, name = checked(copy.key).split("/")
        try:
            top = os.open(self._root, FOLDER)
            try:
                os.stat(MARKER, dir_fd=top)
                with descended(top, folders) as folder:
                    os.unlink(name, dir_fd=folder)
                    os.fsync(folder)
            finally:
                os.close(top)
        except OSError as error:
            raise VaultError(f"{copy.key} was not removed: {error.strerror}") from error


class BucketCopies:
    """Of a vault in S3: every version of an object, and every delete marker."""

    removes = False

    def __init__(self, client: "S3Client", bucket: str, prefix: str = "") -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def of(self, key: str) -> tuple[Copy, ...]:
        """List versions and markers, and ask of each version until when it is locked."""
        name = self._prefix + checked(key)
        pages = self._client.get_paginator("list_object_versions")
        found: list[Copy] = []
        try:
            for page in pages.paginate(Bucket=self._bucket, Prefix=name):
                markers = page.get("DeleteMarkers", ())
                found += [self._copy(key, each["VersionId"]) for each in markers if _is(each, name)]
                versions = [each for each in page.get("Versions", ()) if _is(each, name)]
                found += [self._locked(key, each["VersionId"]) for each in versions]
        except FAILURES as error:
            raise translated(error, f"list the versions of {key}", self._bucket) from error
        return tuple(found)

    def remove(self, copy: Copy) -> None:
        """Delete this version; Object Lock and the bucket's policy may refuse."""
        self._asked(
            lambda: self._client.delete_object(
                Bucket=self._bucket, Key=self._prefix + copy.key, VersionId=copy.version
            ),
            f"delete version {copy.version} of {copy.key}",
        )

    def _asked(self, ask: Callable[[], Any], doing: str) -> Any:
        try:
            return ask()
        except FAILURES as error:
            raise translated(error, doing, self._bucket) from error

    def _locked(self, key: str, version: str) -> Copy:
        try:
            told: Mapping[str, Any] = self._client.head_object(
                Bucket=self._bucket, Key=self._prefix + key, VersionId=version
            )
        except FAILURES as error:
            return self._copy(key, version, unknown=f"{code_of(error) or error} ({NEEDED})")
        mode = str(told.get("ObjectLockMode", ""))
        return self._copy(key, version, mode, locked=told.get("ObjectLockRetainUntilDate"))

    def _copy(self, key: str, version: str, mode: str = "", **more: Any) -> Copy:
        words = ["aws", "s3api", "delete-object", "--bucket", self._bucket]
        words += ["--key", self._prefix + key, "--version-id", version]
        words += ["--bypass-governance-retention"] if mode == GOVERNANCE else []
        return Copy(key=key, version=version, mode=mode, command=shlex.join(words), **more)


def _is(listed: Mapping[str, Any], name: str) -> bool:
    return bool(listed["Key"] == name)
