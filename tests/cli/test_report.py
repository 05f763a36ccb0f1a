"""`report` for each reader, in each form, on one vault."""

import gzip
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.cli.user import User


@pytest.fixture
def swept(due: User) -> User:
    """Somebody whose last sweep deleted two trees."""
    assert due("sweep").code == 0
    return due


FORMS = ("table", "json", "csv", "html", "markdown")
READERS = {
    (): "Deleted 2 experiments",
    ("--owners",): "nobody",
    ("--owner", "nobody"): "old-one",
    ("--audit",): "old-trees",
    ("--trend",): "sweep",
}


def test_each_reader_has_each_form(swept: User) -> None:
    for reader, told in READERS.items():
        for form in FORMS:
            ran = swept("report", *reader, "-f", form)
            assert (ran.code, ran.err) == (0, ""), (reader, form)
            assert told in ran.words or form in {"json", "csv"}, (reader, form)


def test_an_audit_names_who_archived_what_where(swept: User) -> None:
    told = swept("report", "--audit", "--json").answer
    row = next(each for each in told["rows"] if each["name"] == "old-one")
    assert row["policy_file"].endswith("policies/all.yaml")
    assert len(row["policy_file_sha256"]) == len(row["archive_sha256"]) == 64
    assert (row["approval"], told["chain"]["number"]) == ("not needed", 2)
    assert told["storage"]["usd_per_month"] == ""  # a vault on a disk


def test_a_file_is_written_and_told(swept: User) -> None:
    ran = swept("report", "--audit", "-f", "html", "-o", "audit.html")
    assert "The audit of run" in ran.words
    assert (swept.folder / "audit.html").read_bytes().startswith(b"<!doctype html>")


def test_an_unknown_owner_is_told_who_there_is(swept: User) -> None:
    ran = swept("report", "--owner", "ana")
    assert (ran.code, "It knows nobody." in ran.words) == (2, True)


def test_two_readers_at_once_are_refused(swept: User) -> None:
    ran = swept("report", "--audit", "--trend")
    assert (ran.code, "asked for as audit and as trend" in ran.words) == (2, True)


@pytest.mark.parametrize("reader", [(), ("--owners",), ("--audit",), ("--trend",)])
def test_a_schema_needs_no_settings(newcomer: User, reader: tuple[str, ...]) -> None:
    told = newcomer("report", *reader, "--schema").answer
    assert told["properties"]["format"]["const"] >= 1


def log(folder: Path, *records: Mapping[str, object]) -> str:
    folder.mkdir(exist_ok=True)
    body = json.dumps({"Records": records}).encode()
    (folder / "1_CloudTrail_us-east-1_20260101T0000Z_x.json.gz").write_bytes(gzip.compress(body))
    return str(folder)


def test_a_delete_in_our_role_without_an_intent_ends_with_3(swept: User) -> None:
    """It is named, with who did it and when."""
    identity = swept("report", "--json").answer["identity"]
    by_hand = {
        "eventID": "e-1",
        "eventTime": "2026-01-01T00:00:00Z",
        "eventSource": "sagemaker.amazonaws.com",
        "eventName": "DeleteTrial",
        "awsRegion": "us-east-1",
        "recipientAccountId": swept.box.account,
        "userIdentity": {"arn": identity},
        "requestParameters": {"trialName": "by-hand"},
    }
    ran = swept("report", "--json", "--cloudtrail", log(swept.folder / "logs", by_hand))
    (found,) = ran.answer["trail"]["differences"]
    assert ran.code == 3
    assert (found["kind"], found["name"]) == ("event without intent", "by-hand")
    assert found["caller"] == identity


def test_log_files_that_agree_end_with_0(swept: User) -> None:
    ran = swept("report", "--json", "--cloudtrail", log(swept.folder / "logs"))
    trail = ran.answer["trail"]
    assert ran.code == 0
    assert (trail["differences"], trail["agreed"], trail["uncovered"]) == ([], 0, 8)
