"""Everything that SageWarden does on a target, played once: sweeps, a restore, a check."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto.backends import get_backend
from tests.cli.user import User
from tests.clients import client_of

from sagewarden.core.accounts import ROLED
from sagewarden.core.permissions.operations import Stage
from sagewarden.sandbox import Sandbox
from sagewarden.sandbox.calllog import LoggedCall

BUCKET, PREFIX = "ml-archive", "sagewarden"
TARGET = {
    "account_id": "123456789012",
    "region": "us-east-1",
    "roles": {str(stage): f"sagewarden-{stage}" for stage in ROLED},
}

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
    stages: dict[str, Stage]
    """Whose stage an access key works for."""

    def allowing(self, call: LoggedCall) -> list[Any]:
        """The documents of the role that made a call; of `check`, with what it needs besides."""
        own = self.documents[self.stages[call.caller]] if call.caller in self.stages else None
        return [each for each in (own, self.documents["checker"]) if each is not None]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Sweeps that mark, tag, archive and delete; a verification, a restore, a check."""
    with Sandbox().running() as box:
        user = User(tmp_path_factory.mktemp("played"), box)
        with pytest.MonkeyPatch.context() as patch:
            for name, value in box.environment().items():
                patch.setenv(name, value)
            _fill(user)
            user.settles(vault={"address": f"s3://{BUCKET}/{PREFIX}"}, targets=[TARGET])
            user.governs(POLICIES)
            for words in (
                *(("sweep",), ("sweep",), ("verify",)),
                *(("restore", "old-one"), ("check",)),
            ):
                ran = user(*words)
                assert ran.code == 0, ran
                box.admin.advance(10)  # the grace period
            documents = json.loads(user("iam").out)
            of_target = documents[f"{box.account}/{box.region}"]
            yield Played(user, box.admin.calls(), of_target, _stages())


def _stages() -> dict[str, Stage]:
    """Read the roles' access keys off the STS, which other tests of this process use, too."""
    ours = {f"role/sagewarden-{stage}": stage for stage in ROLED}
    assumed = get_backend("sts")["123456789012"]["aws"].assumed_roles
    named = {each.access_key_id: each.role_arn.rpartition(":")[2] for each in assumed}
    return {key: ours[name] for key, name in named.items() if name in ours}


def _fill(user: User) -> None:
    box = user.box
    client_of("s3", **box.client_config()).create_bucket(Bucket=BUCKET)
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
