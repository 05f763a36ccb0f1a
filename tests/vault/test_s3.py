"""What only a vault in S3 has to stand: lost answers, refusals, damage, strangers' answers."""

import base64
import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from boto3.session import Session
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError, ReadTimeoutError
from moto.core.botocore_stubber import MockRawResponse
from moto.core.models import botocore_stubber
from tests.vault.pages import short_pages

from sagewarden.adapters.vault.s3 import PAUSES, S3Vault
from sagewarden.adapters.vault.s3_errors import ADVICE
from sagewarden.errors import (
    IntegrityError,
    VaultAbsent,
    VaultChanged,
    VaultError,
    VaultExists,
    VaultHidden,
)

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

A = "<Contents><Key>a</Key></Contents>"
B = "<Contents><Key>b</Key></Contents>"

Send = Callable[[], AWSResponse]
Fault = Callable[[Send, AWSPreparedRequest], AWSResponse]


class Wire:
    """The wire between botocore and the fake S3; each request meets the next of `faults`."""

    def __init__(self, client: "S3Client") -> None:
        self.faults: list[Fault] = []
        self.requests: list[AWSPreparedRequest] = []
        events: Any = client.meta.events
        events.unregister("before-send", botocore_stubber)
        events.register("before-send", self)

    def __call__(self, request: AWSPreparedRequest, event_name: str, **_: Any) -> AWSResponse:
        self.requests.append(request)
        fault = self.faults.pop(0) if self.faults else delivered
        fake: Any = botocore_stubber
        return fault(lambda: fake(event_name, request), request)

    @property
    def methods(self) -> list[str]:
        return [str(request.method) for request in self.requests]


def delivered(send: Send, _request: AWSPreparedRequest) -> AWSResponse:
    """Nothing goes wrong."""
    return send()


def never_arrived(_send: Send, request: AWSPreparedRequest) -> AWSResponse:
    """The request is lost on its way there."""
    raise ConnectionClosedError(endpoint_url=request.url)


def answer_lost(send: Send, request: AWSPreparedRequest) -> AWSResponse:
    """The request is applied, its answer is lost on the way back."""
    send()
    raise ReadTimeoutError(endpoint_url=request.url)


def applied_then(follows: Callable[[], object]) -> Fault:
    """The request is applied, its answer lost, and then something else happens."""

    def fault(send: Send, request: AWSPreparedRequest) -> AWSResponse:
        send()
        follows()
        raise ReadTimeoutError(endpoint_url=request.url)

    return fault


def overtaken(happens: Callable[[], object]) -> Fault:
    """The request is lost, and something else happens meanwhile."""

    def fault(_send: Send, request: AWSPreparedRequest) -> AWSResponse:
        happens()
        raise ReadTimeoutError(endpoint_url=request.url)

    return fault


def answered(status: int, body: str, **headers: str) -> Fault:
    """Something answers that never passed the request on."""

    def fault(_send: Send, request: AWSPreparedRequest) -> AWSResponse:
        shown = HTTPHeaders()
        for name, value in headers.items():
            shown[name] = value
        text = "" if request.method == "HEAD" else body
        return AWSResponse(request.url, status, shown, MockRawResponse(text))

    return fault


