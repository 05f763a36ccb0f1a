"""What every vault does, whatever it lies in."""

import pytest
from tests.vault.conftest import PAGE

from sagewarden.application.ports.vault import Vault
from sagewarden.errors import VaultAbsent, VaultChanged, VaultError, VaultExists


def test_reads_back_what_was_created(vault: Vault) -> None:
    """An object comes back with its bytes and the version that `create` returned."""
    version = vault.create("v1/a/one", b"\0body\xff")

    found = vault.get("v1/a/one")

    assert (b"\0body\xff", version) == (found.body, found.version)


def test_empty_object(vault: Vault) -> None:
    """An object may be empty; that is not an absence."""
    vault.create("v1/empty", b"")

    assert vault.get("v1/empty").body == b""


def test_large_object(vault: Vault) -> None:
    """Several megabytes come back as they went."""
    body = bytes(range(256)) * 20_000

    vault.create("v1/large", body)

    assert vault.get("v1/large").body == body


def test_create_refuses_a_taken_key(vault: Vault) -> None:
    """A second create raises VaultExists and leaves the first object alone."""
    vault.create("v1/one", b"first")

    with pytest.raises(VaultExists):
        vault.create("v1/one", b"second")

    assert vault.get("v1/one").body == b"first"


def test_create_refuses_the_same_bytes_too(vault: Vault) -> None:
    """Equal content does not make a taken key free."""
    vault.create("v1/one", b"same")

    with pytest.raises(VaultExists):
        vault.create("v1/one", b"same")


def test_get_of_nothing(vault: Vault) -> None:
    """An object that was never written is absent."""
    with pytest.raises(VaultAbsent):
        vault.get("v1/none")


def test_get_of_a_folder(vault: Vault) -> None:
    """The start of a key is not an object."""
    vault.create("v1/a/one", b"")

    with pytest.raises(VaultAbsent):
        vault.get("v1/a")


def test_replace_of_what_was_read(vault: Vault) -> None:
    """Replacing the version that was read writes the new bytes under a new version."""
    before = vault.create("v1/lease/current", b"one")

    after = vault.replace("v1/lease/current", b"two", before)

    found = vault.get("v1/lease/current")
    assert (b"two", after) == (found.body, found.version)
    assert before != after


def test_replace_of_what_changed(vault: Vault) -> None:
    """Replacing a version that is no longer there raises VaultChanged and writes nothing."""
    before = vault.create("v1/lease/current", b"one")
    vault.replace("v1/lease/current", b"two", before)

    with pytest.raises(VaultChanged):
        vault.replace("v1/lease/current", b"three", before)

    assert vault.get("v1/lease/current").body == b"two"


def test_replace_of_nothing(vault: Vault) -> None:
    """Replacing an object that is not there raises VaultAbsent."""
    elsewhere = vault.create("v1/one", b"one")

    with pytest.raises(VaultAbsent):
        vault.replace("v1/none", b"two", elsewhere)


def test_replace_without_a_version(vault: Vault) -> None:
    """An empty version matches nothing: it is no way around the condition."""
    vault.create("v1/one", b"one")

    with pytest.raises(VaultChanged):
        vault.replace("v1/one", b"two", "")


def test_there_and_back_is_a_change(vault: Vault) -> None:
    """The same bytes written again are another version: A, B, A is not A unchanged."""
    first = vault.create("v1/one", b"A")
    second = vault.replace("v1/one", b"B", first)
    third = vault.replace("v1/one", b"A", second)

    with pytest.raises(VaultChanged):
        vault.replace("v1/one", b"C", first)

    assert len({first, second, third}) == 3


def test_rewriting_the_same_bytes_is_a_change(vault: Vault) -> None:
    """Each write has a version of its own."""
    first = vault.create("v1/one", b"A")

    assert first != vault.replace("v1/one", b"A", first)


def test_lists_in_ascending_order_of_whole_keys(vault: Vault) -> None:
    """Keys come in the order of their bytes, where `-` and `.` stand before `/`."""
    keys = ["v1/a-b", "v1/a.b", "v1/a/b", "v1/a/c/d", "v1/a0", "v1/aB", "v1/aa", "v2/a"]
    for key in reversed(keys):
        vault.create(key, b"")

    assert list(vault.list("")) == keys


