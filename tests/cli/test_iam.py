"""`iam`: documents that IAM takes as they are, and nothing is called for them."""

import json

import pytest
from tests.cli.user import POLICIES, User
from tests.clients import client_of

VAULT = {"address": "s3://ml-archive/sagewarden"}
TAGGING = POLICIES.replace("old-trees", "tags").replace(
    "    action: delete\n    grace: 1s\n",
    "    require: {owner: {rename: [user]}}\n    action: tag\n",
)
LARGEST = 6_144
"""Characters in a managed policy, blanks left out (IAM quotas)."""


@pytest.fixture
def scribe(user: User) -> User:
    """Somebody whose vault is a bucket."""
    user.settles(vault=VAULT)
    return user


def actions(user: User, role: str) -> set[str]:
    """What a role is allowed."""
    document = user("iam", "--role", role).answer
    allowed = [each for each in document["Statement"] if each["Effect"] == "Allow"]
    return {action for each in allowed for action in each["Action"]}


def test_nothing_is_called(scribe: User) -> None:
    assert scribe("iam").code == 0
    assert scribe.calls() == []


def test_each_stage_that_is_needed_has_a_document(scribe: User) -> None:
    answer = scribe("iam").answer["123456789012/us-east-1"]
    assert list(answer) == ["reader", "archiver", "executor", "restorer", "checker"]


def test_what_no_policy_does_needs_no_permission(scribe: User) -> None:
    """Tags are repaired, and nothing is deleted: the executor can only put edges back."""
    scribe.governs(TAGGING)
    assert actions(scribe, "executor") == {"sagemaker:AssociateTrialComponent"}
    assert actions(scribe, "tagger") == {"sagemaker:AddTags", "sagemaker:DeleteTags"}


def test_a_policy_for_components_deletes_no_trial(scribe: User) -> None:
    scribe.governs(POLICIES.replace("resource: experiment", "resource: trial-component"))
    assert "sagemaker:DeleteTrialComponent" in actions(scribe, "executor")
    assert actions(scribe, "executor").isdisjoint(
        {"sagemaker:DeleteTrial", "sagemaker:DeleteExperiment"}
    )


def test_one_role_does_all_that_a_sweep_does(scribe: User) -> None:
    stages = ("reader", "archiver", "executor")
    assert actions(scribe, "one") == set().union(*(actions(scribe, each) for each in stages))


def test_a_stage_that_needs_nothing_is_told(scribe: User) -> None:
    ran = scribe("iam", "--role", "tagger")
    assert (ran.code, "needs no permission" in ran.words) == (2, True)


def test_a_key_of_the_vault_is_used_through_s3_only(scribe: User) -> None:
    scribe.settles(vault=VAULT | {"kms_key": "alias/vault"})
    document = scribe("iam", "--role", "archiver").answer
    (key,) = [each for each in document["Statement"] if each["Sid"] == "UseVaultKey"]
    assert key["Condition"] == {
        "StringLike": {"kms:ViaService": "s3.us-east-1.*"},
        "ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/vault"},
    }


def test_a_key_that_signs_the_chain_signs(scribe: User) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1"
    scribe.settles(vault=VAULT | {"signing_kms_key": key})
    document = scribe("iam", "--role", "archiver").answer
    (sign,) = [each for each in document["Statement"] if each["Sid"] == "SignChain"]
    assert (sign["Action"], sign["Resource"]) == (["kms:Sign"], [key])


def test_roles_are_taken_with_their_external_id(scribe: User) -> None:
    arn = "arn:aws:iam::123456789012:role/warden"
    target = {"account_id": "123456789012", "region": "us-east-1"}
    scribe.settles(vault=VAULT, targets=[target | {"role_arn": arn, "external_id": "x-1"}])
    (statement,) = scribe("iam", "--role", "own").answer["Statement"]
    assert (statement["Resource"], statement["Condition"]) == (
        [arn],
        {"StringEquals": {"sts:ExternalId": "x-1"}},
    )


def test_a_protection_by_tags_is_told_to_iam(scribe: User) -> None:
    guard = "protect:\n  - tags: {legal-hold: present, tier: [gold, 'p*']}\n"
    scribe.governs(POLICIES + guard)
    document = scribe("iam", "--role", "executor").answer
    assert [each["Condition"] for each in document["Statement"] if each["Effect"] == "Deny"] == [
        {"Null": {"aws:ResourceTag/sagewarden:hold": "false"}},
        {
            "Null": {"aws:ResourceTag/legal-hold": "false"},
            "StringLike": {"aws:ResourceTag/tier": ["gold", "p*"]},
        },
    ]


