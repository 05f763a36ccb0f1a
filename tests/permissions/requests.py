"""What IAM is asked when a call of the sandbox's log arrives at AWS."""

from collections.abc import Iterator
from typing import Any

from tests.permissions.evaluator import Request

from sagewarden.sandbox.calllog import LoggedCall

NAMES = {
    "ExperimentName": "experiment",
    "TrialName": "experiment-trial",
    "TrialComponentName": "experiment-trial-component",
    "ModelName": "model",
    "EndpointName": "endpoint",
    "EndpointConfigName": "endpoint-config",
}
UNBOUND = ("Search", "List")
"""Operations that IAM judges on `*` (service authorization reference), but for ListTags."""

S3 = {
    "ListObjectsV2": "s3:ListBucket",
    "ListObjectVersions": "s3:ListBucketVersions",
    "GetBucketVersioning": "s3:GetBucketVersioning",
    "GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
}
"""Operations on a bucket, with the action that each needs."""


def asked_by(call: LoggedCall) -> Iterator[Request]:
    """Yield what must be allowed, one request for each action and resource."""
    if call.service == "s3":
        yield _of_s3(call)
    elif call.service not in {"sts", "iam"}:  # what these are asked about is not in the log
        yield from _of_sagemaker(call)


def _of_s3(call: LoggedCall) -> Request:
    action = S3.get(call.operation, f"s3:{call.operation}")
    bucket, _, _ = call.resource.partition("/")
    place = bucket if call.operation in S3 else call.resource
    return Request(action, f"arn:aws:s3:::{place}")


def _of_sagemaker(call: LoggedCall) -> Iterator[Request]:
    params = call.params or {}
    resources = list(_resources(call, params))
    context = {"aws:requestedregion": (call.region,)} | _tag_keys(params)
    for resource in resources:
        yield Request(f"sagemaker:{call.operation}", resource, context)
    if call.operation.startswith("Create"):
        made = {"sagemaker:taggingaction": (call.operation,)}
        yield Request("sagemaker:AddTags", resources[-1], context | made)


def _tag_keys(params: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    keys = [each["Key"] for each in params.get("Tags") or ()] + list(params.get("TagKeys") or ())
    return {"aws:tagkeys": tuple(keys)} if keys else {}


def _resources(call: LoggedCall, params: dict[str, Any]) -> Iterator[str]:
    start = f"arn:aws:sagemaker:{call.region}:{call.account}"
    if call.operation.startswith(UNBOUND) and call.operation != "ListTags":
        yield "*"
    elif "ResourceArn" in params:
        yield params["ResourceArn"]
    elif "ModelPackageName" in params:
        name = params["ModelPackageName"]
        yield name if name.startswith("arn:") else f"{start}:model-package/{name}"
    elif "MetricQueries" in params:
        yield from {each["ResourceArn"] for each in params["MetricQueries"]}
    else:
        yield from (f"{start}:{kind}/{params[key]}" for key, kind in NAMES.items() if key in params)
