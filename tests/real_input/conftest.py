"""One sandbox in a process of its own; each client's user works in an account of his own there.

Each login happens once, and many tests look at what it left.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import pytest
from tests.real_input.command_line import CommandLine, log_by_hand
from tests.real_input.governing import Season, govern
from tests.real_input.legacy_trials import log_trials
from tests.real_input.logged import Logged
from tests.real_input.reading_back import read_back
from tests.real_input.sdk_runs import log_forests
from tests.real_input.users import NewUser, User

from sagewarden.core.archive import ArchiveRecord
from sagewarden.sandbox import AdminClient


@contextmanager
def a_sandbox(*arguments: str) -> Iterator[str]:
    """Serve a sandbox from another process while the block lasts; yields its URL."""
    command = [sys.executable, "-m", "sagewarden.sandbox", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            yield json.loads(served.stdout.readline())["url"]
        finally:
            served.terminate()


@pytest.fixture(scope="session")
def sandbox_url() -> Iterator[str]:
    with a_sandbox() as url:
        yield url


@pytest.fixture(scope="session")
def admin(sandbox_url: str) -> AdminClient:
    return AdminClient(sandbox_url)


@pytest.fixture(scope="session")
def new_user(sandbox_url: str, tmp_path_factory: pytest.TempPathFactory) -> NewUser:
    def make(account: str) -> User:
        user = User(sandbox_url, account, tmp_path_factory.mktemp(f"home-{account}"))
        user.make_bucket()
        return user

    return make


@pytest.fixture(scope="session")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import the SDK where it finds no settings, and undo what it does to tracebacks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("nobody")))
        patch.setenv("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
        patch.setattr(sys, "excepthook", sys.excepthook)
        import_module("sagemaker.experiments")


@pytest.fixture(scope="session")
def sdk_user(new_user: NewUser) -> User:
    return new_user("111111111111")


@pytest.fixture(scope="session")
def forests(
    sdk_user: User,
    sdk: None,  # noqa: ARG001 - imported with care
    tmp_path_factory: pytest.TempPathFactory,
) -> Logged:
    """What the SDK's user logged."""
    return log_forests(sdk_user, tmp_path_factory.mktemp("forests"))


@pytest.fixture(scope="session")
def forest_records(sdk_user: User, forests: Logged) -> list[ArchiveRecord]:  # noqa: ARG001
    """What the SDK's user finds after having logged in."""
    return read_back(sdk_user)


@pytest.fixture(scope="session")
def legacy_user(new_user: NewUser) -> User:
    return new_user("222222222222")


@pytest.fixture(scope="session")
def trials(legacy_user: User, tmp_path_factory: pytest.TempPathFactory) -> Logged:
    """What the legacy package's user logged."""
    return log_trials(legacy_user, tmp_path_factory.mktemp("trials"))


@pytest.fixture(scope="session")
def trial_records(legacy_user: User, trials: Logged) -> list[ArchiveRecord]:  # noqa: ARG001
    """What the legacy package's user finds after having logged in."""
    return read_back(legacy_user)


@pytest.fixture(scope="session")
def terminal_user(new_user: NewUser) -> User:
    return new_user("333333333333")


@pytest.fixture(scope="session")
def by_hand(terminal_user: User) -> Logged:
    """What the command line's user logged."""
    return log_by_hand(terminal_user)


@pytest.fixture(scope="session")
def aws(terminal_user: User, by_hand: Logged) -> CommandLine:  # noqa: ARG001 - logs in first
    """The command line in an account that has something in it."""
    return CommandLine(terminal_user)


@pytest.fixture(scope="session")
def season(
    new_user: NewUser,
    sdk: None,  # noqa: ARG001 - imported with care
    admin: AdminClient,
    tmp_path_factory: pytest.TempPathFactory,
) -> Season:
    """Three accounts that real clients logged into, and what came of them by three sweeps."""
    return govern(new_user, admin, tmp_path_factory.mktemp("season"))
