"""Reads nodes as what the language wants there; whatever else stands there is noted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import TypeVar

from sagewarden.adapters.policyfiles.nodes import ListNode, Look, MapNode, Node, ScalarNode
from sagewarden.adapters.policyfiles.problems import Log, below, shown
from sagewarden.core import durations

T = TypeVar("T")

LONGEST_TEXT = 256
"""Characters in a name, glob or tag value; AWS allows no longer ones."""

LONGEST_KEY = 128
"""Characters in a tag key, likewise."""

_LONGEST_WORD = 40
_DIGITS = 9

LARGEST_COUNT = 10**_DIGITS - 1
"""What a whole number may be at most."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A node, the path that leads to it, and where to note problems."""

    node: Node
    path: str
    log: Log

    def refuse(self, found: str, allowed: str, suggestion: str = "") -> None:
        """Note that something else stands here than is allowed."""
        self.log.add(self.node.mark, self.path, found, allowed, suggestion)

    def scalar(self, allowed: str) -> ScalarNode | None:
        """Return a value that is neither blank nor a list or mapping."""
        match self.node:
            case ScalarNode() if self.node.look is Look.BLANK:
                self.refuse("a blank value", allowed)
            case ScalarNode():
                return self.node
            case ListNode():
                self.refuse("a list", allowed)
            case MapNode():
                self.refuse("a mapping", allowed)
            case _:
                pass
        return None


def text(cursor: Cursor, allowed: str, longest: int = LONGEST_TEXT) -> str | None:
    """Read one line of text; what is not plainly a text needs quotes."""
    scalar = cursor.scalar(allowed)
    if scalar is None:
        return None
    if scalar.look is not Look.TEXT:
        found = f"{shown(scalar.text)}, which is {scalar.look.value}"
        cursor.refuse(found, f"{allowed}, in quotes", f'"{scalar.text}"')
    elif not scalar.text.strip():
        cursor.refuse("an empty text", allowed)
    elif len(scalar.text) > longest:
        cursor.refuse(f"a text of {len(scalar.text)} characters", f"at most {longest} characters")
    elif "\n" in scalar.text or "\r" in scalar.text:
        cursor.refuse("a text of more than one line", allowed)
    else:
        return scalar.text
    return None


def literal(cursor: Cursor, allowed: str, longest: int) -> str | None:
    """Read any text as it stands at AWS, in quotes also an empty one or one of several lines."""
    if not isinstance(cursor.node, ScalarNode) or cursor.node.plain:
        return text(cursor, allowed, longest)
    if len(cursor.node.text) > longest:
        found = f"a text of {len(cursor.node.text)} characters"
        cursor.refuse(found, f"at most {longest} characters")
        return None
    return cursor.node.text


def prose(cursor: Cursor, allowed: str) -> str | None:
    """Read a text of any length and number of lines."""
    scalar = cursor.scalar(allowed)
    if scalar is None:
        return None
    if not scalar.text.strip():
        cursor.refuse("an empty text", allowed)
        return None
    return scalar.text


def boolean(cursor: Cursor) -> bool | None:
    """Read `true` or `false`."""
    scalar = cursor.scalar("true, false")
    if scalar is None:
        return None
    if scalar.look is not Look.BOOLEAN:
        cursor.refuse(seen(scalar), "true, false")
        return None
    return scalar.text.lower() == "true"


def count(cursor: Cursor) -> int | None:
    """Read a whole number above zero."""
    allowed = "a whole number from 1, without quotes and leading zeros"
    scalar = cursor.scalar(allowed)
    if scalar is None:
        return None
    fits = scalar.look is Look.INTEGER and len(scalar.text) <= _DIGITS
    number = int(scalar.text) if fits else 0
    if number < 1:
        cursor.refuse(seen(scalar), allowed)
        return None
    return number


def duration(cursor: Cursor) -> timedelta | None:
    """Read a duration with its unit."""
    scalar = cursor.scalar(durations.SPELLING)
    if scalar is None:
        return None
    try:
        return durations.parse_duration(scalar.text)
    except durations.DurationRefused as error:
        cursor.refuse(str(error), durations.SPELLING, error.suggestion)
        return None


