"""The models in use in a fixture's account: who rests on which place in S3."""

from sagewarden.adapters.policyfiles.cursor import (
    Cursor,
    entries,
    fields,
    need,
    one_or_more,
    text,
)
from sagewarden.adapters.policyfiles.nodes import ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.core.models import Models, ModelUse, Role
from sagewarden.core.places import locate

UNKNOWN = "unknown"
"""What stands for what could not be read."""

USES = {"endpoint": Role.DEPLOYED, "package": Role.REGISTERED, "model": Role.MODEL}
_NAME = "the name of what rests on it"
_PLACE = "a place in S3, as in s3://bucket/key"
_LONG = 2048
_KNOWN = f"a list of models in use, each with its artifacts, or {UNKNOWN}"


def is_unknown(cursor: Cursor) -> bool:
    """Whether somebody wrote that this could not be read."""
    return isinstance(cursor.node, ScalarNode) and cursor.node.text == UNKNOWN


def place(cursor: Cursor) -> str | None:
    """Read a place in S3."""
    uri = text(cursor, _PLACE, _LONG)
    if uri is not None and locate(uri) is None:
        cursor.refuse(shown(uri), _PLACE)
        return None
    return uri


def read_models(cursor: Cursor | None) -> Models:
    """Read which models are in use: none unless somebody says so."""
    if cursor is None:
        return Models()
    if is_unknown(cursor):
        return Models(unread="the fixture says so")
    return Models.of(use for each in entries(cursor, _KNOWN) for use in _uses(each))


def _uses(cursor: Cursor) -> list[ModelUse]:
    found = fields(cursor, (*USES, "artifacts"))
    named = [(word, found[word]) for word in USES if word in found]
    at = need(cursor, found, "artifacts", _PLACE)
    places = one_or_more(at, place, "at least one place in S3") if at else None
    if len(named) != 1:
        cursor.refuse(f"{len(named)} names of what rests on it", f"one of {', '.join(USES)}")
        return []
    ((word, by),) = named
    name = text(by, _NAME, _LONG)
    told = "model package" if word == "package" else word
    return [ModelUse(USES[word], f"{told} {name}", uri) for uri in places or () if name]