def refused(status: int, code: str, **headers: str) -> Fault:
    """S3 refuses the request with a code."""
    return answered(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>", **headers)


def applied_but_broken(send: Send, request: AWSPreparedRequest) -> AWSResponse:
    """The request is applied, and S3 breaks before it can say so."""
    send()
    return refused(500, "InternalError")(send, request)


def without(*headers: str) -> Fault:
    """An answer lacks some of its headers."""

    def fault(send: Send, _request: AWSPreparedRequest) -> AWSResponse:
        answer = send()
        for header in headers:
            answer.headers.pop(header, None)
        return answer

    return fault


def garbled(change: Callable[[bytes], bytes], *dropped: str) -> Fault:
    """An answer's body changes on the way, and loses some headers."""

    def fault(send: Send, request: AWSPreparedRequest) -> AWSResponse:
        answer = without(*dropped)(send, request)
        answer.raw = MockRawResponse(change(answer.raw.read()))
        return answer

    return fault


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def vault(s3: "S3Client", pauses: list[float]) -> S3Vault:
    """A vault in a bucket without versions, which notes its pauses instead of waiting."""
    return S3Vault(s3, "evidence", wait=pauses.append)


@pytest.fixture
def wire(s3: "S3Client", vault: S3Vault) -> Wire:  # noqa: ARG001 -- after the bucket was made
    return Wire(s3)


@pytest.fixture
def other(s3: "S3Client", session: Session) -> "S3Client":  # noqa: ARG001 -- inside the fake
    """Another worker's client, on a wire that never fails."""
    return session.client("s3")


def test_sends_conditions_and_checksums(vault: S3Vault, wire: Wire) -> None:
    """Each write carries its condition and the SHA-256 of its body."""
    vault.replace("v1/one", b"two", vault.create("v1/one", b"one"))

    create, replace = (request.headers for request in wire.requests)
    assert create["If-None-Match"] == b"*"
    assert replace["If-Match"] == f'"{hashlib.md5(b"one").hexdigest()}"'.encode()  # noqa: S324
    assert create["x-amz-checksum-sha256"] == base64.b64encode(hashlib.sha256(b"one").digest())


def test_encrypts_under_the_key_that_is_named(s3: "S3Client", vault: S3Vault, wire: Wire) -> None:
    """A KMS key goes along with each write; without one the bucket's default holds."""
    vault.create("v1/one", b"")
    S3Vault(s3, "evidence", kms_key="alias/vault").create("v1/two", b"")

    header = "x-amz-server-side-encryption-aws-kms-key-id"
    assert [str(request.headers.get(header)) for request in wire.requests] == [
        "None",
        "b'alias/vault'",
    ]


@pytest.mark.parametrize("fault", [never_arrived, answer_lost, applied_but_broken])
def test_create_settles_what_is_unclear(vault: S3Vault, wire: Wire, fault: Fault) -> None:
    """After an unclear answer, create tries again and recognises its own object."""
    wire.faults = [fault]

    version = vault.create("v1/one", b"ours")

    found = vault.get("v1/one")
    assert (b"ours", version) == (found.body, found.version)


@pytest.mark.parametrize("fault", [never_arrived, answer_lost, applied_but_broken])
def test_replace_settles_what_is_unclear(vault: S3Vault, wire: Wire, fault: Fault) -> None:
    """After an unclear answer, replace tries again and recognises its own object."""
    before = vault.create("v1/one", b"before")
    wire.faults = [fault]

    version = vault.replace("v1/one", b"ours", before)

    found = vault.get("v1/one")
    assert (b"ours", version) == (found.body, found.version)


def test_reads_back_when_every_try_is_lost(vault: S3Vault, wire: Wire) -> None:
    """A write whose tries all got no answer is settled by one read."""
    wire.faults = [answer_lost, never_arrived, never_arrived, never_arrived]

    assert vault.create("v1/one", b"ours")
    assert wire.methods == ["PUT", "PUT", "PUT", "PUT", "GET"]


def test_gives_up_when_nothing_arrives(vault: S3Vault, wire: Wire, pauses: list[float]) -> None:
    """A write that never arrived is an error after four tries with growing pauses."""
    wire.faults = [never_arrived] * 4

    with pytest.raises(VaultError) as caught:
        vault.create("v1/one", b"ours")

    assert caught.type is VaultError
    assert pauses == list(PAUSES)
    assert "evidence" in caught.value.advice


def test_an_unclear_end_is_no_absence(vault: S3Vault, wire: Wire) -> None:
    """When the read that should settle it fails too, that is the error."""
    wire.faults = [never_arrived] * 8

    with pytest.raises(VaultError, match="cannot read v1/one") as caught:
        vault.create("v1/one", b"ours")

    assert caught.type is VaultError


def test_another_one_was_first(vault: S3Vault, wire: Wire, other: "S3Client") -> None:
    """After an unclear answer, an object with other bytes is somebody else's."""
    wire.faults = [
        overtaken(lambda: other.put_object(Bucket="evidence", Key="v1/one", Body=b"theirs"))
    ]

    with pytest.raises(VaultExists):
        vault.create("v1/one", b"ours")


def test_another_one_followed(vault: S3Vault, wire: Wire, other: "S3Client") -> None:
    """A replace that was applied and then written over by another is lost: it changed."""
    before = vault.create("v1/one", b"before")
    wire.faults = [
        applied_then(lambda: other.put_object(Bucket="evidence", Key="v1/one", Body=b"theirs"))
    ]

    with pytest.raises(VaultChanged):
        vault.replace("v1/one", b"ours", before)


def test_replace_of_what_went_meanwhile(vault: S3Vault, wire: Wire, other: "S3Client") -> None:
    """After an unclear answer, an object that is gone is absent."""
    before = vault.create("v1/one", b"before")
    wire.faults = [overtaken(lambda: other.delete_object(Bucket="evidence", Key="v1/one"))]

    with pytest.raises(VaultAbsent):
        vault.replace("v1/one", b"ours", before)


def test_a_retry_inside_the_sdk_counts_as_ours(s3: "S3Client", session: Session) -> None:
    """When botocore itself repeats a write that was applied, the refusal is about our own."""
    client = session.client("s3", config=Config(retries={"total_max_attempts": 2}))
    wire = Wire(client)
    wire.faults = [answer_lost]

    version = S3Vault(client, "evidence").create("v1/one", b"ours")

    assert version == S3Vault(s3, "evidence").get("v1/one").version
    assert wire.methods == ["PUT", "PUT", "GET"]


def test_a_conflict_is_tried_again(vault: S3Vault, wire: Wire, pauses: list[float]) -> None:
    """S3 answers 409 while another conditional write is under way: the next try decides."""
    wire.faults = [refused(409, "ConditionalRequestConflict")]

    assert vault.create("v1/one", b"ours")
    assert pauses == [PAUSES[0]]


def test_a_conflict_that_was_lost(vault: S3Vault, wire: Wire, other: "S3Client") -> None:
    """A 409 was not applied: the same bytes there afterwards are somebody else's."""
    other.put_object(Bucket="evidence", Key="v1/one", Body=b"same")
    wire.faults = [refused(409, "ConditionalRequestConflict")]

    with pytest.raises(VaultExists):
        vault.create("v1/one", b"same")


def test_conflicts_without_end(vault: S3Vault, wire: Wire) -> None:
    """A conflict that does not end is an error, and nothing was written."""
    wire.faults = [refused(409, "ConditionalRequestConflict")] * 4

    with pytest.raises(VaultError, match="ConditionalRequestConflict") as caught:
        vault.create("v1/one", b"ours")

    assert caught.type is VaultError
    assert list(vault.list("")) == []


def test_a_read_is_tried_again(vault: S3Vault, wire: Wire) -> None:
    """A read that got no answer is repeated."""
    vault.create("v1/one", b"one")
    wire.faults = [never_arrived, refused(503, "SlowDown")]

    assert vault.get("v1/one").body == b"one"


def test_a_body_cut_short_is_read_again(vault: S3Vault, wire: Wire) -> None:
    """A connection that breaks in the middle of a body is no shorter object."""
    vault.create("v1/one", b"one")
    wire.faults = [garbled(lambda body: body[:1])]

    assert vault.get("v1/one").body == b"one"


def test_a_changed_body_fails_the_checksum_of_s3(vault: S3Vault, wire: Wire) -> None:
    """A body that S3's own checksum contradicts is damage, also without metadata of ours."""
    digest = base64.b64encode(hashlib.sha256(b"one").digest()).decode()
    wire.faults = [answered(200, "ome", ETag='"e"', **{"x-amz-checksum-sha256": digest})]

    with pytest.raises(IntegrityError) as caught:
        vault.get("v1/one")

    assert caught.value.advice


def test_a_changed_body_fails_our_own_hash(vault: S3Vault, wire: Wire) -> None:
    """Where no checksum comes back, the hash in the object's metadata tells."""
    vault.create("v1/one", b"one")
    wire.faults = [garbled(lambda _body: b"ome", "x-amz-checksum-sha256")]

    with pytest.raises(IntegrityError) as caught:
        vault.get("v1/one")

    assert caught.value.advice


def test_reads_what_another_tool_copied(vault: S3Vault, wire: Wire, other: "S3Client") -> None:
    """An object that was copied into the bucket without our metadata can be read."""
    other.put_object(Bucket="evidence", Key="v1/one", Body=b"copied")

    assert vault.get("v1/one").body == b"copied"
    assert wire.methods == ["GET"]


def test_an_answer_without_an_etag(vault: S3Vault, wire: Wire) -> None:
    """What answers without an ETag is not S3."""
    vault.create("v1/one", b"one")
    wire.faults = [without("ETag", "etag")]

    with pytest.raises(VaultError, match="without an ETag"):
        vault.get("v1/one")


def test_a_page_of_a_proxy(vault: S3Vault, wire: Wire) -> None:
    """A login page in the place of an answer is an error for every operation."""
    portal = "<html>log in"

    for operation in (
        lambda: vault.get("v1/one"),
        lambda: list(vault.list("")),
        lambda: vault.create("v1/one", b""),
        lambda: vault.replace("v1/one", b"", '"etag"'),
    ):
        wire.faults = [answered(200, portal)] * 8
        with pytest.raises((VaultError, IntegrityError)) as caught:
            operation()
        assert caught.type not in {VaultAbsent, VaultExists, VaultChanged}


def test_a_delete_marker_is_no_absence(vault: S3Vault, wire: Wire) -> None:
    """An object that somebody deleted in a bucket with versions is an error, not absent."""
    wire.faults = [refused(404, "NoSuchKey", **{"x-amz-delete-marker": "true"})]

    with pytest.raises(VaultError, match="delete marker") as caught:
        vault.get("v1/one")

    assert caught.type is VaultHidden


@pytest.mark.parametrize(
    "page",
    [
        "",
        "<KeyCount>0</KeyCount>",
        "<IsTruncated>false</IsTruncated>",
        "<IsTruncated>false</IsTruncated><KeyCount>1</KeyCount>",
        "<IsTruncated>true</IsTruncated><KeyCount>0</KeyCount>",
        f"<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>{A}{B}{A}",
        f"<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>{B}{A}",
        f"<IsTruncated>false</IsTruncated><KeyCount>2</KeyCount>{A}{A}",
    ],
)
def test_a_listing_that_contradicts_itself(vault: S3Vault, wire: Wire, page: str) -> None:
    """A page that lacks what S3 always says is an error, not a shorter listing."""
    wire.faults = [answered(200, f"<ListBucketResult>{page}</ListBucketResult>")]

    with pytest.raises(VaultError) as caught:
        list(vault.list(""))

    assert caught.type is VaultError


def test_an_empty_answer_to_a_listing(vault: S3Vault, wire: Wire) -> None:
    """An answer without a body is not an empty vault."""
    wire.faults = [answered(200, "")]

    with pytest.raises(VaultError):
        list(vault.list(""))


def test_a_token_that_repeats(vault: S3Vault, wire: Wire) -> None:
    """A listing that goes on where it was already would never end."""
    page = (
        "<ListBucketResult><IsTruncated>true</IsTruncated><KeyCount>0</KeyCount>"
        "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>"
    )
    wire.faults = [answered(200, page)] * 2

    with pytest.raises(VaultError, match="goes on, but not where"):
        list(vault.list(""))


def test_a_page_is_asked_for_again(vault: S3Vault, wire: Wire) -> None:
    """A page whose answer got lost is repeated."""
    vault.create("v1/one", b"")
    wire.faults = [never_arrived]

    assert list(vault.list("")) == ["v1/one"]


def test_foreign_objects_do_not_show(vault: S3Vault, other: "S3Client") -> None:
    """What is no key of ours, such as a console's folder, is not listed."""
    vault.create("v1/one", b"")
    other.put_object(Bucket="evidence", Key="v1/", Body=b"")
    other.put_object(Bucket="evidence", Key="a b", Body=b"")

    assert list(vault.list("")) == ["v1/one"]


@pytest.mark.parametrize("code", [*sorted(ADVICE), "KMS.DisabledException", "Unheard"])
def test_refusals_say_what_to_do(vault: S3Vault, wire: Wire, code: str) -> None:
    """Every refusal names the bucket and gives advice, whatever was asked."""
    for operation in (
        lambda: vault.get("v1/one"),
        lambda: list(vault.list("")),
        lambda: vault.create("v1/one", b""),
        lambda: vault.replace("v1/one", b"", '"etag"'),
    ):
        wire.faults = [refused(403, code)] * 4
        with pytest.raises(VaultError, match="evidence") as caught:
            operation()
        assert caught.type is VaultError
        assert caught.value.advice


def test_a_bucket_that_is_not_there(s3: "S3Client") -> None:
    """A missing bucket is an error, not an absent object."""
    vault = S3Vault(s3, "elsewhere")

    with pytest.raises(VaultError, match="NoSuchBucket") as caught:
        vault.get("v1/one")

    assert caught.type is VaultError
    assert caught.value.advice.startswith("Create the bucket")


def test_an_endpoint_that_is_not_there(session: Session, pauses: list[float]) -> None:
    """A refused connection is an error, not an absence."""
    client = session.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        config=Config(retries={"total_max_attempts": 1}),
    )

    with pytest.raises(VaultError, match="EndpointConnectionError") as caught:
        S3Vault(client, "evidence", wait=pauses.append).get("v1/one")

    assert caught.type is VaultError
    assert caught.value.advice.startswith("Check the network")


