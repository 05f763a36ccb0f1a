"""Everything that SageWarden does on a target, played once: sweeps, a restore."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from boto3.session import Session
from tests.cli.user import User

from sagewarden.sandbox import Sandbox
from sagewarden.sandbox.calllog import LoggedCall

BUCKET, PREFIX = "ml-archive", "sagewarden"

POLICIES = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 1s
  - name: owned
    resource: experiment
    match: {name: "live"}
    require:
      owner: {rename: [Owner]}
    action: tag
protect:
  - registered_models: true
  - tags: {legal-hold: present}
"""


@dataclass(frozen=True)
class Played:
    """What was called, and what `iam` says about it by stage."""

    user: User
    calls: list[LoggedCall]
    documents: dict[str, Any]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Sweeps that mark, tag, archive and delete; then a verification and a restore."""
    with Sandbox().running() as box:
        user = User(tmp_path_factory.mktemp("played"), box)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in box.environment().items():
                patch.setenv(name, value)
            _fill(user)
            user.settles(vault={"address": f"s3://{BUCKET}/{PREFIX}"})
            user.governs(POLICIES)
            for words in (("sweep",), ("sweep",), ("verify",), ("restore", "old-one")):
                ran = user(*words)
                assert ran.code == 0, ran
                threading.Event().wait(2.5)  # the grace period
            documents = json.loads(user("iam").out)
            yield Played(user, box.admin.calls(), documents[f"{box.account}/{box.region}"])


def _fill(user: User) -> None:
    box = user.box
    Session().client("s3", **box.client_config()).create_bucket(Bucket=BUCKET)
    box.admin.set_knobs(metric_max_age_days=1_000.0, touch_on_metrics="none")
    with user.ago(days=60):
        user.grows("old-one", "one-a")
        user.grows("live", "live-a")
        tags = [{"Key": "Owner", "Value": "ana@example.com"}]
        user.makes("AddTags", ResourceArn=box.state.arn("experiment", "live"), Tags=tags)
        _serve(user)
        point = {"MetricName": "rmse", "Value": 0.5, "Timestamp": box.admin.now(), "Step": 1}
        given = {"TrialComponentName": "one-a", "MetricData": [point]}
        box.admin.perform("BatchPutMetrics", given, service="sagemaker-metrics")
    box.admin.clear_calls()


def _serve(user: User) -> None:
    """Make a model, its package and an endpoint, which rest on nothing of this account."""
    container = {"Image": "1.dkr.ecr/x", "ModelDataUrl": "s3://elsewhere/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large"}
    user.makes("CreateModelPackageGroup", ModelPackageGroupName="g")
    user.makes(
        "CreateModelPackage", ModelPackageGroupName="g", InferenceSpecification=specification
    )
    user.makes("CreateModel", ModelName="m", PrimaryContainer=container)
    user.makes("CreateEndpointConfig", EndpointConfigName="e", ProductionVariants=[variant])
    user.makes("CreateEndpoint", EndpointName="e", EndpointConfigName="e")
