"""Says what is wrong with a world after a run, knowing nothing of how the product works.

It compares the account before, the account now, what arrived at AWS, and what lies in the vault.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

from tests.runs.enumerating import unconfirmed
from tests.runs.stage import CUT, DELETES, LINK, Stage, told

from sagewarden.application.documents import read_document
from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.keys import Family
from sagewarden.core.plan import Effect, read_plan
from sagewarden.sandbox.calllog import LoggedCall

Account = dict[str, dict[str, Any]]

KINDS = {"experiments": Kind.EXPERIMENT, "trials": Kind.TRIAL, "components": Kind.COMPONENT}
DELETED = {
    "DeleteExperiment": Kind.EXPERIMENT,
    "DeleteTrial": Kind.TRIAL,
    "DeleteTrialComponent": Kind.COMPONENT,
}


def violations(before: Account, stage: Stage, spared: Collection[str] = ()) -> list[str]:
    """Return every broken promise; `spared` (such as `c deep`) must be there still.

    Each applied write stands in a stored plan, was archived, happened once and is told as done;
    no component that lives on has fewer trials than before.
    """
    written = [call for call in stage.calls() if call.write and call.applied]
    return [
        *(f"{each} is gone" for each in sorted(set(spared) - stage.names())),
        *lost_edges(before, stage),
        *_unplanned(stage, written),
        *_unarchived(before, stage, written),
        *_twice(stage),
        *(f"not told as done: {each}" for each in unconfirmed(stage)),
    ]


def lost_edges(before: Account, stage: Stage) -> Iterable[str]:
    """Name each edge that was there, whose both ends still are, the same ones, and that is not."""
    now = stage.account()
    for key, row in before["components"].items():
        there = now["components"].get(key)
        if there is None or there.created != row.created:
            continue
        for trial in row.trials:
            if _same(before, now, trial) and trial not in there.trials:
                yield f"edge lost: {key} - {trial}"


def _same(before: Account, now: Account, trial: str) -> bool:
    there = now["trials"].get(trial)
    return there is not None and there.created == before["trials"][trial].created


def _unplanned(stage: Stage, written: Iterable[LoggedCall]) -> Iterable[str]:
    plans = [read_plan(read_document(stage.vault, key)) for key in stage.keys(Family.PLANS)]
    steps = {
        (step.effect, step.identity.kind, step.identity.name, step.trial)
        for plan in plans
        for unit in plan.units
        for step in unit.steps
    }
    for call in written:
        if call.operation != LINK and _step(call) not in steps:
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
        if call.operation == LINK:
            continue
        _, kind, name, trial = _step(call)
        held = archived.get(born[kind, name]) if (kind, name) in born else None
        if held is None or (trial and not any(trial in parents for parents in held)):
            yield f"not archived: {told(call)}"


def _milliseconds(epoch: float) -> int:
    return milliseconds(datetime.fromtimestamp(epoch, UTC))


def _twice(stage: Stage) -> Iterable[str]:
    net = Counter(stage.effects())
    for effect in [each for each in net if each.startswith("link ")]:
        net[effect.replace("link", "cut", 1)] -= net.pop(effect)
    return (f"applied {count} times: {effect}" for effect, count in net.items() if count > 1)
