"""What became of each step, from the journal; the rows that a report tells of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sagewarden.application.journal import Entry, Journal
from sagewarden.application.judging import Judged
from sagewarden.application.ports import Bench
from sagewarden.application.story import Story
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.journal import Outcome, Result, tally
from sagewarden.core.plan import Effect, PlannedEntity
from sagewarden.core.report_rows import OutcomeRow


def outcome_rows(bench: Bench, story: Story) -> tuple[OutcomeRow, ...]:
    """One row a step: of a step that a dead run left and this one did, the later outcome."""
    journal = Journal(bench.vault, bench.target)
    found: dict[tuple[str, str, int, str, str], OutcomeRow] = {}
    for run in story.adopted:
        found |= _by_place(row for entry in journal.entries(run) for row in _journalled(entry))
    done = {place: row for place, row in found.items() if row.result == str(Result.DONE)}
    found |= _by_place(_left_rows(story))
    found |= _by_place(row for entry in journal.entries(story.run) for row in _journalled(entry))
    return tuple((found | done).values())


def _by_place(rows: Iterable[OutcomeRow]) -> dict[tuple[str, str, int, str, str], OutcomeRow]:
    return {_place(row): row for row in rows}


def _place(row: OutcomeRow) -> tuple[str, str, int, str, str]:
    return (row.kind, row.name, row.created_ms, row.effect, row.trial)


def _journalled(entry: Entry) -> Iterable[OutcomeRow]:
    known = {each.identity: each for each in entry.intent.entities}
    intent = entry.intent
    where = (intent.run, intent.unit, intent.plan)
    archive = (intent.archive_key, intent.archive_sha256)
    outcomes = entry.settled.outcomes if entry.settled is not None else _open(entry)
    at = entry.settled.at if entry.settled is not None else ""
    for outcome in outcomes:
        yield _row(outcome, known.get(outcome.step.identity), (*archive, at), where)


def _open(entry: Entry) -> Iterable[Outcome]:
    return [
        Outcome(step, Result.NEEDS_PERSON, "the intent is open: the run ended before its outcome")
        for step in entry.intent.steps
    ]


def _left_rows(story: Story) -> Iterable[OutcomeRow]:
    """Steps that never reached the journal: not attempted, with the reason."""
    planned = {
        each.identity: (each, (story.run, unit.identity, plan.digest))
        for plan in story.plans
        for unit in plan.units
        for each in (*unit.entities, *unit.spared)
    }
    for outcome in story.left:
        if outcome.step.identity in planned:
            entity, where = planned[outcome.step.identity]
            yield _row(outcome, entity, ("", "", ""), where)


def _row(
    outcome: Outcome,
    planned: PlannedEntity | None,
    evidence: tuple[str, str, str],
    where: tuple[str, str, str],
) -> OutcomeRow:
    run, unit, plan = where
    archive_key, archive_sha256, at = evidence
    identity: Identity = outcome.step.identity
    return OutcomeRow(
        run=run,
        unit=unit,
        effect=str(outcome.step.effect),
        kind=str(identity.kind),
        name=identity.name if planned is None else planned.name,
        created_ms=identity.created_ms,
        trial=outcome.step.trial,
        result=str(outcome.result),
        detail=outcome.detail,
        policy="" if planned is None else planned.policy,
        rule="" if planned is None else planned.rule,
        archive_key=archive_key,
        archive_sha256=archive_sha256,
        at=at,
        plan=plan,
    )


def with_owners(rows: Iterable[OutcomeRow], judged: Judged | None) -> tuple[OutcomeRow, ...]:
    """Add to each step whose its entity was, as far as this run saw the entity."""
    if judged is None:
        return tuple(rows)
    return tuple(replace(row, owner=_owner(row, judged)) for row in rows)


def _owner(row: OutcomeRow, judged: Judged) -> str:
    entity = judged.inventory.of(Kind(row.kind)).get(row.name.lower())
    if entity is None or entity.identity.created_ms != row.created_ms:
        return ""
    return judged.owner(entity)


def tallied(rows: Sequence[OutcomeRow]) -> Mapping[str, int]:
    """Count rows by result; every result is there, with zero if none."""
    counts = tally(())
    for row in rows:
        counts[row.result] += 1
    return counts


def deleted_counts(rows: Iterable[OutcomeRow]) -> Mapping[str, int]:
    """Count by kind what is confirmed to be deleted."""
    counts = {str(kind): 0 for kind in Kind}
    for row in rows:
        if row.effect == str(Effect.DELETE) and row.result == str(Result.DONE):
            counts[row.kind] += 1
    return counts
