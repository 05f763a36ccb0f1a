"""JSON Schemas of what says that an archive may be gone: statements of retention, tombstones."""

from typing import Any

from sagewarden.core.erasure import TOMBSTONE_FORMAT
from sagewarden.core.retention import RETENTION_FORMAT

_TEXT = {"type": "string"}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_OR_NONE = {"type": "string", "pattern": "^([0-9a-f]{64})?$"}
_COUNT = {"type": "integer", "minimum": 0}


def retention_schema() -> dict[str, Any]:
    """Return the schema of a statement: for how long archives are kept from its link on."""
    return _document(
        f"A SageWarden statement of retention, format {RETENTION_FORMAT}",
        RETENTION_FORMAT,
        {
            "account": _TEXT,
            "region": _TEXT,
            "run": _told("The run that made it.", _TEXT),
            "seconds": _told(
                "For how long archives are kept after their link; null: for ever.",
                {"type": ["integer", "null"], "exclusiveMinimum": 0},
            ),
            "absent": _told(
                "Archives that were gone when it was made: it excuses none of them.",
                {"type": "array", "items": _TEXT},
            ),
        },
    )


def tombstone_schema() -> dict[str, Any]:
    """Return the schema of a tombstone: what was erased at a person's request."""
    erased = _closed(
        {
            "key": _told("The object that is to be deleted.", _TEXT),
            "sha256": _told("Its hash, as the chain names it.", _HASH),
            "successor": _told("The archive of what it held of others; empty: nothing.", _TEXT),
            "successor_sha256": _OR_NONE,
            "entities": _told("How many entities were erased.", _COUNT),
            "kept": _told("How many stand in the successor.", _COUNT),
        }
    )
    return _document(
        f"A SageWarden tombstone, format {TOMBSTONE_FORMAT}",
        TOMBSTONE_FORMAT,
        {
            "account": _TEXT,
            "region": _TEXT,
            "erasure": _told("Its name, as the chain has it.", _TEXT),
            "at": _told("When, in UTC.", _TEXT | {"format": "date-time"}),
            "by": _told("Who did it, as STS says.", _TEXT),
            "reason": _TEXT,
            "objects": {"type": "array", "items": erased},
        },
    )


def _document(title: str, version: int, fields: dict[str, Any]) -> dict[str, Any]:
    start = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title}
    return start | _closed({"format": {"const": version}, **fields})


def _closed(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _told(description: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"description": description} | shape
