"""Which tags a run would write: repairs of what policies require, and what tells of marks."""

from dataclasses import dataclass

from sagewarden.application.judging import Governance, Judged
from sagewarden.core.delete_after import delete_after
from sagewarden.core.tagging import repairs
from sagewarden.core.tags import TagStep


@dataclass(frozen=True, slots=True)
class TagPlan:
    """Steps to take, and repairs that are refused because they are too many, with the reason."""

    steps: tuple[TagStep, ...]
    refused: tuple[TagStep, ...] = ()
    reason: str = ""


def plan_tags(judged: Judged, governance: Governance) -> TagPlan:
    """Plan what is to be written; too many repairs are refused, not trimmed.

    No approval is needed and no digest covers it: a tag can be set back, and it must neither wait
    for a deletion nor void one that was approved.
    """
    if not judged.trusted:
        return TagPlan(())
    mended = repairs(judged.judgements.inspected)
    marks = judged.judgements.marks
    told = delete_after(judged.inventory, marks) if governance.tag_marks else ()
    count = len({step.identity for step in mended})
    if count <= governance.repairs:
        return TagPlan((*mended, *told))
    reason = (
        f"tags of {count} entities would be repaired, limits.repairs allows {governance.repairs}"
    )
    return TagPlan(told, mended, reason)
