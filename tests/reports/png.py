"""Reads the pictures that a headless browser takes: PNG, 8 bits a channel, not interlaced."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {2: 3, 6: 4}


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    colours: Counter[tuple[int, ...]]

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
    colours: Counter[tuple[int, ...]] = Counter()
    for row in _rows(zlib.decompress(packed), width * size, size):
        colours.update(zip(*[iter(row)] * size, strict=True))
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
    if kind == 1:
        for channel in range(size):
            row[channel::size] = bytes(each & 255 for each in accumulate(row[channel::size]))
    elif kind == 2:
        row[:] = bytes((value + up) & 255 for value, up in zip(row, above, strict=True))
    elif kind == 3:
        for place, up in enumerate(above):
            left = row[place - size] if place >= size else 0
            row[place] = (row[place] + (left + up) // 2) & 255
    elif kind == 4:
        for channel in range(size):
            row[channel::size] = bytes(_nearest(row[channel::size], above[channel::size]))


def _nearest(row: bytearray, above: bytearray) -> Iterator[int]:
    """Undo what the PNG specification calls Paeth, for one channel."""
    left = corner = 0
    for value, up in zip(row, above, strict=True):
        by_left, by_up = abs(up - corner), abs(left - corner)
        by_corner = abs(left + up - 2 * corner)
        if by_left <= by_up and by_left <= by_corner:
            guess = left
        else:
            guess = up if by_up <= by_corner else corner
        left, corner = (value + guess) & 255, up
        yield left
