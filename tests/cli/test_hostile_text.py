"""Text from AWS can neither style, move nor forge anything that a person reads."""

import json

import pytest
from tests.cli.user import BY_OWNER, User

from sagewarden.cli.console import say_json
from sagewarden.sandbox.state import changed

ESCAPE = "\x1b[2J\x1b]0;owned\x07"
REVERSED = "invoice\u202egpj.exe"
FORGED = 'eve\r\n{"event":"run.forged","level":"info"}'
HARMFUL = ("\x1b", "\x07", "\r", "\u202e")


@pytest.fixture
def spoilt(user: User) -> User:
    """Somebody in whose account names, display names and owners are hostile."""
    rows = user.box.state.experiments.rows
    rows["old-one"] = changed(
        rows["old-one"], display_name=f"one{ESCAPE}", tags={"owner": FORGED, "team": REVERSED}
    )
    rows["old-two"] = changed(
        rows["old-two"], name=f"old-{REVERSED}", display_name="two", tags={"owner": ESCAPE}
    )
    user.governs(BY_OWNER)
    return user


@pytest.mark.parametrize("command", [["plan"], ["explain", "two"], ["sweep"]], ids=" ".join)
def test_nothing_that_is_printed_has_power(spoilt: User, command: list[str]) -> None:
    ran = spoilt(*command)
    assert [each for each in HARMFUL if each in ran.out + ran.err] == []


def test_a_plan_shows_what_cannot_be_seen(spoilt: User) -> None:
    told = spoilt("plan").words.replace(" ", "")
    assert "⟨ESC⟩[2J⟨ESC⟩]0;owned⟨BEL⟩" in told
    assert "invoice⟨U+202E⟩gpj.exe" in told


def test_no_owner_can_forge_a_line_of_the_log(spoilt: User) -> None:
    """Each line of the log is JSON, and every event is one of ours."""
    spoilt.governs(BY_OWNER.replace("    keep: {last: 1, group_by: [tag:owner]}\n", ""))
    ran = spoilt("sweep")
    lines = [json.loads(line) for line in ran.err.splitlines()]
    told = [line["owner"] for line in lines if line.get("event") == "notice.sent"]
    assert 'eve⟨CR⟩⟨LF⟩{"event":"run.forged","level":"info"}' in told
    assert [line for line in lines if line.get("event") == "run.forged"] == []


def test_json_keeps_every_character_as_it_came(spoilt: User) -> None:
    ran = spoilt("plan", "--json")
    names = {row["name"] for row in ran.answer[0]["report"]["judged"]}
    assert f"old-{REVERSED}" in names
    assert "\x1b" not in ran.out


def test_json_keeps_half_of_a_surrogate_pair(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"name": "old-\ud83d"})
    assert json.loads(capsys.readouterr().out) == {"name": "old-\ud83d"}
