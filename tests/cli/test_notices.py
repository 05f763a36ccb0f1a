"""Owners are told through AWS's own channels, as these take it; what nobody took is not due."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.cli.user import User
from tests.clients import client_of

ACCOUNT, REGION = "123456789012", "us-east-1"


def client(user: User, service: str) -> Any:
    return client_of(service, **user.box.client_config())


def published(arn: str) -> list[Any]:
    from moto.sns.models import sns_backends  # noqa: PLC0415 -- moto takes a second to load

    return list(sns_backends[ACCOUNT][REGION].topics[arn].sent_notifications)


def mailed() -> list[Any]:
    from moto.ses.models import ses_backends  # noqa: PLC0415 -- moto takes a second to load

    return list(ses_backends[ACCOUNT][REGION].sent_messages)


@pytest.fixture
def topic(user: User) -> Iterator[str]:
    sns = client(user, "sns")
    arn = str(sns.create_topic(Name="owners")["TopicArn"])
    yield arn
    sns.delete_topic(TopicArn=arn)


def test_a_topic_takes_one_digest_for_each_owner(user: User, topic: str) -> None:
    user.settles(notice={"topic": {"arn": topic}})
    ran = user("sweep", "--json")
    assert ran.code == 0, ran
    ((_, message, _, attributes, _),) = published(topic)
    told = json.loads(json.loads(message)["default"]) if message.startswith("{") else {}
    assert sorted(each["name"] for each in told["marked"]) == ["old-one", "old-two"]
    assert attributes["notice"]["Value"] == told["id"]


def test_mail_goes_to_the_operator_of_what_has_no_owner(user: User) -> None:
    """From an identity that SES has verified."""
    client(user, "sesv2").create_email_identity(EmailIdentity="warden@example.com")
    email = {"region": REGION, "sender": "warden@example.com", "operator": "ops@example.net"}
    user.settles(notice={"email": email})
    before = len(mailed())
    ran = user("sweep", "--json")
    assert ran.code == 0, ran
    (message,) = mailed()[before:]
    assert message.destinations["ToAddresses"] == ["ops@example.net"]
    assert "old-one" in message.body


def test_what_sns_refuses_is_told_and_not_announced(user: User) -> None:
    """The report names the topic and SNS's code; the run ends with 3."""
    gone = f"arn:aws:sns:{REGION}:{ACCOUNT}:gone"
    user.settles(notice={"topic": {"arn": gone}})
    ran = user("sweep", "--json")
    assert ran.code == 3
    assert f"the topic {gone} did not take it: Publish: NotFound" in ran.out


def test_a_channel_may_work_as_a_role_of_its_own(user: User, topic: str) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/post"
    user.settles(notice={"topic": {"arn": topic, "role_arn": role}})
    assert user("sweep").code == 0
    sent = [call.role for call in user.box.admin.calls() if call.operation == "Publish"]
    assert sent == [role]
