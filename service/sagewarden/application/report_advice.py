"""What a report says in words: what to mind, and what a person should do next."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from shlex import quote

from sagewarden.application.judging import Governance, Judged
from sagewarden.application.ports import Bench
from sagewarden.core.entities import Kind
from sagewarden.core.journal import Result
from sagewarden.core.plan import Effect
from sagewarden.core.report_rows import OutcomeRow

FINE = frozenset({str(Result.DONE), str(Result.ALREADY_ABSENT)})
"""Results of a step that is no more to be done."""


def stopped(bench: Bench) -> Iterator[str]:
    """Say so when somebody ended the run: what it left looks like nobody's fault otherwise."""
    if bench.stopping():
        yield "the run was told to stop (a signal, or the end of its hours); the next one goes on"


def blind(governance: Governance, judged: Judged | None) -> Iterator[str]:
    """Say so when a protection rests on a read that failed: far more is kept than it means."""
    unread = "" if judged is None else judged.judgements.models.unread
    if unread and governance.policies.asks_for_models:
        yield (
            "which models are in use could not be read, so everything that left something in S3 "
            f"and every job is kept: {unread}"
        )


def persons(rows: Iterable[OutcomeRow]) -> Iterable[str]:
    """Say what a person has to do, edge by edge: no later run takes these up by itself."""
    for row in rows:
        if row.result != str(Result.NEEDS_PERSON) or not row.trial or not row.at:
            continue
        names = f"--trial-component-name {quote(row.name)} --trial-name {quote(row.trial)}"
        yield (
            f"A person is needed: `aws sagemaker associate-trial-component {names}` puts back an "
            f"association that {row.kind} {row.name} lost; look at both ends first: {row.detail}"
        )


def partly(run: str, rows: Iterable[OutcomeRow]) -> Iterable[str]:
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
