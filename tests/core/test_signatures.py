"""A signature is stored in one spelling, and read in no other."""

from typing import Any

import pytest
from tests.core.worlds import through_json

from sagewarden.core.canonical import canonical
from sagewarden.core.signatures import Signature

SIGNED = Signature(number=3, sha256="0" * 64, algorithm="ed25519", key="k", signature=b"\x00\xff?")


def stored() -> Any:
    return {
        "format": 1,
        "number": 3,
        "sha256": "0" * 64,
        "algorithm": "ed25519",
        "key": "k",
        "signature": "AP8/",
    }


def test_it_is_stored_as_the_format_says() -> None:
    assert SIGNED.body() == canonical(stored())


def test_it_is_read_as_it_was_stored() -> None:
    assert Signature.read(through_json(stored()), SIGNED.body()) == SIGNED


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format": 2}, "its format is not 1"),
        ({"signature": "AP8"}, "padding"),
        ({"signature": "AP8/!"}, "Only base64"),
        ({"number": 4}, "not in the one spelling"),
    ],
)
def test_anything_else_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Signature.read(stored() | change, SIGNED.body())
