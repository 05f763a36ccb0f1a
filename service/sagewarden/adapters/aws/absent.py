"""Decides what it means that Search's record lacks its `Tags` or `Parents`.

No document says whether Search leaves out an empty list or spells it. A service that spells an
empty list somewhere does not mean "none" by leaving one out elsewhere; otherwise one entity is
asked for by a consistent read, and only if it has none indeed, "left out" means "none" for its
kind. What stays unknown is kept.
"""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.search import Found
from sagewarden.core.entities import Entity
from sagewarden.errors import Absent, ReadFailed

PROBES = 3
"""Entities asked for before giving up, should the first ones be deleted in between."""


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
        if any(each.tags is None or each.parents is None for each in births.values()):
            unknown.add(key)
    return frozenset(unknown)


def _means_none(found: Found, member: str, has_any: Callable[[Entity], bool]) -> bool:
    if member in found.spells_empty:
        return False
    for key in islice(found.without[member], PROBES):
        births = found.records[key]
        try:
            return not has_any(births[max(births)])
        except Absent:
            continue
        except ReadFailed:
            return False
    return False


def _forget(found: Found, keys: list[str], attribute: str) -> None:
    for key in keys:
        births = found.records[key]
        for born, entity in births.items():
            changes = {attribute: None}
            births[born] = replace(entity, **changes)  # type: ignore[arg-type]
