"""A user in a folder of their own, before an account that is as new for each test."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.user import POLICIES, User

from sagewarden.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_box() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture(scope="session")
def marked_vault(running_box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault whose marks are due, of the account that the sandbox keeps as `small`.

    Two of the account's trees match the policy, one does not.
    """
    first = User(tmp_path_factory.mktemp("first"), running_box)
    running_box.admin.reset()
    with first.ago(days=60):
        first.grows("old-one", "one-a")
        first.grows("old-two", "two-a")
        first.grows("live", "live-a")
    running_box.admin.snapshot("small")
    first.settles()
    first.governs(POLICIES)
    ran = first("sweep")
    assert ran.code == 0, ran
    threading.Event().wait(2.5)  # the grace period, and the seconds that AWS's clock tells
    return first.folder / "vault"


@pytest.fixture
def box(running_box: Sandbox, marked_vault: Path) -> Sandbox:  # noqa: ARG001 -- made before
    """A sandbox with the small account."""
    running_box.admin.reset()
    running_box.admin.set_offset(0.0)
    running_box.admin.restore("small")
    running_box.admin.clear_calls()
    return running_box


@pytest.fixture
def newcomer(box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody with credentials and nothing else: no settings, no policies, no vault."""
    monkeypatch.setenv("COLUMNS", "100")
    return User(tmp_path, box)


@pytest.fixture
def user(newcomer: User) -> User:
    """Somebody with settings and a policy."""
    newcomer.settles()
    newcomer.governs(POLICIES)
    return newcomer


@pytest.fixture
def due(user: User, marked_vault: Path) -> User:
    """Somebody whose next sweep deletes two trees."""
    shutil.copytree(marked_vault, user.folder / "vault")
    return user
