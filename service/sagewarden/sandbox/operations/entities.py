"""Create, Describe, Update, Delete of experiments, trials and components."""

from collections.abc import Iterable, Mapping
from typing import Any

from sagewarden.sandbox import render
from sagewarden.sandbox.operations.call import Call, tags_in
from sagewarden.sandbox.records import Component, Experiment, Json, Trial
from sagewarden.sandbox.refusal import Refusal, invalid, over_quota
from sagewarden.sandbox.state import Stored, changed
from sagewarden.sandbox.table import Table

TRIALS_QUOTA = (
    "Total number of trials allowed in a single experiment, "
    "excluding those automatically created by SageMaker"
)
MOST_PARAMETERS = 300
MOST_ARTIFACTS = 60


def _unique(kind: str, plural: str, name: str, found: Stored | None) -> None:
    if found is not None:
        raise invalid(
            f"{plural} names must be unique within an AWS account and region. "
            f"{kind} with name ({name}) already exists."
        )


def _fresh(call: Call, name: str, table: Table[Any]) -> dict[str, Any]:
    params, born = call.params, table.birth(name.lower(), call.now)
    return {
        "name": name,
        "created": born,
        "modified": born,
        "display_name": params.get("DisplayName"),
        "tags": tags_in(params),
    }


def create_experiment(call: Call) -> Json:
    """Make an experiment; the name is unique without regard to case."""
    name = call.params["ExperimentName"]
    _unique("Experiment", "Experiment", name, call.state.experiments.get(name))
    record = Experiment(
        **_fresh(call, name, call.state.experiments), description=call.params.get("Description")
    )
    call.state.experiments.put(record)
    return {"ExperimentArn": call.state.arn_of(record)}


def create_trial(call: Call) -> Json:
    """Make a trial in an experiment that has room for it."""
    name = call.params["TrialName"]
    above = call.experiment(call.params["ExperimentName"])
    _unique("Trial", "Trial", name, call.state.trials.get(name))
    limit = call.knobs.trials_per_experiment
    hanging = (call.state.trials.rows[key] for key in call.state.trials.children(above.key))
    if _counted(hanging) >= limit:
        raise over_quota(TRIALS_QUOTA, "Trials", limit)
    record = Trial(
        **_fresh(call, name, call.state.trials),
        experiment=above.key,
        metadata=call.params.get("MetadataProperties"),
    )
    call.state.trials.put(record)
    if call.knobs.create_touches_above:
        call.touch("above", record)
    return {"TrialArn": call.state.arn_of(record)}


def _counted(records: Iterable[Trial] | Iterable[Component]) -> int:
    return sum(not record.made_by_aws for record in records)


def create_component(call: Call) -> Json:
    """Make a component; it hangs on no trial yet."""
    params = call.params
    name = params["TrialComponentName"]
    _unique("TrialComponent", "Trial component", name, call.state.components.get(name))
    _either_kind(params.get("Parameters") or {})
    record = Component(
        **_fresh(call, name, call.state.components),
        lineage_group_arn=call.state.arn("lineage-group", "sagemaker-default-lineage-group"),
        metadata=params.get("MetadataProperties"),
        status=params.get("Status"),
        started=params.get("StartTime"),
        ended=params.get("EndTime"),
        parameters=params.get("Parameters") or {},
        input_artifacts=params.get("InputArtifacts") or {},
        output_artifacts=params.get("OutputArtifacts") or {},
    )
    call.state.components.put(record)
    return {"TrialComponentArn": call.state.arn_of(record)}


def _either_kind(parameters: Mapping[str, Any]) -> None:
    for name, value in parameters.items():
        if len(value) != 1:
            raise invalid(f"Parameter '{name}' must have one of StringValue and NumberValue.")


def describe_experiment(call: Call) -> Json:
    """Answer an experiment whole."""
    return render.experiment(call.state, call.experiment(call.params["ExperimentName"]))


def describe_trial(call: Call) -> Json:
    """Answer a trial whole."""
    return render.trial(call.state, call.trial(call.params["TrialName"]))


