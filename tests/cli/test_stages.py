"""Each stage works as its own role, with what that role may do and no more."""

from typing import Any

import pytest
from tests.cli.user import POLICIES, User
from tests.clients import client_of

from sagewarden.sandbox import Fault

ACCOUNT = "123456789012"
ROLES = {"reader": "look", "tagger": "tag", "archiver": "keep", "executor": "take"}


def arn(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def target(region: str = "us-east-1", **changes: Any) -> dict[str, Any]:
    usual = {"account_id": ACCOUNT, "region": region, "name": region, "roles": ROLES}
    return usual | changes


@pytest.fixture
def staged(user: User) -> User:
    """Four roles, each with its own permissions alone; the vault is a bucket."""
    s3 = client_of("s3", **user.box.client_config())
    s3.create_bucket(Bucket="vault")
    user.box.admin.clear_calls()
    writes = ["sagemaker:Delete*", "sagemaker:Disassociate*", "sagemaker:AddTags"]
    user.box.admin.set_knobs(
        denied={
            arn("look"): [*writes, "s3:*"],
            arn("tag"): ["sagemaker:[!A]*", "s3:*"],
            arn("keep"): ["sagemaker:*"],
            arn("take"): ["s3:*", "sagemaker:Search", "sagemaker:List*", "sagemaker:Describe*"],
        }
    )
    user.settles(targets=[target()], vault={"address": "s3://vault/own"}, marks={"tag": True})
    return user


def signed(user: User) -> dict[str, set[str]]:
    """Which roles signed what, for each group of operations."""
    found: dict[str, set[str]] = {}
    for call in user.box.admin.calls():
        if call.service == "sts":
            continue
        verb = "write" if call.service == "sagemaker" and call.write else call.service
        group = "tag" if call.operation == "AddTags" else verb
        found.setdefault(group, set()).add(call.role.rpartition("/")[2])
    return found


def test_each_stage_signs_with_its_own_role(staged: User) -> None:
    """From the first mark to the last delete, none of them needs what another may."""
    assert staged("sweep").code == 0
    staged.box.admin.advance(10)  # the grace period
    assert staged("sweep").code == 0
    assert signed(staged) == {
        "sagemaker": {"look"},
        "tag": {"tag"},
        "s3": {"keep"},
        "write": {"take"},
    }


def test_a_target_whose_role_is_denied_does_not_stop_the_others(staged: User) -> None:
    """Its error names the role and the action."""
    other = target("eu-west-1", roles=ROLES | {"executor": "none"})
    staged.settles(targets=[other, target()], vault={"address": "s3://vault/own"})
    fault = Fault(action="deny", operation="AssumeRole", resource="*/none", times=None)
    staged.box.admin.add_fault(fault)
    ran = staged("sweep", "--json")
    assert ran.code == 3
    first, second = ran.answer
    assert first["mode"] == "sweep"
    assert second["target"] == f"{ACCOUNT}/eu-west-1"
    assert f"the role {arn('none')} could not be assumed (sts:AssumeRole)" in second["message"]


def test_a_role_of_another_account_stops_its_target(staged: User) -> None:
    staged.settles(
        targets=[target(roles=ROLES | {"executor": arn("take", "210987654321")})],
        vault={"address": "s3://vault/own"},
    )
    ran = staged("sweep")
    assert ran.code == 2
    assert "leads into account 210987654321" in ran.words


@pytest.mark.parametrize(("owner", "code"), [("210987654321", 0), (None, 2)])
def test_the_archiver_may_be_a_role_of_the_buckets_account(
    staged: User, owner: str | None, code: int
) -> None:
    """If the settings name that account, and not else."""
    s3 = client_of("s3", **staged.box.client_config("210987654321"))
    s3.create_bucket(Bucket="theirs")
    staged.settles(
        targets=[target(roles=ROLES | {"archiver": arn("keep", "210987654321")})],
        vault={"address": "s3://theirs/own", "account_id": owner},
    )
    ran = staged("baseline", "show")
    assert ran.code == code, ran


def test_plan_goes_on_with_the_other_targets(staged: User) -> None:
    staged.box.admin.add_fault(
        Fault(action="deny", operation="AssumeRole", resource="*/none", times=None)
    )
    other = target("eu-west-1", roles=ROLES | {"reader": "none"})
    staged.settles(targets=[other, target()], vault={"address": "s3://vault/own"})
    ran = staged("plan", "--json")
    assert (ran.code, len(ran.answer)) == (3, 1)


def test_a_pause_reaches_the_targets_that_can_be_reached(staged: User) -> None:
    staged.box.admin.add_fault(
        Fault(action="deny", operation="AssumeRole", resource="*/none", times=None)
    )
    other = target("eu-west-1", roles=ROLES | {"reader": "none"})
    staged.settles(targets=[other, target()], vault={"address": "s3://vault/own"})
    ran = staged("pause")
    assert ran.code == 3
    assert "eu-west-1: its switch stays as it was" in ran.words
    assert "us-east-1 is paused" in ran.words


def test_policies_may_lie_in_a_bucket(staged: User) -> None:
    """They are read by ourselves, not as a target's role; reports name their versions."""
    s3 = client_of("s3", **staged.box.client_config())
    s3.create_bucket(Bucket="rules")
    s3.put_object(Bucket="rules", Key="prod/all.yaml", Body=POLICIES.encode())
    where = "s3://rules/prod"
    staged.settles(targets=[target()], vault={"address": "s3://vault/own"}, policies=where)
    assert staged("policy", "validate").code == 0
    assert staged("policy", "validate", where).code == 0
    ran = staged("plan", "--json", "--policies", where)
    (file,) = ran.answer[0]["report"]["policy_files"]
    assert (file["path"], file["version"]) == (
        f"{where}/all.yaml",
        s3.head_object(Bucket="rules", Key="prod/all.yaml")["ETag"],
    )


def test_an_archiver_that_is_denied_is_named_with_the_action(staged: User) -> None:
    """Not taken for a bucket that refuses."""
    staged.box.admin.add_fault(
        Fault(action="deny", operation="AssumeRole", resource="*/keep", times=None)
    )
    ran = staged("sweep")
    assert ran.code == 3
    assert f"the role {arn('keep')} could not be assumed (sts:AssumeRole)" in ran.words
    assert "trust policy" in ran.words


def test_a_bucket_that_is_another_accounts_is_no_vault(staged: User) -> None:
    """Whoever took the name after it was free reads and keeps nothing of ours."""
    pinned = {"address": "s3://vault/own", "account_id": "210987654321"}
    staged.settles(targets=[target()], vault=pinned)
    ran = staged("sweep")
    assert ran.code == 3
    assert "AccessDenied" in ran.words


def test_targets_are_chosen_by_their_tags(staged: User) -> None:
    """With several, all must be there; what chooses none is an error, never all."""
    dev = target(tags={"env": "dev", "team": "vision"})
    staged.settles(targets=[dev, target("eu-west-1", tags={"env": "prod"})])
    words = ("baseline", "show", "--json", "--target-tag", "env=dev")
    assert [each["target"] for each in staged(*words).answer] == [f"{ACCOUNT}/us-east-1"]
    assert len(staged(*words, "--target-tag", "team").answer) == 1
    assert staged(*words, "--target-tag", "team=audio").code == 2
