"""What several conditions share: whom they are for, and values beside `present` and `absent`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from sagewarden.adapters.policyfiles.cursor import Cursor, entries, one_or_more
from sagewarden.adapters.policyfiles.nodes import ListNode, ScalarNode
from sagewarden.adapters.policyfiles.problems import shown
from sagewarden.core.entities import Kind

T = TypeVar("T")

Want = Literal["present", "absent", "values"]

_PRESENCE: dict[str, Want] = {"present": "present", "absent": "absent"}

SUITED: Mapping[str, tuple[Kind, ...]] = {
    "unassigned": (Kind.COMPONENT,),
    "parameters": (Kind.COMPONENT,),
    "metrics": (Kind.COMPONENT,),
    "children": (Kind.EXPERIMENT, Kind.TRIAL),
    "parents": (Kind.COMPONENT,),
}
"""Conditions that say nothing of other resources than these."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a condition is for: its policy's resource, and whether what it finds is deleted.

    `resource` is None when the policy does not say it well. Below `not`, what a condition finds
    is what the policy leaves alone, so `deletes` turns around there.
    """

    resource: Kind | None
    deletes: bool
    negated: bool = False

    def suits(self, cursor: Cursor, key: str) -> bool:
        """Whether a key says anything of the policy's resource; note it if not."""
        kinds = SUITED[key]
        if self.resource is None or self.resource in kinds:
            return True
        cursor.refuse(
            f"{shown(key)} for the resource {self.resource}",
            f"it only for the resource {' or '.join(kinds)}",
        )
        return False


def wanted(
    cursor: Cursor, read: Callable[[Cursor], T | None], word: str, allowed: str
) -> tuple[Want, tuple[T, ...]] | None:
    """Read `present`, `absent`, or one or more values (`word` names one, `allowed` spells it)."""
    presence = _presence(cursor)
    if presence is not None:
        return presence, ()
    if isinstance(cursor.node, ListNode) and not _values_only(cursor, word, allowed):
        return None
    values = one_or_more(cursor, read, f"at least one {word}")
    return None if values is None else ("values", values)


def _values_only(cursor: Cursor, word: str, allowed: str) -> bool:
    for each in entries(cursor, allowed) if _filled(cursor) else ():
        if (presence := _presence(each)) is not None:
            each.refuse(f"{shown(presence)} among values", f"{word}s only, or {presence} alone")
            return False
    return True


def _filled(cursor: Cursor) -> bool:
    return isinstance(cursor.node, ListNode) and bool(cursor.node.nodes)


def _presence(cursor: Cursor) -> Want | None:
    return _PRESENCE.get(cursor.node.text) if isinstance(cursor.node, ScalarNode) else None
