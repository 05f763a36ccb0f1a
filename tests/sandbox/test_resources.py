"""Jobs, models, packages and endpoints, as seeded."""

from typing import Any

import pytest

from sagewarden.sandbox import Sandbox
from sagewarden.sandbox.records import Resource


@pytest.fixture
def seeded(box: Sandbox) -> Sandbox:
    """Hold one of each kind, named `n`."""
    bodies: dict[str, dict[str, Any]] = {
        "training-job": {"TrainingJobName": "n", "TrainingJobStatus": "Completed"},
        "processing-job": {"ProcessingJobName": "n"},
        "transform-job": {"TransformJobName": "n"},
        "model": {"ModelName": "n"},
        "model-package": {"ModelPackageGroupName": "n", "ModelApprovalStatus": "Approved"},
        "endpoint": {"EndpointName": "n", "EndpointStatus": "InService"},
        "endpoint-config": {"EndpointConfigName": "n"},
    }
    box.state.resources.put_many(
        Resource(arn=box.state.arn(kind, "n"), type=kind, name="n", created=1.7e9, body=body)
        for kind, body in bodies.items()
    )
    return box


DESCRIBED = [
    ("describe_training_job", "TrainingJobName"),
    ("describe_processing_job", "ProcessingJobName"),
    ("describe_transform_job", "TransformJobName"),
    ("describe_model", "ModelName"),
    ("describe_endpoint", "EndpointName"),
    ("describe_endpoint_config", "EndpointConfigName"),
]


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize(("method", "member"), DESCRIBED)
def test_a_seeded_resource_is_described(sm: Any, method: str, member: str) -> None:
    """By name."""
    assert getattr(sm, method)(**{member: "n"})[member] == "n"


@pytest.mark.parametrize(("method", "member"), DESCRIBED)
def test_a_missing_resource_is_refused(sm: Any, refused: Any, method: str, member: str) -> None:
    """As ValidationException or ResourceNotFound, depending on the kind."""
    code, _, status = refused(getattr(sm, method), **{member: "gone"})
    assert (code in {"ValidationException", "ResourceNotFound"}, status) == (True, 400)


def test_a_model_package_is_described_by_its_arn(sm: Any, seeded: Sandbox) -> None:
    """Versions have no other name."""
    arn = seeded.state.arn("model-package", "n")
    found = sm.describe_model_package(ModelPackageName=arn)
    assert found["ModelApprovalStatus"] == "Approved"


@pytest.mark.usefixtures("seeded")
def test_seeded_resources_are_listed(sm: Any) -> None:
    """Models, endpoints, packages and training jobs, filtered."""
    found = [
        len(sm.list_models()["Models"]),
        len(sm.list_endpoints(StatusEquals="InService")["Endpoints"]),
        len(sm.list_endpoints(StatusEquals="Failed")["Endpoints"]),
        len(sm.list_model_packages(ModelPackageGroupName="n")["ModelPackageSummaryList"]),
        len(sm.list_training_jobs(NameContains="n")["TrainingJobSummaries"]),
    ]
    assert found == [1, 1, 0, 1, 1]


CONTAINER = {"Image": "1.dkr.ecr/x", "ModelDataUrl": "s3://ml/a/model.tar.gz"}


@pytest.fixture
def served(sm: Any) -> Any:
    """A group with two versions, an unversioned package, and an endpoint."""
    specification = {
        "Containers": [CONTAINER],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    sm.create_model_package_group(ModelPackageGroupName="g")
    for _ in range(2):
        sm.create_model_package(ModelPackageGroupName="g", InferenceSpecification=specification)
    sm.create_model_package(ModelPackageName="alone", InferenceSpecification=specification)
    sm.create_model(ModelName="m", PrimaryContainer=CONTAINER)
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large"}
    sm.create_endpoint_config(
        EndpointConfigName="c", ProductionVariants=[{**variant, "InitialInstanceCount": 1}]
    )
    sm.create_endpoint(EndpointName="e", EndpointConfigName="c")
    return sm


def _packages(sm: Any, **asked: str) -> list[str]:
    found = sm.list_model_packages(**asked, SortOrder="Ascending")["ModelPackageSummaryList"]
    return [each["ModelPackageArn"].partition("/")[2] for each in found]


def test_packages_are_listed_by_group_and_without_one_the_unversioned(served: Any) -> None:
    """As the API reference has it; a type asks for others."""
    assert [
        _packages(served),
        _packages(served, ModelPackageGroupName="g"),
        _packages(served, ModelPackageType="Versioned"),
        _packages(served, ModelPackageType="Both"),
    ] == [["alone"], ["g/1", "g/2"], ["g/1", "g/2"], ["g/1", "g/2", "alone"]]


def test_groups_are_listed_and_described(served: Any) -> None:
    """By name."""
    (group,) = served.list_model_package_groups()["ModelPackageGroupSummaryList"]
    described = served.describe_model_package_group(ModelPackageGroupName="g")
    assert group["ModelPackageGroupArn"] == described["ModelPackageGroupArn"]


def test_a_package_waits_for_approval_until_somebody_gives_it(served: Any) -> None:
    """A version of a group does."""
    (arn, *_) = [
        each["ModelPackageArn"]
        for each in served.list_model_packages(ModelPackageGroupName="g")["ModelPackageSummaryList"]
    ]
    before = served.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"]
    served.update_model_package(ModelPackageArn=arn, ModelApprovalStatus="Approved")
    after = served.describe_model_package(ModelPackageName=arn)["ModelApprovalStatus"]
    assert (before, after) == ("PendingManualApproval", "Approved")


def test_an_endpoint_serves_its_configuration(served: Any) -> None:
    """And is in service at once."""
    described = served.describe_endpoint(EndpointName="e")
    assert (described["EndpointConfigName"], described["EndpointStatus"]) == ("c", "InService")


def test_what_is_served_is_made_once(served: Any, refused: Any) -> None:
    """A name is taken until it is deleted."""
    asked = {"ModelName": "m", "PrimaryContainer": CONTAINER}
    code, _, _ = refused(served.create_model, **asked)
    served.delete_model(ModelName="m")
    served.create_model(**asked)
    assert code == "ValidationException"


def test_a_group_with_packages_is_not_deleted(served: Any, refused: Any) -> None:
    """Its packages go first."""
    code, _, _ = refused(served.delete_model_package_group, ModelPackageGroupName="g")
    for version in (1, 2):
        group = served.describe_model_package_group(ModelPackageGroupName="g")
        arn = group["ModelPackageGroupArn"].replace("-group/", "/")
        served.delete_model_package(ModelPackageName=f"{arn}/{version}")
    served.delete_model_package_group(ModelPackageGroupName="g")
    assert code == "ValidationException"


def test_an_endpoint_needs_its_configuration(sm: Any, refused: Any) -> None:
    """Whether it is made or changed."""
    code, _, _ = refused(sm.create_endpoint, EndpointName="e", EndpointConfigName="gone")
    assert code == "ValidationException"
