"""From an address to a vault."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.adapters.vault.opening import open_vault
from sagewarden.adapters.vault.s3 import S3Vault
from sagewarden.errors import SettingsError, VaultError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


def test_memory() -> None:
    """`memory:` is a vault in memory, a new one each time."""
    assert isinstance(open_vault("memory:"), MemoryVault)


def test_directory(tmp_path: Path) -> None:
    """A path is a directory."""
    vault = open_vault(str(tmp_path / "vault"))

    assert isinstance(vault, DirectoryVault)
    assert vault.address == str(tmp_path / "vault")


def test_relative_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path is one from where the command runs, and is shown whole."""
    monkeypatch.chdir(tmp_path)

    assert open_vault("./vault").address == str(tmp_path / "vault")


def test_home_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the home directory."""
    monkeypatch.setenv("HOME", str(tmp_path))

    assert open_vault("~/vault").address == str(tmp_path / "vault")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("s3://evidence", "s3://evidence"),
        ("s3://evidence/", "s3://evidence"),
        ("s3://evidence/some/prefix", "s3://evidence/some/prefix"),
        ("s3://evidence/some/prefix/", "s3://evidence/some/prefix"),
    ],
)
def test_bucket(s3: "S3Client", address: str, shown: str) -> None:
    """An S3 address names a bucket and perhaps a prefix; a slash at its end changes nothing."""
    vault = open_vault(address, client=lambda: s3)

    assert isinstance(vault, S3Vault)
    assert vault.address == shown


def test_the_prefix_stays_out_of_the_keys(s3: "S3Client") -> None:
    """A vault below a prefix writes there only, and shows keys without it."""
    vault = open_vault("s3://evidence/some/prefix", client=lambda: s3)

    vault.create("v1/one", b"")

    assert [each["Key"] for each in s3.list_objects_v2(Bucket="evidence")["Contents"]] == [
        "some/prefix/v1/one"
    ]
    assert list(vault.list("")) == ["v1/one"]


def test_vaults_in_one_bucket_do_not_see_each_other(s3: "S3Client") -> None:
    """A prefix that begins like another one is another vault."""
    open_vault("s3://evidence/team", client=lambda: s3).create("v1/one", b"")

    assert list(open_vault("s3://evidence/te", client=lambda: s3).list("")) == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        " ",
        "a\0b",
        "memory://",
        "file:///tmp/vault",
        "s3:/bucket",
        "https://bucket.s3.amazonaws.com/prefix",
        "S3://bucket",
        "s3://",
        "s3:///prefix",
        "s3://Bucket/prefix",
        "s3://b/prefix",
        "s3://bucket//prefix",
        "s3://bucket/a//b",
        "s3://bucket/../other",
        "s3://bucket/prefix?versionId=1",
        "s3://bucket/" + "a/" * 63,
    ],
)
def test_what_is_no_address(s3: "S3Client", address: str) -> None:
    """A mistyped address is a wrong setting, and says what one looks like."""
    with pytest.raises(SettingsError) as caught:
        open_vault(address, client=lambda: s3)

    assert caught.value.advice


def test_a_bucket_without_a_client() -> None:
    """Whoever opens a bucket must bring the client."""
    with pytest.raises(SettingsError, match="needs an S3 client"):
        open_vault("s3://evidence")


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    """A directory that cannot be used is found out when it is opened."""
    with pytest.raises(VaultError):
        open_vault(str(tmp_path / "no" / "vault"))
