"""The table of permissions and the calls that are really made are one and the same."""

from collections.abc import Iterator

import pytest
from tests.permissions.conftest import Played
from tests.permissions.evaluator import Request, allowed
from tests.permissions.requests import asked_by

from sagewarden.adapters.aws import answers
from sagewarden.core.accounts import ROLED
from sagewarden.core.permissions.operations import FREE, NEEDS, Stage

KMS = {"kms:Decrypt", "kms:GenerateDataKey"}
"""Asked for by S3 where the vault has a key."""

OUTSIDE = {Stage.OWN}
"""What takes no role has nothing to ask for."""

ARN = "arn:aws:sagemaker:us-east-1:123456789012"
TAGS = {"aws:tagkeys": ("owner",)}


def asked(played: Played) -> Iterator[Request]:
    """Yield everything that IAM was asked."""
    for call in played.calls:
        yield from asked_by(call)


def test_each_operation_that_is_called_has_its_row(played: Played) -> None:
    called = {call.operation for call in played.calls}
    assert called - {need.operation for need in NEEDS} - FREE == set()


def test_each_read_that_is_known_has_its_row() -> None:
    """Those too that no play makes, such as of an organization."""
    assert set(answers._MEMBERS) - {need.operation for need in NEEDS} - FREE == set()


def test_each_row_is_called(played: Played) -> None:
    """But for a signature: the sandbox has no KMS."""
    called = {call.operation for call in played.calls}
    assert {need.operation for need in NEEDS if need.stage not in OUTSIDE} - called == {"Sign"}


def test_each_stage_makes_calls_of_its_own(played: Played) -> None:
    """Or the next test would say nothing of it."""
    keys = {call.caller for call in played.calls} & set(played.stages)
    assert {played.stages[key] for key in keys} == set(ROLED)


def test_each_call_is_allowed_to_the_role_that_makes_it(played: Played) -> None:
    refused = [
        (call.operation, request)
        for call in played.calls
        for request in asked_by(call)
        if not allowed(played.allowing(call), request)
    ]
    assert refused == []


def test_each_action_that_is_allowed_is_asked_for(played: Played) -> None:
    """Nothing is given that no call needs."""
    given = {
        action
        for stage, document in played.documents.items()
        if Stage(stage) not in OUTSIDE
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        if not action.startswith("iam:")  # its calls are in the log, but not about whom
    }
    assert given - {each.action for each in asked(played)} == set()


@pytest.mark.parametrize("key", ["sagewarden:hold", "legal-hold"])
def test_what_carries_a_tag_that_keeps_it_is_refused(played: Played, key: str) -> None:
    """Delete, Disassociate and tagging, whatever the look before said."""
    documents = [played.documents[each] for each in ("executor", "tagger")]
    effects = [
        Request(each.action, each.resource, {**each.context, f"aws:resourcetag/{key}": ("x",)})
        for each in asked(played)
        if allowed(documents, each) and "Associate" not in each.action
    ]
    assert {each.action for each in effects} == {
        "sagemaker:AddTags",
        "sagemaker:DeleteExperiment",
        "sagemaker:DeleteTags",
        "sagemaker:DeleteTrial",
        "sagemaker:DeleteTrialComponent",
        "sagemaker:DisassociateTrialComponent",
    }
    assert [each for each in effects if allowed(documents, each)] == []


def test_an_edge_of_what_is_held_may_be_put_back(played: Played) -> None:
    """A hold that comes while an edge is open must not keep it open."""
    edge = Request(
        "sagemaker:AssociateTrialComponent",
        f"{ARN}:experiment-trial-component/one-a",
        {"aws:resourcetag/sagewarden:hold": ("x",)},
    )
    assert allowed([played.documents["executor"]], edge)


@pytest.mark.parametrize("elsewhere", ["us-east-1:999999999999", "eu-west-1:123456789012"])
def test_another_account_or_region_is_out_of_reach(played: Played, elsewhere: str) -> None:
    arn = f"arn:aws:sagemaker:{elsewhere}:experiment/old-one"
    request = Request("sagemaker:DeleteExperiment", arn)
    assert not allowed(list(played.documents.values()), request)


def test_another_region_cannot_be_listed(played: Played) -> None:
    request = Request("sagemaker:Search", "*", {"aws:requestedregion": ("eu-west-1",)})
    assert not allowed(list(played.documents.values()), request)


def test_no_other_tag_can_be_set(played: Played) -> None:
    """A tag may grant access elsewhere: the tagger sets what policies require, nothing else."""
    more = {"aws:tagkeys": ("owner", "admin")}
    documents = [played.documents["tagger"]]
    assert allowed(documents, Request("sagemaker:AddTags", f"{ARN}:experiment/live", TAGS))
    assert not allowed(documents, Request("sagemaker:AddTags", f"{ARN}:experiment/live", more))


def test_a_restore_tags_only_what_it_creates(played: Played) -> None:
    request = Request("sagemaker:AddTags", f"{ARN}:experiment/live", TAGS)
    assert not allowed([played.documents["restorer"]], request)


def test_another_targets_part_of_the_vault_is_out_of_reach(played: Played) -> None:
    place = "arn:aws:s3:::ml-archive/sagewarden/v1/999999999999/us-east-1/lease/current"
    assert not allowed(list(played.documents.values()), Request("s3:PutObject", place))


def test_nothing_in_the_vault_can_be_deleted(played: Played) -> None:
    place = "arn:aws:s3:::ml-archive/sagewarden/v1/123456789012/us-east-1/lease/current"
    assert not allowed(list(played.documents.values()), Request("s3:DeleteObject", place))
