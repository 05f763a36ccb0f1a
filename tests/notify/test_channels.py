"""One suite for every channel that needs somebody's server: what each of them must do."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.notify.receiver import Receiver

from sagewarden.adapters.aws.session import AwsSession, Reach
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.notify.aws import EmailChannel, Mailing, TopicChannel
from sagewarden.adapters.notify.persistence import Persistence
from sagewarden.adapters.notify.slack import payload
from sagewarden.adapters.notify.webhook import Endpoint, WebhookChannel
from sagewarden.application.notice import Channel
from sagewarden.errors import NoticeRefused

HOSTILE = "<!channel> <script>x</script>\r\nBcc: eve@example.org\x1b[2J\u202e\ud800 {{7*7}} &amp;"
ARN = "arn:aws:sns:us-east-1:123456789012:owners"
SENT = b"<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"
REFUSED = (
    b"<ErrorResponse><Error><Code>NotFound</Code><Message>no</Message></Error></ErrorResponse>"
)


def notice(count: int = 1, owner: str = "ana@example.com", **changes: Any) -> dict[str, Any]:
    marked = {
        "kind": "experiment",
        "name": "old-one",
        "policy": "stale",
        "due": "2026-04-01T00:00:00Z",
        "because": [f"its parameter says {HOSTILE}"],
    }
    usual = {
        "id": "0123456789abcdef",
        "owner": owner,
        "target": "123456789012/eu-west-1",
        "run": "r1",
        "chain": f"7:{'a' * 64}",
        "sent": "2026-03-01T00:00:00Z",
        "how_to_keep": "tag it",
        "marked": [marked | {"name": f"old-{number}"} for number in range(count)],
    }
    return usual | changes


@dataclass(frozen=True)
class Kind:
    """A kind of channel: how it is made, how its server says yes, and what people read of it."""

    make: Callable[[str, list[float], float], Channel]
    yes: bytes
    no: bytes
    read: Callable[[bytes], str]


def _webhook(spell: Callable[[Any], bytes]) -> Callable[[str, list[float], float], Channel]:
    def make(url: str, rests: list[float], seconds: float) -> Channel:
        shown = url.removesuffix("/hook/TOKEN")
        endpoint = Endpoint(
            url=url, shown=shown, secret=b"s" * 16, seconds=seconds, attempts=3, spell=spell
        )
        return WebhookChannel(endpoint, "webhook", wall_now, rests.append)

    return make


def _session(url: str, seconds: float) -> AwsSession:
    reach = Reach(endpoint_url=url, connect_timeout=seconds, read_timeout=seconds)
    return AwsSession(reach, "us-east-1", wall_now)


def _topic(url: str, rests: list[float], seconds: float) -> Channel:
    tries = Persistence("the topic", 3, rests.append)
    return TopicChannel("topic", ARN, _session(url, seconds), tries)


def _email(url: str, rests: list[float], seconds: float) -> Channel:
    mailing = Mailing(sender="warden@example.com", domains=("example.com",))
    tries = Persistence("SES", 3, rests.append)
    return EmailChannel("email", mailing, _session(url, seconds), tries)


def _published(body: bytes) -> str:
    message = json.loads(parse_qs(body.decode())["Message"][0])
    assert json.loads(message["default"])["id"]
    return str(message["email"])


KINDS = {
    "webhook": Kind(_webhook(lambda told: json.dumps(told).encode()), b"", b"", bytes.decode),
    "slack": Kind(_webhook(payload), b"ok", b"no_text", bytes.decode),
    "topic": Kind(_topic, SENT, REFUSED, _published),
    "email": Kind(_email, b'{"MessageId": "m"}', b'{"message": "no"}', bytes.decode),
}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Kind:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "SECRETKEY")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "SECRETKEY")
    return KINDS[request.param]


@pytest.fixture
def receiver(kind: Kind) -> Iterator[Receiver]:
    with Receiver(body=kind.yes, refusal=kind.no).running() as running:
        yield running


@pytest.fixture
def rests() -> list[float]:
    """How long the channel waited, each time."""
    return []


def test_a_notice_arrives_whole(kind: Kind, receiver: Receiver, rests: list[float]) -> None:
    """Every entity, when and why it is due, how to keep it, the id and the chain's head."""
    kind.make(receiver.url(), rests, 5.0).send(notice(3))
    ((_, body),) = receiver.got
    told = kind.read(body)
    wanted = ["old-0", "old-1", "old-2", "2026-04-01", "stale", "tag it", "0123456789abcdef", "7:a"]
    assert [each for each in wanted if each not in told] == []


