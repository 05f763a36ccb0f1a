"""What became of each step, from the journal; the rows that a report tells of it."""

from collections.abc import Iterable, Mapping, Sequence

from sagewarden.application.journal import Entry, Journal
from sagewarden.application.ports import Bench
from sagewarden.application.story import Story
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.journal import Outcome, Result, tally
from sagewarden.core.plan import Effect, PlannedEntity
from sagewarden.core.report import OutcomeRow


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
    archive = (entry.intent.archive_key, entry.intent.archive_sha256)
    outcomes = entry.settled.outcomes if entry.settled is not None else _open(entry)
    at = entry.settled.at if entry.settled is not None else ""
    for outcome in outcomes:
        where = (entry.intent.run, entry.intent.unit, at)
        yield _row(outcome, known.get(outcome.step.identity), archive, where)


def _open(entry: Entry) -> Iterable[Outcome]:
    return [
        Outcome(step, Result.NEEDS_PERSON, "the intent is open: the run ended before its outcome")
        for step in entry.intent.steps
    ]


def _left_rows(story: Story) -> Iterable[OutcomeRow]:
    """Steps that never reached the journal: not attempted, with the reason."""
    planned = {
        each.identity: (each, unit.identity)
        for plan in story.plans
        for unit in plan.units
        for each in (*unit.entities, *unit.spared)
    }
    for outcome in story.left:
        if outcome.step.identity in planned:
            entity, unit = planned[outcome.step.identity]
            yield _row(outcome, entity, ("", ""), (story.run, unit, ""))


def _row(
    outcome: Outcome,
    planned: PlannedEntity | None,
    archive: tuple[str, str],
    where: tuple[str, str, str],
) -> OutcomeRow:
    run, unit, at = where
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
        archive_key=archive[0],
        archive_sha256=archive[1],
        at=at,
    )


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
