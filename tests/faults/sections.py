"""What a section of the harness is: points, what happens at each, and how the world is judged."""

import re
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from sagewarden.core.canonical import digest

GroundT = TypeVar("GroundT")


@dataclass(frozen=True, kw_only=True)
class Section(Generic[GroundT]):
    """One part of the harness.

    `points` lists every play there is; `play` makes one and returns what is wrong after it.
    `faults` says in words what happens at each point. `short` is how many of the plays the short
    form makes, `kind` among what it spreads them evenly. `kinds` are the names by which
    ARCHITECTURE.md tells plays apart.
    """

    name: str
    faults: str
    ground: Callable[[], AbstractContextManager[GroundT]]
    points: Callable[[GroundT], Sequence[Any]]
    play: Callable[[GroundT, Any], list[str]]
    short: int
    kind: Callable[[Any], object] = lambda _point: ""
    kinds: Collection[str] = ()


@dataclass(frozen=True)
class Share:
    """Which plays one test makes: the short form's few, or every one of `of` shares' own."""

    number: int = 0
    of: int = 1
    long: bool = False

    def __str__(self) -> str:
        return f"{self.number + 1} of {self.of}" if self.long else "short"

    def plays(
        self, points: Sequence[Any], short: int, kind: Callable[[Any], object]
    ) -> Sequence[Any]:
        """Return the points that this share plays.

        Every worker lists the points of a sweep of its own, in which threads come in another order:
        what a point says of itself tells whose it is, so that no two workers leave one out.
        """
        if self.long:
            return [each for each in points if int(_mark(each), 16) % self.of == self.number]
        return fair(points, short, kind)


GOLDEN = (5**0.5 - 1) / 2
"""Its multiples never gather: however many are taken, they lie far apart."""


def fair(points: Sequence[Any], short: int, kind: Callable[[Any], object]) -> list[Any]:
    """Return about so many, always the same: as many of each kind, or of as many kinds as can be.

    Of a kind they come from everywhere between its first and its last.
    """
    found: dict[object, list[Any]] = defaultdict(list)
    for point in points:
        found[kind(point)].append(point)
    kinds = list(found.values())
    chosen = [kinds[number * len(kinds) // short] for number in range(short if kinds else 0)]
    spread = [int(len(each) * ((number + 1) * GOLDEN % 1)) for number, each in enumerate(chosen)]
    return list({id(each[at]): each[at] for each, at in zip(chosen, spread, strict=True)}.values())


OWN = re.compile(r" \(.*|evidence-\d+")
"""What differs between two lists of the same points: who is met at a number, a bucket's name."""


def _mark(point: Any) -> str:
    return digest(OWN.sub("", str(point)))


@dataclass
class Tally:
    """What one share of a section came to; `violations` by point.

    `listed` is a digest of all points that its worker listed: shares of one set leave none out.
    """

    section: str
    faults: str
    points: int
    plays: int
    seconds: float
    violations: dict[str, list[str]] = field(default_factory=dict)
    listed: str = ""


def played(section: Section[GroundT], ground: GroundT, share: Share) -> Tally:
    """Make a share's plays of a section."""
    began = time.monotonic()
    points = section.points(ground)
    chosen = share.plays(points, section.short, section.kind)
    found = {str(point): wrong for point in chosen if (wrong := _judged(section, ground, point))}
    if not chosen:
        found["every point"] = ["there is nothing to play"]
    seconds = time.monotonic() - began
    listed = digest(sorted(map(_mark, points)))
    return Tally(section.name, section.faults, len(points), len(chosen), seconds, found, listed)


def _judged(section: Section[GroundT], ground: GroundT, point: Any) -> list[str]:
    """Make one play; one that fails in itself is told, and the others are played all the same."""
    try:
        return section.play(ground, point)
    except Exception:  # noqa: BLE001 -- whatever it is, it is told
        return [traceback.format_exc()]
