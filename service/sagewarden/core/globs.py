"""Globs that cannot explode: `*` is any text, `?` one character, nothing else is special."""

from collections.abc import Callable, Sequence


def matcher(pattern: str, *, fold: bool) -> Callable[[str], bool]:
    """Compile a glob; with `fold`, upper and lower case are the same."""
    if fold:
        same = matcher(pattern.lower(), fold=False)
        return lambda text: same(text.lower())
    if "?" in pattern:
        return lambda text: _matches(pattern, text)
    if "*" not in pattern:
        return lambda text: text == pattern
    head, *inner, tail = pattern.split("*")
    return _between(head, [piece for piece in inner if piece], tail)


def _between(head: str, inner: Sequence[str], tail: str) -> Callable[[str], bool]:
    """Return whether a text has all pieces in their order, each at its first place."""
    least = len(head) + len(tail)

    def matches(text: str) -> bool:
        if len(text) < least or not (text.startswith(head) and text.endswith(tail)):
            return False
        at, end = len(head), len(text) - len(tail)
        for piece in inner:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return matches


def _matches(pattern: str, text: str) -> bool:
    """Walk a glob with question marks.

    The walk goes back to the last star only, so its steps never exceed the length of the pattern
    times the length of the text.
    """
    at = in_text = 0
    star, retry = -1, 0
    while in_text < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, retry = at, in_text
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", text[in_text]):
            at += 1
            in_text += 1
        elif star >= 0:
            retry += 1
            at, in_text = star + 1, retry
        else:
            return False
    return all(character == "*" for character in pattern[at:])
