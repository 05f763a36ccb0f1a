"""A sandbox with an account to delete from, a vault in memory, and everything that restores."""

import threading
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from tests.restore.account import Account, make_bench, open_session

from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_box() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, running_box: Sandbox) -> None:
    """Credentials that only the sandbox believes, and no other endpoint by accident."""
    for name, value in running_box.environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def running_session(running_box: Sandbox) -> TargetSession:
    return open_session(running_box.account, running_box.region, running_box.url)


@pytest.fixture(scope="session")
def clients(running_box: Sandbox) -> Iterator[tuple[Any, Any]]:
    session = boto3.Session()
    made: list[Any] = [
        session.client(name, **running_box.client_config())
        for name in ("sagemaker", "sagemaker-metrics")
    ]
    yield made[0], made[1]
    for client in made:
        client.close()


@pytest.fixture
def account(
    running_box: Sandbox, running_session: TargetSession, clients: tuple[Any, Any]
) -> Account:
    """An empty account with an empty vault."""
    running_box.admin.reset(s3=False)
    running_box.admin.unfreeze()
    running_box.admin.set_offset(0.0)
    stop = threading.Event()
    bench, restoring = make_bench(running_session, MemoryVault(), stop)
    return Account(running_box, *clients, bench, restoring, stop)
