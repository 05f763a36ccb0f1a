"""Globs that cannot explode: `*` is any text, `?` one character, nothing else is special."""

from collections.abc import Callable


def matcher(pattern: str, *, fold: bool) -> Callable[[str], bool]:
    """Compile a glob; with `fold`, upper and lower case are the same.

    The walk goes back to the last star only, so its steps never exceed the length of the pattern
    times the length of the text.
    """
    wanted = pattern.lower() if fold else pattern
    if not set(wanted) & {"*", "?"}:
        return (lambda text: text.lower() == wanted) if fold else (lambda text: text == wanted)
    return (
        (lambda text: _matches(wanted, text.lower()))
        if fold
        else (lambda text: _matches(wanted, text))
    )


def _matches(pattern: str, text: str) -> bool:
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
