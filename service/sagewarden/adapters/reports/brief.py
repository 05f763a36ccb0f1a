"""A short form of any view, told once and shown on a terminal or as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from sagewarden.adapters.reports.markdown_summary import escaped
from sagewarden.adapters.reports.wording import moment, number
from sagewarden.core.visible import shortened

LINES: Final = 20
"""Rows of a table, at most; what is left out is counted."""

_LONGEST: Final = 160


@dataclass(frozen=True, slots=True)
class BriefTable:
    """A small table: its title, headings and rows, all of them text or whole numbers."""

    title: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str | int, ...]]


@dataclass(frozen=True, slots=True)
class Brief:
    """A title, a few lines below it, and tables; those without rows are left out."""

    title: str
    lines: tuple[str, ...]
    tables: tuple[BriefTable, ...]


def on_terminal(brief: Brief) -> RenderableType:
    """Return it for rich: text from outside can neither style nor escape."""
    parts: list[RenderableType] = [Text(_seen(brief.title), style="bold")]
    parts += [Text(_seen(line), style="dim") for line in brief.lines]
    for each in _filled(brief.tables):
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        for place, heading in enumerate(each.headings):
            is_count = isinstance(each.rows[0][place], int)
            table.add_column(
                heading, justify="right" if is_count else "left", overflow="fold", no_wrap=is_count
            )
        for row in each.rows[:LINES]:
            table.add_row(*(Text(_cell(cell)) for cell in row))
        parts += ["", Text(_counted(each), style="bold cyan"), table]
        parts += [Text(f"\u2026 and {more}", style="dim") for more in _more(each)]
    return Group(*parts)


def in_markdown(brief: Brief) -> str:
    """Return it as Markdown, in which nothing from outside links, calls or formats."""
    return "\n".join(_markdown(brief)) + "\n"


def _markdown(brief: Brief) -> Iterator[str]:
    yield f"### {escaped(brief.title)}"
    for line in brief.lines:
        yield f"\n{escaped(line)}"
    for each in _filled(brief.tables):
        yield f"\n**{escaped(_counted(each))}**\n"
        yield f"| {' | '.join(each.headings)} |"
        marks = ("---:" if isinstance(cell, int) else "---" for cell in each.rows[0])
        yield f"|{'|'.join(marks)}|"
        for row in each.rows[:LINES]:
            yield f"| {' | '.join(escaped(_cell(cell), _LONGEST) for cell in row)} |"
        yield from (f"\n{more} in the other forms" for more in _more(each))


def _filled(tables: Iterable[BriefTable]) -> Iterator[BriefTable]:
    return (each for each in tables if each.rows)


def _counted(table: BriefTable) -> str:
    return f"{table.title} ({number(len(table.rows))})"


def _more(table: BriefTable) -> Iterator[str]:
    left = len(table.rows) - LINES
    if left > 0:
        yield f"{number(left)} more"


def _cell(cell: str | int) -> str:
    return number(cell) if isinstance(cell, int) else _seen(cell)


def _seen(text: str) -> str:
    return shortened(moment(text), _LONGEST)
