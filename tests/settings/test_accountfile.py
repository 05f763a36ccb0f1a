"""A file of accounts is read as strictly as policies are: every fault with its place."""

from pathlib import Path

import pytest

from sagewarden.adapters.policyfiles.accountfile import read_accounts
from sagewarden.core.accounts import Account
from sagewarden.core.permissions.operations import Stage
from sagewarden.errors import SettingsError

WHOLE = """\
version: 1
accounts:
  - account_id: "111122223333"
    name: ml-dev
    role_arn: arn:aws:iam::111122223333:role/sagewarden
    external_id: ours
    roles: {executor: sagewarden-delete}
    regions: [eu-west-1, us-east-1]
    tags: {env: dev}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "accounts.yaml"
    path.write_text(text, "utf-8")
    return path


def test_every_field_is_read(tmp_path: Path) -> None:
    expected = Account(
        id="111122223333",
        name="ml-dev",
        role="arn:aws:iam::111122223333:role/sagewarden",
        external_id="ours",
        roles={Stage.EXECUTOR: "sagewarden-delete"},
        regions=("eu-west-1", "us-east-1"),
        tags={"env": "dev"},
    )
    assert read_accounts(written(tmp_path, WHOLE)) == (expected,)


@pytest.mark.parametrize(
    ("before", "after", "where"),
    [
        ('"111122223333"', "111122223333", "accounts.yaml:3:17  accounts[0].account_id"),
        ('"111122223333"', '"1111"', "accounts.yaml:3:17  accounts[0].account_id"),
        ("name:", "nmae:", "accounts.yaml:4:5  accounts[0].nmae"),
        ("arn:aws:iam::", "arn:aws:sts::", "accounts.yaml:5:15  accounts[0].role_arn"),
        ("executor:", "deleter:", "accounts.yaml:7:13  accounts[0].roles.deleter"),
        ("sagewarden-delete", '"a b"', "accounts.yaml:7:23  accounts[0].roles.executor"),
        ("eu-west-1", "europe", "accounts.yaml:8:15  accounts[0].regions[0]"),
        ("us-east-1", "eu-west-1", "accounts.yaml:8:14  accounts[0].regions"),
        ("env: dev", "env: yes", "accounts.yaml:9:17  accounts[0].tags.env"),
        ("    regions: [eu-west-1, us-east-1]\n", "", "accounts.yaml:3:5  accounts[0].regions"),
        ("version: 1\n", "", "accounts.yaml:1:1  version"),
        ("version: 1", "version: 1\nversion: 1", "accounts.yaml:2:1  version"),
    ],
)
def test_a_fault_is_told_with_its_place(
    tmp_path: Path, before: str, after: str, where: str
) -> None:
    assert before in WHOLE
    with pytest.raises(SettingsError) as refused:
        read_accounts(written(tmp_path, WHOLE.replace(before, after, 1)))
    assert where in refused.value.message


def test_an_account_stands_once(tmp_path: Path) -> None:
    twice = WHOLE + WHOLE[WHOLE.index("  - ") :]
    with pytest.raises(SettingsError, match="the account 111122223333 again, after line 3"):
        read_accounts(written(tmp_path, twice))


@pytest.mark.parametrize("text", ["", "{}", "version: 1\naccounts: []\n", "[]", "\ufeffversion: 1"])
def test_a_file_that_names_nobody_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="refused"):
        read_accounts(written(tmp_path, text))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="there is no accounts file"):
        read_accounts(tmp_path / "none.yaml")
