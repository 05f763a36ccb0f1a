"""What a notice says to a person, in plain text, whatever stands in names from AWS."""

from collections.abc import Iterator, Mapping
from typing import Any

from sagewarden.core.digests import KIND
from sagewarden.core.visible import visible

LONGEST_REASONS = 1_000
"""Characters of one entity's reasons; the whole text lies in the vault."""


def subject(notice: Mapping[str, Any]) -> str:
    """One line of ASCII, of ours alone but for the target's numbers."""
    if _is_digest(notice):
        days = f"{notice['since'][:10]} to {notice['until'][:10]}"
        return f"SageWarden: {notice['subject']}, {days} in {notice['target']}"[:150]
    marked = notice["marked"]
    first = min((each["due"] for each in marked), default="")
    what = "1 entity is" if len(marked) == 1 else f"{len(marked)} entities are"
    return f"SageWarden: {what} due for deletion from {first[:10]} in {notice['target']}"[:150]


def opening(notice: Mapping[str, Any]) -> str:
    """Say to whom it is about what, in one line."""
    if _is_digest(notice):
        return f"{subject(notice)}."
    owner = visible(notice["owner"]) or "nobody"
    return f"{subject(notice)}. Owner: {owner}."


def keeping(notice: Mapping[str, Any]) -> str:
    """Say how to keep what is marked, or where to read more."""
    if _is_digest(notice):
        return f"{visible(notice['more'])}."
    return f"To keep one: {visible(notice['how_to_keep'])}."


def lines(notice: Mapping[str, Any], *, reasons: bool = True) -> Iterator[str]:
    """Yield a line for each entity: what it is, when it is due, by which policy and why.

    Of a digest: a line for each of its figures.
    """
    if _is_digest(notice):
        yield from map(visible, notice["lines"])
        return
    for each in notice["marked"]:
        told = f"{each['kind']} {each['name']}, due {each['due']}, policy {each['policy']}"
        why = "; ".join(each["because"]) if reasons else ""
        yield visible(f"{told}: {_short(why)}" if why else told)


def footing(notice: Mapping[str, Any]) -> str:
    """Say which notice this is, of which run, and what anchors the chain."""
    head = notice.get("chain") or "none yet"
    return visible(f"Notice {notice['id']}, run {notice['run']}, head of the chain {head}")


def text(notice: Mapping[str, Any]) -> str:
    """Return the whole as plain text."""
    body = "\n".join(f"- {line}" for line in lines(notice))
    return f"{opening(notice)}\n\n{body}\n\n{keeping(notice)}\n\n{footing(notice)}\n"


def _is_digest(notice: Mapping[str, Any]) -> bool:
    return notice.get("kind") == KIND


def _short(why: str) -> str:
    return why if len(why) <= LONGEST_REASONS else f"{why[:LONGEST_REASONS]}…"
