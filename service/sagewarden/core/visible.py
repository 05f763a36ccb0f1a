"""Makes text from outside harmless to look at: nothing in it can hide, move or reorder text.

For people's eyes only; evidence (JSON, archives, journals) keeps every character as it came.
"""

import re
from typing import Final

PICTURES: Final = 0x2400
"""Where Unicode's pictures of the control characters begin, in the order of the controls."""

DELETE: Final = 0x7F
PICTURE_OF_DELETE: Final = "\u2421"

_UNSEEN: Final = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0, DEL, C1: ANSI escapes, line breaks, NUL
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"  # invisible in most fonts
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # zero width, line ends, bidi controls
    "\u3164\uffa0\ufff9-\ufffb\ufffe\uffff"  # fillers, interlinear marks, no characters
    "\ud800-\udfff"  # halves of a pair: cannot be encoded
    "\U000e0000-\U000e0fff"  # tags and selectors that no font draws
    "]"
)


def visible(text: str) -> str:
    """Return text in which each unseen character is replaced by a sign that is seen.

    Controls become their Unicode pictures (NUL is U+2400, newline U+240A), all others their
    number: `\u27e8U+202E\u27e9`. The answer is one line and can be encoded as UTF-8.
    """
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_sign, text)


def shortened(text: str, most: int) -> str:
    """Return visible text of at most `most` characters; a cut one ends in an ellipsis."""
    seen = visible(text if len(text) <= most else text[: most + 1])
    return seen if len(seen) <= most else f"{seen[: most - 1]}\u2026"


def _sign(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < ord(" "):
        return chr(PICTURES + code)
    return PICTURE_OF_DELETE if code == DELETE else f"\u27e8U+{code:04X}\u27e9"
