"""Says what is wrong with a world after a run, knowing nothing of how the product works.

It compares the account before, the account now, what arrived at AWS, and what lies in the vault.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from tests.runs.enumerating import unconfirmed
from tests.runs.stage import CUT, DELETES, LINK, TAG, UNTAG, Stage, tags_of, told, whom

from sagewarden.application.documents import read_document
from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.keys import Family
from sagewarden.core.plan import Effect, Unit, read_plan
from sagewarden.core.report import Report
from sagewarden.core.report_rows import OutcomeRow
from sagewarden.sandbox.calllog import LoggedCall

Account = dict[str, dict[str, Any]]

WORDS = {"experiment", "trial", "trialcomponent"}
KINDS = {"experiments": Kind.EXPERIMENT, "trials": Kind.TRIAL, "components": Kind.COMPONENT}
DELETED = {
    "DeleteExperiment": Kind.EXPERIMENT,
    "DeleteTrial": Kind.TRIAL,
    "DeleteTrialComponent": Kind.COMPONENT,
}
BESIDE = {LINK, TAG, UNTAG}
"""Writes that are no steps of a plan."""

Edges = Collection[tuple[str, str]]
"""Pairs of a component and a trial."""


def violations(
    before: Account, stage: Stage, spared: Collection[str] = (), taken: Edges = ()
) -> list[str]:
    """Return every broken promise; `spared` (such as `c deep`) must be there still.

    Each applied write stands in a stored plan, was archived, happened once and is told as done;
    no component that lives on has fewer trials than before, but for edges that somebody else has
    `taken`. Each tag that was written stands in a journalled intent.
    """
    written = [call for call in stage.calls() if call.write and call.applied]
    return [
        *(f"{each} is gone" for each in sorted(set(spared) - stage.names())),
        *lost_edges(before, stage, taken),
        *_stripped(stage, written),
        *_unplanned(stage, written),
        *_unarchived(before, stage, written),
        *_unmeant(stage, written),
        *_twice(stage),
        *(f"not told as done: {each}" for each in unconfirmed(stage)),
    ]


def lost_edges(before: Account, stage: Stage, taken: Edges = ()) -> Iterable[str]:
    """Name each edge that was there, whose both ends still are, the same ones, and that is not."""
    now = stage.account()
    for key, row in before["components"].items():
        there = now["components"].get(key)
        if there is None or there.created != row.created:
            continue
        for trial in row.trials:
            if (key, trial) in taken or trial in there.trials:
                continue
            if _same(before, now, trial):
                yield f"edge lost: {key} - {trial}"


def _same(before: Account, now: Account, trial: str) -> bool:
    there = now["trials"].get(trial)
    return there is not None and there.created == before["trials"][trial].created


def _stripped(stage: Stage, written: Iterable[LoggedCall]) -> Iterable[str]:
    """Name each component that lives on without its trial, although no plan spared it."""
    names = stage.names()
    spared: set[tuple[str, str]] = set()
    for unit in units(stage):
        going = {entity.identity for entity in unit.entities}
        spared.update(
            (step.identity.name, step.trial) for step in unit.steps if step.identity not in going
        )
    cut = {
        (call.params["TrialComponentName"].lower(), call.params["TrialName"].lower())
        for call in written
        if call.operation == CUT
    }
    for component, trial in cut - spared:
        if f"c {component}" in names and f"t {trial}" not in names and _born(stage, component):
            yield f"stripped: {component} lost {trial} and was not spared"


def _born(stage: Stage, component: str) -> bool:
    """Whether what lives under a component's name is what some plan was about."""
    created = _milliseconds(stage.account()["components"][component].created)
    who = Identity(Kind.COMPONENT, component, created)
    return any(who == step.identity for unit in units(stage) for step in unit.steps)


def units(stage: Stage) -> Iterable[Unit]:
    """Return the units of every stored plan."""
    plans = [read_plan(read_document(stage.vault, key)) for key in stage.keys(Family.PLANS)]
    return [unit for plan in plans for unit in plan.units]


def _unplanned(stage: Stage, written: Iterable[LoggedCall]) -> Iterable[str]:
    steps = {
        (step.effect, step.identity.kind, step.identity.name, step.trial)
        for unit in units(stage)
        for step in unit.steps
    }
    for call in written:
        if call.operation not in BESIDE and _step(call) not in steps:
            yield f"in no plan: {told(call)}"


def _step(call: LoggedCall) -> tuple[Effect, Kind, str, str]:
    params = {key: value.lower() for key, value in call.params.items()}
    if call.operation == CUT:
        return (
            Effect.DISASSOCIATE,
            Kind.COMPONENT,
            params["TrialComponentName"],
            params["TrialName"],
        )
    return (Effect.DELETE, DELETED[call.operation], params[DELETES[call.operation]], "")


def _unarchived(before: Account, stage: Stage, written: Iterable[LoggedCall]) -> Iterable[str]:
    archived = stage.archived()
    born = {
        (KINDS[rows], key): Identity(KINDS[rows], key, _milliseconds(row.created))
        for rows, found in before.items()
        for key, row in found.items()
    }
    for call in written:
        if call.operation in BESIDE:
            continue
        _, kind, name, trial = _step(call)
        held = archived.get(born[kind, name]) if (kind, name) in born else None
        if held is None or (trial and not any(trial in parents for parents in held)):
            yield f"not archived: {told(call)}"


def _unmeant(stage: Stage, written: Iterable[LoggedCall]) -> Iterable[str]:
    """Name each write of tags that no intent tells of."""
    meant = {
        (_whom(step.identity), step.key, step.after)
        for entry in stage.tag_entries()
        for step in entry.intent.steps
    }
    for call in written:
        if call.operation in {TAG, UNTAG}:
            told_of = {(whom(call), key, value) for key, value in tags_of(call).items()}
            if not told_of <= meant:
                yield f"in no intent: {told(call)}"


def _whom(identity: Identity) -> str:
    word = "experiment" if identity.kind is Kind.EXPERIMENT else f"experiment-{identity.kind}"
    return f"{word}/{identity.name}"


def mistold(stage: Stage, report: Report) -> Iterable[str]:
    """Say what a sweep's report tells that is not so, or does not tell."""
    now, names = stage.account(), {str(kind): rows for rows, kind in KINDS.items()}
    deletes = [row for row in report.outcomes if row.effect == "delete"]
    done = {f"{row.kind.replace('-', '')} {row.name.lower()}" for row in deletes if _done(row)}
    for row in deletes:
        there = now[names[row.kind]].get(row.name.lower())
        if _done(row) and there and _milliseconds(there.created) == row.created_ms:
            yield f"told as done, and is there: {row.kind} {row.name}"
    for each in sorted({each for each in stage.effects() if each.split()[0] in WORDS} - done):
        yield f"gone by our hand, and not told: {each}"
    fine = {"done", "already absent"}
    if report.exit_code == 0 and any(row.result not in fine for row in report.outcomes):
        yield "exit code 0 although something was not done"


def _done(row: OutcomeRow) -> bool:
    return row.result == "done"


def _milliseconds(epoch: float) -> int:
    return milliseconds(datetime.fromtimestamp(epoch, UTC))


def _twice(stage: Stage) -> Iterable[str]:
    net = Counter(stage.effects())
    for effect in [each for each in net if each.startswith("link ")]:
        net[effect.replace("link", "cut", 1)] -= net.pop(effect)
    return (f"applied {count} times: {effect}" for effect, count in net.items() if count > 1)
