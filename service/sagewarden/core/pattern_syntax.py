"""The syntax of patterns: regular expressions without anything that needs to look back or ahead.

Literals, classes, groups, alternatives and repetitions. All of it can be matched by an automaton,
so no pattern can be slow; what cannot be (back-references, look-around) is refused, and so is what
engines read in different ways.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias

LONGEST: Final = 256
"""Characters in a pattern."""

DEEPEST: Final = 10
"""Groups inside one another."""

MOST_REPEATS: Final = 256
"""The largest number between braces; AWS allows no longer tag values."""


class PatternRefused(ValueError):  # noqa: N818 -- named after what happened
    """A text is no pattern: what was found, where (from 0), and what may have been meant."""

    def __init__(self, found: str, at: int, suggestion: str = "") -> None:
        super().__init__(f"{found} at character {at + 1}")
        self.at = at
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of these ranges, both ends included; with `outside`, any other one."""

    ranges: tuple[tuple[str, str], ...]
    outside: bool = False

    def holds(self, character: str) -> bool:
        """Whether a character is one of them."""
        return any(low <= character <= high for low, high in self.ranges) != self.outside


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of these."""

    parts: tuple["Shape", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """At least and at most so many times; `most` None is without end."""

    part: "Shape"
    least: int
    most: int | None


Shape: TypeAlias = Chars | Row | Choice | Repeat

_DIGIT = (("0", "9"),)
_WORD = (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z"))
_BLANK = (("\t", "\r"), (" ", " "))
_SETS: Final = {"d": _DIGIT, "w": _WORD, "s": _BLANK}
_ANY = Chars((), outside=True)
_QUANTIFIERS: Final = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_ANCHORS: Final = frozenset("AZzbBG")


def parse_pattern(text: str) -> Shape:
    """Read a pattern; raise PatternRefused with the place and the reason."""
    if not text:
        raise PatternRefused("an empty pattern", 0)
    if len(text) > LONGEST:
        raise PatternRefused(f"a pattern of more than {LONGEST} characters", LONGEST)
    reader = _Reader(text)
    shape = reader.choice(0)
    if reader.at < len(text):
        raise reader.refused("a `)` that closes nothing", "\\)")
    return shape


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def refused(self, found: str, suggestion: str = "") -> PatternRefused:
        return PatternRefused(found, min(self.at, len(self._text)), suggestion)

    @property
    def _next(self) -> str:
        return self._text[self.at : self.at + 1]

    def _takes(self, wanted: str) -> bool:
        taken = self._text.startswith(wanted, self.at)
        self.at += len(wanted) * taken
        return taken

    def choice(self, depth: int) -> Shape:
        parts = [self._row(depth)]
        while self._takes("|"):
            parts.append(self._row(depth))
        return parts[0] if len(parts) == 1 else Choice(tuple(parts))

    def _row(self, depth: int) -> Shape:
        parts: list[Shape] = []
        while self._next and self._next not in "|)":
            parts.append(self._repeated(self._atom(depth)))
        if not parts:
            raise self.refused("nothing where something to match belongs")
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _atom(self, depth: int) -> Shape:
        match self._next:
            case "(":
                return self._group(depth)
            case "[":
                return self._class()
            case "\\":
                return Chars(*self._escaped())
            case ".":
                self.at += 1
                return _ANY
            case "^" | "$" as anchor:
                raise self.refused(f"the anchor `{anchor}`: a whole value is always compared")
            case "?" | "*" | "+" | "{" as sign:
                raise self.refused(f"`{sign}` after nothing to repeat", f"\\{sign}")
            case "]" | "}" as sign:
                raise self.refused(f"a `{sign}` that closes nothing", f"\\{sign}")
            case letter:
                self.at += 1
                return Chars(((letter, letter),))

    def _group(self, depth: int) -> Shape:
        if depth == DEEPEST:
            raise self.refused(f"more than {DEEPEST} groups inside one another")
        if self._text.startswith("(?", self.at) and not self._text.startswith("(?:", self.at):
            raise self.refused("a look-around, name or flag", "(?: … )")
        opened = self.at
        if not self._takes("(?:"):
            self._takes("(")
        shape = self.choice(depth + 1)
        if not self._takes(")"):
            raise PatternRefused("a `(` that is never closed", opened, "\\(")
        return shape

    def _repeated(self, part: Shape) -> Shape:
        start = self.at
        if self._next == "{":
            least, most = self._braces()
        elif self._next in _QUANTIFIERS and self._next:
            least, most = _QUANTIFIERS[self._next]
            self.at += 1
        else:
            return part
        if self._next and self._next in "?*+{":
            raise self.refused(
                "a repetition of a repetition", f"{self._text[start : self.at]} alone"
            )
        return Repeat(part, least, most)

    def _braces(self) -> tuple[int, int | None]:
        inside, closed, _ = self._text[self.at + 1 :].partition("}")
        low, comma, high = inside.partition(",")
        if not closed or not _is_number(low) or not (_is_number(high) or not high):
            raise self.refused("`{` without {n}, {n,} or {n,m}", "\\{")
        least = int(low)
        most = (int(high) if high else None) if comma else least
        if max(least, most or 0) > MOST_REPEATS:
            raise self.refused(f"a repetition of more than {MOST_REPEATS}")
        if most is not None and (most < least or most == 0):
            raise self.refused("a repetition that is never")
        self.at += len(inside) + 2
        return least, most

    def _escaped(self) -> tuple[tuple[tuple[str, str], ...], bool]:
        """Read a backslash and what follows: a set, or a sign that stands for itself."""
        sign = self._text[self.at + 1 : self.at + 2]
        if sign and sign.lower() in _SETS:
            self.at += 2
            return _SETS[sign.lower()], sign.isupper()
        if not sign:
            raise self.refused("a backslash at the end", "\\\\")
        if sign in _ANCHORS:
            raise self.refused(f"the anchor `\\{sign}`: a whole value is always compared")
        if sign.isdigit():
            raise self.refused(f"the back-reference `\\{sign}`")
        if sign.isalpha():
            raise self.refused(f"`\\{sign}`, which means nothing here", sign)
        self.at += 2
        return ((sign, sign),), False

    def _class(self) -> Shape:
        opened = self.at
        self._takes("[")
        outside = self._takes("^")
        ranges: list[tuple[str, str]] = []
        while not self._takes("]"):
            if not self._next:
                raise PatternRefused("a `[` that is never closed", opened, "\\[")
            ranges.extend(self._range())
        if not ranges:
            raise PatternRefused("a class without characters", opened)
        return Chars(tuple(ranges), outside)

    def _range(self) -> tuple[tuple[str, str], ...]:
        start = self.at
        low = self._member()
        if not self._text.startswith("-", self.at) or self._text.startswith("-]", self.at):
            return low
        self.at += 1
        high = self._member() if self._next else ()
        if len(low) != 1 or len(high) != 1 or low[0][0] != low[0][1] or low[0][0] > high[0][0]:
            raise PatternRefused("a range that does not go from low to high", start)
        return ((low[0][0], high[0][1]),)

    def _member(self) -> tuple[tuple[str, str], ...]:
        if self._next == "\\":
            ranges, outside = self._escaped()
            if outside:
                self.at -= 2
                raise self.refused("all but a set inside a class", "a class of its own")
            return ranges
        if self._next == "[":
            raise self.refused("a `[` inside a class", "\\[")
        self.at += 1
        letter = self._text[self.at - 1]
        return ((letter, letter),)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 3  # noqa: PLR2004 -- MOST_REPEATS
