"""A notice as Slack's incoming webhooks take it, and what speaks their language.

All that comes from AWS stands in `plain_text`, where nothing is a link, a mention or an emoji. A
message has at most 50 blocks, a text in one 3,000 characters (Slack's reference of blocks).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sagewarden.adapters.notify.wording import footing, keeping, lines, opening, subject
from sagewarden.core.canonical import canonical

MOST_BLOCKS = 50
LONGEST = 2_900
_FRAME = 4
"""Blocks beside those that list entities."""


def payload(notice: Mapping[str, Any]) -> bytes:
    """Return the request's body; every entity stands in it, their reasons where there is room."""
    listed = list(_packed(lines(notice)))
    if len(listed) > MOST_BLOCKS - _FRAME:
        listed = list(_packed(lines(notice, reasons=False)))
    blocks = [
        {"type": "header", "text": _plain(subject(notice))},
        *map(_section, [opening(notice), *listed, keeping(notice)]),
        {"type": "context", "elements": [_plain(footing(notice))]},
    ]
    return canonical({"text": _escaped(subject(notice)), "mrkdwn": False, "blocks": blocks})


def _packed(found: Iterator[str]) -> Iterator[str]:
    """Yield as few texts as hold all lines."""
    held: list[str] = []
    size = 0
    for line in found:
        short = line[: LONGEST - 1]
        if size + len(short) + 1 > LONGEST:
            yield "\n".join(held)
            held, size = [], 0
        held.append(short)
        size += len(short) + 1
    if held:
        yield "\n".join(held)


def _section(told: str) -> dict[str, Any]:
    return {"type": "section", "text": _plain(told[:LONGEST])}


def _plain(told: str) -> dict[str, Any]:
    return {"type": "plain_text", "emoji": False, "text": told}


def _escaped(told: str) -> str:
    return told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
