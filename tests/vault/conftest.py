"""The vaults that every statement about the port is checked on."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from boto3.session import Session
from botocore.config import Config
from moto import mock_aws
from tests.vault.pages import short_pages

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.adapters.vault.marked import MarkedVault
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.adapters.vault.s3 import S3Vault
from sagewarden.application.ports.vault import Vault
from sagewarden.sandbox import Sandbox

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


PAGE = 7
"""How many S3 gives a page here."""


@pytest.fixture(scope="session")
def session() -> Session:
    """Credentials of nobody, so that no test can reach an account."""
    return Session("AKIAEXAMPLE", "secret", region_name="eu-west-1")


@pytest.fixture
def s3(session: Session) -> Iterator["S3Client"]:
    """A client of a fake S3 with the bucket `evidence`; it never tries twice by itself."""
    with mock_aws():
        client = session.client("s3", config=Config(retries={"total_max_attempts": 1}))
        client.create_bucket(
            Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield client


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The fake AWS on a port of its own."""
    with Sandbox().running() as running:
        yield running


@pytest.fixture
def bucket(sandbox: Sandbox, session: Session) -> Iterator["S3Client"]:
    """A client of the sandbox, where `evidence` is a new bucket that keeps versions.

    Its pages are short, so that a few keys are more than one.
    """
    sandbox.admin.reset()
    client = session.client("s3", **sandbox.client_config())
    short_pages(client, PAGE)
    client.create_bucket(
        Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    client.put_bucket_versioning(Bucket="evidence", VersioningConfiguration={"Status": "Enabled"})
    yield client
    client.close()


@pytest.fixture(params=["memory", "directory", "s3", "marked"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    """Each implementation of the port in turn, empty."""
    if request.param == "memory":
        return MemoryVault()
    if request.param == "marked":
        return MarkedVault(MemoryVault())
    if request.param == "directory":
        return DirectoryVault(tmp_path / "vault")
    return S3Vault(request.getfixturevalue("bucket"), "evidence", "some/prefix")
