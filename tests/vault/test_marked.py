"""The marker of a vault's format: an older program stops before anything else."""

import json

import pytest

from sagewarden.adapters.vault.marked import VAULT_FORMAT, MarkedVault
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.core.keys import format_key
from sagewarden.errors import IntegrityError, VaultError, VaultTooNew

KEY = "v1/a/b/plans/c"


@pytest.fixture
def inner() -> MemoryVault:
    return MemoryVault()


@pytest.fixture
def newer(inner: MemoryVault) -> MemoryVault:
    """A vault that a newer program has written to."""
    MarkedVault(inner, VAULT_FORMAT + 1).create(KEY, b"new")
    return inner


def told(inner: MemoryVault) -> int:
    return int(json.loads(inner.objects[format_key()])["format"])


def test_the_first_write_sets_the_marker(inner: MemoryVault) -> None:
    MarkedVault(inner).create(KEY, b"x")
    assert told(inner) == VAULT_FORMAT


def test_reading_sets_no_marker(inner: MemoryVault) -> None:
    assert list(MarkedVault(inner).list("v1/")) == []
    assert inner.objects == {}


def test_an_older_program_refuses_each_operation_on_a_newer_vault(newer: MemoryVault) -> None:
    before = dict(newer.objects)
    vault = MarkedVault(newer)
    for act in (
        lambda: vault.get(KEY),
        lambda: vault.list("v1/"),
        lambda: vault.create(f"{KEY}d", b"x"),
        lambda: vault.replace(KEY, b"x", newer.get(KEY).version),
    ):
        with pytest.raises(VaultTooNew, match=f"has format {VAULT_FORMAT + 1}") as refused:
            act()
        assert refused.value.exit_code == 2
    assert newer.objects == before


def test_a_newer_program_reads_what_an_older_one_left(inner: MemoryVault) -> None:
    MarkedVault(inner).create(KEY, b"old")
    assert MarkedVault(inner, VAULT_FORMAT + 1).get(KEY).body == b"old"
    assert told(inner) == VAULT_FORMAT


def test_a_newer_programs_first_write_raises_the_marker(inner: MemoryVault) -> None:
    MarkedVault(inner).create(KEY, b"old")
    MarkedVault(inner, VAULT_FORMAT + 1).create(f"{KEY}d", b"new")
    assert told(inner) == VAULT_FORMAT + 1


def test_a_vault_from_before_there_were_markers_goes_on(inner: MemoryVault) -> None:
    inner.create(KEY, b"old")
    vault = MarkedVault(inner)
    assert vault.get(KEY).body == b"old"
    vault.create(f"{KEY}d", b"x")
    assert told(inner) == VAULT_FORMAT


def test_two_programs_may_both_be_the_first(inner: MemoryVault) -> None:
    first, second = MarkedVault(inner), MarkedVault(inner)
    assert [list(each.list("v1/")) for each in (first, second)] == [[], []]
    first.create(KEY, b"x")
    second.create(f"{KEY}d", b"x")
    assert told(inner) == VAULT_FORMAT


def test_a_newer_program_that_came_between_stops_an_older_ones_first_write(
    inner: MemoryVault,
) -> None:
    older = MarkedVault(inner)
    assert list(older.list("v1/")) == []
    MarkedVault(inner, VAULT_FORMAT + 1).create(KEY, b"new")
    with pytest.raises(VaultTooNew):
        older.create(f"{KEY}d", b"x")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"format":"1"}', b'{"format":0}', b"\xff"])
def test_a_broken_marker_is_no_marker_of_ours(inner: MemoryVault, body: bytes) -> None:
    inner.create(format_key(), body)
    with pytest.raises(IntegrityError):
        MarkedVault(inner).get(KEY)


def test_a_marker_that_cannot_be_read_lets_nothing_be_read() -> None:
    def fail(_operation: str, key: str) -> None:
        if key == format_key():
            raise VaultError("no answer")

    with pytest.raises(VaultError, match="no answer"):
        MarkedVault(MemoryVault(before=fail)).create(KEY, b"x")
