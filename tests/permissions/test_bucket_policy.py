"""The bucket's policy: nothing is deleted, what is written once stays, the rest changes seen."""

from collections.abc import Mapping

import pytest
from tests.permissions.evaluator import Request, applies

from sagewarden.core import keys
from sagewarden.core.entities import Target
from sagewarden.core.permissions.bucket import bucket_policy
from sagewarden.core.permissions.scope import Bucket, Doing, Scope
from sagewarden.core.permissions.statements import own_keys

TARGET = Target("123456789012", "eu-west-1")
BUCKET = Bucket("ml-archive", "some/prefix")
CREATING = {"s3:if-none-match": ("*",)}
REPLACING = {"s3:if-match": ('"etag"',)}
SHA = "0" * 64

ONCE = [
    keys.snapshot_key(TARGET, "run", SHA),
    keys.accepted_key(TARGET, 1, SHA),
    keys.plan_key(TARGET, SHA),
    keys.planned_key(TARGET, "2026-01-01t00:00:00z", SHA),
    keys.approval_key(TARGET, SHA, 1, "given"),
    keys.journal_key(TARGET, "run", 1, "intent"),
    keys.archive_key(TARGET, "run", "unit", 1, SHA),
    keys.notice_key(TARGET, "notice"),
    keys.acceptance_key(TARGET, "notice", "file"),
    keys.report_key(TARGET, "run", "report.json"),
    keys.chain_key(TARGET, 1),
    keys.signature_key(TARGET, 1),
    keys.retention_key(TARGET, "run"),
    keys.tombstone_key(TARGET, "erasure"),
]
REPLACED = [
    keys.format_key(),
    keys.pause_key(None),
    keys.pause_key(TARGET),
    keys.lease_key(TARGET),
    keys.holds_key(TARGET),
    keys.marks_key(TARGET),
    keys.writes_key(TARGET),
    keys.baseline_key(TARGET),
    keys.check_key(TARGET),
]


def denied(
    action: str, key: str, headers: Mapping[str, tuple[str, ...]], tls: str = "true"
) -> bool:
    """Whether the policy refuses a request, whoever sends it."""
    context = {"aws:securetransport": (tls,), **headers}
    place = f"arn:aws:s3:::{BUCKET.name}/{BUCKET.below(key)}"
    request = Request(action, place, context)
    return any(
        applies(each.spelled(), request)
        for each in bucket_policy(BUCKET, "aws")
        if each.effect == "Deny"
    )


def test_every_key_of_the_vault_is_looked_at_here() -> None:
    """A new family finds its place in the lists above, or this fails."""
    families = {keys.family_of(key) for key in ONCE + REPLACED} - {""}
    assert families == {str(each) for each in keys.Family}


@pytest.mark.parametrize("key", ONCE)
def test_what_is_written_once_is_only_created(key: str) -> None:
    assert not denied("s3:PutObject", key, CREATING)
    assert denied("s3:PutObject", key, REPLACING)
    assert denied("s3:PutObject", key, {})


@pytest.mark.parametrize("key", REPLACED)
def test_what_is_replaced_is_never_written_unseen(key: str) -> None:
    assert not denied("s3:PutObject", key, CREATING)
    assert not denied("s3:PutObject", key, REPLACING)
    assert denied("s3:PutObject", key, {})


@pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:DeleteObjectVersion"])
@pytest.mark.parametrize("key", [ONCE[0], REPLACED[0]])
def test_nothing_is_deleted(key: str, action: str) -> None:
    assert denied(action, key, {})


def test_nothing_travels_unencrypted() -> None:
    assert denied("s3:GetObject", ONCE[0], {}, tls="false")
    assert not denied("s3:GetObject", ONCE[0], {})


@pytest.mark.parametrize("key", ONCE + REPLACED)
def test_every_key_lies_in_its_targets_part_of_the_vault(key: str) -> None:
    """The archiver's statement covers all that a target's work writes."""
    scope = Scope(
        partition="aws", account=TARGET.account, region=TARGET.region, doing=Doing(), bucket=BUCKET
    )
    statement = {"Action": ["s3:PutObject"], "Resource": list(own_keys(scope))}
    assert applies(statement, Request("s3:PutObject", key))


def test_roles_of_other_accounts_are_let_in() -> None:
    role = "arn:aws:iam::999999999999:role/archiver"
    found = [each.spelled() for each in bucket_policy(BUCKET, "aws", [role])]
    shared = [each for each in found if each["Effect"] == "Allow"]
    assert [each["Principal"] for each in shared] == [{"AWS": [role]}] * 2
    allowed = {action for each in shared for action in each["Action"]}
    assert {"s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions", "s3:PutObject"} <= allowed
    assert [each for each in allowed if "Delete" in each or "PutBucket" in each] == []
