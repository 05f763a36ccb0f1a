"""Makes text from outside harmless to look at: nothing in it can hide, move or reorder text.

For people's eyes only; evidence (JSON, archives, journals) keeps every character as it came.
"""

import re
from typing import Final

_NAMES: Final = (
    "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI "
    "DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US"
)
_CONTROLS: Final = tuple(_NAMES.split())
"""What ASCII calls its controls, from 0 on; many fonts lack Unicode's pictures of them."""

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

    The signs are names between angle brackets, `\u27e8ESC\u27e9` or `\u27e8U+202E\u27e9`. The
    answer is one line and can be encoded as UTF-8.
    """
    return text if text.isascii() and text.isprintable() else _UNSEEN.sub(_sign, text)


def one_line(text: str) -> str:
    """Return a text of several lines as one, for a log: no mark of a line's end stands in it."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    told = "; ".join(filter(None, lines))
    return told.replace(":; ", ": ").replace(";; ", "; ")


def shortened(text: str, most: int) -> str:
    """Return visible text of at most `most` characters; a cut one ends in an ellipsis."""
    seen = visible(text if len(text) <= most else text[: most + 1])
    return seen if len(seen) <= most else f"{seen[: most - 1]}\u2026"


def _sign(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\u27e8{_CONTROLS[code] if code < len(_CONTROLS) else f'U+{code:04X}'}\u27e9"
