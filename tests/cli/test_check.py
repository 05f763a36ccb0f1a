"""`check`: what would work and what would not, one thing broken at a time."""

import time
from typing import Any

import pytest
from tests.cli.user import POLICIES, User
from tests.clients import client_of

BUCKET = "ml-archive"
ROLE = "arn:aws:iam::123456789012:role/warden"
EVERY_STAGE = "reader, tagger, archiver, executor, restorer"


@pytest.fixture
def bucket(user: User) -> Any:
    """A client of the bucket that the user's vault lies in, set up as it should be."""
    user.settles(vault={"address": f"s3://{BUCKET}/sagewarden"})
    client = client_of("s3", **user.box.client_config())
    client.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
    client.put_object_lock_configuration(
        Bucket=BUCKET,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 90}},
        },
    )
    user.box.admin.set_knobs(protected_tags=["sagewarden:hold"])
    user.box.admin.clear_calls()
    return client


@pytest.fixture
def sound(user: User, bucket: Any, monkeypatch: pytest.MonkeyPatch) -> User:  # noqa: ARG001 -- made
    """Somebody for whom everything would work."""
    for name, value in user.box.environment().items():
        monkeypatch.setenv(name, value)
    return user


def findings(user: User, code: int = 0) -> dict[tuple[str, str], str]:
    """The state of each thing that was looked at."""
    ran = user("check", "--json")
    assert ran.code == code, ran
    (target,) = ran.answer
    return {(each["area"], each["about"]): each["state"] for each in target["findings"]}


def wrong(user: User, code: int = 0) -> set[tuple[str, str, str]]:
    """What does not simply work, beside the sandbox's address and the settings of these tests."""
    found = findings(user, code)
    return {
        (area, about, state)
        for (area, about), state in found.items()
        if state != "works" and (area, about) != ("endpoints", "addresses") and about != "settings"
    } - {("policies", "old-trees", "weak")}


def test_nothing_is_wrong_where_everything_works(sound: User) -> None:
    assert wrong(sound) == set()


def test_nothing_is_written_at_sagemaker(sound: User) -> None:
    sound("check")
    assert sound.writes() == []


def test_the_vault_gets_one_object_and_loses_none(sound: User, bucket: Any) -> None:
    """A second check writes over its own object, and over nothing else."""
    assert findings(sound) == findings(sound)
    listed = bucket.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert [each["Key"] for each in listed] == [
        "sagewarden/v1/123456789012/us-east-1/check/current"
    ]
    assert "DeleteObject" not in sound.calls()


def test_a_check_leaves_a_vault_that_verifies(sound: User) -> None:
    assert (sound("check").code, sound("sweep").code, sound("check").code) == (0, 0, 0)
    assert sound("verify").code == 0


@pytest.mark.parametrize(
    ("action", "about"),
    [
        ("sagemaker:Search", "reader: Search"),
        ("sagemaker:ListTrials", "reader: ListTrials"),
        ("sagemaker:DescribeTrialComponent", "reader: DescribeTrialComponent"),
        ("sagemaker:ListTags", "reader: ListTags"),
        ("sagemaker:BatchGetMetrics", "reader: BatchGetMetrics"),
        ("sagemaker:ListAssociations", "reader: ListAssociations"),
        ("sagemaker:DeleteTrial", "executor: DeleteTrial"),
        ("sagemaker:DisassociateTrialComponent", "executor: DisassociateTrialComponent"),
        ("sagemaker:CreateTrial", "restorer: CreateTrial"),
    ],
)
def test_a_permission_that_is_lacking_is_named(sound: User, action: str, about: str) -> None:
    sound.box.admin.set_knobs(denied={"*": [action]})
    assert ("permissions", about, "fails") in wrong(sound, code=3)


def test_models_are_asked_for_where_policies_protect_them(sound: User) -> None:
    sound.governs(POLICIES + "protect:\n  - registered_models: true\n")
    assert wrong(sound) == set()
    sound.box.admin.set_knobs(denied={"*": ["sagemaker:DescribeModel"]})
    assert wrong(sound, code=3) == {("permissions", "reader: DescribeModel", "fails")}


def test_tags_are_asked_for_where_policies_set_them(sound: User) -> None:
    tagging = POLICIES.replace(
        "    action: delete\n    grace: 1s\n",
        "    require: {owner: {rename: [user]}}\n    action: tag\n",
    )
    sound.governs(tagging)
    sound.box.admin.set_knobs(denied={"*": ["sagemaker:AddTags"]})
    found = wrong(sound, code=3)
    assert ("permissions", "tagger: AddTags", "fails") in found


def test_iam_that_would_delete_what_is_held_is_weak(sound: User) -> None:
    sound.box.admin.set_knobs(protected_tags=[])
    assert wrong(sound) == {("permissions", "hold tag", "weak")}


def test_iam_that_does_not_answer_leaves_it_unknown(sound: User) -> None:
    """A role that may not simulate works all the same."""
    sound.box.admin.set_knobs(denied={"*": ["iam:*"]})
    assert wrong(sound) == {
        ("permissions", "executor", "unknown"),
        ("permissions", "restorer", "unknown"),
    }


