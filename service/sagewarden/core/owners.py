"""Whose an entity is: its own tag, else who created it, else its parents' owner, else a default."""

from dataclasses import dataclass
from datetime import timedelta

from sagewarden.core.entities import Entity
from sagewarden.core.forest import Forest


@dataclass(frozen=True, slots=True)
class OwnerRules:
    """How owners are found: `keys` of tags, in order, and `default` for what has none (or empty).

    `ownerless_grace` is a floor under the grace period of what nobody owns: no one is told there.
    """

    keys: tuple[str, ...] = ("owner",)
    default: str = ""
    ownerless_grace: timedelta = timedelta(0)


def owner_of(entity: Entity, forest: Forest, rules: OwnerRules) -> str:
    """Return whose an entity is; empty when nobody is found and there is no default.

    Parents with different owners give none: nobody is told of what may be another's.
    """
    return _own(entity, rules) or _inherited(entity, forest, rules) or rules.default


def _own(entity: Entity, rules: OwnerRules) -> str:
    if entity.tags:
        for key in rules.keys:
            owner = entity.tags.get(key, "")
            if owner.strip():
                return owner
    return entity.created_by or ""


def _inherited(entity: Entity, forest: Forest, rules: OwnerRules) -> str:
    parents = forest.parents(entity)
    if not parents:
        return ""
    owners = {_own(each, rules) or _inherited(each, forest, rules) for each in parents}
    return owners.pop() if len(owners) == 1 else ""
