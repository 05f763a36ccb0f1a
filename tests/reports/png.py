"""Reads the pictures that a headless browser takes: PNG, 8 bits a channel, not interlaced."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    colours: Counter[bytes]

    @property
    def brightness(self) -> float:
        """The mean over all pixels, 0 (black) to 255 (white)."""
        total = sum(sum(colour[:3]) * count for colour, count in self.colours.items())
        return total / (3 * self.width * self.height)


def read_png(body: bytes) -> Picture:
    """Return the size and how often each colour occurs; raise ValueError for anything else."""
    if not body.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    chunks = list(_chunks(body))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or interlaced or kind not in CHANNELS:
        raise ValueError("a kind of PNG that browsers do not write")
    packed = b"".join(content for name, content in chunks if name == b"IDAT")
    size = CHANNELS[kind]
    colours: Counter[bytes] = Counter()
    for row in _rows(zlib.decompress(packed), width * size, size):
        colours.update(row[place : place + size] for place in range(0, len(row), size))
    return Picture(width, height, colours)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(SIGNATURE)
    while place < len(body):
        length, name = struct.unpack(">I4s", body[place : place + 8])
        yield name, body[place + 8 : place + 8 + length]
        place += length + 12


def _rows(raw: bytes, width: int, size: int) -> Iterator[bytes]:
    above = bytearray(width)
    for start in range(0, len(raw), width + 1):
        row = bytearray(raw[start + 1 : start + 1 + width])
        _unfilter(raw[start], row, above, size)
        yield bytes(row)
        above = row


def _unfilter(kind: int, row: bytearray, above: bytearray, size: int) -> None:
    if kind == 0:
        return
    for place, value in enumerate(row):
        left = row[place - size] if place >= size else 0
        corner = above[place - size] if place >= size else 0
        guess = _guess(kind, left, above[place], corner)
        row[place] = (value + guess) & 255


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 1:
        return left
    if kind == 2:
        return up
    if kind == 3:
        return (left + up) // 2
    near = left + up - corner
    return min((left, up, corner), key=lambda each: abs(near - each))
