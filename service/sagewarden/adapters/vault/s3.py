"""A vault in an S3 bucket: conditional writes, checksums on the way there and back."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from botocore.exceptions import FlexibleChecksumError

from sagewarden.adapters.vault.s3_errors import (
    FAILURES,
    Failure,
    code_of,
    hidden,
    landed_perhaps,
    translated,
    worth_another,
)
from sagewarden.adapters.vault.s3_versions import pasts
from sagewarden.application.ports.vault import Past, Stored
from sagewarden.core.keys import checked, checked_prefix, is_key
from sagewarden.errors import (
    IntegrityError,
    VaultAbsent,
    VaultChanged,
    VaultError,
    VaultExists,
    VaultHidden,
)

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

PAUSES = (0.2, 0.8, 2.0)
"""Seconds between the tries of one request that found no clear answer."""

T = TypeVar("T")

_DIGEST = "sagewarden-sha256"


class S3Vault:
    """The port on a bucket, below a prefix.

    A version is the ETag, and the VersionId where the bucket has versions: without them, a
    change back to the very bytes that were read is not seen. `kms_key` encrypts each object
    under that key; `wait` is called between tries.
    """

    def __init__(
        self,
        client: "S3Client",
        bucket: str,
        prefix: str = "",
        *,
        kms_key: str | None = None,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{checked(prefix)}/" if prefix else ""
        self._encryption: dict[str, Any] = (
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
        )
        self._wait = wait or Event().wait

    @property
    def address(self) -> str:
        """Bucket and prefix as a URL."""
        return f"s3://{self._bucket}/{self._prefix}".rstrip("/")

    def create(self, key: str, body: bytes) -> str:
        """Write a new object and return its version; raise VaultExists when the key is taken."""
        taken = VaultExists(f"the vault has an object {checked(key)} already")
        return self._write(key, body, {"IfNoneMatch": "*"}, taken)

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over the `expected` version; raise VaultChanged or VaultAbsent."""
        changed = VaultChanged(f"{checked(key)} in the vault changed since it was read")
        etag, _, version_id = expected.partition(" ")
        if not etag or (version_id and self.get(key).version != expected):
            raise changed
        return self._write(key, body, {"IfMatch": etag}, changed)

    def get(self, key: str) -> Stored:
        """Read an object; raise VaultAbsent when there is none, IntegrityError when damaged."""
        where = self._where(checked(key))
        try:
            return self._patiently(lambda: self._read(where))
        except FlexibleChecksumError as error:
            raise self._damaged(where) from error
        except FAILURES as error:
            raise self._told(error, f"read {key}") from error

    def list(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with `prefix`, in ascending order, all pages."""
        return (key for key, _ in self._listed(self._prefix + checked_prefix(prefix)))

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield earlier versions and delete markers; the role needs s3:ListBucketVersions."""
        start = self._prefix + checked_prefix(prefix)
        where: dict[str, Any] = {"Bucket": self._bucket, "Prefix": start}

        def ask(markers: Mapping[str, str]) -> Any:
            asked: dict[str, Any] = {**where, **markers}
            return self._patiently(lambda: self._client.list_object_versions(**asked))

        try:
            yield from pasts(ask, self._prefix)
        except FAILURES as error:
            raise self._told(error, f"list the versions of {prefix}") from error
        except (KeyError, ValueError) as error:
            raise self._wrong(f"answers wrongly about versions: {error}") from error

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield every key that starts with `prefix`, with its newest version's size."""
        for key, size in self._listed(self._prefix + checked_prefix(prefix)):
            if size is None:
                raise self._wrong("lists keys without their sizes")
            yield key, size

    def _where(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket, "Key": self._prefix + key}

    def _write(self, key: str, body: bytes, only: dict[str, Any], unmet: VaultError) -> str:
        failures: list[Failure] = []

        def put() -> str:
            try:
                return self._put(key, body, only)
            except FAILURES as error:
                failures.append(error)
                raise

        try:
            return self._patiently(put)
        except FAILURES as error:
            if any(map(landed_perhaps, failures)) and (version := self._ours(key, body)):
                return version
            if code_of(error) == "PreconditionFailed":
                raise unmet from error
            raise self._told(error, f"write {key}") from error

    def _put(self, key: str, body: bytes, only: dict[str, Any]) -> str:
        digest = hashlib.sha256(body)
        answer = self._client.put_object(
            **self._where(key),
            **self._encryption,
            **only,
            Body=body,
            ChecksumAlgorithm="SHA256",  # named, or a bucket with default retention refuses it
            ChecksumSHA256=base64.b64encode(digest.digest()).decode("ascii"),
            Metadata={_DIGEST: digest.hexdigest()},
        )
        return self._version(answer)

    def _ours(self, key: str, body: bytes) -> str | None:
        """Return the version of what is there, if it is what we wrote; None when it is not."""
        try:
            found = self.get(key)
        except VaultAbsent:
            return None
        return found.version if found.body == body else None

    def _read(self, where: dict[str, Any]) -> Stored:
        answer = self._client.get_object(**where, ChecksumMode="ENABLED")
        body = answer["Body"].read()
        written = answer.get("Metadata", {}).get(_DIGEST)
        if written is not None and written != hashlib.sha256(body).hexdigest():
            raise self._damaged(where)
        return Stored(body, self._version(answer))

    def _listed(self, prefix: str) -> Iterator[tuple[str, int | None]]:
        token: dict[str, Any] = {}
        last = ""
        while True:
            page = self._page(prefix, token)
            for found in page.get("Contents", []):
                if found["Key"] <= last:
                    raise self._wrong("lists keys twice or out of order")
                last = found["Key"]
                key = last.removeprefix(self._prefix)
                if is_key(key):  # the bucket may hold objects of others
                    yield key, found.get("Size")
            if not page["IsTruncated"]:
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    def _page(self, prefix: str, token: dict[str, Any]) -> Any:
        """Return one page of a listing that is whole, as far as its own words tell."""
        try:
            page: Any = self._patiently(
                lambda: self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, **token)
            )
        except FAILURES as error:
            raise self._told(error, f"list {prefix}") from error
        if page.get("KeyCount", -1) != len(page.get("Contents", [])):
            raise self._wrong("lists fewer keys than it counts")
        following = page.get("NextContinuationToken")
        if page.get("IsTruncated") not in {True, False}:
            raise self._wrong("does not say whether a listing goes on")
        if page["IsTruncated"] and following in {None, *token.values()}:
            raise self._wrong("says that a listing goes on, but not where")
        return page

    def _patiently(self, request: Callable[[], T]) -> T:
        for pause in PAUSES:
            try:
                return request()
            except FAILURES as error:
                if not worth_another(error):
                    raise
            self._wait(pause)
        return request()

    def _version(self, answer: Mapping[str, Any]) -> str:
        if not answer.get("ETag"):
            raise self._wrong("answers without an ETag")
        return f"{answer['ETag']} {answer.get('VersionId', '')}".rstrip()

    def _told(self, error: Failure, doing: str) -> VaultError:
        if code_of(error) != "NoSuchKey":
            return translated(error, doing, self._bucket)
        if hidden(error):
            return VaultHidden(
                f"cannot {doing} in the bucket {self._bucket}: a delete marker hides it",
                advice="Nothing in a vault is ever deleted: find out who did, remove the marker.",
            )
        return VaultAbsent(f"cannot {doing} in the bucket {self._bucket}: there is no such object")

    def _damaged(self, where: Mapping[str, Any]) -> IntegrityError:
        return IntegrityError(
            f"{where['Key']} in the bucket {self._bucket} is not what was written there",
            advice="Look at the object's earlier versions, and at who may write to the bucket.",
        )

    def _wrong(self, what: str) -> VaultError:
        return VaultError(
            f"the bucket {self._bucket} {what}",
            advice="What answers at the endpoint is not S3, or a proxy garbles it.",
        )
