"""What a report tells of tags, in lines that every form of it shows alike."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sagewarden.adapters.reports.wording import counted, moment
from sagewarden.core.report import Report
from sagewarden.core.report_rows import ComplianceRow, TagGap, TagRow

NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class TagSection:
    """A title and its lines."""

    title: str
    lines: tuple[str, ...]


def tag_sections(report: Report) -> tuple[TagSection, ...]:
    """Return what there is to tell: compliance, what was or would be written, what is left."""
    written = "Tags that a sweep would write" if report.mode == "plan" else "Tags written"
    sections = (
        TagSection("Required tags by policy and owner", tuple(_compliance(report.compliance))),
        TagSection(written, tuple(map(_tag, report.tags))),
        TagSection("Required tags that no run repairs, by owner", tuple(_gaps(report.tag_gaps))),
    )
    return tuple(each for each in sections if each.lines)


def _compliance(rows: Iterable[ComplianceRow]) -> Iterator[str]:
    for row in rows:
        counts = (
            (row.compliant, "as required"),
            (row.repair, "to repair"),
            (row.violation, "to be mended by a person"),
            (row.left, "left alone"),
            (row.unknown, "unknown"),
        )
        told = ", ".join(f"{count} {word}" for count, word in counts if count)
        yield f"{row.policy}, owner {row.owner or NOBODY}: {told}"


def _tag(row: TagRow) -> str:
    what = f"remove {row.key}" if row.after is None else f"{row.key}={moment(row.after)}"
    was = "" if row.before is None else f" (was {moment(row.before)})"
    why = "; ".join(each for each in (row.reason, row.detail) if each)
    return f"{row.result}: {row.kind} {row.name}: {what}{was}; {why}"


def _gaps(rows: Iterable[TagGap]) -> Iterator[str]:
    for row in rows:
        since = f", since {moment(row.since)}" if row.since else ""
        yield (
            f"{row.owner or NOBODY}: {row.kind} {row.name}: tag {row.key}: {row.reason} "
            f"({row.state}, policy {row.policy}{since})"
        )


def shown(section: TagSection, most: int) -> tuple[tuple[str, ...], str]:
    """Return the first lines of a section, and what tells of the rest (empty without one)."""
    left = len(section.lines) - most
    more = f"{counted(left, 'line')} more in the JSON report" if left > 0 else ""
    return section.lines[:most], more
