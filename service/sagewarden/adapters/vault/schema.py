"""JSON Schemas of the lines of archives and indexes, for who reads them without SageWarden."""

from typing import Any

from sagewarden.core.archive import FORMAT
from sagewarden.core.archive_index import INDEX_FORMAT
from sagewarden.core.entities import Kind

KINDS = [str(kind) for kind in Kind]

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_RECORD = {"type": "object"}
_NUMBER = {
    "description": "A number, or what JSON has no spelling for.",
    "anyOf": [
        {"type": "number"},
        _RECORD
        | {
            "properties": {"$float": {"enum": ["nan", "inf", "-inf"]}},
            "required": ["$float"],
            "additionalProperties": False,
        },
    ],
}


def archive_schema() -> dict[str, Any]:
    """Return the schema of one line: the header, which is the first, or an entity's record."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of a SageWarden archive, format {FORMAT}",
        "description": "JSON Lines in one zstd frame: a header, then one line for each entity.",
        "oneOf": [_header(), _entity()],
    }


def index_schema() -> dict[str, Any]:
    """Return the schema of one line of an index: the header, or what an archive object holds."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A line of the index of a run's archives, format {INDEX_FORMAT}",
        "description": "JSON Lines in one zstd frame: a header, then one line for each object.",
        "oneOf": [
            _closed(
                "The first line: whose archives these are.",
                {
                    "sagewarden_index": _told("Version of the format.", {"const": INDEX_FORMAT}),
                    "target": _told("Account and region.", _TEXT),
                    "run": _told("The run that wrote them.", _TEXT),
                },
            ),
            _closed(
                "What one archive object holds.",
                {
                    "archive": _told("SHA-256 of the object.", _HASH),
                    "entities": {"type": "array", "items": _indexed()},
                },
            ),
        ],
    }


def _indexed() -> dict[str, Any]:
    return _closed(
        "An entity, as far as listing it and planning to restore it go.",
        {
            "kind": {"enum": KINDS},
            "name": _told("In lower case, as AWS compares names.", _TEXT),
            "created_ms": _told("CreationTime, milliseconds since 1970 UTC.", {"type": "integer"}),
            "tags": _RECORD | {"additionalProperties": _TEXT},
            "creator": _told("The user profile that made it.", {"type": ["string", "null"]}),
            "points": _told("Metric points that would come back.", {"type": "integer"}),
            "unreturnable": _told("Fields of Describe that no Create call takes.", _TEXTS),
            "left_out": _told("What else would not come back, in words.", _TEXTS),
        },
    )


def _closed(description: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "description": description,
        "properties": fields,
        "required": list(fields),
        "additionalProperties": False,
    }


def _told(description: str, shape: dict[str, Any]) -> dict[str, Any]:
    return {"description": description} | shape


def _header() -> dict[str, Any]:
    counts = {kind: {"type": "integer", "minimum": 0} for kind in KINDS}
    return _closed(
        "The first line: what the archive is of.",
        {
            "sagewarden_archive": _told("Version of the format.", {"const": FORMAT}),
            "target": _told("Account and region.", _TEXT),
            "run": _told("The run that wrote it.", _TEXT),
            "plan": _told("Digest of the plan that it was written for.", _HASH),
            "unit": _told("The plan's unit: what stands or falls together.", _TEXT),
            "written": _told("When, in UTC.", _TEXT | {"format": "date-time"}),
            "counts": _closed("Entities by kind.", counts),
        },
    )


def _entity() -> dict[str, Any]:
    return _closed(
        "An entity: everything there was to read about it.",
        {
            "kind": {"enum": KINDS},
            "name": _told("In lower case, as AWS compares names.", _TEXT),
            "created_ms": _told("CreationTime, milliseconds since 1970 UTC.", {"type": "integer"}),
            "arn": _TEXT,
            "fingerprint": _told("Of its content as it was planned.", _HASH),
            "described": _told("Describe's whole answer; times in UTC.", _RECORD),
            "tags": _RECORD | {"additionalProperties": _TEXT},
            "parents": _told("A component's trials, or a trial's experiment, by key.", _TEXTS),
            "associations": _told(
                "Lineage edges, as ListAssociations gives them.",
                {"type": "array", "items": _RECORD},
            ),
            "source": _told(
                "The record of the job that made it, from Search's SourceDetail.",
                {"type": ["object", "null"]},
            ),
            "series": {"type": "array", "items": _series()},
            "unread": _told("What could not be read, in words.", _TEXTS),
        },
    )


def _series() -> dict[str, Any]:
    point = {"type": "array", "prefixItems": [{"type": "integer"}, _NUMBER], "items": False}
    return _closed(
        "A metric along one axis.",
        {
            "metric": _TEXT,
            "x_axis": {"enum": ["IterationNumber", "Timestamp"]},
            "period": _told("BatchGetMetrics' Period that it was read with.", _TEXT),
            "stat": _told("BatchGetMetrics' MetricStat that it was read with.", _TEXT),
            "status": _told("Complete, or what is missing.", _TEXT),
            "points": _told("Place on the axis, and value.", {"type": "array", "items": point}),
        },
    )
