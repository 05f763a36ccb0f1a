"""Settings come from a file, the environment, a secrets directory and the command line."""

from datetime import timedelta
from pathlib import Path

import pytest

from sagewarden.bootstrap import lowered
from sagewarden.bootstrap.channels import channels_of
from sagewarden.errors import SettingsError
from sagewarden.settings import load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> Path:
    path = Path("sagewarden.yaml")
    path.write_text(text)
    return path


def test_nothing_that_acts_has_a_default() -> None:
    """A clone of the repository never deletes by accident."""
    settings = load_settings().settings
    assert (settings.targets, settings.policies, settings.vault) == ((), None, None)


def test_the_file_in_the_working_directory_is_read() -> None:
    """Without --config, ./sagewarden.yaml counts."""
    write("limits: {min_grace: 30d}\n")
    assert load_settings().settings.limits.min_grace == timedelta(days=30)


def test_a_named_file_is_read_instead() -> None:
    """--config replaces ./sagewarden.yaml."""
    write("limits: {min_grace: 30d}\n")
    Path("other.yaml").write_text("limits: {matches: 5}\n")
    settings = load_settings(Path("other.yaml")).settings
    assert (settings.limits.matches, settings.limits.min_grace) == (5, timedelta(days=7))


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """SAGEWARDEN_ names with __ for nesting."""
    write("limits: {matches: 3, min_grace: 30d}\n")
    monkeypatch.setenv("SAGEWARDEN_LIMITS__MATCHES", "4")
    limits = load_settings().settings.limits
    assert (limits.matches, limits.min_grace) == (4, timedelta(days=30))


def test_a_secret_wins_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One file a setting, as containers mount them."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "sagewarden_policies").write_text("from-secret")
    monkeypatch.setenv("SAGEWARDEN_POLICIES", "from-environment")
    settings = load_settings(secrets=tmp_path / "secrets").settings
    assert settings.policies == Path("from-secret")


def test_the_command_line_wins_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was typed is what was meant."""
    monkeypatch.setenv("SAGEWARDEN_POLICIES", "from-environment")
    assert load_settings(given={"policies": "typed"}).settings.policies == Path("typed")


def test_every_value_tells_its_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """`config show` can say where a value came from."""
    write("limits: {min_grace: 30d}\n")
    monkeypatch.setenv("SAGEWARDEN_LIMITS__MATCHES", "4")
    rows = {name: (value, origin) for name, value, origin in load_settings().rows()}
    assert rows["limits.min_grace"] == ("30d", "sagewarden.yaml")
    assert rows["limits.matches"] == (4, "SAGEWARDEN_LIMITS__MATCHES")
    assert rows["run.lanes"] == (8, "default")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("limitz: {}\n", "limitz"),
        ("limits: {matchez: 2}\n", "limits.matchez"),
        ("limits: {matches: 0}\n", "limits.matches"),
        ("limits: {min_grace: 7}\n", "limits.min_grace"),
        ("limits: {min_grace: 7m}\n", "limits.min_grace"),
        ("limits: {automatic: {share: 10}}\n", "limits.automatic.share"),
        ("limits: {automatic: {share: 101%}}\n", "limits.automatic.share"),
        ("run: {lanes: 11}\n", "run.lanes"),
        ("targets: [{account_id: 123456789012, region: eu-west-1}]\n", "targets.0.account_id"),
        ('targets: [{account_id: "1234", region: eu-west-1}]\n', "targets.0.account_id"),
        ('targets: [{account_id: "123456789012", region: Ireland}]\n', "targets.0.region"),
        ("vault: {}\n", "vault.address"),
    ],
)
def test_a_wrong_setting_is_named(text: str, name: str) -> None:
    """The message has the setting's full name and the file."""
    write(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert f"  {name} (sagewarden.yaml)" in caught.value.message


@pytest.mark.parametrize(
    "text", ["limits: [\n", "a: 1\na: 2\n", "- 1\n", "", "run: {lanes: 010}\n"]
)
def test_a_file_that_is_no_strict_yaml_mapping_is_refused(text: str) -> None:
    """The same strictness as for policies."""
    write(text)
    with pytest.raises(SettingsError):
        load_settings()


def test_a_missing_named_file_is_an_error() -> None:
    """A typo in --config does not fall back to defaults."""
    with pytest.raises(SettingsError):
        load_settings(Path("missing.yaml"))


def test_the_defaults_lower_nothing() -> None:
    """A report without lowered safety says nothing of it."""
    assert lowered(load_settings().settings) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("limits: {min_grace: 1d}\n", "limits.min_grace is lowered to 1d (default 7d)"),
        ("limits: {matches: 1}\n", "limits.matches is lowered to 1 (default 2)"),
        (
            "limits: {restored_rest: 1d}\n",
            "limits.restored_rest is lowered to 1d (default 30d)",
        ),
        ("limits: {match_interval: 1s}\n", "limits.match_interval is lowered to 1s (default 1h)"),
        (
            "limits: {automatic: {share: 20%}}\n",
            "limits.automatic.share is raised to 20% (default 10%)",
        ),
        (
            "limits: {automatic: {components: 2000}}\n",
            "limits.automatic.components is raised to 2000 (default 1000)",
        ),
        (
            "limits: {automatic: {components: null}}\n",
            "limits.automatic.components is raised to no limit (default 1000)",
        ),
        ("limits: {hard: {share: 60%}}\n", "limits.hard.share is raised to 60% (default 50%)"),
    ],
)
def test_a_lowered_safety_is_told(text: str, told: str) -> None:
    """Every report repeats what is weaker than its default."""
    write(text)
    assert lowered(load_settings().settings) == [told]


