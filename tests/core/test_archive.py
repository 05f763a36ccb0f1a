"""The only way to a verified archive."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.core.worlds import component, through_json

from sagewarden.core.archive import ArchiveHeader, ArchiveRecord, Receipt, VerifiedArchive
from sagewarden.core.canonical import canonical, digest, sha256
from sagewarden.errors import IntegrityError

RECORDS = [
    ArchiveRecord(
        identity=component(name).identity,
        arn=f"arn:{name}",
        fingerprint="f",
        described={"TrialComponentName": name},
        tags={"a": "b"},
        parents=("t",),
        source={"TrainingJob": {}},
        series=({"metric": "loss"},),
        unread=("nothing",),
    )
    for name in ("d", "c")
]
HEADER = ArchiveHeader(
    target="1/eu-west-1", run="r", plan="p", unit="u", written="now", counts={"trial-component": 2}
)


def lines() -> list[dict[str, Any]]:
    every = [HEADER.spelled(), *(each.spelled() for each in RECORDS)]
    return [through_json(each) for each in every]


def verified(some: list[Any]) -> VerifiedArchive:
    body = canonical(some)
    return VerifiedArchive("key", sha256(body), body, some)


def test_records_read_back_the_same() -> None:
    archive = verified(lines())
    assert [archive.record(each.identity) for each in RECORDS] == RECORDS


def test_an_archive_tells_what_it_holds() -> None:
    archive = verified(lines())
    assert archive.identities == tuple(sorted(each.identity for each in RECORDS))
    assert (archive.holds(RECORDS[0].identity), archive.holds(component("x").identity)) == (
        True,
        False,
    )


def test_what_it_does_not_hold_it_has_no_record_of() -> None:
    with pytest.raises(IntegrityError, match="archive key does not hold trial-component x"):
        verified(lines()).record(component("x").identity)


def test_other_bytes_than_were_written_prove_nothing() -> None:
    with pytest.raises(IntegrityError, match="another hash"):
        VerifiedArchive("key", "0" * 64, canonical(lines()), lines())


SPOILT: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "no lines": lambda some: some.clear(),
    "no header": lambda some: some.pop(0),
    "another format": lambda some: some[0].update(sagewarden_archive=2),
    "a line lost": lambda some: some.pop(),
    "a line twice": lambda some: some.__setitem__(2, some[1]),
    "a line more": lambda some: some.append(some[1]),
    "no counts": lambda some: some[0].pop("counts"),
    "counts that are none": lambda some: some[0].update(counts=2),
    "a field lost": lambda some: some[1].pop("arn"),
    "a kind unheard of": lambda some: some[1].update(kind="model"),
    "parents that are none": lambda some: some[1].update(parents=None),
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_archive_proves_nothing(
    change: Callable[[list[dict[str, Any]]], object],
) -> None:
    some = lines()
    change(some)
    with pytest.raises(IntegrityError):
        verified(some)


def test_a_receipt_notes_bytes_and_records() -> None:
    receipt = Receipt.of("key", b"body", RECORDS)
    assert (receipt.key, receipt.sha256) == ("key", sha256(b"body"))
    assert receipt.records == {each.identity: digest(each.spelled()) for each in RECORDS}


def test_a_receipt_is_told_by_its_key_and_hash() -> None:
    """What was sent may hold what nobody should see in a message."""
    receipt = Receipt.of("key", b"body", RECORDS)
    assert receipt == Receipt.of("key", b"body", [])
    assert "TrialComponentName" not in repr(receipt)
