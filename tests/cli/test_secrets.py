"""What `vault.redact` names is compared and kept from everything that is stored or shown."""

from pathlib import Path

import pytest
import zstandard
from tests.cli.user import User

WORD = "hunter2"
POLICIES = """\
version: 1
policies:
  - name: leaky
    resource: trial-component
    match: {name: "one-*", parameters: {api_token: "h*", rate: "> 0"}}
    action: delete
    grace: 1s
  - name: others
    resource: trial-component
    match: {parameters: {api_token: "a*"}}
    action: report
"""
VAULT = {"address": "vault", "redact": ["*TOKEN*"]}
COMMANDS = ("plan", "explain one-a --json", "policy record", "sweep", "plan --json", "report")
AFTERWARDS = (
    *("report -f html", "report --audit --json", "report --owners -f markdown"),
    *("archive show one-a", "restore one-a --plan", "restore one-a", "verify"),
)


@pytest.fixture
def leaky(user: User) -> User:
    """Somebody whose policy asks for a parameter with a secret in it."""
    with user.ago(days=60):
        secret = {"api_token": {"StringValue": WORD}, "rate": {"NumberValue": 0.25}}
        user.makes("UpdateTrialComponent", TrialComponentName="one-a", Parameters=secret)
    user.governs(POLICIES)
    user.settles(vault=VAULT, notice={"log_counts": True, "file": "notices.jsonl"})
    return user


def stored(user: User) -> list[bytes]:
    """Every file below the user's folder, unpacked where it is an archive."""
    found = [each.read_bytes() for each in Path(user.folder).rglob("*") if each.is_file()]
    packed = [each for each in found if each.startswith(zstandard.FRAME_HEADER)]
    return [*found, *(zstandard.ZstdDecompressor().decompress(each) for each in packed)]


def test_a_secret_is_told_by_no_command_log_notice_or_object(leaky: User) -> None:
    """Beside it `rate` is told, so the words are there; and so is what was left out."""
    told = [leaky(*each.split()) for each in COMMANDS]
    leaky.box.admin.advance(10)
    told += [leaky("sweep"), *(leaky(*each.split()) for each in AFTERWARDS)]
    assert [each.code for each in told] == [0] * len(told)
    assert [each.words for each in told if WORD in each.out + each.err] == []
    assert sum("rate is 0.25" in each.words for each in told) >= 4
    assert [each for each in stored(leaky) if WORD.encode() in each] == []
    assert any(b"api_token" in each for each in stored(leaky))
    assert "vault.redact keeps values out of archives" in leaky("report").words
    assert "parameter api_token: its value was redacted before it was archived" in told[-4].words


def test_explain_tells_that_there_is_a_secret_and_whether_it_fits(leaky: User) -> None:
    """What a policy asks of it stands in the policy file."""
    words = leaky("explain", "one-a").words
    assert "yes parameter api_token is [redacted]" in words
    assert "no parameter api_token is [redacted], wanted what its policy names" in words


def test_a_recorded_fixture_holds_no_secret_and_says_what_may_differ(leaky: User) -> None:
    ran = leaky("policy", "record", "policies/tests/frozen.yaml")
    assert 'api_token: "[redacted]"' in (leaky.folder / "policies/tests/frozen.yaml").read_text()
    assert "1 of them are decided otherwise" in ran.words
    assert "or a value that counts is redacted" in ran.words


def test_what_was_archived_before_the_rule_is_not_shown_either(leaky: User) -> None:
    leaky.settles()
    assert leaky("sweep").code == 0
    leaky.box.admin.advance(10)
    assert leaky("sweep").code == 0
    assert WORD in leaky("archive", "show", "one-a").words
    leaky.settles(vault=VAULT)
    words = leaky("archive", "show", "one-a").words
    assert (WORD in words, "api_token: its value is archived and not shown" in words) == (
        False,
        True,
    )