def moment(cursor: Cursor, allowed: str) -> datetime | None:
    """Read a time with its zone; quotes are needed, since YAML readers make dates of the rest."""
    spelled = text(cursor, allowed)
    if spelled is None:
        return None
    try:
        found = datetime.fromisoformat(spelled)
    except ValueError:
        cursor.refuse(f"{shown(spelled)}, which is not a time", allowed)
        return None
    if found.tzinfo is None:
        cursor.refuse(f"{shown(spelled)}, which has no zone", allowed, f'"{spelled}Z"')
        return None
    return found.astimezone(UTC)


def version(cursor: Cursor) -> None:
    """Check the version of a file's language."""
    scalar = cursor.scalar("1")
    if scalar is not None and (scalar.look is not Look.INTEGER or scalar.text != "1"):
        cursor.refuse(f"the version {seen(scalar)}", "1", "1")


def choice(cursor: Cursor, words: Sequence[str], also: str = "") -> str | None:
    """Read one of `words`; a message may tell what is allowed `also`."""
    allowed = ", ".join(words) + also
    scalar = cursor.scalar(allowed)
    if scalar is None:
        return None
    if scalar.text in words:
        return scalar.text
    cursor.refuse(shown(scalar.text), allowed, near(scalar.text, words))
    return None


def one_or_more(
    cursor: Cursor, read: Callable[[Cursor], T | None], allowed: str
) -> tuple[T, ...] | None:
    """Read a list that is not empty, or a single value in its place."""
    if not isinstance(cursor.node, ListNode):
        single = read(cursor)
        return None if single is None else (single,)
    return _every(entries(cursor, allowed), read)


def entries(cursor: Cursor, allowed: str) -> list[Cursor]:
    """Return what a list holds; refuse anything else, and an empty list."""
    if isinstance(cursor.node, ListNode):
        if not cursor.node.nodes:
            cursor.refuse("an empty list", allowed)
        return [
            Cursor(node, f"{cursor.path}[{index}]", cursor.log)
            for index, node in enumerate(cursor.node.nodes)
        ]
    if (scalar := cursor.scalar(allowed)) is not None:
        cursor.refuse(shown(scalar.text), allowed)
    return []


def pairs(cursor: Cursor, allowed: str) -> list[tuple[Cursor, Cursor]]:
    """Return a mapping's keys and values; refuse anything else, and an empty mapping.

    A key's cursor stands on the key and has the path of its value.
    """
    node = cursor.node
    if isinstance(node, MapNode):
        if not node.fields:
            cursor.refuse("an empty mapping", allowed)
        found = []
        for key, value in node.fields:
            path = below(cursor.path, key.text)
            found.append((Cursor(key, path, cursor.log), Cursor(value, path, cursor.log)))
        return found
    if isinstance(node, ListNode):
        cursor.refuse("a list", allowed)
    elif (scalar := cursor.scalar(allowed)) is not None:
        cursor.refuse(shown(scalar.text), allowed)
    return []


def fields(cursor: Cursor, names: Sequence[str]) -> dict[str, Cursor]:
    """Return the fields of a mapping that has no other keys than `names`."""
    allowed = ", ".join(sorted(names))
    known: dict[str, Cursor] = {}
    for key, value in pairs(cursor, f"a mapping with {allowed}"):
        name = key.node.text if isinstance(key.node, ScalarNode) else ""
        if name in names:
            known[name] = value
        else:
            key.refuse(f"an unknown key {shown(name)}", allowed, near(name, names))
    return known


def need(cursor: Cursor, found: dict[str, Cursor], key: str, allowed: str) -> Cursor | None:
    """Return a field that must be there."""
    if key not in found and isinstance(cursor.node, MapNode) and cursor.node.fields:
        path = below(cursor.path, key)
        cursor.log.add(cursor.node.mark, path, f"no {shown(key)}", allowed)
    return found.get(key)


def seen(scalar: ScalarNode) -> str:
    """Show a value, and whether quotes make a text of it."""
    return shown(scalar.text) if scalar.plain else f"{shown(scalar.text)} in quotes"


def near(word: str, words: Sequence[str]) -> str:
    """Return the word that was probably meant, or nothing."""
    if len(word) > _LONGEST_WORD:
        return ""
    by_lower = {each.lower(): each for each in words}
    close = get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else ""


def _every(cursors: list[Cursor], read: Callable[[Cursor], T | None]) -> tuple[T, ...] | None:
    values = [read(cursor) for cursor in cursors]
    whole = tuple(value for value in values if value is not None)
    return whole if whole and len(whole) == len(values) else None
