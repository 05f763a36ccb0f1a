"""Only a plain address, of a domain that settings name, is ever written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.core.addresses import address_of, is_address

LONG = ".".join(["d" * 47] * 4)
"""A domain of 191 characters."""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ada@example.com", True),
        ("ada.b_c+x-1@mail.example.com", True),
        ("a" * 64 + "@example.com", True),
        ("a" * 65 + "@example.com", False),
        (f"{'a' * 62}@{LONG}", True),
        (f"{'a' * 63}@{LONG}", False),
        ("", False),
        ("ada", False),
        ("ada@example", False),
        ("ada@example.com,bob@example.com", False),
        ("Ada <ada@example.com>", False),
        ("ada@example.com\nBcc: bob@example.com", False),
        ("ada..b@example.com", False),
        (".ada@example.com", False),
    ],
)
def test_what_is_an_address(text: str, *, is_one: bool) -> None:
    """One plain address and nothing else: 64 characters before the @, 254 in all."""
    assert is_address(text) is is_one


@pytest.mark.parametrize(
    ("owner", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada@EXAMPLE.com", "Ada@EXAMPLE.com"),
        ("ada@sub.example.com", None),
        ("ada@example.org", None),
        ("ada", None),
        ("example.com", None),
        ("ada@evil.org@example.com", None),
    ],
)
def test_only_a_domain_that_is_named_is_written_to(owner: str, address: str | None) -> None:
    """In any case of letters, and not what lies below it."""
    assert address_of(owner, ["Example.com"]) == address


def test_without_domains_nobody_is_written_to() -> None:
    assert address_of("ada@example.com", ()) is None


@given(st.text())
def test_whatever_an_owner_is_called_one_address_comes_of_it_or_none(owner: str) -> None:
    found = address_of(f"{owner}@example.com", ["example.com"])
    assert found is None or (found.count("@") == 1 and not set(found) & set(',;<>\r\n\t "'))
