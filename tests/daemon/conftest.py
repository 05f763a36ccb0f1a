"""A daemon in a process of its own, on a sandbox with one old tree and one live one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.user import POLICIES, User
from tests.daemon.watched import Watched, watched

from sagewarden.sandbox import Sandbox


@pytest.fixture(scope="session")
def running_box() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture
def user(running_box: Sandbox, tmp_path: Path) -> User:
    """Somebody with settings and a policy, whose first sweep marks one tree."""
    box = running_box
    box.admin.reset()
    box.admin.set_offset(0.0)
    user = User(tmp_path, box)
    with user.ago(days=60):
        user.grows("old-one", "one-a", "one-b")
        user.grows("live", "live-a")
    box.admin.clear_calls()
    serves(user)
    user.governs(POLICIES)
    return user


def serves(user: User, **changes: object) -> None:
    """Write settings for a daemon at any free port, whose grid never comes while a test lasts."""
    user.settles(**({"web": {"port": 0}, "schedule": {"sweep": {"every": "30d"}}} | changes))


@pytest.fixture
def daemon(user: User) -> Iterator[Watched]:
    """Their daemon, once it has begun."""
    with watched(user) as daemon:
        yield daemon
