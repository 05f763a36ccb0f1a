"""What only a vault in a directory has to stand: crashes, disks, links, other processes."""

import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.errors import VaultAbsent, VaultError, VaultExists

WRITER = Path(__file__).with_name("writer.py")
DAY = 24 * 3600


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "vault"


@pytest.fixture
def vault(root: Path) -> DirectoryVault:
    return DirectoryVault(root)


def started(what: str, root: Path) -> subprocess.Popen[str]:
    writer = subprocess.Popen(
        [sys.executable, str(WRITER), what, str(root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == "ready\n"
    return writer


def race(what: str, root: Path) -> list[int]:
    """Let two processes do the same, and return how often each of them won."""
    writers = [started(what, root), started(what, root)]
    for number, writer in enumerate(writers):
        assert writer.stdin is not None
        writer.stdin.write(f"{number}\n")
        writer.stdin.flush()
    return [int(writer.communicate(timeout=60)[0]) for writer in writers]


def test_two_processes_never_create_the_same_key(vault: DirectoryVault, root: Path) -> None:
    """Of two processes that create 100 keys at once, exactly one wins each."""
    won = race("create", root)

    assert sum(won) == 100
    assert len(list(vault.list("v1/race/"))) == 100


def test_two_processes_never_replace_the_same_version(vault: DirectoryVault, root: Path) -> None:
    """Two processes that count one object up 100 times each lose no step."""
    vault.create("v1/count", b"0")

    won = race("replace", root)

    assert won == [100, 100]
    assert vault.get("v1/count").body == b"200"


@pytest.mark.parametrize("delay", [0.02, 0.05, 0.11, 0.23, 0.31])
def test_a_killed_writer_leaves_no_half_object(root: Path, delay: float) -> None:
    """After kill -9 in the middle of writing, every object that shows is whole."""
    writer = started("forever", root)
    assert writer.stdin is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    Event().wait(delay)
    writer.send_signal(signal.SIGKILL)
    writer.communicate()

    vault = DirectoryVault(root)
    bodies = [vault.get(key).body for key in vault.list("")]

    assert [body for body in bodies if body != body[:1] * 300_000] == []


def test_a_killed_writer_leaves_no_lock(root: Path) -> None:
    """The lock of a dead process does not keep anyone from replacing."""
    writer = started("forever", root)
    assert writer.stdin is not None
    writer.stdin.write("\n")
    writer.stdin.flush()
    Event().wait(0.1)
    writer.kill()
    writer.communicate()
    vault = DirectoryVault(root)

    assert vault.replace("v1/current", b"", vault.get("v1/current").version)


def test_modes(vault: DirectoryVault, root: Path) -> None:
    """Only the owner may read what a vault holds."""
    vault.create("v1/a/one", b"")

    modes = {stat.filemode(path.stat().st_mode) for path in [root, *root.rglob("*")]}

    assert modes == {"drwx------", "-rw-------"}


def test_the_parent_must_exist(tmp_path: Path) -> None:
    """A vault makes its own directory, not a whole path that may be a typing error."""
    with pytest.raises(VaultError, match="No such file") as caught:
        DirectoryVault(tmp_path / "no" / "vault")

    assert caught.value.advice.startswith("Create the directory")


def test_a_file_in_its_place(tmp_path: Path) -> None:
    """A path that names a file is no vault."""
    (tmp_path / "file").touch()

    with pytest.raises(VaultError, match="File exists"):
        DirectoryVault(tmp_path / "file")


def test_opens_what_was_there(vault: DirectoryVault, root: Path) -> None:
    """A second opening finds what the first one wrote."""
    vault.create("v1/one", b"1")

    assert DirectoryVault(root).get("v1/one").body == b"1"


def test_an_unmounted_disk_is_not_an_empty_vault(vault: DirectoryVault, root: Path) -> None:
    """Once the marker is gone every operation fails: nothing is reported as absent."""
    version = vault.create("v1/one", b"1")
    shutil.rmtree(root)
    root.mkdir()

    for operation in (
        lambda: vault.get("v1/one"),
        lambda: list(vault.list("v1/")),
        lambda: vault.create("v1/two", b""),
        lambda: vault.replace("v1/one", b"", version),
    ):
        with pytest.raises(VaultError, match="lost its file") as caught:
            operation()
        assert caught.type is VaultError


def test_a_vanished_directory_is_an_error(vault: DirectoryVault, root: Path) -> None:
    """A directory that is gone is not an absence either, and is not made anew."""
    shutil.rmtree(root)

    for operation in (lambda: vault.get("v1/one"), lambda: vault.create("v1/two", b"")):
        with pytest.raises(VaultError, match="No such file") as caught:
            operation()
        assert caught.type is VaultError
    assert not root.exists()


def draft(root: Path, name: str, age: int) -> Path:
    """Leave a draft as a crash would, so many seconds ago."""
    path = root / "~writing" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"half")
    then = path.stat().st_mtime - age
    os.utime(path, (then, then))
    return path


def test_drafts_do_not_show(vault: DirectoryVault, root: Path) -> None:
    """What a crash left behind is not listed."""
    draft(root, "1-a", DAY * 2)

    assert list(vault.list("")) == []


def test_old_drafts_are_swept(vault: DirectoryVault, root: Path) -> None:
    """The first write removes drafts older than a day, and leaves others to their writers."""
    old, young = draft(root, "1-a", DAY + 60), draft(root, "2-b", DAY - 60)

    vault.create("v1/one", b"")

    assert [old.exists(), young.exists()] == [False, True]


def test_drafts_are_swept_once(vault: DirectoryVault, root: Path) -> None:
    """Later writes do not look for drafts again."""
    vault.create("v1/one", b"")
    old = draft(root, "1-a", DAY * 2)

    vault.create("v1/two", b"")

    assert old.exists()


def test_no_draft_stays_behind(vault: DirectoryVault, root: Path) -> None:
    """Writes that succeed and writes that are refused leave no drafts."""
    vault.replace("v1/one", b"2", vault.create("v1/one", b"1"))
    with pytest.raises(VaultExists):
        vault.create("v1/one", b"3")

    assert list((root / "~writing").iterdir()) == []


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """Let no file grow beyond `room` bytes, as if the disk were full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)


def test_a_write_that_finds_no_room(vault: DirectoryVault, root: Path) -> None:
    """A disk that takes a part only leaves nothing: neither object nor draft."""
    with full_disk(1_000), pytest.raises(VaultError, match="cannot create v1/one"):
        vault.create("v1/one", b"x" * 5_000)

    with pytest.raises(VaultAbsent):
        vault.get("v1/one")
    assert list((root / "~writing").iterdir()) == []


def test_a_replace_that_finds_no_room(vault: DirectoryVault) -> None:
    """What was there stays when there is no room for what should follow."""
    version = vault.create("v1/one", b"before")

    with full_disk(1_000), pytest.raises(VaultError):
        vault.replace("v1/one", b"x" * 5_000, version)

    assert (vault.get("v1/one").body, vault.get("v1/one").version) == (b"before", version)


def test_links_to_objects_are_not_followed(vault: DirectoryVault, root: Path) -> None:
    """A link in the place of an object is an error: nobody else's file is read."""
    vault.create("v1/one", b"1")
    (root / "v1" / "link").symlink_to(root / "v1" / "one")

    with pytest.raises(VaultError) as caught:
        vault.get("v1/link")

    assert caught.type is VaultError
    assert caught.value.advice.startswith("A vault's folders are its own")


def test_links_to_folders_are_not_followed(vault: DirectoryVault, root: Path) -> None:
    """Nothing is written or read through a link in the place of a folder."""
    outside = root.parent / "outside"
    outside.mkdir()
    vault.create("v1/one", b"1")
    (root / "v1" / "away").symlink_to(outside)

    for operation in (
        lambda: vault.create("v1/away/x", b""),
        lambda: vault.get("v1/away/x"),
        lambda: list(vault.list("v1/")),
        lambda: list(vault.list("v1/away/")),
    ):
        with pytest.raises(VaultError) as caught:
            operation()
        assert caught.type is VaultError
    assert list(outside.iterdir()) == []


def test_a_linked_vault_is_one(vault: DirectoryVault, root: Path) -> None:
    """The vault's own directory may be reached through a link."""
    vault.create("v1/one", b"1")
    link = root.parent / "link"
    link.symlink_to(root)

    assert DirectoryVault(link).get("v1/one").body == b"1"


def test_a_pipe_is_not_waited_for(vault: DirectoryVault, root: Path) -> None:
    """A named pipe in the place of an object is an error, not an endless wait."""
    vault.create("v1/one", b"1")
    os.mkfifo(root / "v1" / "pipe")

    with pytest.raises(VaultError, match="neither a file nor a folder"):
        vault.get("v1/pipe")


def test_an_object_is_no_folder(vault: DirectoryVault) -> None:
    """Below an object nothing can be created; that is an error, not a taken key."""
    vault.create("v1/one", b"1")

    with pytest.raises(VaultError) as caught:
        vault.create("v1/one/two", b"2")

    assert caught.type is VaultError


def test_foreign_files_do_not_show(vault: DirectoryVault, root: Path) -> None:
    """Files whose names are in no key, such as an editor's, are not listed."""
    vault.create("v1/one", b"1")
    (root / "v1" / "one~").touch()
    (root / "v1" / "b c").touch()

    assert list(vault.list("")) == ["v1/one"]


def test_a_lock_that_is_never_given_back(vault: DirectoryVault, root: Path) -> None:
    """Who waits for a replace gives up after ten seconds and says what to look at."""
    pauses: list[float] = []
    patient = DirectoryVault(root, wait=pauses.append)
    version = vault.create("v1/one", b"1")
    holder = subprocess.Popen(
        ["flock", str(root / "~vault"), "sh", "-c", "echo held; exec cat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"

    with pytest.raises(VaultError, match="held the vault's lock"):
        patient.replace("v1/one", b"2", version)

    holder.communicate()
    assert sum(pauses) == pytest.approx(10)
    assert patient.replace("v1/one", b"2", version)


def test_versions_differ_within_a_tick(vault: DirectoryVault) -> None:
    """Writes that are faster than the file system's clock still have versions of their own."""
    versions = [vault.create("v1/one", b"0")]
    for _ in range(100):
        versions.append(vault.replace("v1/one", b"0", versions[-1]))

    assert len(set(versions)) == 101


def test_an_object_from_the_future(vault: DirectoryVault, root: Path) -> None:
    """Where a clock was set back, a replace is still later than what it replaces."""
    vault.create("v1/one", b"0")
    path = root / "v1" / "one"
    os.utime(path, (4e9, 4e9))

    vault.replace("v1/one", b"0", vault.get("v1/one").version)

    assert path.stat().st_mtime_ns == 4 * 10**18 + 1


def test_a_folder_that_was_taken_away(vault: DirectoryVault, root: Path) -> None:
    """A folder that vanishes under a running program is an error, and no key is lost silently."""
    vault.create("v1/a/one", b"")
    shutil.rmtree(root / "v1")

    with pytest.raises(VaultError, match="No such file") as caught:
        vault.create("v1/a/two", b"")

    assert caught.type is VaultError


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_may_not_be_written(root: Path) -> None:
    """A missing permission is an error with advice."""
    root.mkdir()
    root.chmod(0o500)

    with pytest.raises(VaultError, match="Permission denied") as caught:
        DirectoryVault(root)

    assert caught.value.advice.startswith("Let the user")


def test_address(vault: DirectoryVault, root: Path) -> None:
    """A directory's address is its path."""
    assert vault.address == str(root)