def test_iam_is_asked_about_the_role_that_does_the_work(sound: User) -> None:
    target = {"account_id": "123456789012", "region": "us-east-1", "role_arn": ROLE}
    sound.settles(vault={"address": f"s3://{BUCKET}/sagewarden"}, targets=[target])
    sound.box.admin.set_knobs(denied={"*": ["sagemaker:DeleteTrial"]})
    assert f"{ROLE} is not allowed sagemaker:DeleteTrial" in sound("check").words


def test_a_role_that_cannot_be_taken_fails_alone(sound: User) -> None:
    """The reader is somebody else and does read."""
    target = {"account_id": "123456789012", "region": "us-east-1", "role_arn": ROLE}
    roles = {"roles": {"executor": "other"}}
    sound.settles(vault={"address": f"s3://{BUCKET}/sagewarden"}, targets=[target | roles])
    sound.breaks("deny", "AssumeRole", nth_match=2)
    found = findings(sound, code=3)
    assert [state for (area, _), state in found.items() if area == "identity"] == ["works", "fails"]
    assert found["permissions", "reader"] == "works"


def test_another_account_fails_and_nothing_is_written(
    sound: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "999999999999")
    assert ("identity", EVERY_STAGE, "fails") in wrong(sound, code=3)
    assert "PutObject" not in sound.calls()


def test_a_clock_that_is_off_fails(sound: User) -> None:
    sound.box.admin.set_offset(-90.0)
    assert ("clock", "skew", "fails") in wrong(sound, code=3)


def test_a_bucket_that_is_not_there_fails(sound: User) -> None:
    sound.settles(vault={"address": "s3://no-such-bucket/x"})
    assert ("vault", "reading", "fails") in wrong(sound, code=3)


def test_a_vault_that_cannot_be_written_fails(sound: User) -> None:
    sound.box.admin.set_knobs(denied={"*": ["s3:PutObject"]})
    assert wrong(sound, code=3) == {("vault", "conditional writes", "fails")}


def test_a_bucket_without_versions_and_lock_is_weak(sound: User, bucket: Any) -> None:
    bucket.create_bucket(Bucket="plain")
    sound.settles(vault={"address": "s3://plain"})
    assert wrong(sound) == {("vault", "versioning", "weak"), ("vault", "object lock", "weak")}


@pytest.mark.parametrize(
    ("rule", "code", "state"),
    [
        ({"Expiration": {"Days": 30}}, 3, "fails"),
        ({"Transitions": [{"Days": 30, "StorageClass": "DEEP_ARCHIVE"}]}, 0, "weak"),
        ({"Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}, 0, None),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}, 0, None),
        ({"Filter": {"Prefix": "other/"}, "Expiration": {"Days": 30}}, 0, None),
    ],
)
def test_lifecycle_rules_that_take_objects_away_are_told(
    sound: User, bucket: Any, rule: dict[str, Any], code: int, state: str | None
) -> None:
    """Where they touch the vault's prefix, and current objects."""
    whole = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": "sagewarden/"}} | rule
    bucket.put_bucket_lifecycle_configuration(
        Bucket=BUCKET, LifecycleConfiguration={"Rules": [whole]}
    )
    assert wrong(sound, code) == ({("vault", "lifecycle", state)} if state else set())


def test_bucket_settings_that_nobody_may_read_are_unknown(sound: User) -> None:
    sound.box.admin.set_knobs(denied={"*": ["s3:GetBucketVersioning", "s3:GetObjectLock*"]})
    assert wrong(sound) == {
        ("vault", "versioning", "unknown"),
        ("vault", "object lock", "unknown"),
    }


def test_a_directory_is_a_weak_vault(sound: User) -> None:
    sound.settles()
    assert wrong(sound) == {("vault", "durability", "weak")}


def test_a_vault_of_a_newer_program_fails(sound: User) -> None:
    sound.settles()
    marker = sound.folder / "vault" / "format" / "current"
    sound("sweep")
    marker.write_text('{"format": 99}')
    assert ("vault", "reading", "fails") in wrong(sound, code=3)


def test_a_policy_file_that_is_wrong_fails(sound: User) -> None:
    """All the rest is looked at all the same, but for permissions, which follow from policies."""
    sound.governs("version: 1\npolicies: []\n")
    assert wrong(sound, code=3) == {
        ("policies", "files", "fails"),
        ("permissions", "all", "unknown"),
    }


def test_a_channel_that_is_lacking_is_weak(sound: User) -> None:
    sound.settles(vault={"address": f"s3://{BUCKET}/sagewarden"}, notice=None)
    ran = sound("check")
    assert (ran.code, "no notice channel counts" in ran.words) == (0, True)


def test_nobody_who_answers_is_told_soon(sound: User) -> None:
    """An endpoint that is dead fails within a minute, and says so."""
    sound.settles(aws={"endpoint_url": "http://127.0.0.1:9"})
    began = time.monotonic()
    assert ("identity", EVERY_STAGE, "fails") in wrong(sound, code=3)
    assert time.monotonic() - began < 60


def test_settings_that_are_wrong_are_no_finding(sound: User) -> None:
    sound.settles(vault=None)
    assert sound("check").code == 2


def test_what_cannot_be_found_out_is_told(sound: User) -> None:
    assert "Not to be found out here" in sound("check").words
