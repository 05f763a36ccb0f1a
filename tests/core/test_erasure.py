"""A tombstone says what was erased, and is read in one spelling only."""

from typing import Any

import pytest
from tests.core.worlds import through_json

from sagewarden.core.canonical import canonical
from sagewarden.core.erasure import ErasedObject, Tombstone

STONE = Tombstone(
    account="1",
    region="eu-west-1",
    erasure="e",
    at="2026-03-01T12:00:00.000Z",
    by="arn",
    reason="asked",
    objects=(ErasedObject(key="k", sha256="0", entities=2, kept=0),),
)


def stored(**changes: Any) -> dict[str, Any]:
    lost = {
        "key": "k",
        "sha256": "0",
        "successor": "",
        "successor_sha256": "",
        "entities": 2,
        "kept": 0,
    }
    told = {
        "account": "1",
        "region": "eu-west-1",
        "erasure": "e",
        "at": "2026-03-01T12:00:00.000Z",
        "by": "arn",
        "reason": "asked",
        "objects": [lost],
    }
    return {"format": 1, **told, **changes}


def test_a_tombstone_is_stored_as_the_format_says() -> None:
    assert STONE.body() == canonical(stored())


def test_a_tombstone_is_read_as_it_was_stored() -> None:
    assert Tombstone.read(through_json(stored()), STONE.body()) == STONE


def test_another_format_is_no_tombstone() -> None:
    with pytest.raises(ValueError, match="its format is not 1"):
        Tombstone.read(stored(format=2), canonical(stored(format=2)))


@pytest.mark.parametrize("change", [{"by": "another"}, {"objects": []}])
def test_another_spelling_is_no_tombstone(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not in the one spelling"):
        Tombstone.read(stored(**change), STONE.body())
