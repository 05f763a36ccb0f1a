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
