"""No test reaches a real account: everybody's credentials are fake, and sockets know loopback only.

A guard, not a fake: what it refuses, no test may want.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import nullcontext
from ipaddress import ip_address
from typing import Any

import pytest
from tests.following import import_what_is_measured, is_followed, unfollowed

NOBODY = {
    "AWS_ACCESS_KEY_ID": "AKIANOBODY",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long", action="store_true", help="The whole harness of tests/faults, not its short form."
    )


@pytest.hookimpl(trylast=True)  # pytest-cov has begun by then
def pytest_sessionstart() -> None:
    import_what_is_measured()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    with unfollowed():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Let coverage follow those tests that are to take branches."""
    test = item.path.relative_to(item.config.rootpath)
    with nullcontext() if is_followed(test) else unfollowed():
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def nobody() -> Iterator[None]:
    """Forget who runs the tests: profiles, sessions, roles, endpoints."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):  # noqa: TID251 - whatever the caller's AWS settings are
            if name.startswith("AWS_"):
                patch.delenv(name)
        for name, value in NOBODY.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session", autouse=True)
def loopback_only() -> Iterator[None]:
    """Refuse to connect a socket of this process to any other machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        refuse_outside(address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        refuse_outside(address)
        return connect_ex(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        patch.setattr(socket.socket, "connect_ex", guarded_ex)
        yield


def refuse_outside(address: Any) -> None:
    """Raise ConnectionRefusedError for an address of another machine; a path is of this one."""
    if not isinstance(address, tuple) or address[0] == "localhost":
        return
    try:
        inside = ip_address(address[0].partition("%")[0]).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise ConnectionRefusedError(f"tests speak to loopback only, not to {address[0]}")
