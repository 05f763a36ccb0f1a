"""Reads SURVIVORS.md: what lives of the mutation tool's changes, each with a verdict."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SURVIVORS = Path(__file__).parent / "SURVIVORS.md"

BAR = "\u2502"

_ROW = re.compile(r"^\| `(\S+)` \| (`+)(.+?)\2 \| (`+)(.+?)\4 \| (.+) \|$")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a change that no test sees may live: the line as it stands, the change, the reason."""

    file: str
    line: str
    change: str
    reason: str


def verdicts() -> tuple[Verdict, ...]:
    """Return every row of the table; raise ValueError for a row that is none."""
    return tuple(read_rows(SURVIVORS.read_text("utf-8")))


def spelled(file: str, line: str, change: str, reason: str) -> str:
    """Return a row of the table."""
    return f"| `{file}` | {_code(line)} | {_code(change)} | {reason} |"


def read_rows(text: str) -> Iterator[Verdict]:
    """Yield the rows of a table; raise ValueError for one that is none."""
    for row in text.splitlines():
        if not row.startswith("| `"):
            continue
        if (found := _ROW.match(row)) is None:
            raise ValueError(f"no row of a survivor: {row}")
        file, _, line, _, change, reason = found.groups()
        yield Verdict(file, _read(line), _read(change), reason)


def _code(text: str) -> str:
    """A pipe ends a cell, wherever it stands; a bar that looks like one does not."""
    text = text.replace("|", BAR)
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _read(text: str) -> str:
    return text.strip().replace(BAR, "|")
