"""Which part of the archive objects is read in one verification."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_PART = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")
_SIZE = re.compile(r"([1-9][0-9]{0,11})([KMGT])")
_STEPS = 1 << 64


@dataclass(frozen=True, slots=True)
class Share:
    """A share of objects: `part` of `of` fixed parts, which together are all.

    Or, chosen anew by each salt: a `fraction` of the objects, or as many as have `most` bytes
    together, one at least.
    """

    part: int = 1
    of: int = 1
    fraction: float | None = None
    most: int | None = None

    @classmethod
    def read(cls, spelled: str) -> "Share":
        """Read `5%`, `1/7` or `500M`; raise ValueError for anything else."""
        text = spelled.strip()
        if (found := _PART.fullmatch(text)) and int(found[1]) <= int(found[2]):
            return cls(int(found[1]), int(found[2]))
        if (found := _PERCENT.fullmatch(text)) and 0 < float(found[1]) <= 100:  # noqa: PLR2004
            return cls(fraction=float(found[1]) / 100)
        if found := _SIZE.fullmatch(text):
            return cls(most=int(found[1]) * _UNITS[found[2]])
        raise ValueError(f"not a share such as 5%, 1/7 or 500M: {spelled!r}")

    @property
    def whole(self) -> bool:
        """Whether it is everything."""
        return self.of == 1 and self.fraction is None and self.most is None

    def chosen(self, sizes: Iterable[tuple[str, int]], salt: str) -> frozenset[str]:
        """Return which of these keys it takes; sizes are in bytes."""
        if self.most is not None:
            return _within(self.most, sorted(sizes, key=lambda each: _place(each[0], salt)))
        if self.fraction is not None:
            below = int(self.fraction * _STEPS)
            return frozenset(key for key, _ in sizes if _place(key, salt) < below)
        return frozenset(key for key, _ in sizes if _place(key, "") % self.of == self.part - 1)


WHOLE = Share()


def _place(key: str, salt: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{salt}\n{key}".encode()).digest()[:8])


def _within(most: int, sizes: Iterable[tuple[str, int]]) -> frozenset[str]:
    taken: set[str] = set()
    left = most
    for key, size in sizes:
        if taken and size > left:
            break
        taken.add(key)
        left -= size
    return frozenset(taken)