def test_all_of_a_full_notice_arrives(kind: Kind, receiver: Receiver, rests: list[float]) -> None:
    """As many entities as one may hold: none is left out, whatever room a message has."""
    kind.make(receiver.url(), rests, 5.0).send(notice(500))
    ((_, body),) = receiver.got
    told = kind.read(body)
    assert [number for number in range(500) if f"old-{number}" not in told] == []


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_refusal_is_final_for_this_notice(
    kind: Kind, receiver: Receiver, rests: list[float], status: int
) -> None:
    """The next notice may be taken."""
    receiver.answers = [status, 200]
    channel = kind.make(receiver.url(), rests, 5.0)
    with pytest.raises(NoticeRefused, match="did not take it"):
        channel.send(notice())
    channel.send(notice())
    assert (len(receiver.got), rests) == (2, [])


@pytest.mark.parametrize("answer", [500, 503, "cut"])
def test_what_may_pass_is_tried_again(
    kind: Kind, receiver: Receiver, rests: list[float], answer: int | str
) -> None:
    """The same body each time, so that the reader's side can drop a second by its id."""
    receiver.answers = [answer, answer, 200]
    kind.make(receiver.url(), rests, 5.0).send(notice())
    assert len({body for _, body in receiver.got}) == 1
    assert (len(receiver.got), rests) == (3, [1.0, 2.0])


def test_after_its_last_attempt_an_address_is_left_alone(
    kind: Kind, receiver: Receiver, rests: list[float]
) -> None:
    receiver.answers = [503]
    channel = kind.make(receiver.url(), rests, 5.0)
    for _ in range(2):
        with pytest.raises(NoticeRefused):
            channel.send(notice())
    assert len(receiver.got) == 3


def test_no_attempt_takes_longer_than_allowed(
    kind: Kind, receiver: Receiver, rests: list[float]
) -> None:
    receiver.answers = ["hang"]
    began = time.monotonic()
    with pytest.raises(NoticeRefused):
        kind.make(receiver.url(), rests, 0.2).send(notice())
    assert time.monotonic() - began < 5


def test_a_refusal_tells_no_secret(kind: Kind, rests: list[float]) -> None:
    """No path of an address, no credentials."""
    with Receiver().running() as gone:
        url = gone.url()
    with pytest.raises(NoticeRefused) as told:
        kind.make(url, rests, 1.0).send(notice())
    assert "TOKEN" not in told.value.message
    assert "SECRETKEY" not in told.value.message


def test_no_text_from_aws_makes_a_header(
    kind: Kind, receiver: Receiver, rests: list[float]
) -> None:
    kind.make(receiver.url(), rests, 5.0).send(notice())
    ((headers, body),) = receiver.got
    assert not [value for value in headers.values() if "eve@example.org" in value]
    assert b"\nBcc:" not in body


# --- what is each channel's own ---------------------------------------------------------------


def test_slack_gets_all_text_where_nothing_is_a_link_or_a_mention() -> None:
    told = json.loads(payload(notice(2)))
    texts = [
        each for block in told["blocks"] for each in (block.get("elements") or [block["text"]])
    ]
    assert {each["type"] for each in texts} == {"plain_text"}
    assert "<" not in told["text"]
    assert all(len(each["text"]) <= 3_000 for each in texts)


def test_slack_takes_a_full_notice_of_long_names() -> None:
    """In at most fifty blocks."""
    long = notice(500)
    for number, each in enumerate(long["marked"]):
        each |= {"name": f"{'n' * 116}{number:04}", "policy": "p" * 63, "because": ["w" * 900]}
    told = json.loads(payload(long))
    assert len(told["blocks"]) <= 50
    whole = json.dumps(told)
    assert [number for number in range(500) if f"n{number:04}" not in whole] == []


