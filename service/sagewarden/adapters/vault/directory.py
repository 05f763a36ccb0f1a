"""A vault in a directory: each object a file, whole or not there, whenever the power goes."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from sagewarden.adapters.vault.files import (
    FOLDER,
    MARKER,
    descended,
    drafted,
    locked,
    opened,
    read_whole,
    sweep,
    version_of,
)
from sagewarden.application.ports.vault import Past, Stored
from sagewarden.core.keys import checked, checked_prefix, is_key
from sagewarden.errors import VaultAbsent, VaultChanged, VaultError, VaultExists

_FULL = "Free some space, or raise the quota; nothing is half written."
_FORBIDDEN = (
    "Let the user that runs SageWarden read and write it, on a file system with hard links."
)
_FOREIGN = "A vault's folders are its own: put back what was replaced by a link or a file."

ADVICE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: "It is mounted read-only: mount it writable, or name another vault.",
    errno.ELOOP: _FOREIGN,
    errno.ENOTDIR: _FOREIGN,
    errno.EEXIST: "A file has this name: name a directory in the setting `vault`.",
    errno.EXDEV: "The vault must lie on one file system, with no mounts inside.",
    errno.ENOENT: "Create the directory that it lies in, or correct the setting `vault`.",
}


class DirectoryVault:
    """The port on a file system that has hard links, such as ext4, XFS, Btrfs, APFS or NFS.

    Modes are 0600 and 0700. A key cannot be both an object and the folder of others here: the
    layout never asks for it. `wait` is called between two tries for the lock.
    """

    def __init__(self, root: Path, *, wait: Callable[[float], object] | None = None) -> None:
        self._root = root.absolute()
        self._wait = wait or Event().wait
        self._swept = False
        self._durable: set[str] = set()
        with self._told("open"):
            self._found()

    @property
    def address(self) -> str:
        """The directory's path."""
        return str(self._root)

    def create(self, key: str, body: bytes) -> str:
        """Write a new object and return its version; raise VaultExists when the key is taken."""
        *folders, name = checked(key).split("/")
        path = "/".join(folders)
        with (
            self._told(f"create {key} in"),
            self._top() as top,
            descended(top, folders, make=path not in self._durable) as folder,
            drafted(top, body) as draft,
        ):
            try:
                os.link(draft.name, name, src_dir_fd=draft.folder, dst_dir_fd=folder)
            except FileExistsError:
                raise VaultExists(f"the vault has an object {key} already") from None
            os.fsync(folder)
            self._durable.add(path)
            if not self._swept:
                self._swept = True
                sweep(draft)
            return draft.version

    def replace(self, key: str, body: bytes, expected: str) -> str:
        """Write over the `expected` version; raise VaultChanged or VaultAbsent."""
        *folders, name = checked(key).split("/")
        with self._told(f"replace {key} in"), self._top() as top, locked(top, self._wait):
            found, status = self._read(top, key)
            if found.version != expected:
                raise VaultChanged(f"{key} in the vault changed since it was read")
            with (
                descended(top, folders) as folder,
                drafted(top, body, after_ns=status.st_mtime_ns) as draft,
            ):
                os.replace(draft.name, name, src_dir_fd=draft.folder, dst_dir_fd=folder)
                os.fsync(folder)
                return draft.version

    def get(self, key: str) -> Stored:
        """Read an object; raise VaultAbsent when there is none."""
        with self._told(f"read {checked(key)} in"), self._top() as top:
            return self._read(top, key)[0]

    def list(self, prefix: str) -> Iterator[str]:
        """Yield every key that starts with `prefix`, in ascending order."""
        start = checked_prefix(prefix).rpartition("/")[0]
        return self._below(f"{start}/" if start else "", prefix)

    def history(self, prefix: str) -> Iterator[Past]:
        """Yield nothing: no earlier version is kept."""
        checked_prefix(prefix)
        return iter(())

    def sizes(self, prefix: str) -> Iterator[tuple[str, int]]:
        """Yield every key that starts with `prefix`, with its file's size."""
        return ((key, self._size(key)) for key in self.list(prefix))

    def _size(self, key: str) -> int:
        *folders, name = key.split("/")
        with (
            self._told(f"measure {key} in"),
            self._top() as top,
            descended(top, folders) as folder,
        ):
            return os.stat(name, dir_fd=folder, follow_symlinks=False).st_size

    def _below(self, path: str, prefix: str) -> Iterator[str]:
        for name in self._names(path):
            full = path + name
            if not full.startswith(prefix):
                continue
            if full.endswith("/"):
                yield from self._below(full, prefix)
            else:
                yield full

    def _names(self, path: str) -> Sequence[str]:
        """What lies in a folder, folders with a slash: this sorts whole keys, not only names."""
        with self._told(f"list {path} in"), self._top() as top:
            try:
                with descended(top, path.split("/")[:-1]) as folder, os.scandir(folder) as entries:
                    return sorted(_shown(entry) for entry in entries if is_key(entry.name))
            except FileNotFoundError:  # and the vault itself is there, as `_top` has seen
                return []

    @contextmanager
    def _top(self) -> Iterator[int]:
        """Open the vault; a directory without its marker is an unmounted disk, not an empty one."""
        top = os.open(self._root, FOLDER)
        try:
            if not os.access(MARKER, os.F_OK, dir_fd=top):
                raise VaultError(
                    f"the vault {self._root} has lost its file {MARKER}",
                    advice="Mount the disk again; in a copy of a vault, make the file anew, empty.",
                )
            yield top
        finally:
            os.close(top)

    def _read(self, top: int, key: str) -> tuple[Stored, os.stat_result]:
        *folders, name = key.split("/")
        try:
            with descended(top, folders) as folder:
                body, status = read_whole(name, folder)
        except FileNotFoundError:
            raise VaultAbsent(f"the vault has no object {key}") from None
        return Stored(body, version_of(body, status)), status

    def _found(self) -> None:
        """Make the directory (not its parent) and its marker, unless they are there."""
        if not self._root.is_dir():
            self._root.mkdir(mode=0o700, exist_ok=True)
        top = os.open(self._root, FOLDER)
        try:
            if not os.access(MARKER, os.F_OK, dir_fd=top):
                with opened(MARKER, os.O_RDWR | os.O_CREAT, top) as marker:
                    os.fsync(marker)
                os.fsync(top)
        finally:
            os.close(top)

    @contextmanager
    def _told(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise VaultError(
                f"cannot {doing} the vault {self._root}: {error.strerror}",
                advice=ADVICE.get(error.errno or 0, "Look at the disk and its system log."),
            ) from error


def _shown(entry: os.DirEntry[str]) -> str:
    """Return the name, folders with a slash; a link is refused, not skipped: keys lie behind it."""
    if entry.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), entry.name)
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
