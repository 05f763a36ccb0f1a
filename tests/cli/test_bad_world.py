"""A world that does not play along: no answer, no permission, no vault. Nothing is half done."""

import socket
from pathlib import Path

import pytest
from tests.cli.user import User

READING = (["plan"], ["sweep"])


def test_an_unreachable_endpoint_is_told(due: User) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    due.settles(aws={"endpoint_url": nobody})
    before = due.vault()
    ran = due("sweep")
    assert (ran.code, ran.out) == (3, "")
    assert f'Could not connect to the endpoint URL: "{nobody}/"' in ran.words
    assert "do: Check the region, the network and AWS_ENDPOINT_URL." in ran.words
    assert due.vault() == before


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_without_an_identity_nothing_is_read(due: User, command: list[str]) -> None:
    due.breaks("deny", "GetCallerIdentity")
    before = due.vault()
    ran = due(*command)
    assert (ran.code, ran.out) == (3, "")
    assert "error: GetCallerIdentity: AccessDenied" in ran.words
    assert "do: Give the identity the permission that the message names." in ran.words
    assert (set(due.calls()), due.vault()) == ({"GetCallerIdentity"}, before)


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_without_the_permission_to_search_nothing_is_due(due: User, command: list[str]) -> None:
    """What was not seen is kept: marks stay as they were, and the gap is named."""
    due.breaks("deny", "Search")
    before = due.account()
    ran = due(*command)
    assert ran.code == 3
    assert "Could not be read" in ran.out
    assert "AccessDenied" in ran.words
    assert "The inventory is incomplete" in ran.words
    assert (due.writes(), due.account()) == ([], before)


def test_a_permission_that_is_lost_on_the_way_leaves_every_edge(due: User) -> None:
    """The component's delete is refused: its edges are put back, the rest is not attempted."""
    due.breaks("deny", "DeleteTrialComponent")
    before = due.account()
    ran = due("sweep")
    assert ran.code == 3
    assert "Refused or open" in ran.out
    assert due.account() == before
    assert "DisassociateTrialComponent" in due.writes()
    assert due.journal("intent") == due.journal("outcome")


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_vault_whose_parent_is_missing_is_told(user: User, command: list[str]) -> None:
    user.settles(vault={"address": "not/here"})
    ran = user(*command)
    assert (ran.code, ran.out) == (3, "")
    assert "not/here: No such file or directory" in ran.words
    assert "do: Create the directory that it lies in, or correct the setting `vault`." in ran.words
    assert (user.calls(), list(Path(user.folder).glob("not"))) == ([], [])


def test_a_vault_that_is_a_file_is_told(user: User) -> None:
    user.settles(vault={"address": "sagewarden.yaml"})
    ran = user("sweep")
    assert ran.code == 3
    assert "do: A file has this name: name a directory in the setting `vault`." in ran.words


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_bucket_that_is_missing_is_told(user: User, command: list[str]) -> None:
    user.settles(vault={"address": "s3://no-such-bucket/here"})
    ran = user(*command)
    assert (ran.code, ran.out) == (3, "")
    assert "NoSuchBucket" in ran.words
    assert "do: Create the bucket, or correct its name in the setting `vault`." in ran.words
    assert user.writes() == []


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_a_bucket_that_is_forbidden_is_told(user: User, command: list[str]) -> None:
    user.settles(vault={"address": "s3://forbidden/here"})
    user.breaks("deny", "*", service="s3")
    ran = user(*command)
    assert (ran.code, ran.out) == (3, "")
    assert "AccessDenied" in ran.words
    assert "Grant s3:GetObject, s3:PutObject and s3:ListBucket on the bucket" in ran.words
    assert user.writes() == []


def test_a_notice_that_cannot_be_sent_makes_nothing_due(user: User) -> None:
    """The mark stands, the reason is logged, and the report says that owners were not told."""
    user.settles(notice={"file": "no/such/folder"})
    ran = user("sweep")
    assert ran.code == 3
    assert '"event":"notice.refused"' in ran.err
    assert "No channel that counts took 1 of the notices" in ran.words
    assert "the notice file no/such/folder cannot be written" in ran.err
    assert "Traceback" not in ran.err
    assert "marked for later" in ran.out
    assert user.writes() == []


@pytest.mark.parametrize(
    "words",
    [
        ("sweep",),
        ("plan",),
        ("apply", "0123456789ab"),
        ("approve", "0123456789ab"),
        ("restore", "old-one"),
        ("verify",),
        ("report",),
        ("pause",),
    ],
    ids=" ".join,
)
def test_a_vault_of_a_newer_version_is_left_alone(due: User, words: tuple[str, ...]) -> None:
    """By every command: an older program would misread what it finds."""
    (due.folder / "vault" / "format" / "current").write_text('{"format": 99}')
    before = due.vault()
    ran = due(*words)
    assert ran.code == 2
    assert "has format 99, and this version of SageWarden knows formats up to 1" in ran.words
    assert (due.writes(), due.vault()) == ([], before)
