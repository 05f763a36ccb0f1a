"""One spelling for each value, so that equal things have equal hashes."""

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any


def plain(value: Any) -> Any:
    """Turn a value into what JSON can spell, without losing a distinction.

    Times become ISO 8601 in UTC with milliseconds (AWS gives no finer ones for these entities),
    numbers that JSON lacks become `{"$float": "nan" | "inf" | "-inf"}`.
    """
    if value is None or isinstance(value, str | int):
        return value
    if type(value) is list:  # before the abstract classes, which take ten times as long
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return spell_time(value)
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": str(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return [plain(each) for each in value]
    return value


def _simpler(value: Any) -> Any:
    """Return what JSON has for one value that it lacks."""
    simple = plain(value)
    if simple is value:
        raise TypeError(f"there is no spelling for {type(value)}")
    return simple


_SPELL = json.JSONEncoder(
    sort_keys=True,
    separators=(",", ":"),
    ensure_ascii=True,
    allow_nan=False,
    check_circular=False,
    default=_simpler,
).encode


def canonical(value: Any) -> bytes:
    """Return the one JSON spelling of a value: sorted keys, no blanks, ASCII only.

    Nearly all is spelled at the speed of C; what is left are numbers that are not finite.
    """
    try:
        return _SPELL(value).encode("ascii")
    except ValueError:
        return _SPELL(plain(value)).encode("ascii")


def canonical_pieces(content: Mapping[str, Any]) -> Iterator[bytes]:
    """Yield what `canonical` returns of a mapping, a piece at a time.

    What is long in it may be an iterator: each part is spelled when its turn comes, and forgotten.
    """
    before = b"{"
    for key in sorted(content):
        yield before + canonical(key) + b":"
        yield from _pieces_of(content[key])
        before = b","
    yield b"}" if content else b"{}"


def _pieces_of(value: Any) -> Iterator[bytes]:
    if not isinstance(value, list | tuple | Iterator):
        yield canonical(value)
        return
    before = b"["
    for each in value:
        yield before + canonical(each)
        before = b","
    yield b"]" if before == b"," else b"[]"


def digest_of(pieces: Iterable[bytes]) -> str:
    """Return the SHA-256 of pieces that come one by one, in hex."""
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
    return found.hexdigest()


def digest(value: Any) -> str:
    """Return the SHA-256 of a value's canonical spelling, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def sha256(body: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(body).hexdigest()


def spell_time(moment: datetime) -> str:
    """Spell a time in UTC, to the millisecond: `2026-03-01T12:00:00.000Z`.

    Raise ValueError for a naive time: the zone of this machine is not what was meant.
    """
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment}")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(spelled: str) -> datetime:
    """Read a time that `spell_time` wrote; raise ValueError for anything without a zone."""
    moment = datetime.fromisoformat(spelled)
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {spelled!r}")
    return moment.astimezone(UTC)


_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def milliseconds(moment: datetime) -> int:
    """Return whole milliseconds since 1970 UTC, exactly (no float on the way)."""
    return (moment - _1970) // _MILLISECOND