HOOK = "{url: 'https://hooks.example.com/T0K3N', secret: 'a secret of ours'}"


def test_neither_the_secret_nor_the_path_of_a_webhook_is_shown() -> None:
    """The path of such an address is often as good as a password."""
    write(f"notice: {{webhook: {HOOK}}}\n")
    shown = {name: value for name, value, _ in load_settings().rows()}
    assert shown["notice.webhook.url"] == "https://hooks.example.com/..."
    assert shown["notice.webhook.secret"] == "**********"


def test_a_secret_of_a_webhook_comes_from_the_secrets_directory(tmp_path: Path) -> None:
    write("notice: {webhook: {url: 'https://hooks.example.com/'}}\n")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "SAGEWARDEN_NOTICE__WEBHOOK__SECRET").write_text("a secret of ours")
    hook = load_settings(secrets=tmp_path / "secrets").settings.notice.webhook
    assert hook is not None
    assert hook.secret is not None
    assert hook.secret.get_secret_value() == "a secret of ours"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://hooks.example.com/", "the url must begin with https://"),
        ("ftp://hooks.example.com/", "must be a URL that begins with https://"),
        ("https://ana:pass@hooks.example.com/", "without a user, password"),
        ("https:///path", "must be a URL with a host"),
        ("https://hooks.example.com/#part", "without a user, password or #fragment"),
        ("https://hooks.example.com:99999/", "Port out of range"),
        ("https://hooks.example.com/a b", "without blanks"),
    ],
)
def test_an_address_that_no_notice_may_go_to_is_refused(url: str, told: str) -> None:
    write(f"notice: {{webhook: {{url: '{url}', secret: 'a secret of ours'}}}}\n")
    with pytest.raises(SettingsError, match=told) as refused:
        load_settings()
    assert "a secret of ours" not in str(refused.value)


def test_http_is_for_this_machine_only_and_only_when_it_is_meant() -> None:
    for host, allowed, fine in [
        ("localhost", "true", True),
        ("localhost", "false", False),
        ("localhost.example.com", "true", False),
    ]:
        write(
            f"notice: {{webhook: {{url: 'http://{host}/', secret: 'a secret of ours', "
            f"allow_http: {allowed}}}}}\n"
        )
        assert _loads() is fine


def _loads() -> bool:
    try:
        load_settings()
    except SettingsError:
        return False
    return True


def test_a_short_secret_is_refused_and_not_repeated() -> None:
    write("notice: {webhook: {url: 'https://hooks.example.com/', secret: 'opensesame'}}\n")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "notice.webhook.secret" in str(refused.value)
    assert "opensesame" not in str(refused.value)


TOPIC = "arn:aws:sns:eu-west-1:111122223333:owners"


@pytest.mark.parametrize(
    ("notice", "told"),
    [
        ("webhook: {url: 'https://hooks.example.com/'}", "secret is required"),
        ("topic: {arn: owners}", "notice.topic.arn"),
        ("email: {region: eu-west-1, sender: w@example.com}", "domains or operator is required"),
        (
            "email: {region: eu-west-1, sender: w@example.com, domains: ['*.example.com']}",
            "must be a domain's name",
        ),
        (
            "email: {region: eu-west-1, sender: 'W <w@example.com>', operator: o@example.com}",
            "must be one plain e-mail address",
        ),
        (
            'email: {region: eu-west-1, sender: w@example.com, operator: "o@example.com\\nBcc: e"}',
            "must be one plain e-mail address",
        ),
    ],
)
def test_a_channel_that_could_reach_nobody_is_refused(notice: str, told: str) -> None:
    write(f"notice: {{{notice}}}\n")
    with pytest.raises(SettingsError, match=told):
        load_settings()


def test_every_channel_has_a_name_of_its_own() -> None:
    """By it the vault notes who took a notice."""
    hook = "{url: 'https://hooks.example.com/', format: slack}"
    email = "{region: eu-west-1, sender: w@example.com, domains: [example.com], operator: o@e.org}"
    write(
        f"notice: {{file: told.jsonl, webhook: {hook}, operator: {hook}, "
        f"topic: {{arn: {TOPIC!r}}}, operator_topic: {{arn: {TOPIC!r}}}, email: {email}}}\n"
    )
    found = channels_of(load_settings().settings, lambda _: None)
    assert [each.name for each in found.usual] == ["log", "file", "webhook", "topic", "email"]
    assert [each.name for each in found.operator] == [
        "operator",
        "operator-topic",
        "operator-email",
    ]
