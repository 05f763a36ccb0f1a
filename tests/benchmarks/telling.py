"""How a benchmark tells a figure: in one line, beside its bound and their ratio.

A script takes it from beside itself, for a foreign package may be called `tests`:

    from telling import at_least, at_most, say  # type: ignore[import-not-found]  # it stands beside

    say(at_most("peak memory", 312.4, 400.0, "MiB"))
    say(at_least("of the bound of the rates", 97.1, 95.0, "%"))

prints

    peak memory: 312 MiB, at most 400 MiB, ratio 0.78
    of the bound of the rates: 97.1 %, at least 95.0 %, ratio 1.02

`all.py` reads these lines again and makes one table of all benchmarks; whatever else one prints is
for people.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Bound(StrEnum):
    """On which side of its bound a figure is good."""

    MOST = "at most"
    LEAST = "at least"


@dataclass(frozen=True, slots=True)
class Told:
    """What one line says; the numbers as they were written."""

    what: str
    figure: str
    side: Bound
    bound: str
    ratio: float

    @property
    def holds(self) -> bool:
        """Whether the figure is within its bound."""
        return self.ratio <= 1 if self.side is Bound.MOST else self.ratio >= 1


LINE = re.compile(
    r"(?P<what>.+): (?P<figure>-?[\d,.]+ \S+), (?P<side>at most|at least) (?P<bound>[\d,.]+ \S+), "
    r"ratio (?P<ratio>inf|[\d.]+)"
)


def at_most(what: str, figure: float, bound: float, unit: str) -> str:
    """Say a figure that should not be above its bound."""
    return _line(what, figure, Bound.MOST, bound, unit)


def at_least(what: str, figure: float, bound: float, unit: str) -> str:
    """Say a figure that should not be below its bound."""
    return _line(what, figure, Bound.LEAST, bound, unit)


def read(lines: Iterable[str]) -> Iterator[Told]:
    """Find the figures in what a benchmark printed."""
    for found in filter(None, (LINE.fullmatch(line.strip()) for line in lines)):
        what, figure, side, bound, ratio = found.groups()
        yield Told(what, figure, Bound(side), bound, float(ratio))


def say(*lines: str) -> None:
    """Print lines at once, whoever reads them."""
    for line in lines:
        sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _line(what: str, figure: float, side: Bound, bound: float, unit: str) -> str:
    told = f"{what}: {_spelt(figure)} {unit}, {side} {_spelt(bound)} {unit}"
    ratio = figure / bound if bound else float("inf" if figure else 0)
    return f"{told}, ratio {ratio:.2f}"


def _spelt(number: float) -> str:
    """Write three digits that count; all of a larger number, and no more of a whole one."""
    size = abs(number)
    whole = size >= 100 or size == int(size)
    places = 0 if whole else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{number:,.{places}f}"
