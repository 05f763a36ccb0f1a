"""Decides what it means that Search's record lacks its `Tags` or `Parents`.

No document says whether Search leaves out an empty list or spells it. A service that spells an
empty list somewhere does not mean "none" by leaving one out elsewhere; otherwise some entities are
asked for by consistent reads, and only if they have none indeed, "left out" means "none" for their
kind. What stays unknown is kept, and every entity's tags are read again before an effect.
"""

from collections.abc import Callable
from dataclasses import replace

from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.search import Found
from sagewarden.core.entities import Entity
from sagewarden.core.reconcile import newest
from sagewarden.errors import Absent, ReadFailed

PROBES = 2
"""How many entities of a kind are asked for."""


def unknown_members(found: Found, looks: SageMakerLooks) -> frozenset[str]:
    """Mark what is unknown in `found` with None; return the keys that it concerns."""
    unknown: set[str] = set()
    for member, has_any in (
        ("Tags", lambda entity: bool(looks.tags(entity.arn))),
        ("Parents", lambda entity: bool(looks.trials_of(entity.name))),
    ):
        keys = found.without.get(member, [])
        if keys and not _means_none(found, member, has_any):
            unknown.update(keys)
            _forget(found, keys, member.lower())
    for key, births in found.records.items():
        if any(each.tags is None or each.parents is None for each in births):
            unknown.add(key)
    return frozenset(unknown)


def _means_none(found: Found, member: str, has_any: Callable[[Entity], bool]) -> bool:
    if member in found.spells_empty:
        return False
    keys = found.without[member]
    agreed = False
    for key in keys[:: -(-len(keys) // PROBES)]:
        try:
            if has_any(newest(found.records[key])):
                return False
        except Absent:
            continue
        except ReadFailed:
            return False
        agreed = True
    return agreed


def _forget(found: Found, keys: list[str], attribute: str) -> None:
    for key in keys:
        changes = {attribute: None}
        found.records[key] = tuple(
            [replace(each, **changes) for each in found.records[key]]  # type: ignore[arg-type]
        )