def mailed(receiver: Receiver) -> dict[str, Any]:
    ((_, body),) = receiver.got
    return dict(json.loads(body))


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    with Receiver(body=b'{"MessageId": "m"}').running() as running:
        yield running


def test_a_mail_goes_to_its_owner_and_nobody_else(ses: Receiver, rests: list[float]) -> None:
    """Its text is inert in HTML too, and leads nowhere."""
    _email(ses.url(), rests, 5.0).send(notice())
    sent = mailed(ses)
    simple = sent["Content"]["Simple"]
    page = simple["Body"]["Html"]["Data"]
    assert sent["Destination"] == {"ToAddresses": ["ana@example.com"]}
    assert simple["Headers"] == [{"Name": "SageWarden-Notice", "Value": "0123456789abcdef"}]
    assert "&lt;script&gt;" in page
    assert [each for each in ("<script", "href", "src=", "\x1b", "\u202e") if each in page] == []
    assert simple["Subject"]["Data"].isprintable()
    assert simple["Subject"]["Data"].isascii()


@pytest.mark.parametrize(
    "owner",
    [
        "",
        "ana",
        "ana@example.org",
        "ana@sub.example.com",
        "ana@example.com.org",
        "ana@example.com,eve@example.org",
        "ana@example.com\r\nBcc: eve@example.org",
        "Ana <ana@example.com>",
        '"eve@example.org"@example.com',
        "ana@example.com ",
        "@example.com",
        "a" * 65 + "@example.com",
        "än@example.com",
        ".a@example.com",
    ],
)
def test_who_is_no_address_of_these_domains_is_not_written_to(
    ses: Receiver, rests: list[float], owner: str
) -> None:
    """The operator hears of it instead."""
    with pytest.raises(NoticeRefused, match="no address within"):
        _email(ses.url(), rests, 5.0).send(notice(owner=owner))
    assert ses.got == []


def test_the_operators_mail_goes_to_the_operator(ses: Receiver, rests: list[float]) -> None:
    """Whoever owns what it tells of, and answers go where settings say."""
    mailing = Mailing(sender="w@example.com", receiver="ops@example.net", reply_to="r@example.com")
    tries = Persistence("SES", 1, rests.append)
    EmailChannel("operator-email", mailing, _session(ses.url(), 5.0), tries).send(notice(owner=""))
    sent = mailed(ses)
    assert sent["Destination"] == {"ToAddresses": ["ops@example.net"]}
    assert sent["ReplyToAddresses"] == ["r@example.com"]


def test_a_fifo_topic_drops_the_second_by_itself(ses: Receiver, rests: list[float]) -> None:
    ses.body = SENT
    tries = Persistence("the topic", 1, rests.append)
    TopicChannel("topic", f"{ARN}.fifo", _session(ses.url(), 5.0), tries).send(notice())
    ((_, body),) = ses.got
    sent = parse_qs(body.decode())
    assert sent["MessageDeduplicationId"] == ["0123456789abcdef"]
    assert sent["MessageGroupId"] == ["123456789012/eu-west-1"]


def test_a_message_has_room_for_a_full_notice(ses: Receiver, rests: list[float]) -> None:
    """SNS takes 256 KiB: the text for people is left out before anything else is."""
    ses.body = SENT
    full = notice(500)
    for each in full["marked"]:
        each["because"] = ["w" * 700]
    _topic(ses.url(), rests, 5.0).send(full)
    ((_, body),) = ses.got
    message = parse_qs(body.decode())["Message"][0]
    assert "email" not in json.loads(message)
    assert len(json.loads(json.loads(message)["default"])["marked"]) == 500


def test_an_answer_that_was_cut_off_accepts_nothing(ses: Receiver, rests: list[float]) -> None:
    """Botocore turns it into an empty one."""
    ses.body = b'{"Mess'
    with pytest.raises(NoticeRefused, match="did not take it"):
        _email(ses.url(), rests, 5.0).send(notice())
    assert len(ses.got) == 3
