"""Accidents of policy languages: what was meant otherwise than it was written is refused."""

import pytest
from tests.accidents.conftest import Author

SOUND = """\
version: 1
policies:
  - name: stale
    resource: experiment
    match: {name: "dev-*", idle: 90d}
    action: delete
    grace: 14d
"""


def test_this_file_is_sound(author: Author) -> None:
    """Each test below breaks it in one place."""
    assert author.is_told(SOUND) == ""


@pytest.mark.parametrize(
    "grace", ["", "    grace: 0d\n", "    grace:\n"], ids=["no", "zero", "blank"]
)
def test_a_mark_with_no_days_was_due_at_once(author: Author, grace: str) -> None:
    """A grace period must be there, and be above zero."""
    told = author.is_told(SOUND.replace("    grace: 14d\n", grace))
    assert "grace" in told


def test_a_duplicate_key_won_silently(author: Author) -> None:
    """The second `name` would have widened the match to everything."""
    told = author.is_told(SOUND.replace('name: "dev-*"', 'name: "dev-*", name: "*-*"'))
    assert "`name`" in told


@pytest.mark.parametrize("keep", ["{lsat: 5}", "{within: 30}", "{within: 30m}"])
def test_a_typo_in_a_keep_rule_removed_everything(author: Author, keep: str) -> None:
    """An unknown key, and a unit that is missing or ambiguous, are no keep rule."""
    assert author.is_told(SOUND.replace("    action:", f"    keep: {keep}\n    action:")) != ""


@pytest.mark.parametrize("match", ["{}", "", "all", '{name: "*"}'], ids=str)
def test_an_empty_filter_meant_everything(author: Author, match: str) -> None:
    """To delete everything, say `match: all` and name the account."""
    told = author.is_told(SOUND.replace('{name: "dev-*", idle: 90d}', match))
    assert told != ""


@pytest.mark.parametrize("version", ["", "version: 2\n", 'version: "1"\n'])
def test_an_upgrade_changed_what_a_file_meant(author: Author, version: str) -> None:
    """A file says in which version of the language it is written; no other is guessed."""
    assert "version" in author.is_told(SOUND.replace("version: 1\n", version))


@pytest.mark.parametrize("line", ["idle:", "idle: ~", 'idle: ""'])
def test_a_blank_parameter_became_a_default_term(author: Author, line: str) -> None:
    """No retention value has a default."""
    assert "idle" in author.is_told(SOUND.replace("idle: 90d", line))
