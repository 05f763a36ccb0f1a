"""What the vault in memory gives to tests: a place to fail before and after each operation."""

import pytest

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.errors import VaultAbsent, VaultError


class Outage(Exception):  # noqa: N818
    """Raised by the hooks below."""


def fail(operation: str, key: str) -> None:
    raise Outage(operation, key)


def test_hooks_see_every_operation() -> None:
    """Both hooks are told each operation and its key, in their order."""
    seen: list[tuple[str, ...]] = []
    vault = MemoryVault(
        before=lambda *told: seen.append(("before", *told)),
        after=lambda *told: seen.append(("after", *told)),
    )

    version = vault.create("k", b"")
    vault.replace("k", b"", version)
    vault.get("k")
    vault.list("v1/")

    assert seen == [
        (when, operation, key)
        for operation, key in [("create", "k"), ("replace", "k"), ("get", "k"), ("list", "v1/")]
        for when in ("before", "after")
    ]


def test_a_failure_before_leaves_nothing() -> None:
    """What the first hook raises stands for a request that never arrived."""
    vault = MemoryVault(before=fail)

    with pytest.raises(Outage):
        vault.create("k", b"")

    assert dict(vault.objects) == {}


def test_a_failure_after_leaves_the_object() -> None:
    """What the second hook raises stands for an answer that got lost."""
    vault = MemoryVault(after=fail)

    with pytest.raises(Outage):
        vault.create("k", b"body")

    assert dict(vault.objects) == {"k": b"body"}


def test_malformed_keys_do_not_reach_the_hooks() -> None:
    """A key is checked before anything else."""
    vault = MemoryVault(before=fail)

    with pytest.raises(VaultError):
        vault.get("../k")


def test_hooks_can_change_on_the_way() -> None:
    """A test may arm a hook after it has set the scene."""
    vault = MemoryVault()
    vault.create("k", b"")
    vault.before = fail

    with pytest.raises(Outage):
        vault.get("k")


def test_objects_in_order() -> None:
    """A look at all objects is sorted, and passes no hook."""
    vault = MemoryVault()
    vault.create("b", b"2")
    vault.create("a", b"1")
    vault.before = fail

    assert list(vault.objects.items()) == [("a", b"1"), ("b", b"2")]


def test_two_vaults_share_nothing() -> None:
    """Each vault in memory is its own."""
    MemoryVault().create("k", b"")

    with pytest.raises(VaultAbsent):
        MemoryVault().get("k")
