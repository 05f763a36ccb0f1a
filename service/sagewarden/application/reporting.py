"""Builds a run's report from confirmed outcomes and from what was judged, and stores it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from shlex import quote
from typing import Any

from sagewarden import __version__
from sagewarden.application.documents import create_once, read_document
from sagewarden.application.journal import Entry, Journal
from sagewarden.application.judging import Governance, Judged
from sagewarden.application.notice import Announced
from sagewarden.application.ports import Bench
from sagewarden.application.tag_plan import plan_tags
from sagewarden.application.tag_report import (
    PLANNED,
    compliance,
    planned_rows,
    tag_gaps,
    tag_rows,
)
from sagewarden.core.canonical import spell_time
from sagewarden.core.durations import spell_duration
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.journal import Outcome, Result, tally
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.keys import Family, prefix, report_key
from sagewarden.core.plan import Effect, Plan, PlannedEntity
from sagewarden.core.report import JudgedRow, OutcomeRow, PastRun, PolicyRow, Report, TagRow
from sagewarden.core.tags import TagOutcome, TagStep
from sagewarden.errors import IntegrityError, LimitReached, NoticeRefused

HISTORY = 30
"""Earlier runs that a report's trend shows."""

FINE = frozenset({str(Result.DONE), str(Result.ALREADY_ABSENT)})
"""Results of a step that is no more to be done."""

IDLE_STEPS = ((7, "under 7d"), (30, "7-30d"), (90, "30-90d"), (180, "90-180d"), (365, "180-365d"))


@dataclass(slots=True, kw_only=True)
class Story:
    """What a run gathers for its report while it goes on."""

    run: str
    mode: str
    began: datetime
    identity: str = ""
    judged: Judged | None = None
    plans: list[Plan] = field(default_factory=list)
    left: list[Outcome] = field(default_factory=list)
    tags_left: list[TagOutcome] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    exit_code: int = 0

    def refuse_tags(self, steps: Iterable[TagStep], reason: str) -> None:
        """Note that tags are not written because they are too many."""
        self.tags_left += [TagOutcome(step, Result.NOT_ATTEMPTED, reason) for step in steps]
        self.exit_code = max(self.exit_code, LimitReached.exit_code)
        self.advice.append(
            f"No tag was repaired: {reason}. See with `sagewarden plan` whether they are meant, "
            "then raise limits.repairs, or narrow the policies."
        )

    def tell_refused(self, told: Announced) -> None:
        """Note which notices were refused; what nobody took stays unannounced, and is not due."""
        for (channel, reason), count in sorted(told.refused.items()):
            notices = "1 notice was" if count == 1 else f"{count} notices were"
            self.notes.append(f"{notices} refused by channel {channel}: {reason}")
        if told.untold:
            self.exit_code = max(self.exit_code, NoticeRefused.exit_code)
            self.advice.append(
                f"No channel that counts took {told.untold} of the notices, so what they tell of "
                "is not announced and does not become due. Mend the channel; the next sweep sends "
                "them again."
            )


PLAN = "plan"
"""The mode of a report of what was only read."""


def build_report(bench: Bench, governance: Governance, story: Story) -> Report:
    """Compute the report; outcomes come from the journal, and from nowhere else if it has them."""
    rows, tags = _outcome_rows(bench, story), _tag_rows(bench, governance, story)
    judged = story.judged
    return Report(
        run=story.run,
        mode=story.mode,
        account=bench.target.account,
        region=bench.target.region,
        target_name=bench.target.name,
        identity=story.identity,
        endpoint=governance.endpoint,
        vault=bench.vault.address,
        began=spell_time(story.began),
        ended=spell_time(bench.looks.now()),
        tool=f"sagewarden {__version__}",
        policies=governance.policies.digest,
        policy_files=tuple(
            {"path": each.path, "sha256": each.sha256} for each in governance.policies.files
        ),
        plan=story.plans[-1].digest if story.plans else "",
        complete=judged is None or judged.inventory.complete,
        gaps=() if judged is None else tuple(map(_gap, judged.inventory.gaps)),
        inventory={} if judged is None else _spelled(judged.inventory.counts),
        calls={} if judged is None else dict(judged.inventory.calls),
        matched={} if judged is None else _spelled(judged.judgements.matched),
        unknown=0 if judged is None else judged.judgements.unknown,
        limits="" if judged is None else str(judged.measure.room),
        exceeded=() if judged is None else judged.measure.exceeded,
        policy_rows=tuple(_policy_rows(governance, judged)),
        judged=() if judged is None else tuple(map(_judged_row, judged.judgements.given)),
        outcomes=rows,
        tally=_tally(rows),
        deleted=_deleted(rows),
        adopted=tuple(story.adopted),
        notes=(*governance.notes, *story.notes, *_stopped(bench), *_blind(governance, judged)),
        advice=(*_persons(rows), *story.advice, *_partly(story.run, rows)),
        history=tuple(_history(bench, story.run)),
        exit_code=_exit_code(story, (*rows, *(each for each in tags if each.result != PLANNED))),
        statuses={} if judged is None else _statuses(judged),
        origins={} if judged is None else _origins(judged),
        idle_histogram=() if judged is None else _idle(judged),
        tags=tags,
        compliance=() if judged is None else compliance(judged),
        tag_gaps=() if judged is None else tag_gaps(judged),
    )


