"""Tests cannot reach a real account."""

import socket

import boto3
import pytest


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "example.com"])
def test_a_socket_to_another_machine_is_refused(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as attempt, pytest.raises(ConnectionRefusedError, match="loopback"):
        attempt.connect((address, 443))


def test_a_socket_that_asks_for_a_code_is_refused_too() -> None:
    with socket.socket() as attempt, pytest.raises(ConnectionRefusedError, match="loopback"):
        attempt.connect_ex(("192.0.2.1", 443))


def test_the_default_credentials_are_nobodys() -> None:
    found = boto3.Session().get_credentials()
    assert found is not None
    assert found.access_key == "AKIANOBODY"