def test_a_protection_that_iam_cannot_tell_is_named(scribe: User) -> None:
    scribe.governs(POLICIES + "protect:\n  - name: golden-*\n")
    ran = scribe("iam")
    assert (ran.code, "all.yaml:10:5: IAM cannot tell" in " ".join(ran.err.split())) == (0, True)


def test_a_document_fits_into_a_managed_policy(scribe: User) -> None:
    scribe.governs(POLICIES + "protect:\n  - tags: {legal-hold: present}\n")
    document = scribe("iam", "--role", "one").answer
    assert len(json.dumps(document, separators=(",", ":"))) < LARGEST


def test_the_bucket_has_a_policy(scribe: User) -> None:
    document = scribe("iam", "--bucket-policy").answer
    assert [each["Sid"] for each in document["Statement"]] == [
        "OnlyEncryptedConnections",
        "NothingIsDeleted",
        "NothingIsWrittenUnseen",
        "WhatIsWrittenOnceStays",
    ]


def test_a_directory_has_no_bucket_policy(user: User) -> None:
    ran = user("iam", "--bucket-policy")
    assert (ran.code, "the vault is no bucket" in ran.words) == (2, True)


def test_permissions_follow_from_policies(scribe: User) -> None:
    scribe.settles(vault=VAULT, policies=None)
    ran = scribe("iam")
    assert (ran.code, "no policies are named" in ran.words) == (2, True)


def test_policies_in_a_bucket_are_read_as_nobody_else(scribe: User) -> None:
    """They belong to no target."""
    client = client_of("s3", **scribe.box.client_config())
    client.create_bucket(Bucket="ml-policies")
    client.put_object(Bucket="ml-policies", Key="live/all.yaml", Body=POLICIES.encode())
    scribe.settles(vault=VAULT, policies="s3://ml-policies/live")
    document = scribe("iam", "--role", "own").answer
    assert [(each["Action"], each["Resource"]) for each in document["Statement"]] == [
        (["s3:ListBucket"], ["arn:aws:s3:::ml-policies"]),
        (["s3:GetObject"], ["arn:aws:s3:::ml-policies/live/*"]),
    ]


def test_accounts_of_an_organization_are_listed_as_nobody_else(scribe: User) -> None:
    organization = {"regions": ["us-east-1"], "role_name": "warden", "account_tags": True}
    scribe.settles(vault=VAULT, organization=organization)
    ran = scribe("iam", "--role", "own", "--target", "lab")
    assert {action for each in ran.answer["Statement"] for action in each["Action"]} == {
        "organizations:ListAccounts",
        "organizations:ListTagsForResource",
    }


def test_channels_of_aws_are_used_as_nobody_else(scribe: User) -> None:
    """Unless they have a role of their own, which is taken then."""
    topic = "arn:aws:sns:us-east-1:123456789012:owners"
    role = "arn:aws:iam::123456789012:role/post"
    email = {"region": "eu-west-1", "sender": "w@example.com", "domains": ["example.com"]}
    scribe.settles(vault=VAULT, notice={"topic": {"arn": topic}, "email": email})
    publish, mail = scribe("iam", "--role", "own").answer["Statement"]
    assert (publish["Action"], publish["Resource"]) == (["sns:Publish"], [topic])
    assert mail["Condition"] == {"StringEquals": {"ses:FromAddress": "w@example.com"}}
    scribe.settles(vault=VAULT, notice={"topic": {"arn": topic, "role_arn": role}})
    (take,) = scribe("iam", "--role", "own").answer["Statement"]
    assert (take["Action"], take["Resource"]) == (["sts:AssumeRole"], [role])


def test_units_that_are_left_out_are_walked_too(scribe: User) -> None:
    organization = {
        "regions": ["us-east-1"],
        "role_name": "warden",
        "exclude": ["ou-ab12-11111111"],
    }
    scribe.settles(vault=VAULT, organization=organization)
    assert {"organizations:ListAccounts", "organizations:ListAccountsForParent"} <= actions(
        scribe, "own"
    )