def _stopped(bench: Bench) -> Iterator[str]:
    """Say so when somebody ended the run: what it left looks like nobody's fault otherwise."""
    if bench.stopping():
        yield "the run was told to stop (a signal); the next one goes on with what is left"


def _blind(governance: Governance, judged: Judged | None) -> Iterator[str]:
    """Say so when a protection rests on a read that failed: far more is kept than it means."""
    unread = "" if judged is None else judged.judgements.models.unread
    if unread and governance.policies.asks_for_models:
        yield (
            "which models are in use could not be read, so everything that left something in S3 "
            f"and every job is kept: {unread}"
        )


def store_report(bench: Bench, report: Report, renderings: Mapping[str, bytes]) -> None:
    """Store a report's JSON last: a run counts as told once it is there."""
    for name, body in sorted(renderings.items()):
        bench.vault.create(report_key(bench.target, report.run, name), body)
    create_once(bench.vault, report_key(bench.target, report.run, REPORT_NAME), report.spelled())
    for run in report.adopted:
        create_once(bench.vault, report_key(bench.target, run, ADOPTED_NAME), {"by": report.run})


REPORT_NAME = "report.json"

ADOPTED_NAME = "adopted.json"
"""Stands for the report of a run that died: the run that settled it tells what it did."""


def read_report(bench: Bench, run: str) -> Report:
    """Read a stored report; raise VaultAbsent when there is none of that run."""
    stored = read_document(bench.vault, report_key(bench.target, run, REPORT_NAME))
    try:
        return Report.read(stored)
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the report of run {run} is broken: {error}") from error


def reported_runs(bench: Bench) -> list[str]:
    """Every run with a report, oldest first."""
    return _runs_with(bench, REPORT_NAME)


def adopted_runs(bench: Bench) -> list[str]:
    """Every run that died and that another run's report tells of, oldest first."""
    return _runs_with(bench, ADOPTED_NAME)


def _runs_with(bench: Bench, name: str) -> list[str]:
    start = prefix(bench.target, Family.REPORTS)
    found = [key[len(start) :].split("/") for key in bench.vault.list(start)]
    return sorted({run for run, *rest in found if rest == [name]})


def _history(bench: Bench, but: str) -> Iterable[PastRun]:
    for run in [each for each in reported_runs(bench) if each != but][-HISTORY:]:
        past = read_report(bench, run)
        yield PastRun(
            run=run,
            began=past.began,
            experiments=past.inventory.get(str(Kind.EXPERIMENT), 0),
            trials=past.inventory.get(str(Kind.TRIAL), 0),
            components=past.inventory.get(str(Kind.COMPONENT), 0),
            deleted=past.deleted.get(str(Kind.COMPONENT), 0),
            marked=sum(row.mark for row in past.policy_rows),
        )


def _outcome_rows(bench: Bench, story: Story) -> tuple[OutcomeRow, ...]:
    """One row a step: of a step that a dead run left and this one did, the later outcome."""
    journal = Journal(bench.vault, bench.target)
    found: dict[tuple[str, str, int, str, str], OutcomeRow] = {}
    for run in story.adopted:
        found |= _by_place(row for entry in journal.entries(run) for row in _journalled(entry))
    done = {place: row for place, row in found.items() if row.result == str(Result.DONE)}
    found |= _by_place(_left_rows(story))
    found |= _by_place(row for entry in journal.entries(story.run) for row in _journalled(entry))
    return tuple((found | done).values())


