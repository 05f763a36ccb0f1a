"""Which function answers which operation, whether it writes, and what it is about."""

from collections.abc import Callable
from dataclasses import dataclass

from sagewarden.sandbox.operations import (
    entities,
    lineage,
    links,
    lists,
    metrics,
    resources,
    search,
    serving,
    tagging,
    tags,
)
from sagewarden.sandbox.operations.call import Call
from sagewarden.sandbox.operations.lineage import LineageKind
from sagewarden.sandbox.operations.resources import DescribedKind, ListedKind
from sagewarden.sandbox.operations.serving import ServedKind
from sagewarden.sandbox.records import Json, Resource
from sagewarden.sandbox.refusal import Refusal

Answerer = Callable[[Call], Json | bytes]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a service. `about` names the parameter that the call log keeps."""

    answer: Answerer
    about: str = ""
    write: bool = False


def _read(answer: Answerer, about: str = "") -> Operation:
    return Operation(answer, about)


def _write(answer: Answerer, about: str) -> Operation:
    return Operation(answer, about, write=True)


def _lineage(word: str, key: str) -> dict[str, Operation]:
    kind = LineageKind(word)
    return {
        f"Create{word}": _write(kind.create, f"{word}Name"),
        f"Describe{word}": _read(kind.describe, key),
        f"Delete{word}": _write(kind.delete, key),
        f"List{word}s": _read(kind.listed),
    }


def _described(
    word: str, type_: str, member: str, absent: Callable[[str], Refusal]
) -> dict[str, Operation]:
    return {f"Describe{word}": _read(DescribedKind(type_, member, absent).describe, member)}


def _listed(
    operation: str,
    type_: str,
    answer: str,
    members: str,
    equals: tuple[tuple[str, str], ...] = (),
    admits: Callable[[Json, Resource], bool] = lambda _params, _record: True,
) -> dict[str, Operation]:
    kind = ListedKind(type_, answer, tuple(members.split()), equals, admits)
    return {operation: _read(kind.listed)}


def _served(word: str, type_: str) -> dict[str, Operation]:
    kind, name = ServedKind(word, type_), f"{word}Name"
    return {
        f"Create{word}": _write(kind.create, name),
        f"Delete{word}": _write(kind.delete, name),
    }


EXPERIMENT, TRIAL, COMPONENT = "ExperimentName", "TrialName", "TrialComponentName"

SAGEMAKER: dict[str, Operation] = {
    "CreateExperiment": _write(entities.create_experiment, EXPERIMENT),
    "DescribeExperiment": _read(entities.describe_experiment, EXPERIMENT),
    "UpdateExperiment": _write(entities.update_experiment, EXPERIMENT),
    "DeleteExperiment": _write(entities.delete_experiment, EXPERIMENT),
    "ListExperiments": _read(lists.list_experiments),
    "CreateTrial": _write(entities.create_trial, TRIAL),
    "DescribeTrial": _read(entities.describe_trial, TRIAL),
    "UpdateTrial": _write(entities.update_trial, TRIAL),
    "DeleteTrial": _write(entities.delete_trial, TRIAL),
    "ListTrials": _read(lists.list_trials, "ExperimentName TrialComponentName"),
    "CreateTrialComponent": _write(entities.create_component, COMPONENT),
    "DescribeTrialComponent": _read(entities.describe_component, COMPONENT),
    "UpdateTrialComponent": _write(entities.update_component, COMPONENT),
    "DeleteTrialComponent": _write(entities.delete_component, COMPONENT),
    "ListTrialComponents": _read(lists.list_components, "TrialName ExperimentName SourceArn"),
    "AssociateTrialComponent": _write(links.associate, COMPONENT),
    "DisassociateTrialComponent": _write(links.disassociate, COMPONENT),
    "Search": _read(search.search, "Resource"),
    "AddTags": _write(tags.add_tags, "ResourceArn"),
    "ListTags": _read(tags.list_tags, "ResourceArn"),
    "DeleteTags": _write(tags.delete_tags, "ResourceArn"),
    "AddAssociation": _write(lineage.add_association, "SourceArn"),
    "DeleteAssociation": _write(lineage.delete_association, "SourceArn"),
    "ListAssociations": _read(lineage.list_associations, "SourceArn DestinationArn"),
    **_lineage("Artifact", "ArtifactArn"),
    **_lineage("Action", "ActionName"),
    **_lineage("Context", "ContextName"),
    **_described("TrainingJob", "training-job", "TrainingJobName", resources.not_found),
    **_described("ProcessingJob", "processing-job", "ProcessingJobName", resources.job_not_found),
    **_described("TransformJob", "transform-job", "TransformJobName", resources.job_not_found),
    **_described("Model", "model", "ModelName", resources.could_not_find),
    **_described("ModelPackage", "model-package", "ModelPackageName", resources.could_not_find),
    **_described("Endpoint", "endpoint", "EndpointName", resources.could_not_find),
    **_described(
        "EndpointConfig", "endpoint-config", "EndpointConfigName", resources.could_not_find
    ),
    **_listed("ListModels", "model", "Models", "ModelName ModelArn CreationTime"),
    **_listed(
        "ListModelPackages",
        "model-package",
        "ModelPackageSummaryList",
        "ModelPackageName ModelPackageGroupName ModelPackageVersion ModelPackageArn "
        "ModelPackageDescription CreationTime ModelPackageStatus ModelApprovalStatus",
        (
            ("ModelPackageGroupName", "ModelPackageGroupName"),
            ("ModelApprovalStatus", "ModelApprovalStatus"),
        ),
        resources.package_is_asked_for,
    ),
    **_described(
        "ModelPackageGroup", serving.GROUP, "ModelPackageGroupName", resources.could_not_find
    ),
    **_listed(
        "ListModelPackageGroups",
        serving.GROUP,
        "ModelPackageGroupSummaryList",
        "ModelPackageGroupName ModelPackageGroupArn CreationTime ModelPackageGroupStatus",
    ),
    **_served("Model", "model"),
    **_served("EndpointConfig", "endpoint-config"),
    "CreateModelPackageGroup": _write(
        ServedKind(
            "ModelPackageGroup", serving.GROUP, (("ModelPackageGroupStatus", "Completed"),)
        ).create,
        "ModelPackageGroupName",
    ),
    "DeleteModelPackageGroup": _write(serving.delete_group, "ModelPackageGroupName"),
    "CreateModelPackage": _write(serving.create_package, "ModelPackageGroupName ModelPackageName"),
    "UpdateModelPackage": _write(serving.update_package, "ModelPackageArn"),
    "DeleteModelPackage": _write(
        ServedKind("ModelPackage", serving.PACKAGE).delete, "ModelPackageName"
    ),
    "CreateEndpoint": _write(serving.create_endpoint, "EndpointName"),
    "UpdateEndpoint": _write(serving.update_endpoint, "EndpointName"),
    "DeleteEndpoint": _write(ServedKind("Endpoint", "endpoint").delete, "EndpointName"),
    **_listed(
        "ListEndpoints",
        "endpoint",
        "Endpoints",
        "EndpointName EndpointArn CreationTime LastModifiedTime EndpointStatus",
        (("StatusEquals", "EndpointStatus"),),
    ),
    **_listed(
        "ListTrainingJobs",
        "training-job",
        "TrainingJobSummaries",
        "TrainingJobName TrainingJobArn CreationTime TrainingEndTime LastModifiedTime "
        "TrainingJobStatus SecondaryStatus",
        (("StatusEquals", "TrainingJobStatus"),),
    ),
}

METRICS: dict[str, Operation] = {
    "BatchPutMetrics": _write(metrics.batch_put, COMPONENT),
    "BatchGetMetrics": _read(metrics.batch_get),
}

TAGGING: dict[str, Operation] = {
    "GetResources": _read(tagging.get_resources),
    "TagResources": _write(tagging.tag_resources, "ResourceARNList"),
    "UntagResources": _write(tagging.untag_resources, "ResourceARNList"),
}

SERVICES: dict[str, dict[str, Operation]] = {
    "sagemaker": SAGEMAKER,
    "sagemaker-metrics": METRICS,
    "resourcegroupstaggingapi": TAGGING,
}
"""Every operation the sandbox answers itself, by botocore's name of the service."""


def about(operation: Operation, params: Json) -> str:
    """Name what a call is about: the first of its telling parameters, an ARN by its name."""
    for name in operation.about.split():
        value = params.get(name)
        if isinstance(value, list):
            return str(value[0]) if value else ""
        if value:
            return str(value)
    return ""
