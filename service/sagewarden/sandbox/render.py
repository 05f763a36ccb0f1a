"""Records as AWS answers them: Describe's shape, Search's shape, List's summaries."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from sagewarden.sandbox.figures import metric_summaries
from sagewarden.sandbox.records import Component, Entity, Experiment, Json, Resource, Trial
from sagewarden.sandbox.state import AccountState

SOURCE_DETAILS = {
    "training-job": "TrainingJob",
    "processing-job": "ProcessingJob",
    "transform-job": "TransformJob",
}


def wire_tags(tags: Mapping[str, str]) -> list[Json]:
    """Write tags as a list of Key and Value."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def without_nothing(fields: Iterable[tuple[str, Any]]) -> Json:
    """Leave out what is absent: AWS answers no nulls."""
    return {name: value for name, value in fields if value is not None}


def _shared(record: Entity) -> list[tuple[str, Any]]:
    return [
        ("DisplayName", record.display_name or record.name),
        ("Source", record.source),
        ("CreationTime", record.created),
        ("CreatedBy", record.created_by),
        ("LastModifiedTime", record.modified),
        ("LastModifiedBy", record.modified_by),
    ]


def experiment(state: AccountState, record: Experiment) -> Json:
    """Write an experiment as DescribeExperiment does."""
    own = [
        ("ExperimentName", record.name),
        ("ExperimentArn", state.arn_of(record)),
        ("Description", record.description),
    ]
    return without_nothing(own + _shared(record))


def trial(state: AccountState, record: Trial) -> Json:
    """Write a trial as DescribeTrial does."""
    parent = state.experiments.get(record.experiment)
    own = [
        ("TrialName", record.name),
        ("TrialArn", state.arn_of(record)),
        ("ExperimentName", parent.name if parent else record.experiment),
        ("MetadataProperties", record.metadata),
    ]
    return without_nothing(own + _shared(record))


def component(state: AccountState, record: Component) -> Json:
    """Write a component as DescribeTrialComponent does."""
    own = [
        ("TrialComponentName", record.name),
        ("TrialComponentArn", state.arn_of(record)),
        ("Status", record.status),
        ("StartTime", record.started),
        ("EndTime", record.ended),
        ("Parameters", record.parameters),
        ("InputArtifacts", record.input_artifacts),
        ("OutputArtifacts", record.output_artifacts),
        ("MetadataProperties", record.metadata),
        ("Metrics", metric_summaries(record, state.arn_of(record))),
        ("LineageGroupArn", record.lineage_group_arn),
    ]
    return without_nothing(own + _shared(record))


def resource(record: Resource) -> Json:
    """Write a job, model, package or endpoint as its Describe does."""
    return dict(record.body)


def found_resource(_state: AccountState, record: Resource) -> Json:
    """Write a resource as Search does: with its tags."""
    return resource(record) | {"Tags": wire_tags(record.tags)}


def found_experiment(state: AccountState, record: Experiment) -> Json:
    """Write an experiment as Search does: whole, with tags."""
    return {"Experiment": experiment(state, record) | {"Tags": wire_tags(record.tags)}}


def found_trial(state: AccountState, record: Trial) -> Json:
    """Write a trial as Search does: whole, with tags and what hangs on it."""
    hanging = [state.components.rows[key] for key in state.components.children(record.key)]
    summaries = [_simple(state, below) for below in hanging]
    more = {"Tags": wire_tags(record.tags), "TrialComponentSummaries": summaries}
    return {"Trial": trial(state, record) | more}


def _simple(state: AccountState, record: Component) -> Json:
    return without_nothing(
        [
            ("TrialComponentName", record.name),
            ("TrialComponentArn", state.arn_of(record)),
            ("TrialComponentSource", record.source),
            ("CreationTime", record.created),
            ("CreatedBy", record.created_by),
        ]
    )


def found_component(state: AccountState, record: Component) -> Json:
    """Write a component as Search does: whole, with tags, parents and its source job's record."""
    whole = component(state, record)
    whole["Tags"] = wire_tags(record.tags)
    whole["Parents"] = [_parent(state, key) for key in record.trials]
    if record.run_name:
        whole["RunName"] = record.run_name
    detail = _source_detail(state, record)
    if detail:
        whole["SourceDetail"] = detail
    return {"TrialComponent": whole}


def _parent(state: AccountState, key: str) -> Json:
    record = state.trials.get(key)
    if record is None:
        return {"TrialName": key}
    above = state.experiments.get(record.experiment)
    return {
        "TrialName": record.name,
        "ExperimentName": above.name if above else record.experiment,
    }


def _source_detail(state: AccountState, record: Component) -> Json | None:
    arn = (record.source or {}).get("SourceArn")
    job = state.resources.get(arn) if arn else None
    if job is None or job.type not in SOURCE_DETAILS:
        return None
    body = resource(job) | ({"Tags": wire_tags(job.tags)} if job.tags else {})
    return {"SourceArn": job.arn, SOURCE_DETAILS[job.type]: body}


def experiment_summary(state: AccountState, record: Experiment) -> Json:
    """Write an experiment as ListExperiments does."""
    return _summary_of("Experiment", state, record)


def trial_summary(state: AccountState, record: Trial) -> Json:
    """Write a trial as ListTrials does: without its experiment."""
    return _summary_of("Trial", state, record)


def component_summary(state: AccountState, record: Component) -> Json:
    """Write a component as ListTrialComponents does: no tags, no parents."""
    more = [
        ("Status", record.status),
        ("StartTime", record.started),
        ("EndTime", record.ended),
        ("CreatedBy", record.created_by),
        ("LastModifiedBy", record.modified_by),
    ]
    return _summary_of("TrialComponent", state, record) | without_nothing(more)


def _summary_of(prefix: str, state: AccountState, record: Experiment | Trial | Component) -> Json:
    return without_nothing(
        [
            (f"{prefix}Name", record.name),
            (f"{prefix}Arn", state.arn_of(record)),
            ("DisplayName", record.display_name or record.name),
            (f"{prefix}Source", record.source),
            ("CreationTime", record.created),
            ("LastModifiedTime", record.modified),
        ]
    )


def described_component(state: AccountState, record: Component) -> bytes:
    """Write Describe's answer, once for each record: this is the answer asked for most."""
    body = record.rendered.get("describe")
    if body is None:
        body = orjson.dumps(component(state, record))
        record.rendered["describe"] = body
    return body


FOUND: dict[type, Callable[[AccountState, Any], Json]] = {
    Experiment: found_experiment,
    Trial: found_trial,
    Component: found_component,
    Resource: found_resource,
}
"""How Search writes each kind; of a resource, what stands under its kind's name."""
