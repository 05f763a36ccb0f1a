"""A short summary in Markdown, for a pull request or a chat."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from sagewarden.adapters.reports.figures import key_figures
from sagewarden.adapters.reports.headline import binding, headline, undone
from sagewarden.adapters.reports.tag_lines import tag_sections
from sagewarden.adapters.reports.wording import WHOLE, brief, moment, number, stored_line
from sagewarden.core.report import Report
from sagewarden.core.report_rows import PolicyRow
from sagewarden.core.visible import shortened

POLICIES: Final = 20
LINES: Final = 10
_LONGEST: Final = 300
_MARKS: Final = re.compile(
    r"[\\`*_\[\]<>|~&$]|:(?=//)|(?<=www)\.|^\s*(?:[-+=#]|\d+[.)])", re.IGNORECASE
)
_CALLS: Final = re.compile(r"[@#]")
_JOINER: Final = "\u2060"
"""A word joiner: after these signs it keeps a chat from calling a person or linking an issue."""


def render_markdown(report: Report) -> str:
    """Return the summary; what it leaves out is said, and stands in the other forms."""
    return "\n".join(_lines(report)) + "\n"


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Return text as words only: no link, no mark-up, no mention, one line."""
    marked = _MARKS.sub(
        lambda found: f"{found.group()[:-1]}\\{found.group()[-1]}", shortened(text, longest)
    )
    return _CALLS.sub(lambda found: found.group() + _JOINER, marked)


def _lines(report: Report) -> Iterator[str]:
    head = headline(report)
    yield f"### SageWarden: {head.label}"
    yield ""
    yield f"**{escaped(head.sentence)}** {escaped(head.meaning)}"
    if report.endpoint:
        yield f"\n**Not AWS itself:** {escaped(report.endpoint)}"
    yield ""
    yield "| figure | count | |"
    yield "|---|---:|---|"
    for figure in key_figures(report):
        yield f"| {figure.label} | {figure.value} | {escaped(', '.join(figure.notes))} |"
    yield from _policies(report.policy_rows if report.inventory else ())
    for section in tag_sections(report):
        yield from _list(section.title, section.lines)
    yield from _list("Not done as planned, and why", undone(report))
    yield from _list("What to do next", report.advice, WHOLE)
    yield from _list("Mind these", (*binding(report), *report.notes))
    if report.storage is not None:
        yield f"\n{escaped(stored_line(report.storage), WHOLE)}"
    yield ""
    yield f"{escaped(report.account)} / {escaped(report.region)}, {escaped(report.mode)}, "
    yield f"began {escaped(moment(report.began))}, run {escaped(report.run)}, "
    yield f"plan {escaped(brief(report.plan) or 'none')}, {escaped(report.tool)}"


def _policies(rows: tuple[PolicyRow, ...]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield "| policy | delete | mark | report | keep |"
    yield "|---|---:|---:|---:|---:|"
    for row in rows[:POLICIES]:
        counts = " | ".join(map(number, (row.delete, row.mark, row.report, row.keep)))
        yield f"| {escaped(row.name)} | {counts} |"
    if len(rows) > POLICIES:
        yield f"\n{number(len(rows) - POLICIES)} more policies are in the full report."


def _list(title: str, lines: Iterable[str], longest: int = _LONGEST) -> Iterator[str]:
    told = tuple(lines)
    if not told:
        return
    yield ""
    yield f"**{title}**"
    yield ""
    yield from (f"- {escaped(line, longest)}" for line in told[:LINES])
    if len(told) > LINES:
        yield f"- {number(len(told) - LINES)} more in the full report"
