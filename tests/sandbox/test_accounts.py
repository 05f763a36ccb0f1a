"""Accounts from credentials; the services that moto plays."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.clients import client_of

from sagewarden.sandbox import Sandbox


def client(box: Sandbox, service: str, **credentials: str) -> Any:
    return client_of(service, **(box.client_config() | credentials))


@pytest.mark.parametrize(
    ("key", "account"),
    [("AKIAANYTHING", "123456789012"), ("210987654321", "210987654321")],
)
def test_an_access_key_means_an_account(box: Sandbox, key: str, account: str) -> None:
    """12 digits mean themselves, anything else the default; STS agrees with SageMaker."""
    sts = client(box, "sts", aws_access_key_id=key)
    sm = client(box, "sagemaker", aws_access_key_id=key)
    made = sm.create_experiment(ExperimentName="n")["ExperimentArn"]
    found = (sts.get_caller_identity()["Account"], made.split(":")[4])
    assert found == (account, account)


def test_assume_role_leads_into_the_roles_account(box: Sandbox, sts: Any) -> None:
    """Its keys work for STS and SageMaker alike."""
    lent = sts.assume_role(
        RoleArn="arn:aws:iam::222222222222:role/reader", RoleSessionName="session"
    )["Credentials"]
    keys = {
        "aws_access_key_id": lent["AccessKeyId"],
        "aws_secret_access_key": lent["SecretAccessKey"],
        "aws_session_token": lent["SessionToken"],
    }
    identity = client(box, "sts", **keys).get_caller_identity()["Arn"]
    made = client(box, "sagemaker", **keys).create_experiment(ExperimentName="n")
    expected = (
        "arn:aws:sts::222222222222:assumed-role/reader/session",
        "arn:aws:sagemaker:us-east-1:222222222222:experiment/n",
    )
    assert (identity, made["ExperimentArn"]) == expected


def test_accounts_and_regions_are_isolated(box: Sandbox, sm: Any) -> None:
    """The same name lives apart in each."""
    sm.create_experiment(ExperimentName="n")
    other = client(box, "sagemaker", aws_access_key_id="210987654321")
    elsewhere = client(box, "sagemaker", region_name="eu-west-1")
    found = [each.list_experiments()["ExperimentSummaries"] for each in (other, elsewhere)]
    assert found == [[], []]


def test_s3_writes_conditionally(s3: Any, refused: Any) -> None:
    """If-None-Match creates only; If-Match replaces only what was read."""
    s3.create_bucket(Bucket="vault")
    etag = s3.put_object(Bucket="vault", Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    again = refused(s3.put_object, Bucket="vault", Key="k", Body=b"2", IfNoneMatch="*")
    s3.put_object(Bucket="vault", Key="k", Body=b"3", IfMatch=etag)
    stale = refused(s3.put_object, Bucket="vault", Key="k", Body=b"4", IfMatch=etag)
    assert (again[2], stale[2]) == (412, 412)


@pytest.mark.parametrize("key", ["plain", "a/b c+d%2F.txt", "ü/日本", "x" * 900])
def test_s3_gives_back_what_it_took(s3: Any, key: str) -> None:
    """Under any key, with its checksum, metadata and length."""
    s3.create_bucket(Bucket="vault")
    put = s3.put_object(
        Bucket="vault",
        Key=key,
        Body=b"bytes\x00",
        ChecksumAlgorithm="SHA256",
        Metadata={"Some_Key": "v"},
    )
    got = s3.get_object(Bucket="vault", Key=key, ChecksumMode="ENABLED")
    head = s3.head_object(Bucket="vault", Key=key)
    found = (got["Body"].read(), got["ChecksumSHA256"], head["ContentLength"])
    assert found == (b"bytes\x00", put["ChecksumSHA256"], 6)


def test_s3_lists_every_key_in_pages(s3: Any) -> None:
    """With a continuation token."""
    s3.create_bucket(Bucket="vault")
    for number in range(5):
        s3.put_object(Bucket="vault", Key=f"k{number}", Body=b"")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket="vault", PaginationConfig={"PageSize": 2}
    )
    assert [len(page["Contents"]) for page in pages] == [2, 2, 1]


def test_a_missing_object_is_not_found(s3: Any, refused: Any) -> None:
    """HTTP 404, for GET and HEAD."""
    s3.create_bucket(Bucket="vault")
    found = [
        refused(call, Bucket="vault", Key="gone")[2] for call in (s3.get_object, s3.head_object)
    ]
    assert found == [404, 404]


def test_s3_keeps_versions(s3: Any) -> None:
    """A delete marker hides an object; its version is still there."""
    s3.create_bucket(Bucket="vault")
    s3.put_bucket_versioning(Bucket="vault", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="vault", Key="k", Body=b"1")
    s3.delete_object(Bucket="vault", Key="k")
    found = s3.list_object_versions(Bucket="vault")
    assert (len(found["Versions"]), len(found["DeleteMarkers"])) == (1, 1)


@pytest.mark.parametrize("method", ["get_object", "head_object"])
def test_s3_tells_a_delete_marker_from_an_absence(s3: Any, method: str) -> None:
    """Both are 404; a header tells the marker, and another its version."""
    s3.create_bucket(Bucket="vault")
    s3.put_bucket_versioning(Bucket="vault", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="vault", Key="hidden", Body=b"1")
    marker = s3.delete_object(Bucket="vault", Key="hidden")["VersionId"]
    told = []
    for key in ("hidden", "absent"):
        with pytest.raises(ClientError) as caught:
            getattr(s3, method)(Bucket="vault", Key=key)
        answer: Any = caught.value.response["ResponseMetadata"]
        headers = answer["HTTPHeaders"]
        names = ("x-amz-delete-marker", "x-amz-version-id")
        told.append((answer["HTTPStatusCode"], *map(headers.get, names)))
    assert told == [(404, "true", marker), (404, None, None)]


def test_sns_and_organizations_answer(box: Sandbox) -> None:
    """On the same port."""
    topic = client(box, "sns").create_topic(Name="notices")["TopicArn"]
    with pytest.raises(ClientError) as caught:
        client(box, "organizations").describe_organization()
    code = caught.value.response["Error"]["Code"]
    expected = ("arn:aws:sns:us-east-1:123456789012:notices", "AWSOrganizationsNotInUseException")
    assert (topic, code) == expected


def test_ses_takes_mail_of_a_verified_sender_only(box: Sandbox) -> None:
    """By the second API, on the same port."""
    ses = client(box, "sesv2")
    mail = {
        "FromEmailAddress": "new@example.com",
        "Destination": {"ToAddresses": ["ana@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}}},
    }
    with pytest.raises(ClientError, match="MessageRejected"):
        ses.send_email(**mail)
    ses.create_email_identity(EmailIdentity="new@example.com")
    assert ses.send_email(**mail)["MessageId"]


def test_the_log_tells_which_role_made_a_call(box: Sandbox, sts: Any) -> None:
    """And `denied` may name a role."""
    role = "arn:aws:iam::123456789012:role/reader"
    lent = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    keys = {
        "aws_access_key_id": lent["AccessKeyId"],
        "aws_secret_access_key": lent["SecretAccessKey"],
        "aws_session_token": lent["SessionToken"],
    }
    sm = client(box, "sagemaker", **keys)
    sm.list_experiments()
    box.admin.set_knobs(denied={role: ["sagemaker:List*"]})
    with pytest.raises(ClientError, match="assumed-role/reader"):
        sm.list_experiments()
    client(box, "sagemaker").list_experiments()
    told = [each.role for each in box.admin.calls() if each.operation == "ListExperiments"]
    assert told == [role, role, ""]


def test_a_bucket_of_another_account_than_expected_is_refused(s3: Any, refused: Any) -> None:
    s3.create_bucket(Bucket="vault")
    expected = {"Bucket": "vault", "ExpectedBucketOwner": "210987654321"}
    assert refused(s3.list_objects_v2, **expected)[2] == 403
    assert refused(s3.put_object, Key="k", Body=b"", **expected)[2] == 403


def test_a_service_that_is_not_there_says_so(box: Sandbox) -> None:
    """Instead of hanging."""
    with pytest.raises(ClientError) as caught:
        client(box, "dynamodb").list_tables()
    assert "no service" in caught.value.response["Error"]["Message"].lower()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.org", "::"])  # noqa: S104
def test_only_loopback_addresses_are_bound(host: str) -> None:
    """The sandbox believes any caller, so no other machine may call."""
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(host=host)
