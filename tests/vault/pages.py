"""Short pages of S3's lists, which usually hold a thousand each."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

LISTS = ("ListObjectsV2", "ListObjectVersions")


def short_pages(client: "S3Client", size: int) -> None:
    """Let S3 give a client so many a page, unless it asks for another number."""

    def asking(params: dict[str, Any], **_: Any) -> None:
        params.setdefault("MaxKeys", size)

    for operation in LISTS:
        client.meta.events.register(f"provide-client-params.s3.{operation}", asking)
