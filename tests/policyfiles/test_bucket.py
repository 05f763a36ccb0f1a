"""Policies below an S3 prefix are read as strictly as files are, whole, and as of one time."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.clients import client_of

from sagewarden.adapters.aws.calls import CallCounter, Calls, Patience
from sagewarden.adapters.aws.limiter import Limiters, Pace
from sagewarden.adapters.aws.session import AwsSession, Reach
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.policyfiles import PoliciesRefused
from sagewarden.adapters.policyfiles.bucket import MOST_FILES, PolicyBucket
from sagewarden.adapters.policyfiles.load import load_files
from sagewarden.adapters.policyfiles.source import LARGEST
from sagewarden.core.canonical import sha256
from sagewarden.core.policy import PolicyFile, PolicySet
from sagewarden.errors import AccessDenied, ReadFailed, SettingsError
from sagewarden.sandbox import Fault, Sandbox

WHERE = "s3://rules/prod"


def policy(name: str) -> str:
    return (
        "version: 1\npolicies:\n"
        f"  - {{name: {name}, resource: trial, match: {{name: x}}, action: report}}\n"
    )


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture
def box(running: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    running.admin.reset()
    for name, value in running.environment().items():
        monkeypatch.setenv(name, value)
    return running


@pytest.fixture
def s3(box: Sandbox) -> Any:
    client = client_of("s3", **box.client_config())
    client.create_bucket(Bucket="rules")
    return client


def put(s3: Any, name: str, text: str | bytes) -> str:
    body = text.encode() if isinstance(text, str) else text
    return str(s3.put_object(Bucket="rules", Key=name, Body=body).get("VersionId", ""))


def load(where: str = WHERE) -> PolicySet:
    stop = threading.Event()
    calls = Calls(
        session=AwsSession(Reach(), None, wall_now),
        limiters=Limiters(time.monotonic, stop, Pace(start=5_000.0, ceiling=5_000.0)),
        counter=CallCounter(),
        stop=stop,
        monotonic=time.monotonic,
        patience=Patience(attempts=2, pause=0.001),
    )
    return load_files(where, PolicyBucket(where, calls).files)


def names(found: PolicySet) -> list[str]:
    return [each.name for each in found.policies]


def test_every_file_right_below_the_prefix_is_read(s3: Any) -> None:
    """In the order of names; hidden ones, other endings and deeper folders do not count."""
    for name in ("prod/b.yml", "prod/a.yaml", "prod/.c.yaml", "prod/d.txt", "prod/e/f.yaml"):
        put(s3, name, policy(name[5]))
    put(s3, "production/g.yaml", policy("g"))
    assert names(load()) == ["a", "b"]
    assert names(load("s3://rules/prod/")) == ["a", "b"]
    assert names(load("s3://rules/prod/b.yml")) == ["b"]


def test_a_files_version_is_kept_beside_its_digest(s3: Any) -> None:
    """The VersionId, or the ETag where the bucket keeps no versions."""
    put(s3, "prod/a.yaml", policy("a"))
    etag = s3.head_object(Bucket="rules", Key="prod/a.yaml")["ETag"]
    digest = sha256(policy("a").encode())
    assert load().files == (PolicyFile("s3://rules/prod/a.yaml", digest, etag),)
    s3.put_bucket_versioning(Bucket="rules", VersioningConfiguration={"Status": "Enabled"})
    version = put(s3, "prod/a.yaml", policy("a"))
    assert load().files == (PolicyFile("s3://rules/prod/a.yaml", digest, version),)


def test_a_fault_is_told_with_its_place(s3: Any) -> None:
    put(s3, "prod/a.yaml", policy("a").replace("match", "mtach"))
    with pytest.raises(PoliciesRefused, match=r"s3://rules/prod/a\.yaml:3:32  policies\[0\]"):
        load()


@pytest.mark.parametrize("body", [b"\xef\xbb\xbfversion: 1\n", b"\xff", b"", b"\0"])
def test_what_is_no_text_is_refused_as_in_a_file(s3: Any, body: bytes) -> None:
    put(s3, "prod/a.yaml", body)
    with pytest.raises(PoliciesRefused):
        load()


def test_nothing_there_is_no_policy(s3: Any) -> None:
    put(s3, "prod/readme.txt", "none")
    with pytest.raises(PoliciesRefused, match="no policy file there"):
        load()


def test_a_file_may_be_so_large_and_no_larger(s3: Any) -> None:
    put(s3, "prod/a.yaml", policy("a") + "#" * LARGEST)
    with pytest.raises(PoliciesRefused, match="a file over 1 MiB"):
        load()


def test_there_may_be_so_many_files_and_no_more(s3: Any, box: Sandbox) -> None:
    """None of them is fetched."""
    for number in range(MOST_FILES + 1):
        put(s3, f"prod/{number}.yaml", "")
    box.admin.clear_calls()
    with pytest.raises(PoliciesRefused, match=f"{MOST_FILES + 1} policy files"):
        load()
    assert [each.operation for each in box.admin.calls()] == ["ListObjectsV2"]


def test_what_changes_while_it_is_read_is_not_taken(s3: Any) -> None:
    """Two files of two times make policies that nobody wrote."""
    put(s3, "prod/a.yaml", policy("a"))
    put(s3, "prod/b.yaml", policy("b"))
    real = Calls.ask

    def ask(calls: Calls, operation: str, **request: Any) -> Any:
        answer = real(calls, operation, **request)
        if operation == "GetObject" and request["Key"].endswith("b.yaml"):
            put(s3, "prod/a.yaml", policy("c"))
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Calls, "ask", ask)
        with pytest.raises(ReadFailed, match="changed while they were read"):
            load()


@pytest.mark.parametrize("operation", ["ListObjectsV2", "GetObject"])
@pytest.mark.parametrize("action", ["deny", "error_500", "drop_after"])
def test_a_bucket_that_does_not_answer_is_a_failed_read(
    s3: Any, box: Sandbox, operation: str, action: Any
) -> None:
    put(s3, "prod/a.yaml", policy("a"))
    box.admin.add_fault(Fault(action=action, operation=operation, times=None))
    with pytest.raises(AccessDenied if action == "deny" else ReadFailed):
        load()


def test_a_cut_off_body_is_asked_for_again(s3: Any, box: Sandbox) -> None:
    put(s3, "prod/a.yaml", policy("a"))
    box.admin.add_fault(Fault(action="truncate", operation="GetObject", times=1))
    assert names(load()) == ["a"]


@pytest.mark.parametrize("address", ["s3://", "s3://A/b", "s3://rules/a b", "s3://rules/\n"])
@pytest.mark.usefixtures("box")
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match="not the address of policies"):
        load(address)
