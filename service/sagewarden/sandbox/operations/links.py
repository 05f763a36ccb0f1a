"""AssociateTrialComponent and DisassociateTrialComponent: edges, many to many."""

import random

from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.records import Component, Json, Trial
from sagewarden.sandbox.refusal import missing, over_quota
from sagewarden.sandbox.state import changed

COMPONENTS_QUOTA = (
    "Total number of trial components allowed in a single trial, "
    "excluding those automatically created by SageMaker"
)


def _ends(call: Call) -> tuple[Component, Trial]:
    trial = call.trial(call.params["TrialName"])
    return call.component(call.params["TrialComponentName"]), trial


def _answer(call: Call, component: Component, trial: Trial) -> Json:
    arn = call.state.arn_of
    return {"TrialComponentArn": arn(component), "TrialArn": arn(trial)}


def associate(call: Call) -> Json:
    """Hang a component on a trial that has room for it; twice is once."""
    component, trial = _ends(call)
    if trial.key in component.trials:
        return _answer(call, component, trial)
    _refuse_full(call, component, trial)
    linked = changed(component, trials=(*component.trials, trial.key))
    call.state.components.put(linked)
    _touch(call, call.knobs.touch_on_associate, linked, trial)
    return _answer(call, component, trial)


def _refuse_full(call: Call, component: Component, trial: Trial) -> None:
    rows, limit = call.state.components.rows, call.knobs.components_per_trial
    hanging = call.state.components.children(trial.key)
    counted = sum(not rows[key].made_by_aws for key in hanging)
    if counted >= limit and not component.made_by_aws:
        raise over_quota(COMPONENTS_QUOTA, "TrialComponents", limit)


def disassociate(call: Call) -> Json:
    """Take a component off a trial; Delete may go on answering "linked" for a while."""
    component, trial = _ends(call)
    if trial.key not in component.trials:
        raise missing("TrialComponent", call.state.arn_of(component))
    kept = tuple(key for key in component.trials if key != trial.key)
    unlinked = changed(component, trials=kept)
    call.state.components.put(unlinked)
    _linger(call, component)
    _touch(call, call.knobs.touch_on_disassociate, unlinked, trial)
    return _answer(call, component, trial)


def _linger(call: Call, component: Component) -> None:
    knobs = call.knobs
    chance = random.Random(f"{knobs.seed}/{component.key}/{component.created}").random()
    if knobs.linked_seconds > 0 and chance < knobs.linked_probability:
        call.state.lingering[component.key] = call.now + knobs.linked_seconds


def _touch(call: Call, whose: str, component: Component, trial: Trial) -> None:
    if whose in {"self", "both"}:
        call.touch("self", component)
    if whose in {"above", "both"}:
        call.touch_trials((trial.key,))
