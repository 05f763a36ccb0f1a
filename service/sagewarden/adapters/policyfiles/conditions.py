"""`match` and `protect`: what must hold of an entity."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    Cursor,
    boolean,
    choice,
    duration,
    entries,
    fields,
    near,
    one_or_more,
    pairs,
    text,
)
from sagewarden.adapters.policyfiles.measures import (
    read_children,
    read_metrics,
    read_parameters,
    read_parents,
)
from sagewarden.adapters.policyfiles.nodes import Look, ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.adapters.policyfiles.wanted import Scope, wanted
from sagewarden.core.entities import RUNNING, STATUSES, Origin
from sagewarden.core.policy import (
    Aged,
    AllOf,
    AnyOf,
    Condition,
    CreatedBy,
    Displayed,
    Everything,
    Idle,
    InStatus,
    Named,
    Not,
    OfOrigin,
    Tagged,
    Unassigned,
)

STATUS_WORDS = (*STATUSES, "absent")
ORIGIN_WORDS = tuple(str(origin) for origin in Origin)
_TAGS = "tag keys, each with present, absent, a value or a list of values"
_TAG_VALUE = "a tag value or a glob"
_GLOB = "a glob, as in dev-*"


def read_match(cursor: Cursor, scope: Scope) -> Condition | None:
    """Read a policy's `match`: a mapping of conditions, or the word `all`."""
    node = cursor.node
    if isinstance(node, ScalarNode) and node.look is Look.TEXT:
        if node.text == "all":
            return Everything()
        allowed = "a mapping of conditions, or the word all"
        cursor.refuse(shown(node.text), allowed, near(node.text, ["all"]))
        return None
    return read_conditions(cursor, scope)


def read_conditions(cursor: Cursor, scope: Scope) -> Condition | None:
    """Read a mapping of conditions, all of which must hold."""
    conditions: list[Condition] = []
    for key, value in fields(cursor, CONDITION_FIELDS).items():
        conditions.extend(_READERS[key](value, scope))
    return together(conditions)


def read_tags(cursor: Cursor, _scope: Scope | None = None) -> tuple[Tagged, ...]:
    """Read tag keys with what is wanted of each."""
    tagged = [_tag(key, value) for key, value in pairs(cursor, _TAGS)]
    return tuple(tag for tag in tagged if tag is not None)


def read_protected(cursor: Cursor, key: str) -> tuple[Condition, ...]:
    """Read the `name` or the `tags` of an entry of `protect`; of several tags, all must hold."""
    return _name(cursor) if key == "name" else read_tags(cursor)


def together(conditions: Sequence[Condition]) -> Condition | None:
    """Return what holds when all of these do; None of none."""
    if not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else AllOf(tuple(conditions))


def _tag(key: Cursor, value: Cursor) -> Tagged | None:
    tag = text(key, "a tag key", LONGEST_KEY)
    asked = wanted(value, partial(text, allowed=_TAG_VALUE), "tag value", _TAG_VALUE)
    return None if tag is None or asked is None else Tagged(tag, *asked)


def _name(cursor: Cursor, _scope: Scope | None = None) -> tuple[Condition, ...]:
    globs = one_or_more(cursor, _glob, "at least one glob")
    return () if globs is None else (Named(globs),)


def _glob(cursor: Cursor) -> str | None:
    glob = text(cursor, _GLOB)
    if glob is not None and not glob.strip("*"):
        cursor.refuse(
            f"{shown(glob)}, which every name matches",
            "a glob that says something; to mean everything, leave it out or write match: all",
        )
        return None
    return glob


def _display_name(cursor: Cursor, _scope: Scope) -> tuple[Condition, ...]:
    asked = wanted(cursor, _glob, "glob", _GLOB)
    return () if asked is None else (Displayed(*asked),)


def _created_by(cursor: Cursor, _scope: Scope) -> tuple[Condition, ...]:
    asked = wanted(cursor, _glob, "glob", _GLOB)
    return () if asked is None else (CreatedBy(*asked),)


def _status(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    read = partial(_one_status, scope=scope)
    statuses = one_or_more(cursor, read, "at least one status")
    return () if statuses is None else (InStatus(statuses),)


def _one_status(cursor: Cursor, scope: Scope) -> str | None:
    status = choice(cursor, STATUS_WORDS)
    if status in RUNNING and scope.deletes and not scope.negated:
        settled = ", ".join(each for each in STATUS_WORDS if each not in RUNNING)
        cursor.refuse(f"{shown(str(status))} in a policy that deletes; running is kept", settled)
        return None
    return status


def _origin(cursor: Cursor, _scope: Scope) -> tuple[Condition, ...]:
    origins = one_or_more(cursor, _one_origin, "at least one origin")
    return () if origins is None else (OfOrigin(origins),)


def _one_origin(cursor: Cursor) -> Origin | None:
    origin = choice(cursor, ORIGIN_WORDS)
    return None if origin is None else Origin(origin)


def _idle(cursor: Cursor, _scope: Scope) -> tuple[Condition, ...]:
    least = duration(cursor)
    return () if least is None else (Idle(least),)


def _age(cursor: Cursor, _scope: Scope) -> tuple[Condition, ...]:
    least = duration(cursor)
    return () if least is None else (Aged(least),)


def _unassigned(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    if not scope.suits(cursor, "unassigned"):
        return ()
    wants = boolean(cursor)
    return () if wants is None else (Unassigned(wants),)


def _any(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    parts = _alternatives(cursor, scope)
    return (AnyOf(parts),) if parts else ()


def _all(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    parts = _alternatives(cursor, scope)
    return (AllOf(parts),) if parts else ()


def _alternatives(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    listed = entries(cursor, "a list of mappings of conditions")
    parts = [read_conditions(each, scope) for each in listed]
    return tuple(part for part in parts if part is not None)


def _not(cursor: Cursor, scope: Scope) -> tuple[Condition, ...]:
    part = read_conditions(cursor, replace(scope, negated=not scope.negated))
    return () if part is None else (Not(part),)


_READERS: Mapping[str, Callable[[Cursor, Scope], tuple[Condition, ...]]] = {
    "name": _name,
    "display_name": _display_name,
    "created_by": _created_by,
    "tags": read_tags,
    "status": _status,
    "origin": _origin,
    "idle": _idle,
    "age": _age,
    "unassigned": _unassigned,
    "parameters": read_parameters,
    "metrics": read_metrics,
    "children": read_children,
    "parents": read_parents,
    "any": _any,
    "all": _all,
    "not": _not,
}

CONDITION_FIELDS = tuple(_READERS)
"""Every key of a mapping of conditions."""
