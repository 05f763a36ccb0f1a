"""A policy that is wrong: every fault with its place and its remedy, and nothing happens at all."""

import pytest
from tests.cli.user import POLICIES, User

FAULTS = {
    "an unknown key": ("idle: 30d", "idel: 30d", "an unknown key `idel`"),
    "a duplicate key": ("    grace: 1s", "    grace: 1s\n    grace: 2s", "the key `grace` again"),
    "no unit": ("idle: 30d", "idle: 30", "which has no unit"),
    "no match": ('    match: {name: "old-*", idle: 30d}\n', "", "no `match`"),
}


@pytest.mark.parametrize("command", [["sweep"], ["plan"], ["policy", "validate"]], ids=" ".join)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_policy_is_refused_before_anything_is_done(
    due: User, fault: str, command: list[str]
) -> None:
    """Exit code 2, the file and line, what was found, what is allowed."""
    right, wrong, found = FAULTS[fault]
    due.governs(POLICIES.replace(right, wrong))
    before = due.vault()
    ran = due(*command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: 1 problem in the policy files\n")
    assert "policies/all.yaml:" in ran.err
    assert found in ran.words
    assert "allowed" in ran.err
    assert "do: Correct them and load again" in ran.words
    assert (due.calls(), due.vault()) == ([], before)


def test_all_faults_are_told_at_once(user: User) -> None:
    wrong = POLICIES.replace("30d", "30").replace("action: delete", "action: destroy")
    user.governs(wrong)
    assert "error: 2 problems in the policy files" in user("policy", "validate").err


def test_a_directory_without_policies_is_told(newcomer: User) -> None:
    newcomer.settles()
    ran = newcomer("policy", "validate")
    assert ran.code == 2
    assert "found nothing of that name" in ran.words


def test_a_match_of_everything_must_name_this_account(due: User) -> None:
    """A file that was copied from another account deletes nothing here."""
    everything = 'match: all\n    confirm_match_all: "999999999999"'
    due.governs(POLICIES.replace('match: {name: "old-*", idle: 30d}', everything))
    ran = due("sweep")
    assert ran.code == 2
    assert "confirms account 999999999999, but this target is 123456789012" in ran.words
    assert due.writes() == []
