"""Holds every request to a bucket that one account owns.

A bucket's name is free again once it is deleted, and then anybody's: S3 itself refuses a request
whose x-amz-expected-bucket-owner is not the owner (S3's user guide, on bucket ownership).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_MEMBER = "ExpectedBucketOwner"


def owned_by(client: "S3Client", account: str | None) -> "S3Client":
    """Return the client, which from now on speaks to buckets of that account only, if one is given.

    To be asked for again it does no harm.
    """

    def expect(params: dict[str, Any], model: Any, **_: Any) -> Mapping[str, Any]:
        known = _MEMBER in model.input_shape.members
        return {**params, _MEMBER: account} if known else params

    if account is not None:
        events: Any = client.meta.events
        events.register("provide-client-params.s3", expect, unique_id=f"owner-{account}")
    return client
