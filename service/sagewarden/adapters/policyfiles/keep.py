"""`keep`: what stays of all that a policy matches."""

from functools import partial

from sagewarden.adapters.policyfiles.cursor import (
    LONGEST_KEY,
    Cursor,
    choice,
    count,
    fields,
    need,
    one_or_more,
    text,
)
from sagewarden.adapters.policyfiles.nodes import ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.core.entities import Kind
from sagewarden.core.policy import GroupKey, Keep

_LATER = frozenset({"best", "within", "daily", "weekly", "monthly", "yearly", "tags"})
_EVERYWHERE = ("name-prefix",)
_GROUPS: dict[Kind | None, tuple[str, ...]] = {
    Kind.EXPERIMENT: _EVERYWHERE,
    Kind.TRIAL: ("experiment", *_EVERYWHERE),
    Kind.COMPONENT: ("experiment", "trial", *_EVERYWHERE),
    None: ("experiment", "trial", *_EVERYWHERE),
}
_TAG = "tag:"
_LONGEST_TAG = len(_TAG) + LONGEST_KEY


def read_keep(cursor: Cursor, resource: Kind | None) -> Keep | None:
    """Read a keep rule; how it may group depends on the resource."""
    found = fields(cursor, ("last", "group_by"), _LATER)
    last = need(cursor, found, "last", "a whole number from 1")
    number = count(last) if last else None
    groups: tuple[GroupKey, ...] | None = ()
    if "group_by" in found:
        read = partial(_group, resource=resource)
        groups = one_or_more(found["group_by"], read, "at least one group")
    return None if number is None or groups is None else Keep(number, groups)


def _group(cursor: Cursor, resource: Kind | None) -> GroupKey | None:
    node = cursor.node
    if isinstance(node, ScalarNode) and node.text.startswith(_TAG):
        tag = node.text.removeprefix(_TAG)
        if tag.strip():
            return GroupKey("tag", tag) if text(cursor, "tag:KEY", _LONGEST_TAG) else None
        cursor.refuse("a group without a tag key", "tag:KEY")
        return None
    words = _GROUPS[resource]
    if isinstance(node, ScalarNode) and node.text in set(_GROUPS[None]) - set(words):
        found = f"{shown(node.text)}, which says nothing of the resource {resource}"
        cursor.refuse(found, ", ".join((*words, "tag:KEY")))
        return None
    match choice(cursor, words, also=", tag:KEY"):
        case "experiment":
            return GroupKey("experiment")
        case "trial":
            return GroupKey("trial")
        case "name-prefix":
            return GroupKey("name-prefix")
        case _:
            return None