def test_lists_by_any_prefix(vault: Vault) -> None:
    """A prefix may end anywhere in a segment."""
    for key in ("v1/run-1/a", "v1/run-10/b", "v1/run-2/c", "v1/sum"):
        vault.create(key, b"")

    assert list(vault.list("v1/run-1")) == ["v1/run-1/a", "v1/run-10/b"]
    assert list(vault.list("v1/run-1/")) == ["v1/run-1/a"]
    assert list(vault.list("v1/none")) == []
    assert list(vault.list("v1/none/deeper/")) == []


def test_a_whole_key_is_a_prefix_of_itself(vault: Vault) -> None:
    """Listing an object's key yields it."""
    vault.create("v1/a/one", b"")

    assert list(vault.list("v1/a/one")) == ["v1/a/one"]


def test_lists_all_pages(vault: Vault) -> None:
    """More keys than S3 puts on a page all come."""
    keys = [f"v1/journal/{number:05d}" for number in range(3 * PAGE + 1)]
    for key in keys:
        vault.create(key, b"")

    assert list(vault.list("v1/journal/")) == keys


def test_measures_what_it_lists(vault: Vault) -> None:
    """Each key comes with its object's size, as it is now."""
    vault.create("v1/a/one", b"four")
    version = vault.create("v1/a/two", b"")
    vault.replace("v1/a/two", b"seven..", version)
    vault.create("v1/b/other", b"x")

    assert list(vault.sizes("v1/a/")) == [("v1/a/one", 4), ("v1/a/two", 7)]


def test_what_was_never_written_over_has_no_history(vault: Vault) -> None:
    """Neither earlier versions nor marks that hide it."""
    vault.create("v1/a/one", b"four")

    assert list(vault.history("v1/")) == []


def test_an_empty_vault_lists_nothing(vault: Vault) -> None:
    """Nothing of a vault's own shows among its keys."""
    assert list(vault.list("")) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/",
        "/v1",
        "v1/",
        "v1//a",
        ".",
        "..",
        "v1/../a",
        "v1/./a",
        "v1/a b",
        "v1/ä",
        "v1/a\n",
        "v1/a\0",
        "v1/~writing",
        "v1/a\\b",
        "v1/" + "a" * 256,
        "/".join(["a" * 100] * 10),
    ],
)
def test_refuses_what_is_no_key(vault: Vault, key: str) -> None:
    """Every operation on a malformed key is an error, never an absence."""
    for operation in (
        lambda: vault.create(key, b""),
        lambda: vault.replace(key, b"", "version"),
        lambda: vault.get(key),
    ):
        with pytest.raises(VaultError) as caught:
            operation()
        assert caught.type is VaultError


@pytest.mark.parametrize("prefix", ["/", "//", "../", "v1/../", "v1//a", "v1/*", "ä", "./a"])
def test_refuses_what_starts_no_key(vault: Vault, prefix: str) -> None:
    """A malformed prefix is an error at once, not an empty listing."""
    with pytest.raises(VaultError):
        vault.list(prefix)


def test_takes_the_longest_key(vault: Vault) -> None:
    """900 bytes in segments of up to 255 are a key."""
    key = "/".join(["a" * 255, "b" * 255, "c" * 255, "d" * 132])

    vault.create(key, b"deep")

    assert vault.get(key).body == b"deep"
    assert list(vault.list("a")) == [key]


def test_takes_every_letter_of_the_alphabet_of_keys(vault: Vault) -> None:
    """Dots, dashes, underscores and equals signs stand anywhere but alone as dots."""
    for key in ("v1/...", "v1/.a", "v1/=2e.-_", "v1/-"):
        vault.create(key, key.encode())

    assert [vault.get(key).body.decode() for key in vault.list("v1/")] == sorted(
        ("v1/...", "v1/.a", "v1/=2e.-_", "v1/-")
    )


def test_says_where_it_is(vault: Vault) -> None:
    """An address for people."""
    assert vault.address