def _tag_rows(bench: Bench, governance: Governance, story: Story) -> tuple[TagRow, ...]:
    if story.mode == PLAN and story.judged is not None:
        return planned_rows(plan_tags(story.judged, governance).steps)
    journal = Journal(bench.vault, bench.target)
    return tag_rows(journal, story.run, story.adopted, story.tags_left)


def _by_place(rows: Iterable[OutcomeRow]) -> dict[tuple[str, str, int, str, str], OutcomeRow]:
    return {_place(row): row for row in rows}


def _exit_code(story: Story, rows: Iterable[OutcomeRow | TagRow]) -> int:
    """Return how the run ended; whatever was not done as planned is at least a 3."""
    return max(story.exit_code, 0 if all(row.result in FINE for row in rows) else 3)


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


def _tally(rows: Sequence[OutcomeRow]) -> Mapping[str, int]:
    counts = tally(())
    for row in rows:
        counts[row.result] += 1
    return counts


def _deleted(rows: Iterable[OutcomeRow]) -> Mapping[str, int]:
    counts = {str(kind): 0 for kind in Kind}
    for row in rows:
        if row.effect == str(Effect.DELETE) and row.result == str(Result.DONE):
            counts[row.kind] += 1
    return counts


def _persons(rows: Iterable[OutcomeRow]) -> Iterable[str]:
    """Say what a person has to do, edge by edge: no later run takes these up by itself."""
    for row in rows:
        if row.result != str(Result.NEEDS_PERSON) or not row.trial or not row.at:
            continue
        names = f"--trial-component-name {quote(row.name)} --trial-name {quote(row.trial)}"
        yield (
            f"A person is needed: `aws sagemaker associate-trial-component {names}` puts back an "
            f"association that {row.kind} {row.name} lost; look at both ends first: {row.detail}"
        )


def _partly(run: str, rows: Iterable[OutcomeRow]) -> Iterable[str]:
    """Say which trees lost parts before their deletion was stopped, and how to bring them back."""
    units: dict[str, list[OutcomeRow]] = defaultdict(list)
    for row in rows:
        if row.effect == str(Effect.DELETE):
            units[row.unit].append(row)
    for deletes in units.values():
        gone = [row for row in deletes if row.result == str(Result.DONE)]
        left = [row for row in deletes if row.result not in FINE]
        tops = [row for row in left if row.kind == str(Kind.EXPERIMENT)]
        for row in tops or [row for row in left if row.kind == str(Kind.TRIAL)]:
            if gone:
                yield (
                    f"{row.kind} {row.name} is partly deleted: {len(gone)} of {len(deletes)} "
                    f"entities of its unit are gone. `sagewarden restore {row.name} --kind "
                    f"{row.kind} --run {gone[-1].run or run}` brings them back; the next plan "
                    "takes what still matches"
                )


def _policy_rows(governance: Governance, judged: Judged | None) -> Iterable[PolicyRow]:
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


def _judged_row(judgement: Judgement) -> JudgedRow:
    return JudgedRow(
        kind=str(judgement.entity.kind),
        name=judgement.entity.name,
        policy=judgement.policy.name,
        verdict=str(judgement.verdict),
        reasons=judgement.reasons,
        against=judgement.against,
        owner=judgement.owner,
        size=judgement.size,
        due="" if judgement.mark is None else spell_time(judgement.mark.due),
    )


def _gap(gap: Any) -> str:
    where = f"{gap.kind} {gap.name}" if gap.name else f"all {gap.kind}s"
    return f"{where}: {gap.reason}"


def _spelled(counts: Mapping[Kind, int]) -> dict[str, int]:
    return {str(kind): count for kind, count in counts.items()}


def _statuses(judged: Judged) -> Mapping[str, int]:
    found = Counter(each.status or "absent" for each in judged.inventory.components.values())
    return dict(sorted(found.items()))


def _origins(judged: Judged) -> Mapping[str, int]:
    found = Counter(str(each.origin) for each in judged.inventory.components.values())
    return dict(sorted(found.items()))


def _idle(judged: Judged) -> tuple[tuple[str, int], ...]:
    counts = dict.fromkeys([*(label for _, label in IDLE_STEPS), "over 365d"], 0)
    for entity in judged.inventory.components.values():
        days = (judged.now - (entity.modified or entity.created)).days
        label = next((name for most, name in IDLE_STEPS if days < most), "over 365d")
        counts[label] += 1
    return tuple(counts.items())
