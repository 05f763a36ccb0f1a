"""What was seen and judged, as the rows and counts that a report tells."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sagewarden.application.judging import Governance, Judged
from sagewarden.core.canonical import spell_time
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.policy import Action
from sagewarden.core.protection import HOLD_TAG
from sagewarden.core.report_rows import HoldRow, JudgedRow, PolicyRow

IDLE_STEPS = ((7, "under 7d"), (30, "7-30d"), (90, "30-90d"), (180, "90-180d"), (365, "180-365d"))


def policy_rows(governance: Governance, judged: Judged | None) -> Iterable[PolicyRow]:
    """Yield what each policy found, by name: trees by verdict."""
    given = () if judged is None else judged.judgements.given
    counts = Counter((each.policy.name, each.verdict) for each in given)
    for policy in sorted(governance.policies.policies, key=lambda each: each.name):
        yield PolicyRow(
            name=policy.name,
            description=policy.description,
            resource=str(policy.resource),
            action=str(policy.action),
            grace="" if policy.grace is None else spell_duration(policy.grace),
            place=str(policy.place),
            keep=counts[policy.name, Verdict.KEEP],
            mark=counts[policy.name, Verdict.MARK],
            delete=counts[policy.name, Verdict.DELETE],
            report=counts[policy.name, Verdict.REPORT],
        )


_spelled = lru_cache(1 << 10)(spell_time)
"""Spells the few days on which all of a run's marks are due."""


def judged_row(judgement: Judgement, *, held: bool = False) -> JudgedRow:
    """Return one judgement as its row."""
    return JudgedRow(
        kind=str(judgement.entity.kind),
        name=judgement.entity.name,
        policy=judgement.policy.name,
        verdict=str(judgement.verdict),
        reasons=judgement.reasons,
        against=judgement.against,
        owner=judgement.owner,
        size=judgement.size,
        due="" if judgement.mark is None else _spelled(judgement.mark.due),
        held=held,
    )


def judged_rows(judged: Judged) -> Iterable[JudgedRow]:
    """Yield every judgement, with whether a hold or a protection is among what keeps it."""
    forest, bound = judged.judgements.forest, judged.judgements.protected.bound
    for each in judged.judgements.given:
        kept = each.verdict is Verdict.KEEP and each.policy.action is Action.DELETE
        yield judged_row(each, held=kept and bool(bound) and _bound(each.entity, forest, bound))


def _bound(root: Entity, forest: Forest, bound: frozenset[Identity]) -> bool:
    """Whether any part of a tree, or anything above one, is held or protected."""
    parts = forest.tree(root).parts
    line = (each for part in parts for each in (part, *forest.above(part)))
    return any(each.identity in bound for each in line)


def hold_rows(judged: Judged) -> Iterable[HoldRow]:
    """Yield what was held by command or by its tag, by kind and name."""
    by_command = judged.judgements.holds
    for entity in judged.inventory.everything():
        told = [("command", each) for each in by_command.get(entity.identity, ())]
        if entity.tags and HOLD_TAG in entity.tags:
            told.append(("tag", f"{HOLD_TAG}={entity.tags[HOLD_TAG]}"))
        for source, text in told:
            yield HoldRow(
                kind=str(entity.kind),
                name=entity.name,
                owner=judged.owner(entity),
                source=source,
                told=text,
            )


def gap_told(gap: Any) -> str:
    """Say what could not be read, and why."""
    where = f"{gap.kind} {gap.name}" if gap.name else f"all {gap.kind}s"
    return f"{where}: {gap.reason}"


def spelled_counts(counts: Mapping[Kind, int]) -> dict[str, int]:
    """Return counts by the spelling of their kinds."""
    return {str(kind): count for kind, count in counts.items()}


def statuses(judged: Judged) -> Mapping[str, int]:
    """Count components by status."""
    found = Counter(each.status or "absent" for each in judged.inventory.components.values())
    return dict(sorted(found.items()))


def origins(judged: Judged) -> Mapping[str, int]:
    """Count components by what made them."""
    found = Counter(str(each.origin) for each in judged.inventory.components.values())
    return dict(sorted(found.items()))


def idle(judged: Judged) -> tuple[tuple[str, int], ...]:
    """Count components by the days since their last change, the shortest first."""
    counts = dict.fromkeys([*(label for _, label in IDLE_STEPS), "over 365d"], 0)
    for entity in judged.inventory.components.values():
        days = (judged.now - (entity.modified or entity.created)).days
        label = next((name for most, name in IDLE_STEPS if days < most), "over 365d")
        counts[label] += 1
    return tuple(counts.items())
