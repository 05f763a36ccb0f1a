"""Places in S3, spelled one way so that they can be compared."""

import re
from urllib.parse import unquote

_SCHEMES = frozenset({"s3", "s3a", "s3n"})
_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:express)?(?:[.-][a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?"
)
"""An endpoint of S3, with the bucket before it or in the path (S3 user guide)."""

_HIDING = re.compile(
    r"(?:^|\.)s3-(?:accesspoint|object-lambda|outposts|control)"
    r"|\.accesspoint\.s3-global\.|\.vpce\.amazonaws"
)
"""Endpoints before which no bucket stands, or not alone: access points of all kinds, and those of a
VPC (S3 user guide)."""

ALIASED = ("-s3alias", "--ol-s3", "--xa-s3", ".mrap")
"""Where the name of an access point ends that stands in a bucket's place (S3 user guide)."""


def is_s3(uri: str) -> bool:
    """Whether a text names a place in S3."""
    return _split(uri) is not None


def locate(uri: str) -> str | None:
    """Return `bucket/key` of a place in S3, without slashes that say nothing.

    None for what is no place in S3, and for a place behind an access point: of what bucket that is,
    its name does not tell.
    """
    place = _split(uri)
    if place is None:
        return None
    bucket, key = place
    if not bucket or bucket.startswith("arn:") or bucket.endswith(ALIASED):
        return None
    return "/".join([bucket, *(segment for segment in key.split("/") if segment)])


def _split(uri: str) -> tuple[str, str] | None:
    """Return the bucket and the key as they are spelled."""
    scheme, colon, rest = uri.strip().partition("://")
    if not colon:
        return None
    host, _, key = rest.partition("/")
    if scheme.lower() in _SCHEMES:
        return host.lower(), key
    host = host.rpartition("@")[2].partition(":")[0].rstrip(".").lower()
    matched = _HOST.fullmatch(host) if scheme.lower() in {"http", "https"} else None
    if matched is None:
        return None
    if _HIDING.search(host):
        return "", key
    key = unquote(key.partition("?")[0])
    if matched["bucket"] is None:
        bucket, _, key = key.partition("/")
        return bucket.lower(), key
    return matched["bucket"], key
