"""Targets come from a list, a file and an organization, and are chosen by name and tags."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.clients import client_of

from sagewarden.bootstrap import Asked, Found, find_targets
from sagewarden.errors import SettingsError
from sagewarden.sandbox import Fault, Sandbox
from sagewarden.settings import Settings, load_settings

ACCOUNTS = """\
version: 1
accounts:
  - account_id: "111122223333"
    name: dev
    roles: {reader: look, tagger: tag, archiver: keep, executor: delete}
    regions: [eu-west-1, us-east-1]
    tags: {env: dev, team: vision}
  - account_id: "444455556666"
    name: prod
    role_arn: arn:aws:iam::444455556666:role/one
    external_id: ours
    regions: [eu-west-1]
    tags: {env: prod}
"""


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("accounts.yaml").write_text(ACCOUNTS)


def given(**settings: Any) -> Settings:
    return load_settings(given=settings).settings


def places(found: Found) -> list[str]:
    return [each.place for each in found.targets]


def test_a_file_adds_a_target_for_each_account_and_region() -> None:
    listed = {"account_id": "777788889999", "region": "eu-west-1"}
    found = find_targets(given(targets=[listed], accounts="accounts.yaml"))
    assert places(found) == [
        "777788889999/eu-west-1",
        "111122223333/eu-west-1",
        "111122223333/us-east-1",
        "444455556666/eu-west-1",
    ]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (Asked("prod"), ["prod"]),
        (Asked("111122223333/us-east-1"), ["dev"]),
        (Asked(tags=("env=dev",)), ["dev", "dev"]),
        (Asked(tags=("team",)), ["dev", "dev"]),
        (Asked("444455556666", ("env=prod",)), ["prod"]),
    ],
)
def test_targets_are_chosen_by_name_and_tags(asked: Asked, names: list[str]) -> None:
    found = find_targets(given(accounts="accounts.yaml"), asked)
    assert [each.name for each in found.targets] == names


@pytest.mark.parametrize(
    "asked", [Asked("nope"), Asked(tags=("env=dev", "env=prod")), Asked(tags=("no",))]
)
def test_what_chooses_nothing_is_an_error(asked: Asked) -> None:
    """Never all targets for want of one."""
    with pytest.raises(SettingsError, match="there is no target"):
        find_targets(given(accounts="accounts.yaml"), asked)


def test_a_target_that_is_named_twice_is_refused() -> None:
    listed = {"account_id": "111122223333", "region": "eu-west-1"}
    with pytest.raises(SettingsError, match="111122223333/eu-west-1 is named twice"):
        find_targets(given(targets=[listed], accounts="accounts.yaml"))


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("role_arn", "sagewarden", "must be a role's ARN"),
        ("roles", {"executor": "a b"}, "must be a role's ARN, or the name"),
        ("roles", {"deleter": "x"}, "there is no such setting"),
    ],
)
def test_a_role_that_is_none_is_refused(key: str, value: Any, told: str) -> None:
    target = {"account_id": "111122223333", "region": "eu-west-1", key: value}
    with pytest.raises(SettingsError, match=told):
        given(targets=[target])


def test_an_organization_without_any_role_is_refused() -> None:
    """Own credentials lead into no other account."""
    with pytest.raises(SettingsError, match="role_name"):
        given(organization={"regions": ["eu-west-1"], "roles": {"reader": "look"}})


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("exclude", ["12345678901"], "or an account's 12 digits"),
        ("exclude", ["prod"], "or an account's 12 digits"),
        ("units", ["123456789012"], r"must be a root \(r-"),
        ("regions", ["europe"], "must be regions' names"),
        ("regions", [], "at least 1"),
    ],
)
def test_a_word_of_an_organization_that_means_nothing_is_refused(
    key: str, value: list[str], told: str
) -> None:
    """Who is to be left out must not come in by a slip of the pen."""
    usual = {"role_name": "warden", "regions": ["eu-west-1"]}
    with pytest.raises(SettingsError, match=told):
        given(organization=usual | {key: value})


# --- an organization --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running_box() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture
def company(running_box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """Settings with an organization of two more accounts than the managing one."""
    running_box.admin.reset()
    for name, value in running_box.environment().items():
        monkeypatch.setenv(name, value)
    client = client_of("organizations", **running_box.client_config())
    client.create_organization(FeatureSet="ALL")
    made = [
        client.create_account(AccountName=name, Email=f"{name}@example.com")
        for name in ("alpha", "beta")
    ]
    numbers = [each["CreateAccountStatus"]["AccountId"] for each in made]
    yield {
        "organization": {
            "role_name": "sagewarden",
            "external_id": "ours",
            "regions": ["eu-west-1"],
            "exclude": [running_box.account],
            "tags": {"from": "organization"},
        },
        "numbers": numbers,
    }
    for number in numbers:
        client.remove_account_from_organization(AccountId=number)
    client.delete_organization()


def test_each_account_of_an_organization_is_a_target(company: dict[str, Any]) -> None:
    numbers = company.pop("numbers")
    found = find_targets(given(**company))
    assert [(each.name, each.role_arn, each.external_id) for each in found.targets] == [
        (name, f"arn:aws:iam::{number}:role/sagewarden", "ours")
        for number, name in sorted(zip(numbers, ("alpha", "beta"), strict=True))
    ]
    assert found.exit_code == 0


def test_what_stands_in_the_file_is_as_it_stands_there(company: dict[str, Any]) -> None:
    first, _ = company.pop("numbers")
    listed = {"account_id": first, "region": "eu-west-1", "name": "mine"}
    found = find_targets(given(targets=[listed], **company))
    assert [each.name for each in found.targets if each.account_id == first] == ["mine"]


def test_an_organization_that_cannot_be_read_ends_as_a_failed_read(
    company: dict[str, Any], running_box: Sandbox
) -> None:
    """What the settings name is worked on, and no account that nobody read."""
    company.pop("numbers")
    running_box.admin.add_fault(Fault(action="deny", operation="ListAccounts", times=None))
    found = find_targets(given(accounts="accounts.yaml", **company))
    assert (len(found.targets), found.exit_code) == (3, 3)
    assert find_targets(given(**company)).targets == ()


def test_who_is_named_in_the_file_is_found_without_the_organization(
    company: dict[str, Any], running_box: Sandbox
) -> None:
    company.pop("numbers")
    running_box.admin.clear_calls()
    find_targets(given(accounts="accounts.yaml", **company), Asked("prod"))
    assert running_box.admin.calls() == []


def test_when_nobody_can_tell_whom_to_leave_out_the_rest_goes_on(company: dict[str, Any]) -> None:
    """What the settings name themselves was never in doubt."""
    company.pop("numbers")
    company["organization"]["exclude"] = ["ou-none-12345678"]
    found = find_targets(given(accounts="accounts.yaml", **company))
    assert (len(found.targets), found.exit_code) == (3, 3)
