"""Notices are posted, signed, a bounded number of times, and to nobody else."""

import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from tests.notify.receiver import Receiver

from sagewarden.adapters.notify.webhook import Endpoint, WebhookChannel
from sagewarden.errors import NoticeRefused

NOTICE = {"id": "n1", "owner": "ana\r\nX-Evil: 1\ud800", "target": "123456789012/eu-west-1"}
SECRET = b"sixteen letters."
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().running() as running:
        yield running


@pytest.fixture
def rests() -> list[float]:
    """How long the channel waited, each time."""
    return []


def channel(url: str, rests: list[float], *, seconds: float = 5.0) -> WebhookChannel:
    shown = url.removesuffix("/hook/TOKEN")
    endpoint = Endpoint(url=url, shown=shown, secret=SECRET, seconds=seconds, attempts=3)
    return WebhookChannel(endpoint, "webhook", lambda: NOW, rests.append)


def test_a_notice_arrives_as_json_under_its_id(receiver: Receiver, rests: list[float]) -> None:
    """Hostile text is exact in the JSON, and in no header."""
    channel(receiver.url(), rests).send(NOTICE)
    ((headers, body),) = receiver.got
    assert json.loads(body) == NOTICE
    assert headers["Content-Type"] == "application/json"
    assert headers["Sagewarden-Notice"] == "n1"
    assert "X-Evil" not in headers


def test_a_notice_is_signed_with_the_secret(receiver: Receiver, rests: list[float]) -> None:
    channel(receiver.url(), rests).send(NOTICE)
    ((headers, body),) = receiver.got
    signed = hmac.new(SECRET, b"1772323200." + body, hashlib.sha256).hexdigest()
    assert headers["Sagewarden-Signature"] == f"t=1772323200,v1={signed}"


@pytest.mark.parametrize("answer", [200, 202, 204])
def test_any_answer_of_the_200s_accepts(
    receiver: Receiver, rests: list[float], answer: int
) -> None:
    receiver.answers = [answer]
    channel(receiver.url(), rests).send(NOTICE)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("answer", [301, 302, 307, 308, 400, 401, 403, 404, 410])
def test_a_refusal_is_final_for_this_notice(
    receiver: Receiver, rests: list[float], answer: int
) -> None:
    """The next notice may be taken."""
    receiver.answers = [answer, 200]
    post = channel(receiver.url(), rests)
    with pytest.raises(NoticeRefused, match=f"did not take it: answer {answer}"):
        post.send(NOTICE)
    post.send(NOTICE)
    assert (len(receiver.got), rests) == (2, [])


def test_a_redirect_is_not_followed(receiver: Receiver, rests: list[float]) -> None:
    """It would carry the notice to somebody who was not named."""
    receiver.answers, receiver.headers = [302], {"Location": receiver.url()}
    with pytest.raises(NoticeRefused):
        channel(receiver.url(), rests).send(NOTICE)
    assert len(receiver.got) == 1


@pytest.mark.parametrize("answer", [408, 429, 500, 502, 503, "cut"])
def test_what_may_pass_is_tried_again_under_the_same_id(
    receiver: Receiver, rests: list[float], answer: int | str
) -> None:
    receiver.answers = [answer, answer, 200]
    channel(receiver.url(), rests).send(NOTICE)
    assert [headers["Sagewarden-Notice"] for headers, _ in receiver.got] == ["n1"] * 3
    assert rests == [1.0, 2.0]


def test_after_its_last_attempt_an_address_is_left_alone(
    receiver: Receiver, rests: list[float]
) -> None:
    """A thousand owners must not wait for it one after the other."""
    receiver.answers = [503]
    post = channel(receiver.url(), rests)
    for _ in range(2):
        with pytest.raises(NoticeRefused, match="answer 503"):
            post.send(NOTICE)
    assert len(receiver.got) == 3


@pytest.mark.parametrize("answer", ["hang", "trickle"])
def test_no_attempt_takes_longer_than_allowed(
    receiver: Receiver, rests: list[float], answer: str
) -> None:
    """Neither who says nothing nor who trickles its answer holds a run."""
    receiver.answers = [answer]
    began = time.monotonic()
    with pytest.raises(NoticeRefused, match="no answer"):
        channel(receiver.url(), rests, seconds=0.2).send(NOTICE)
    assert time.monotonic() - began < 3


def test_a_refusal_names_the_host_and_no_path(rests: list[float]) -> None:
    """The path of such an address is often as good as a password."""
    with Receiver().running() as gone:
        url = gone.url()
    with pytest.raises(NoticeRefused) as told:
        channel(url, rests).send(NOTICE)
    assert f"localhost:{gone.port} did not take it: ConnectionRefusedError" in told.value.message
    assert "TOKEN" not in told.value.message


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost that no authority has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)  # noqa: TID251 -- OpenSSL compares it with the machine's clock
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "localhost.pem"
    path.write_bytes(signed.public_bytes(pem) + private)
    return path


@pytest.fixture
def encrypted(certificate: Path) -> Iterator[Receiver]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with Receiver().running(context) as running:
        yield running


def test_a_certificate_that_nobody_vouches_for_is_refused(
    encrypted: Receiver, rests: list[float]
) -> None:
    with pytest.raises(NoticeRefused, match="SSLCertVerificationError: self-signed certificate"):
        channel(encrypted.url("https"), rests).send(NOTICE)
    assert encrypted.got == []


def test_a_certificate_of_a_known_authority_is_taken(
    encrypted: Receiver,
    rests: list[float],
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """OpenSSL's own variable names another authority, as for every other program."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    channel(encrypted.url("https"), rests).send(NOTICE)
    assert len(encrypted.got) == 1
