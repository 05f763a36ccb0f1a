"""Files and folders that are reached step by step, never through a link.

Each function takes the descriptor of the folder it starts from: nobody can slip another folder
into a path between two calls.
"""

import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sagewarden.core.canonical import sha256
from sagewarden.errors import VaultError

FOLDER = os.O_RDONLY | os.O_DIRECTORY
INSIDE = os.O_NOFOLLOW | os.O_NONBLOCK
"""A link or a waiting pipe in the place of an object is an error, not a detour or a wait."""

MARKER = "~vault"
"""Lies at the top of each vault; `~` is in no key. Who replaces an object holds its lock."""

DRAFTS = "~writing"
"""Where an object grows before it gets its name: only whole ones are ever seen."""

ABANDONED_NS = 24 * 3600 * 1_000_000_000
"""A draft as old as this was left by a crash."""

PATIENCE = 200
"""Tries for the lock, `PAUSE` seconds apart: ten seconds in all."""

PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Draft:
    """A whole object on the disk that has no key yet."""

    folder: int
    name: str
    version: str


@contextmanager
def opened(name: str, flags: int, folder: int) -> Iterator[int]:
    """Open something inside a folder, and close it in the end."""
    descriptor = os.open(name, flags | INSIDE, 0o600, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def descended(top: int, segments: Sequence[str], *, make: bool = False) -> Iterator[int]:
    """Open a folder below another; `make` creates what is missing on the way, durably."""
    here = os.dup(top)
    try:
        for segment in segments:
            if make:
                _make(segment, here)
            deeper = os.open(segment, FOLDER | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = deeper
        yield here
    finally:
        os.close(here)


def read_whole(name: str, folder: int) -> tuple[bytes, os.stat_result]:
    """Return a file's content and status; FileNotFoundError also when it is a folder."""
    with opened(name, os.O_RDONLY, folder) as descriptor:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise FileNotFoundError(name)
        if not stat.S_ISREG(status.st_mode):
            raise VaultError(f"{name} in the vault is neither a file nor a folder")
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(), status


@contextmanager
def drafted(top: int, body: bytes, *, after_ns: int = -1) -> Iterator[Draft]:
    """Write a draft that survives a power cut, modified later than `after_ns`."""
    with suppress(FileExistsError):
        os.mkdir(DRAFTS, 0o700, dir_fd=top)
    with descended(top, [DRAFTS]) as folder:
        name = f"{os.getpid()}-{secrets.token_hex(8)}"
        try:
            yield Draft(folder, name, _written(name, folder, body, after_ns))
        finally:
            with suppress(FileNotFoundError):
                os.unlink(name, dir_fd=folder)


def sweep(draft: Draft) -> None:
    """Remove the drafts that crashes left; the file system's own clock tells how old they are."""
    now = os.stat(draft.name, dir_fd=draft.folder).st_mtime_ns
    with os.scandir(draft.folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_mtime_ns < now - ABANDONED_NS:
                    os.unlink(entry.name, dir_fd=draft.folder)


@contextmanager
def locked(top: int, wait: Callable[[float], object]) -> Iterator[None]:
    """Be the only one who replaces, among all processes and threads."""
    with opened(MARKER, os.O_RDWR, top) as descriptor:
        for _ in range(PATIENCE):
            with suppress(BlockingIOError):
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            wait(PAUSE)
        else:
            raise VaultError(
                "someone else has held the vault's lock for ten seconds",
                advice=f"Find out who has {MARKER} open (with lsof), and try again.",
            )
        yield


def version_of(body: bytes, status: os.stat_result) -> str:
    """Return what tells one write from another, even of the same bytes."""
    return f"{sha256(body)}-{status.st_ino:x}-{status.st_mtime_ns:x}"


def _make(segment: str, folder: int) -> None:
    with suppress(FileExistsError):
        os.mkdir(segment, 0o700, dir_fd=folder)
    os.fsync(folder)  # also when it was there: its maker may not have come to this line yet


def _written(name: str, folder: int, body: bytes, after_ns: int) -> str:
    with opened(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, folder) as descriptor:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(body)
        if os.fstat(descriptor).st_mtime_ns <= after_ns:  # file systems' clocks tick slowly
            os.utime(descriptor, ns=(after_ns + 1, after_ns + 1))
        os.fsync(descriptor)
        return version_of(body, os.fstat(descriptor))
