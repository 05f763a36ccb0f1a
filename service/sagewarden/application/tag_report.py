"""What a report tells of tags: what was written, how policies are complied with, what is left."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from sagewarden.application.journal import Journal, TagEntry
from sagewarden.application.judging import Judged
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.journal import Result
from sagewarden.core.report_rows import ComplianceRow, TagGap, TagRow
from sagewarden.core.tagging import Inspected, State
from sagewarden.core.tags import TagOutcome, TagStep

PLANNED: Final = "planned"
"""Stands for a result in a plan: nothing was written."""

_COMPLIANT: Final = "compliant"
_WORST: Final = (State.VIOLATION, State.LEFT, State.UNKNOWN, State.REPAIR)


def tag_rows(
    journal: Journal, run: str, adopted: Iterable[str], left: Iterable[TagOutcome]
) -> tuple[TagRow, ...]:
    """One row a tag: of what a dead run left and this one did, the later outcome."""
    told: list[TagRow] = []
    for dead in adopted:
        told += [row for entry in journal.tag_entries(dead) for row in _journalled(entry)]
    told += [_row(run, each, "") for each in left]
    told += [row for entry in journal.tag_entries(run) for row in _journalled(entry)]
    return tuple({(row.kind, row.name, row.created_ms, row.key): row for row in told}.values())


def planned_rows(steps: Iterable[TagStep]) -> tuple[TagRow, ...]:
    """One row for each tag that a run would write."""
    return tuple(_told("", step, PLANNED, "", "") for step in steps)


def _journalled(entry: TagEntry) -> Iterable[TagRow]:
    settled = entry.settled
    if settled is not None:
        return [_row(entry.intent.run, each, settled.at) for each in settled.outcomes]
    why = "the intent is open: the run ended before its outcome"
    left = (TagOutcome(step, Result.NEEDS_PERSON, why) for step in entry.intent.steps)
    return [_row(entry.intent.run, each, "") for each in left]


def _row(run: str, outcome: TagOutcome, at: str) -> TagRow:
    return _told(run, outcome.step, str(outcome.result), outcome.detail, at)


def _told(run: str, step: TagStep, result: str, detail: str, at: str) -> TagRow:
    return TagRow(
        run=run,
        kind=str(step.identity.kind),
        name=step.name,
        created_ms=step.identity.created_ms,
        key=step.key,
        before=step.before,
        after=step.after,
        policy=step.policy,
        reason=step.reason,
        result=result,
        detail=detail,
        at=at,
    )


def compliance(judged: Judged) -> tuple[ComplianceRow, ...]:
    """Count, by policy and owner, how entities stand by their worst tag."""
    rows = []
    for some in judged.judgements.inspected:
        worst = _worst(some)
        by_owner: dict[str, Counter[str]] = defaultdict(Counter)
        for each in some.entities:
            by_owner[judged.owner(each)][worst.get(each.identity, _COMPLIANT)] += 1
        for who, counts in sorted(by_owner.items()):
            rows.append(
                ComplianceRow(
                    policy=some.policy.name,
                    owner=who,
                    compliant=counts[_COMPLIANT],
                    repair=counts[str(State.REPAIR)],
                    left=counts[str(State.LEFT)],
                    violation=counts[str(State.VIOLATION)],
                    unknown=counts[str(State.UNKNOWN)],
                )
            )
    return tuple(rows)


def _worst(some: Inspected) -> Mapping[Identity, str]:
    found: dict[Identity, str] = {}
    for state in reversed(_WORST):
        ours = [each for each in some.findings if each.state is state]
        found |= {each.entity.identity: str(state) for each in ours}
    return found


def tag_gaps(judged: Judged) -> tuple[TagGap, ...]:
    """Return every required tag that this run does not repair, by owner, then policy and name."""
    gaps = [
        TagGap(
            kind=str(each.entity.kind),
            name=each.entity.name,
            policy=each.policy.name,
            key=each.key,
            value=each.value,
            state=str(each.state),
            reason=each.reason,
            owner=judged.owner(each.entity),
            since=_since(judged, each.entity, each.policy.name),
        )
        for some in judged.judgements.inspected
        for each in some.findings
        if each.state is not State.REPAIR
    ]
    return tuple(sorted(gaps, key=lambda gap: (gap.owner, gap.policy, gap.kind, gap.name, gap.key)))


def _since(judged: Judged, entity: Entity, policy: str) -> str:
    found = judged.judgements.violations.get((entity.identity, policy))
    return "" if found is None else spell_time(found.since)
