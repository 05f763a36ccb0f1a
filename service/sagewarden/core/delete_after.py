"""Tags that tell on a marked experiment itself when it may go: made of marks, never read back."""

from collections.abc import Iterable, Iterator

from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.inventory import Inventory
from sagewarden.core.marks import Mark, Marks
from sagewarden.core.tags import TagStep

DELETE_AFTER_TAG = "sagewarden:delete-after"
"""Its value is the earliest due date (RFC 3339, UTC) of the marks that an experiment carries."""


def delete_after(inventory: Inventory, marks: Marks) -> tuple[TagStep, ...]:
    """Return what makes the tags of all experiments agree with their marks, in one order.

    An experiment whose tags are unknown is left alone.
    """
    first = _first_due(marks.values())
    steps = (
        step
        for entity in inventory.experiments.values()
        for step in _steps(entity, first.get(entity.identity))
    )
    return tuple(sorted(steps, key=lambda step: (step.identity, step.key)))


def _first_due(marks: Iterable[Mark]) -> dict[Identity, Mark]:
    first: dict[Identity, Mark] = {}
    for mark in sorted(marks, key=lambda each: (each.due, each.policy), reverse=True):
        first[mark.identity] = mark
    return first


def _steps(entity: Entity, mark: Mark | None) -> Iterator[TagStep]:
    if entity.tags is None:
        return
    before = entity.tags.get(DELETE_AFTER_TAG)
    after = None if mark is None else spell_time(mark.due)
    if before != after:
        reason = "it is not marked any more" if mark is None else f"marked by policy {mark.policy}"
        yield TagStep(entity.identity, entity.name, DELETE_AFTER_TAG, before, after, reason=reason)