def describe_component(call: Call) -> bytes:
    """Answer a component whole."""
    found = call.component(call.params["TrialComponentName"])
    return render.described_component(call.state, found)


def update_experiment(call: Call) -> Json:
    """Change display name or description."""
    found = call.experiment(call.params["ExperimentName"])
    record = changed(
        found,
        modified=call.now,
        display_name=call.params.get("DisplayName", found.display_name),
        description=call.params.get("Description", found.description),
    )
    call.state.experiments.put(record)
    return {"ExperimentArn": call.state.arn_of(record)}


def update_trial(call: Call) -> Json:
    """Change the display name."""
    found = call.trial(call.params["TrialName"])
    display = call.params.get("DisplayName", found.display_name)
    record = changed(found, modified=call.now, display_name=display)
    call.state.trials.put(record)
    return {"TrialArn": call.state.arn_of(record)}


def update_component(call: Call) -> Json:
    """Change what is given; parameters and artifacts are merged, then some removed."""
    params, found = call.params, call.component(call.params["TrialComponentName"])
    _either_kind(params.get("Parameters") or {})
    record = changed(
        found,
        modified=call.now,
        display_name=params.get("DisplayName", found.display_name),
        status=params.get("Status", found.status),
        started=params.get("StartTime", found.started),
        ended=params.get("EndTime", found.ended),
        parameters=_merged(params, "Parameters", found.parameters, MOST_PARAMETERS),
        input_artifacts=_merged(params, "InputArtifacts", found.input_artifacts, MOST_ARTIFACTS),
        output_artifacts=_merged(params, "OutputArtifacts", found.output_artifacts, MOST_ARTIFACTS),
    )
    call.state.components.put(record)
    return {"TrialComponentArn": call.state.arn_of(record)}


def _merged(params: Json, name: str, old: Mapping[str, Any], limit: int) -> Json:
    kept = {**old, **(params.get(name) or {})}
    for gone in params.get(f"{name}ToRemove") or ():
        kept.pop(gone, None)
    if len(kept) > limit:
        raise invalid(f"The number of {name} on the trial component exceeds the limit of {limit}.")
    return kept


def delete_experiment(call: Call) -> Json:
    """Delete an experiment that holds no trial."""
    found = call.experiment(call.params["ExperimentName"])
    _refuse_parent(call, "Experiment", "trials", found, call.state.trials.children(found.key))
    call.state.experiments.remove(found.key)
    return {"ExperimentArn": call.state.arn_of(found)}


def delete_trial(call: Call) -> Json:
    """Delete a trial that holds no component."""
    found = call.trial(call.params["TrialName"])
    hanging = call.state.components.children(found.key)
    _refuse_parent(call, "Trial", "trial components", found, hanging)
    call.state.trials.remove(found.key)
    return {"TrialArn": call.state.arn_of(found)}


def _refuse_parent(
    call: Call, kind: str, below: str, found: Experiment | Trial, hanging: Iterable[str]
) -> None:
    if any(True for _ in hanging):
        raise Refusal(
            call.knobs.parent_delete_code,
            f"{kind} '{found.name}' has 1 or more {below} associated with it "
            "and cannot be deleted.",
        )


def delete_component(call: Call) -> Json:
    """Delete a component that hangs on no trial, nor seems to."""
    found = call.component(call.params["TrialComponentName"])
    if found.trials or call.state.lingering.get(found.key, 0.0) > call.now:
        raise invalid(
            f"TrialComponent '{found.name}' is linked to 1 or more trials and cannot be deleted."
        )
    arn = call.state.arn_of(found)
    edges = list(call.state.edges_of(arn))
    if edges and call.knobs.edges_hold_components:
        raise invalid(f"TrialComponent '{found.name}' has associations and cannot be deleted.")
    call.state.lingering.pop(found.key, None)
    call.state.components.remove(found.key)
    for edge in edges:
        call.state.associations.pop((edge.source.lower(), edge.destination.lower()))
    return {"TrialComponentArn": arn}
