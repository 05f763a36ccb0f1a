"""deploy/ gives what `sagewarden iam` prints: no more, no less, wherever it stands."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.deploy.statements import (
    CHECKING,
    DEPLOY,
    TEMPLATES,
    renewed,
    terraform,
)
from tests.deploy.templates import PSEUDO, Template, normalised

from sagewarden.core.permissions.bucket import bucket_policy
from sagewarden.core.permissions.operations import Stage
from sagewarden.core.permissions.scope import Bucket, Role, Scope, everything
from sagewarden.core.permissions.statements import statements

ROLE = "arn:aws:iam::*:role/sagewarden-*"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1"
OTHERS = ["arn:aws:iam::999999999999:role/sagewarden-archiver"]
GIVEN: Mapping[str, Any] = {
    "RoleName": "sagewarden",
    "ExternalId": "external-1",
    "Region": "eu-west-1",
    "VaultBucketName": "ml-archive",
    "VaultPrefix": "sagewarden",
    "VaultKeyArn": KEY,
    "PolicyBucketName": "ml-policies",
    "TagKeys": ["owner", "team"],
    "RetiredTagKeys": ["Owner"],
    "ArchiverRoleArns": OTHERS,
}
BUCKET = Bucket("ml-archive", "sagewarden", KEY)
SCOPE = Scope(
    partition="aws",
    account=PSEUDO["AWS::AccountId"],
    region="eu-west-1",
    doing=replace(everything(), sets=frozenset({"owner", "team"}), takes_off=frozenset({"Owner"})),
    bucket=BUCKET,
    roles=(Role(ROLE, "external-1"),),
    callers=("arn:aws:iam::123456789012:role/sagewarden-*",),
    policies=Bucket("ml-policies", "policies"),
)
ROLED = (Stage.READER, Stage.TAGGER, Stage.ARCHIVER, Stage.EXECUTOR, Stage.RESTORER)
CENTRAL, ROLES = Template(TEMPLATES[0]), Template(TEMPLATES[1])


def printed(stage: Stage) -> list[dict[str, Any]]:
    """What `iam` prints for a stage, and what `check` asks of its role besides."""
    besides = [each for each in statements(SCOPE, Stage.CHECKER) if each.sid == CHECKING.get(stage)]
    return normalised([each.spelled() for each in (*statements(SCOPE, stage), *besides)])


def of_template(template: Template, role: str) -> list[dict[str, Any]]:
    """What a template gives to a role."""
    properties = template.resolved(template.resources[role]["Properties"], GIVEN)
    (policy,) = properties["Policies"]
    return normalised(policy["PolicyDocument"]["Statement"])


def of_terraform(module: str, name: str) -> list[dict[str, Any]]:
    """What a module gives, its template filled in as Terraform does."""
    text = (DEPLOY / "terraform" / module / "iam" / f"{name}.json.tftpl").read_text()
    lists = {
        "tag_keys": GIVEN["TagKeys"],
        "retired_tag_keys": GIVEN["RetiredTagKeys"],
        "others": OTHERS,
    }
    for word, value in lists.items():
        text = text.replace(f"${{jsonencode({word})}}", json.dumps(value))
    words = {
        "partition": "aws",
        "account": SCOPE.account,
        "region": "eu-west-1",
        "role": "sagewarden",
        "external_id": "external-1",
        "bucket": "ml-archive",
        "prefix": "sagewarden",
        "key": KEY,
        "policies": "ml-policies",
    }
    return normalised(json.loads(re.sub(r"\$\{(\w+)\}", lambda m: words[m[1]], text))["Statement"])


@pytest.mark.parametrize("stage", ROLED)
def test_a_role_of_cloudformation_is_what_iam_prints(stage: Stage) -> None:
    assert of_template(ROLES, f"{stage.value.capitalize()}Role") == printed(stage)


@pytest.mark.parametrize("stage", ROLED)
def test_a_role_of_terraform_is_what_iam_prints(stage: Stage) -> None:
    assert of_terraform("roles", str(stage)) == printed(stage)


def test_the_daemon_itself_is_what_iam_prints() -> None:
    assert of_template(CENTRAL, "TaskRole") == printed(Stage.OWN)
    assert of_terraform("central", "own") == printed(Stage.OWN)


def test_the_vaults_bucket_policy_is_what_iam_prints() -> None:
    properties = CENTRAL.resolved(CENTRAL.resources["VaultBucketPolicy"]["Properties"], GIVEN)
    expected = normalised([each.spelled() for each in bucket_policy(BUCKET, "aws", OTHERS)])
    assert normalised(properties["PolicyDocument"]["Statement"]) == expected
    assert of_terraform("central", "bucket") == expected


def test_the_executors_role_refuses_what_is_held() -> None:
    """Told apart from the rest: it is what keeps a mistake from being one."""
    denied = [each for each in of_template(ROLES, "ExecutorRole") if each["Effect"] == "Deny"]
    assert [each["Condition"] for each in denied] == [
        {"Null": {"aws:ResourceTag/sagewarden:hold": "false"}}
    ]


def test_each_role_wants_the_external_id() -> None:
    roles = ROLES.resolved(ROLES.of_type("AWS::IAM::Role"), GIVEN)
    trusts = [each["AssumeRolePolicyDocument"]["Statement"] for each in roles.values()]
    assert [statement["Condition"] for trust in trusts for statement in trust] == [
        {"StringEquals": {"sts:ExternalId": "external-1"}}
    ] * len(ROLED)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_is_up_to_date(template: Any) -> None:
    """Renew it with `python tests/deploy/statements.py`; see tests/README.md."""
    assert renewed(template.read_text()) == template.read_text()


def test_terraforms_documents_are_up_to_date() -> None:
    assert {path: path.read_text() for path in terraform()} == terraform()
