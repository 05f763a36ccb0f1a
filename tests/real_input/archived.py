"""Reads archive objects with `zstandard` and `json` alone, as `zstd -d | jq` would."""

import json
from datetime import UTC, datetime
from typing import Any

import zstandard


def read_archive(body: bytes) -> list[dict[str, Any]]:
    """Return the lines of an archive object; the first is its header."""
    text = zstandard.ZstdDecompressor().decompress(body)
    return [json.loads(line) for line in text.splitlines()]


def spelled(value: Any) -> Any:
    """Spell what boto3 gives as JSON: times in UTC, to the millisecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: spelled(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [spelled(each) for each in value]
    return value
