"""The JSON Schema of what `report --format json` prints, made from the very types it is made of."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from sagewarden.core.audit import AUDIT_FORMAT, Audit
from sagewarden.core.figures import TREND_FORMAT, History
from sagewarden.core.owned import OWNERS_FORMAT, Owners
from sagewarden.core.report import REPORT_FORMAT, Report

DOCUMENTS: Final[Mapping[str, tuple[type, int]]] = {
    "run": (Report, REPORT_FORMAT),
    "owners": (Owners, OWNERS_FORMAT),
    "audit": (Audit, AUDIT_FORMAT),
    "trend": (History, TREND_FORMAT),
}
"""By reader: the type and the version of its format."""

_PLAIN: Final[Mapping[Any, str]] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    NoneType: "null",
}


def schema_of(reader: str) -> dict[str, Any]:
    """Return the schema of one reader's document: run, owners, audit or trend."""
    kind, version = DOCUMENTS[reader]
    parts: dict[str, Any] = {}
    whole = _closed(kind, parts)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"A SageWarden report for: {reader}, format {version}",
        **whole,
        "properties": {"format": {"const": version}, **whole["properties"]},
        "required": ["format", *whole["required"]],
        "$defs": parts,
    }


def _closed(kind: type, parts: dict[str, Any]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = [each.name for each in fields(kind)]
    return {
        "type": "object",
        "description": _description(kind),
        "properties": {name: _shape(hints[name], parts) for name in names},
        "required": names,
        "additionalProperties": False,
    }


def _description(kind: type) -> str:
    return " ".join((kind.__doc__ or "").replace("`", "").split())


def _shape(hint: Any, parts: dict[str, Any]) -> dict[str, Any]:
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    if is_dataclass(hint):
        return _named(hint, parts)
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return {"anyOf": [_shape(each, parts) for each in inner]}
    if origin is tuple:
        return _array(inner, parts)
    if origin is Mapping:
        return {"type": "object", "additionalProperties": _shape(inner[1], parts)}
    raise TypeError(f"no JSON Schema is known of {hint}")


def _named(kind: Any, parts: dict[str, Any]) -> dict[str, Any]:
    name = kind.__name__
    if name not in parts:
        parts[name] = {}  # so that a type that holds itself ends
        parts[name] = _closed(kind, parts)
    return {"$ref": f"#/$defs/{name}"}


def _array(inner: tuple[Any, ...], parts: dict[str, Any]) -> dict[str, Any]:
    if inner[1:] == (...,):
        return {"type": "array", "items": _shape(inner[0], parts)}
    items = [_shape(each, parts) for each in inner]
    return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}
