"""Archives as bytes: JSON Lines in one zstd frame, legible with `zstd -d` and `jq`.

What JSON cannot spell is spelled by `plain`; a mapping of the user's that looks like such a
spelling (its only key is `$float`) gets one more `$`, which reading takes away again.

orjson spells and reads what it does exactly as we mean it, at several times the speed; json has the
rest: text outside ASCII, whole numbers of more than 64 bits, what JSON has no words for, and what
is wrong.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from io import BytesIO
from typing import Any

import orjson
import zstandard

from sagewarden.application.cycles import without_cycles
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord
from sagewarden.core.canonical import plain, spell_time
from sagewarden.errors import IntegrityError

LEVEL = 1
"""zstd's default, 3, takes twice as long; metric points, texts and marks grow no smaller by it."""

LIMIT = 256 * 1024 * 1024
"""Most bytes that an object may unfold to; a bundle is at most 32 MiB."""

_PIECE = 1024
"""Bytes of a snapshot that are unfolded at a time: even those of a bomb give 32 MiB at most."""

_NUMBER = "$float"

_STRICT = (
    orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME
)


def encode(header: ArchiveHeader, records: Iterable[ArchiveRecord]) -> bytes:
    """Return an archive object: the header's line, then one line for each record."""
    return pack([header.spelled(), *(record.spelled() for record in records)])


def pack(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """Return any mappings as compressed JSON Lines; the same lines give the same bytes."""
    text = b"".join([_spelled(line) for line in lines])
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True)
    return compressor.compress(text)


def snapshot(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """Return any number of mappings as `pack` does, without holding what they unfold to.

    They are gone through twice: a frame begins with the size of what it holds.
    """
    compressor = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True, write_content_size=True)
    frame = compressor.compressobj(size=sum(map(size, lines)))
    body = BytesIO()
    for line in lines:
        body.write(frame.compress(_spelled(line)))
    body.write(frame.flush())
    return body.getvalue()


def snapshot_lines(body: bytes, *, limit: int = LIMIT) -> Iterator[dict[str, Any]]:
    """Yield the lines of a snapshot, one after the other; each has at most `limit` bytes.

    Raise IntegrityError, once the whole lines are read, for what `snapshot` would not have written.
    """
    left = b""
    for text in _unfolding(body):
        *whole, left = (left + text).split(b"\n")
        if max(map(len, (*whole, left))) > limit:
            raise IntegrityError(f"a line of a snapshot has more than {limit} bytes")
        yield from map(_line, whole)
    if left:
        raise IntegrityError("a snapshot's last line has no end")


def _unfolding(body: bytes) -> Iterator[bytes]:
    frame = zstandard.ZstdDecompressor().decompressobj()
    try:
        for start in range(0, len(body), _PIECE):
            yield frame.decompress(body[start : start + _PIECE])
    except zstandard.ZstdError as error:
        raise IntegrityError(f"a snapshot is not one whole zstd frame: {error}") from error
    if not frame.eof or frame.unused_data:
        raise IntegrityError("a snapshot is not one whole zstd frame: it is cut off, or goes on")


def size(line: Mapping[str, Any]) -> int:
    """Return how many bytes a line takes before it is compressed."""
    return len(_spelled(line))


def decode(body: bytes, *, limit: int = LIMIT) -> list[dict[str, Any]]:
    """Return the lines of an archive object, at most `limit` bytes of them.

    Raise IntegrityError for whatever `pack` would not have written. Times stay text.
    """
    text = _unfolded(body, limit)
    if text and not text.endswith(b"\n"):
        raise IntegrityError("an archive's last line has no end")
    with without_cycles():
        return [_line(line) for line in text.split(b"\n")[:-1]]


def _spelled(line: Mapping[str, Any]) -> bytes:
    """Spell a line with its end."""
    return _fast(line) or f"{_slow(line)}\n".encode("ascii")


def _fast(line: Mapping[str, Any]) -> bytes | None:
    """Spell a line if orjson does it as json would, but for the exponents of numbers.

    It spells NaN and the infinities as null: then there are more of those than the line accounts
    for at a glance.
    """
    try:
        text = orjson.dumps(line, default=_simpler, option=_STRICT)
    except TypeError:  # orjson's only error; json knows what to say of it
        return None
    nulls = sum(value is None for value in line.values())
    if text.isascii() and text.count(b"null") == nulls and f'{_NUMBER}":'.encode() not in text:
        return text
    return None


def _slow(line: Mapping[str, Any]) -> str:
    """Spell any line."""
    with suppress(ValueError):  # not a finite number
        text = _json(line)
        if f'{_NUMBER}":' not in text:
            return text
    return _json(_escaped(line))


def _json(value: Any) -> str:
    return json.dumps(
        value, ensure_ascii=True, allow_nan=False, separators=(",", ":"), default=_simpler
    )


def _simpler(value: Any) -> Any:
    """Return a value that JSON has for one that it lacks."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return list(value)
    if isinstance(value, datetime):
        return spell_time(value)
    raise TypeError(f"an archive has no place for {type(value)}")


def _escaped(value: Any) -> Any:
    """Spell the numbers that JSON lacks; give mappings that look like one of them one more `$`."""
    if isinstance(value, Mapping):
        spelled = {str(key): _escaped(each) for key, each in value.items()}
        return {f"${key}": each for key, each in spelled.items()} if _looks(spelled) else spelled
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_escaped(each) for each in value]
    return plain(value)


def _looks(mapping: Mapping[str, Any]) -> bool:
    if len(mapping) != 1:
        return False
    (key,) = mapping
    return key.startswith("$") and key.lstrip("$") == _NUMBER[1:]


def _unfolded(body: bytes, limit: int) -> bytes:
    try:
        size = zstandard.get_frame_parameters(body).content_size
        if size > limit:  # an unknown size is the greatest of all
            raise IntegrityError(f"an archive unfolds to more than {limit} bytes, or does not say")
        return zstandard.ZstdDecompressor().decompress(
            body, max_output_size=limit, allow_extra_data=False
        )
    except zstandard.ZstdError as error:
        raise IntegrityError(f"an archive is not one whole zstd frame: {error}") from error


def _line(line: bytes) -> dict[str, Any]:
    """Read a line, at full speed if it is one that `_fast` wrote: spelled anew, it is the same."""
    if line.isascii() and _NUMBER.encode() not in line:
        with suppress(TypeError, ValueError):
            read = orjson.loads(line)
            if isinstance(read, dict) and orjson.dumps(read) == line:
                return read
    return _carefully(line)


def _carefully(line: bytes) -> dict[str, Any]:
    try:
        read = json.loads(line.decode("ascii"), object_pairs_hook=_mapping, parse_constant=_refused)
    except (ValueError, TypeError, RecursionError) as error:
        raise IntegrityError(f"an archive's line is not the JSON we write: {error}") from error
    if not isinstance(read, dict):
        raise IntegrityError("an archive's line is not a mapping")
    return read


def _mapping(pairs: list[tuple[str, Any]]) -> Any:
    """Build a mapping, or the number it spells."""
    read = dict(pairs)
    if len(read) != len(pairs):
        raise ValueError("a key stands twice in a mapping")
    if not _looks(read):
        return read
    ((key, value),) = read.items()
    return float(value) if key == _NUMBER else {key[1:]: value}


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
