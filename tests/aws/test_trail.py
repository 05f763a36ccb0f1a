"""CloudTrail's log files as AWS delivers them, and as they are broken."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from sagewarden.adapters.aws import trail as trail_module
from sagewarden.adapters.aws.trail import read_trail
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Target
from sagewarden.errors import UsageError

TARGET = Target("123456789012", "us-east-1")
ROLE = "arn:aws:sts::123456789012:assumed-role/SageWarden/daemon"
NAME = "123456789012_CloudTrail_us-east-1_20261123T0610Z_Mu0KsOhtH1ar15ZZ.json.gz"


def record(**changes: Any) -> dict[str, Any]:
    """One record, its fields as the User Guide shows them."""
    usual = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole",
            "arn": ROLE,
            "accountId": "123456789012",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "arn": "arn:aws:iam::123456789012:role/SageWarden",
                }
            },
        },
        "eventTime": "2026-11-23T06:01:40Z",
        "eventSource": "sagemaker.amazonaws.com",
        "eventName": "DeleteTrialComponent",
        "awsRegion": "us-east-1",
        "requestParameters": {"trialComponentName": "Run-1"},
        "responseElements": None,
        "requestID": "6b1b42b9",
        "eventID": "a6f85b21",
        "eventType": "AwsApiCall",
        "recipientAccountId": "123456789012",
    }
    return usual | changes


def delivered(folder: Path, *records: Any, name: str = NAME) -> Path:
    path = folder / "AWSLogs" / "2026" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(json.dumps({"Records": list(records)}).encode()))
    return path


def test_a_delete_is_read_with_its_name_time_and_caller(tmp_path: Path) -> None:
    delivered(tmp_path, record())
    (event,) = read_trail(tmp_path, TARGET).events
    assert event.act == ("DeleteTrialComponent", "run-1", "")
    assert (spell_time(event.at), event.caller) == ("2026-11-23T06:01:40.000Z", ROLE)


def test_a_disassociation_names_its_trial(tmp_path: Path) -> None:
    given = {"trialComponentName": "Run-1", "trialName": "T-1"}
    delivered(tmp_path, record(eventName="DisassociateTrialComponent", requestParameters=given))
    (event,) = read_trail(tmp_path, TARGET).events
    assert event.act == ("DisassociateTrialComponent", "run-1", "t-1")


def test_a_call_that_failed_keeps_its_code_whatever_its_parameters(tmp_path: Path) -> None:
    delivered(tmp_path, record(errorCode="AccessDenied", requestParameters=None))
    (event,) = read_trail(tmp_path, TARGET).events
    assert (event.error, event.act[1]) == ("AccessDenied", "")


def test_others_records_only_tell_the_time_that_is_covered(tmp_path: Path) -> None:
    delivered(
        tmp_path,
        record(eventID="1", eventName="ListTrials", eventTime="2026-11-23T05:00:00Z"),
        record(eventID="2", eventSource="s3.amazonaws.com", eventTime="2026-11-23T07:00:00Z"),
        record(eventID="3", awsRegion="eu-west-1", eventTime="2026-11-23T09:00:00Z"),
        record(eventID="4", recipientAccountId="999999999999"),
    )
    found = read_trail(tmp_path, TARGET)
    assert found.since is not None
    assert found.until is not None
    assert (found.events, found.records) == ((), 4)
    assert [found.since.hour, found.until.hour] == [5, 7]


def test_an_event_in_two_files_is_one(tmp_path: Path) -> None:
    delivered(tmp_path, record())
    delivered(tmp_path, record(), name=NAME.replace("Mu0K", "Nv1L"))
    assert len(read_trail(tmp_path, TARGET).events) == 1


def test_digests_and_insights_are_no_logs(tmp_path: Path) -> None:
    delivered(tmp_path, record())
    other = NAME.replace("_CloudTrail_", "_CloudTrail-Digest_")
    (tmp_path / other).write_bytes(gzip.compress(b'{"previousDigestHashValue": null}'))
    found = read_trail(tmp_path, TARGET)
    assert (found.files, found.unread) == (1, ())


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not gzip",
        gzip.compress(b'{"Records": [')[:-4],
        gzip.compress(b"[]"),
        gzip.compress(b'{"Records": {}}'),
        gzip.compress(b'{"Records": [null]}'),
        gzip.compress(b'{"Records": [{"eventTime": "yesterday"}]}'),
        gzip.compress(json.dumps({"Records": [record(eventTime="2026-11-23T06:01:40")]}).encode()),
        gzip.compress(json.dumps({"Records": [record(eventID=None)]}).encode()),
    ],
    ids=["empty", "plain", "cut", "list", "object", "null", "no time", "no zone", "no id"],
)
def test_a_file_that_is_broken_is_named(tmp_path: Path, body: bytes) -> None:
    """The other files are read all the same."""
    delivered(tmp_path, record(eventID="fine"), name=NAME.replace("Mu0K", "Aa0A"))
    delivered(tmp_path).write_bytes(body)
    found = read_trail(tmp_path, TARGET)
    assert [each.event for each in found.events] == ["fine"]
    assert len(found.unread) == 1
    assert found.unread[0].startswith(f"{NAME}: ")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail_module, "LARGEST", 1_000)
    delivered(tmp_path).write_bytes(gzip.compress(b" " * 100_000))
    assert "larger than 1000 bytes" in read_trail(tmp_path, TARGET).unread[0]


def test_a_folder_without_logs_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("none")
    with pytest.raises(UsageError, match="no CloudTrail log file"):
        read_trail(tmp_path, TARGET)
