"""The report on a terminal: a plan by policy, and the summary of a run.

Everything from outside goes into `Text`, never into markup, and through `visible`: a name can
neither style the terminal nor send it an escape.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from sagewarden.adapters.reports.figures import key_figures
from sagewarden.adapters.reports.headline import ahead, binding, headline, undone
from sagewarden.adapters.reports.tag_lines import shown, tag_sections
from sagewarden.adapters.reports.wording import (
    VERDICTS,
    WHOLE,
    brief,
    counted,
    entities,
    moment,
    number,
    room,
)
from sagewarden.core.report import Report
from sagewarden.core.report_rows import JudgedRow, PolicyRow
from sagewarden.core.visible import shortened

SAMPLES: Final = 3
"""Trees shown for each policy and verdict."""

AHEAD: Final = "Limits that it will be above once it is due"
"""What is told of limits while all that matches is only marked."""

_LONGEST: Final = 200
_WIDTH: Final = 76
"""Columns of the line of outcomes: no count is parted from its word."""

_TONES: Final = {
    "good": "bold green",
    "calm": "bold cyan",
    "attention": "bold yellow",
    "bad": "bold red",
}
_VERDICTS: Final = {"delete": "red", "mark": "yellow", "report": "blue", "keep": "green"}
_RESULTS: Final = {
    "done": "green",
    "needs a person": "red",
    "refused": "yellow",
    "undone": "yellow",
}


def summary(report: Report) -> RenderableType:
    """Return how a run ended: headline, figures, outcomes, what to mind, what to do next."""
    head = headline(report)
    parts: list[RenderableType] = [
        Text.assemble(
            (f" {head.label} ", f"{_TONES[head.tone]} reverse"), " ", (head.sentence, "bold")
        ),
        Text(head.meaning, style="dim"),
    ]
    where = " ".join(filter(None, (f"{report.account}/{report.region}", report.target_name)))
    parts.append(Text(_seen(f"{report.mode} {report.run} on {where}"), style="dim"))
    if report.endpoint:
        parts.append(_line("Not AWS itself: ", report.endpoint, "bold yellow"))
    parts += ["", _figures(report)]
    if report.outcomes:
        parts += ["", _tally(report)]
    parts += _tags(report)
    why = undone(report)
    parts += _list("Not done as planned, and why", why[: SAMPLES * 3], "yellow")
    parts += _more(len(why) - SAMPLES * 3)
    parts += _list("Mind these", (*binding(report), *report.notes), "yellow")
    parts += _list(AHEAD, ahead(report), "yellow")
    parts += _list("Could not be read", report.gaps[: SAMPLES * 3], "yellow")
    parts += _more(len(report.gaps) - SAMPLES * 3)
    parts += _list("What to do next", report.advice, "cyan", WHOLE)
    return Group(*parts)


def plan_table(report: Report) -> RenderableType:
    """Return, for each policy, its trees by verdict with reasons and a few samples."""
    if not report.policy_rows:
        return Text("No policy was in force, so nothing could be due.")
    named = _seen(brief(report.plan)) or "with nothing due"
    title = Text.assemble(("Plan ", "bold"), (named, "bold cyan"))
    title.append(f"  {_seen(report.account)}/{_seen(report.region)}", style="dim")
    judged = _grouped(report.judged)
    parts: list[RenderableType] = [title]
    for row in report.policy_rows:
        parts += ["", _policy(row), Padding(_trees(row, judged), (0, 0, 0, 2))]
    return Group(*parts, *_tags(report))


def plan_verdict(report: Report, digest: str) -> RenderableType:
    """Return how a plan stands against the limits, what it could not see, and the next step."""
    parts: list[RenderableType] = []
    if digest:
        parts += ["", Text.assemble(("Digest ", "bold"), (_seen(digest), "cyan"))]
        parts.append(Text.assemble(("Limits ", "bold"), _seen(room(report.limits))))
    parts += _list("Exceeded", binding(report), "yellow")
    parts += _list(AHEAD, ahead(report), "yellow")
    parts += _list("Could not be read", report.gaps[: SAMPLES * 3], "yellow")
    parts += _more(len(report.gaps) - SAMPLES * 3)
    parts += _list("Mind these", report.notes, "yellow")
    parts += _list("What to do next", report.advice, "cyan", WHOLE)
    return Group(*parts)


def _tags(report: Report) -> Iterator[RenderableType]:
    for section in tag_sections(report):
        lines, more = shown(section, SAMPLES * 3)
        yield from _list(section.title, (*lines, *([more] if more else [])), "cyan")


def _policy(row: PolicyRow) -> Text:
    text = Text.assemble((_seen(row.name), "bold"), "  ")
    grace = f", grace {_seen(row.grace)}" if row.grace else ""
    text.append(f"{_seen(row.action)} {_seen(row.resource)}s{grace}", style="cyan")
    text.append(f"  {_seen(row.place)}", style="dim")
    if row.description:
        text.append(f"\n  {_seen(row.description)}", style="dim")
    return text


def _grouped(rows: Iterable[JudgedRow]) -> dict[tuple[str, str], list[JudgedRow]]:
    groups: dict[tuple[str, str], list[JudgedRow]] = {}
    for row in rows:
        groups.setdefault((row.policy, row.verdict), []).append(row)
    return groups


def _trees(policy: PolicyRow, judged: dict[tuple[str, str], list[JudgedRow]]) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, min_width=len("delete"))
    table.add_column(ratio=2, overflow="fold")
    table.add_column(ratio=3, overflow="fold")
    for verdict in VERDICTS:
        rows = judged.get((policy.name, verdict), [])
        count = getattr(policy, verdict)
        if count or rows:
            _section(table, verdict, count, rows)
    return table if table.row_count else Text(_nothing(policy), style="dim")


def _nothing(policy: PolicyRow) -> str:
    """Say why no tree has a verdict: what a policy asks tags of is told with the tags."""
    return "no tree has to go; tags are below" if policy.action == "tag" else "nothing matches"


def _section(table: Table, verdict: str, count: int, rows: Sequence[JudgedRow]) -> None:
    size = sum(row.size for row in rows)
    table.add_row(
        Text(verdict, style=f"bold {_VERDICTS[verdict]}"),
        Text.assemble((counted(count, "tree"), "bold"), (f", {entities(size)}", "dim")),
        "",
    )
    for row in sorted(rows, key=lambda each: -each.size)[:SAMPLES]:
        table.add_row("", Text(f"{_seen(row.name)} ({number(row.size)})"), _why(row))
    left = count - min(len(rows), SAMPLES)
    if left > 0:
        table.add_row("", Text(f"\u2026 and {number(left)} more", style="dim"), "")


def _why(row: JudgedRow) -> Text:
    text = Text()
    if row.against:
        text.append(_seen("; ".join(row.against)))
    if row.reasons:
        told = _seen("; ".join(row.reasons))
        text.append(f"\nmatched: {told}" if row.against else told, style="dim")
    return text


def _figures(report: Report) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for figure in key_figures(report):
        style = "bold yellow" if figure.tone else "bold"
        notes = Text(", ".join(map(_seen, figure.notes)), style="dim")
        table.add_row(Text(figure.label), Text(figure.value, style=style), notes)
    return table


def _tally(report: Report) -> Text:
    text, begin = Text("Outcomes  "), 0
    for result, count in report.tally.items():
        told = f"{number(count)} {_seen(result)}   "
        if len(text) - begin + len(told.rstrip()) > _WIDTH:
            text.append("\n          ")
            begin = len(text) - len("Outcomes  ")
        text.append(told, style=_RESULTS.get(result, "") if count else "dim")
    return text


def _list(
    title: str, lines: Iterable[str], style: str, longest: int = _LONGEST
) -> Iterator[RenderableType]:
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(no_wrap=True)
    rows.add_column(overflow="fold")
    for line in lines:
        rows.add_row(Text("  \u2022", style), Text(shortened(moment(line), longest)))
    if rows.row_count:
        yield ""
        yield Text(title, style=f"bold {style}")
        yield rows


def _more(left: int) -> Iterator[RenderableType]:
    if left > 0:
        yield Text(f"  \u2026 and {number(left)} more", style="dim")


def _line(label: str, text: str, style: str) -> Text:
    return Text.assemble((label, style), _seen(text))


def _seen(text: str) -> str:
    return shortened(moment(text), _LONGEST)
