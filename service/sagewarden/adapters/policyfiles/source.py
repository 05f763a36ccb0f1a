"""From a path to text: which files there are, and whether their bytes are text at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sagewarden.adapters.policyfiles.problems import WHOLE_FILE, Log, Mark

LARGEST = 1024 * 1024
"""Bytes in a file."""

LONGEST_LINE = 10_000
"""Characters in a line; the scanner takes seconds for some lines of a mebibyte."""

MOST_LINES = 50_000
"""Lines in a file; the scanner takes seconds for a mebibyte of empty ones."""

SUFFIXES = (".yaml", ".yml")
SCHEME = "s3://"
_BREAK = re.compile(r"\r\n|\r|\n")
_SUSPECT = re.compile(r"[^\t\n\r\x20-\x7e]")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file as it was found: its bytes, if they could be read, and whose faults go to `log`.

    `version` is the store's own name for these bytes, if it keeps one.
    """

    path: str
    body: bytes | None
    log: Log
    version: str = ""


def is_bucket(place: object) -> bool:
    """Whether a place of policies is an address in S3."""
    return isinstance(place, str) and place.startswith(SCHEME)


def local_files(place: Path, top: Log) -> Iterator[RawFile]:
    """Yield the policy files of a directory, or the one that `place` is itself."""
    for path in policy_files(place, top):
        log = Log(str(path))
        yield RawFile(str(path), read_bytes(path, log), log)


def policy_files(place: Path, log: Log) -> tuple[Path, ...]:
    """Return a directory's policy files, sorted by name, or the file that `place` is itself.

    Hidden files, other endings and deeper directories do not count.
    """
    try:
        if not place.is_dir():
            return (place,) if _exists(place, log) else ()
        found = sorted(path for path in place.iterdir() if _counts(path))
    except (OSError, ValueError) as error:
        log.add(WHOLE_FILE, "", _reason(error), "a directory that can be listed")
        return ()
    if not found:
        log.add(WHOLE_FILE, "", "a directory without policy files", "at least one *.yaml or *.yml")
    return tuple(found)


def _exists(place: Path, log: Log) -> bool:
    if place.exists():
        return True
    log.add(WHOLE_FILE, "", "nothing of that name", "a directory of policy files, or one such file")
    return False


def _counts(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")


def read_bytes(path: Path, log: Log) -> bytes | None:
    """Return a file's bytes, or None when it cannot be read or is too large."""
    try:
        if not path.is_file():  # a pipe would keep us waiting
            log.add(
                WHOLE_FILE, "", "something other than a file", "a regular file, or a link to one"
            )
            return None
        with path.open("rb") as stream:
            body = stream.read(LARGEST + 1)
    except OSError as error:
        log.add(WHOLE_FILE, "", _reason(error), "a file that can be read")
        return None
    if len(body) > LARGEST:
        log.add(WHOLE_FILE, "", "a file over 1 MiB", f"at most {LARGEST} bytes")
        return None
    return body


def decode(body: bytes, log: Log) -> str | None:
    """Return the text, or None when the bytes are not clean UTF-8."""
    if body.startswith(_BOMS):
        log.add(Mark(1, 1), "", "a byte order mark", "UTF-8 without a byte order mark")
        return None
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        at = mark_after(body[: error.start].decode("utf-8"))
        log.add(at, "", f"the byte 0x{body[error.start]:02x}, which is not UTF-8", "UTF-8")
        return None
    return text if _is_clean(text, log) else None


def _is_clean(text: str, log: Log) -> bool:
    for suspect in _SUSPECT.finditer(text):
        if not suspect.group().isprintable():
            log.add(
                mark_after(text[: suspect.start()]),
                "",
                f"the character U+{ord(suspect.group()):04X}, which does not show",
                "text whose every character shows; tabs and line breaks",
            )
            return False
    return _is_laid_out(_BREAK.split(text), log)


def _is_laid_out(lines: list[str], log: Log) -> bool:
    if len(lines) > MOST_LINES:
        log.add(WHOLE_FILE, "", f"{len(lines)} lines", f"at most {MOST_LINES} lines")
        return False
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            found = f"a line of {len(line)} characters"
            log.add(Mark(number, 1), "", found, f"at most {LONGEST_LINE} characters")
            return False
    return True


def mark_after(before: str) -> Mark:
    """Return the position right after a text that begins the file."""
    lines = _BREAK.split(before)
    return Mark(len(lines), len(lines[-1]) + 1)


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
