"""Settings that are wrong or missing: one message with what to do, exit code 2, nothing done."""

from pathlib import Path

import pytest
from tests.cli.user import User

READING = (["plan"], ["sweep"])


@pytest.mark.parametrize("command", READING, ids=" ".join)
@pytest.mark.parametrize(
    ("group", "message", "advice"),
    [
        ("targets", "there is no target in the settings", "or try `sagewarden demo`"),
        ("vault", "there is no vault in the settings", "Add `vault: {address:"),
        ("policies", "no policies are named", "or give --policies DIRECTORY"),
    ],
)
def test_what_has_no_default_is_asked_for(
    user: User, command: list[str], group: str, message: str, advice: str
) -> None:
    user.settles(**{group: None})
    ran = user(*command)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {message}\n")
    assert advice in ran.words
    assert user.calls() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            {"limitz": {}},
            "limitz (sagewarden.yaml): there is no such setting; did you mean limits?",
        ),
        ({"limits": {"matchez": 1}}, "limits.matchez (sagewarden.yaml): there is no such setting"),
        ({"limits": {"min_grace": 7}}, "limits.min_grace (sagewarden.yaml): a duration is"),
        ({"limits": {"min_grace": "7m"}}, "could be minutes or months"),
        ({"limits": {"hard": {"share": "101%"}}}, "a share is at most 100%"),
        ({"vault": "here"}, "vault (sagewarden.yaml): must be a mapping of names to values"),
        ({"targets": "me"}, "targets (sagewarden.yaml): must be a list"),
        (
            {"targets": [{"account_id": 123456789012, "region": "us-east-1"}]},
            "targets.0.account_id (sagewarden.yaml): must be a text; put it in quotes",
        ),
        ({"aws": {"endpoint_url": "localhost"}}, "must be a URL that begins with http"),
    ],
)
def test_a_wrong_setting_is_told_by_name_and_origin(
    user: User, changes: dict[str, object], told: str
) -> None:
    user.settles(**changes)
    ran = user("sweep")
    assert ran.code == 2
    assert told in ran.words
    assert "do: Mend it and start again; nothing was read or done." in ran.words
    assert user.calls() == []


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        (
            "SAGEWARDEN_LIMIT__MATCHES",
            "9",
            "LIMIT__MATCHES: there is no such setting; did you mean",
        ),
        ("SAGEWARDEN_TARGETS", "mine", "in the environment: error parsing value for field"),
        ("SAGEWARDEN_RUN__LANES", "", "run.lanes (SAGEWARDEN_RUN__LANES): must be a whole number"),
        ("AWS_ENDPOINT_URL", "nowhere", "AWS cannot be reached as it is set: Invalid endpoint"),
        ("AWS_PROFILE", "nobody", "The config profile (nobody) could not be found"),
    ],
)
def test_a_wrong_variable_is_told(
    user: User, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, told: str
) -> None:
    user.settles(aws=None)
    monkeypatch.setenv(variable, value)
    ran = user("plan")
    assert ran.code == 2
    assert told in ran.words
    assert "do: " in ran.err
    assert user.calls() == []


def test_a_settings_file_that_is_not_there_is_told(user: User) -> None:
    """A typo in --config does not fall back to defaults."""
    ran = user("sweep", "--config", "other.yaml")
    assert (ran.code, user.calls()) == (2, [])
    assert ran.err.startswith("error: there is no settings file other.yaml\n")


def test_an_empty_settings_file_is_told(user: User) -> None:
    Path(user.folder / "sagewarden.yaml").write_text("# later\n")
    assert user("plan").err.startswith("error: the settings file sagewarden.yaml is empty\n")


def test_secrets_that_are_not_there_are_told(user: User) -> None:
    ran = user("plan", "--secrets", "none")
    assert (ran.code, user.calls()) == (2, [])
    assert ran.err.startswith("error: the secrets in none cannot be read")


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_another_account_than_the_targets_is_left_alone(due: User, command: list[str]) -> None:
    """STS names the account before anything else is asked; the vault stays as it was."""
    due.settles(targets=[{"account_id": "999999999999", "region": "us-east-1"}])
    before = due.vault()
    ran = due(*command)
    assert ran.code == 2
    assert "STS says this is account 123456789012, the target is 999999999999" in ran.words
    assert "Check the credentials, or account_id and role_arn." in ran.words
    assert (due.calls(), due.vault()) == (["GetCallerIdentity"], before)


WRITING = [
    ["pause", "--reason", "x"],
    ["unpause"],
    ["hold", "add", "old-one", "--owner", "ana", "--reason", "x"],
    ["hold", "release", "old-one", "--reason", "x"],
    ["baseline", "accept", "--reason", "x"],
    ["restore", "old-one"],
]
"""Commands that write somewhere; `approve` and `apply` find no such plan of another account."""


@pytest.mark.parametrize("command", WRITING, ids=" ".join)
def test_nothing_is_written_for_another_account_than_sts_names(
    due: User, command: list[str]
) -> None:
    due.settles(targets=[{"account_id": "999999999999", "region": "us-east-1"}])
    before = due.vault()
    ran = due(*command)
    assert ran.code == 2
    assert "STS says this is account 123456789012, the target is 999999999999" in ran.words
    assert (due.calls(), due.vault()) == (["GetCallerIdentity"], before)


@pytest.mark.parametrize("command", [["sweep"], ["apply", "0123456789ab"]], ids=" ".join)
def test_a_directory_is_no_archive_for_a_real_account(due: User, command: list[str]) -> None:
    """It is refused before any call is made: tests could not reach AWS."""
    due.settles(aws=None)
    before = due.vault()
    ran = due(*command)
    assert (ran.code, ran.out) == (2, "")
    assert "is a directory, and https://api.sagemaker.us-east-1.amazonaws.com is AWS" in ran.words
    assert "Use an s3:// vault, or set vault.directory_is_durable" in ran.words
    assert (due.calls(), due.vault()) == ([], before)


def test_an_unknown_target_is_told_with_those_there_are(user: User) -> None:
    ran = user("plan", "--target", "mars")
    assert ran.code == 2
    assert "there is no target called 'mars' in the settings do: They name lab." in ran.words


def test_a_report_of_several_targets_asks_which(user: User) -> None:
    two = [{"account_id": "123456789012", "region": each} for each in ("us-east-1", "eu-west-1")]
    user.settles(targets=two)
    ran = user("report")
    assert ran.code == 2
    assert "--target: 123456789012/us-east-1, 123456789012/eu-west-1." in ran.words