def test_no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials nothing is asked, and the advice is about them."""
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    client = Session(region_name="eu-west-1").client("s3")

    with pytest.raises(VaultError, match="NoCredentialsError") as caught:
        S3Vault(client, "evidence").get("v1/one")

    assert caught.value.advice.startswith("Check the AWS credentials")


def test_the_same_bytes_without_versions(vault: S3Vault) -> None:
    """A bucket without versions cannot tell a change there and back; one with versions can."""
    first = vault.create("v1/one", b"A")
    vault.replace("v1/one", b"A", vault.replace("v1/one", b"B", first))

    assert vault.replace("v1/one", b"C", first)


def versioned(client: "S3Client") -> tuple[S3Vault, str]:
    """A vault in a bucket that keeps versions, with one object."""
    client.put_bucket_versioning(Bucket="evidence", VersioningConfiguration={"Status": "Enabled"})
    vault = S3Vault(client, "evidence", "below")
    return vault, vault.create("v1/a/one", b"one")


def test_what_was_written_over_has_an_earlier_version(s3: "S3Client") -> None:
    vault, first = versioned(s3)
    vault.replace("v1/a/one", b"two", first)
    (past,) = vault.history("v1/")
    assert (past.key, past.version in first, past.marker) == ("v1/a/one", True, False)
    assert list(vault.history("v1/b")) == []


def test_a_delete_marker_is_seen_and_whether_it_hides(s3: "S3Client") -> None:
    """Behind an object that was put back, too."""
    vault, _ = versioned(s3)
    s3.delete_object(Bucket="evidence", Key="below/v1/a/one")
    assert [(past.marker, past.hides) for past in vault.history("v1/")] == [
        (False, False),
        (True, True),
    ]
    s3.put_object(Bucket="evidence", Key="below/v1/a/one", Body=b"one")
    assert [(past.marker, past.hides) for past in vault.history("v1/")] == [
        (False, False),
        (True, False),
    ]


def test_versions_are_listed_page_by_page(s3: "S3Client") -> None:
    """S3 gives a thousand a page; here it gives two."""
    vault, version = versioned(s3)
    for number in range(5):
        version = vault.replace("v1/a/one", b"%d" % number, version)
    pages = Wire(s3)
    short_pages(s3, 2)
    assert len(list(vault.history("v1/a/"))) == 5
    assert len(pages.requests) == 3


def test_versions_that_nobody_may_list_are_an_error(s3: "S3Client") -> None:
    vault, _ = versioned(s3)
    Wire(s3).faults = [refused(403, "AccessDenied")]
    with pytest.raises(VaultError, match="list the versions of v1/"):
        list(vault.history("v1/"))


def test_an_answer_about_versions_that_does_not_end_is_an_error(s3: "S3Client") -> None:
    vault, _ = versioned(s3)
    body = "<ListVersionsResult><IsTruncated>true</IsTruncated></ListVersionsResult>"
    Wire(s3).faults = [answered(200, body)]
    with pytest.raises(VaultError, match="goes on, but not where"):
        list(vault.history("v1/"))
