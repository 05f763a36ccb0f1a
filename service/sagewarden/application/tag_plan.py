"""Which tags a run would write: repairs of what policies require, and what tells of marks."""

from dataclasses import dataclass

from sagewarden.application.judging import Governance, Judged
from sagewarden.core.delete_after import delete_after
from sagewarden.core.judge import keeps_tags
from sagewarden.core.tagging import repairs
from sagewarden.core.tags import TagStep


@dataclass(frozen=True, slots=True)
class TagPlan:
    """Steps to take, and repairs that are refused because they are too many, with the reason.

    `notes` tell of tags that are left because their entity is held.
    """

    steps: tuple[TagStep, ...]
    refused: tuple[TagStep, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()


def plan_tags(judged: Judged, governance: Governance) -> TagPlan:
    """Plan what is to be written; too many repairs are refused, not trimmed.

    No approval is needed and no digest covers it: a tag can be set back, and it must neither wait
    for a deletion nor void one that was approved.
    """
    if not judged.trusted:
        return TagPlan(())
    mended = repairs(judged.judgements.inspected)
    told, notes = _told_marks(judged) if governance.tag_marks else ((), ())
    count = len({step.identity for step in mended})
    if count <= governance.repairs:
        return TagPlan((*mended, *told), notes=notes)
    reason = (
        f"tags of {count} entities would be repaired, limits.repairs allows {governance.repairs}"
    )
    return TagPlan(told, mended, reason, notes)


def _told_marks(judged: Judged) -> tuple[tuple[TagStep, ...], tuple[str, ...]]:
    """Return what tells of marks, and what is said of experiments that are held meanwhile."""
    given, there = judged.judgements, judged.inventory.experiments
    steps = delete_after(judged.inventory, given.marks)
    left = {
        step: reason
        for step in steps
        if (reason := keeps_tags(there[step.identity.name], given.forest, given.protected))
    }
    notes = (
        f"{step.key} of {step.identity} does not tell of its marks; {left[step]}" for step in left
    )
    return tuple(step for step in steps if step not in left), tuple(notes)
