"""Comparisons as people write them: `> 0.1`, `>= 10, < 20`; and what a number says to them."""

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, cast

from sagewarden.core.truth import FALSE, TRUE, Truth

Sign = Literal["<", "<=", "==", "!=", ">=", ">"]

SPELLING: Final = "a comparison (<, <=, ==, !=, >=, > and a number), as in > 0.1 or >= 10, < 20"
"""What `parse_range` reads, for messages."""

_COMPARES: Final[Mapping[Sign, Callable[[float, float], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">=": operator.ge,
    ">": operator.gt,
}
_BOUND = re.compile(r"(<=|>=|==|!=|=<|=>|<|>|=) *(.*)")
_MEANT: Final = {"=": "==", "=<": "<=", "=>": ">="}
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")
BOUND: Final = rf"(<=|>=|==|!=|<|>) *{_NUMBER.pattern}"
"""A regular expression of one bound."""

LONGEST_COMPARED: Final = 100
"""Characters in a comparison."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A number, and on which side of it to be."""

    sign: Sign
    number: float

    def __str__(self) -> str:
        return f"{self.sign} {spell_number(self.number)}"


Range: TypeAlias = tuple[Bound, ...]
"""Bounds that must all hold."""

Ranges: TypeAlias = tuple[Range, ...]
"""Ranges of which one is enough."""


class ComparisonRefused(ValueError):  # noqa: N818 -- named after what happened
    """A text is no comparison; `suggestion` is what may have been meant, or empty."""

    def __init__(self, reason: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.suggestion = suggestion


def looks_compared(text: str) -> bool:
    """Whether a text begins like a comparison."""
    return text.lstrip()[:1] in {"<", ">", "="} or text.lstrip().startswith("!=")


def parse_range(text: str) -> Range:
    """Read bounds, separated by commas; raise ComparisonRefused when they are none.

    Bounds that no number can meet are refused too: `> 5, < 3`.
    """
    if len(text) > LONGEST_COMPARED:
        raise ComparisonRefused(f"a comparison of {len(text)} characters")
    bounds = tuple(_bound(part.strip(), text) for part in text.split(","))
    if _is_empty(bounds):
        raise ComparisonRefused(f"`{text}`, which no number meets")
    return bounds


def _bound(part: str, text: str) -> Bound:
    shape = _BOUND.fullmatch(part)
    if shape is None:
        plain = text if _NUMBER.fullmatch(text) else ""
        raise ComparisonRefused(f"`{text}`, which does not compare", f"== {plain}" if plain else "")
    sign, number = shape.groups()
    if sign in _MEANT:
        raise ComparisonRefused(f"`{text}`, whose sign is unknown", f"{_MEANT[sign]} {number}")
    value = read_number(number)
    if value is None:
        raise ComparisonRefused(f"`{text}`, which compares with no number")
    return Bound(cast("Sign", sign), value)


def _is_empty(bounds: Range) -> bool:
    """Whether no number meets all bounds: tried on each bound's number and right beside it."""
    tries = [
        near
        for bound in bounds
        for near in (
            bound.number,
            math.nextafter(bound.number, -math.inf),
            math.nextafter(bound.number, math.inf),
        )
    ]
    return not any(_meets(each, bounds) for each in tries)


def no_count_meets(bounds: Range) -> bool:
    """Whether bounds that are whole numbers leave no count from 0 on."""
    return not any(_meets(count, bounds) for count in _counts_near(bounds))


def every_count_meets(bounds: Range) -> bool:
    """Whether bounds that are whole numbers exclude no count from 0 on."""
    return all(_meets(count, bounds) for count in _counts_near(bounds))


def _counts_near(bounds: Range) -> set[float]:
    near = {bound.number + step for bound in bounds for step in (-1, 0, 1)}
    return {0.0, *(number for number in near if number >= 0)}


def read_number(text: str) -> float | None:
    """Return the number that a text spells plainly, or None."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


_EXACT = 1e15  # below, every whole number has a spelling of its own


def spell_number(number: float) -> str:
    """Spell a number the shortest way that reads back to it: `10`, `0.1`, `1e-05`."""
    given = float(number)  # an int is welcome too
    return repr(int(given)) if given.is_integer() and abs(given) < _EXACT else repr(given)


def in_ranges(number: float, ranges: Ranges) -> Truth:
    """Whether a number is in one of the ranges; what is not a number compares with nothing."""
    if math.isnan(number):
        return Truth.UNKNOWN
    for bounds in ranges:
        if _meets(number, bounds):
            return TRUE
    return FALSE


def _meets(number: float, bounds: Range) -> bool:
    for bound in bounds:  # noqa: SIM110 -- `all` of a generator takes twice the time
        if not _COMPARES[bound.sign](number, bound.number):
            return False
    return True


def spell_range(bounds: Range) -> str:
    """Spell a range the way it is written."""
    return ", ".join(map(str, bounds))
