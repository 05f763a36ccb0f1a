"""The report's long tables as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

from sagewarden.core.report import Report
from sagewarden.core.report_rows import JudgedRow, OutcomeRow, TagGap, TagRow
from sagewarden.core.visible import visible

BETWEEN: Final = " | "
"""Stands between several reasons in one cell."""


_FORMULA: Final = re.compile(
    r"(?:^|(?<=;))"  # a semicolon parts columns where the comma is the decimal point
    r"(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
)


def render_outcomes_csv(report: Report) -> bytes:
    """Return one line for each step of the journal, in the report's order."""
    return csv_table(OutcomeRow, report.outcomes)


def render_judged_csv(report: Report) -> bytes:
    """Return one line for each entity that a policy spoke about, in the report's order."""
    return csv_table(JudgedRow, report.judged)


def render_tags_csv(report: Report) -> bytes:
    """Return one line for each tag that was, or would be, written or taken off."""
    return csv_table(TagRow, report.tags)


def render_tag_gaps_csv(report: Report) -> bytes:
    """Return one line for each required tag that no run repairs, with its entity's owner."""
    return csv_table(TagGap, report.tag_gaps)


def cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet runs as a formula; whole numbers stay.

    None, as of a tag that is not there, is an empty cell.
    """
    if isinstance(value, int):
        return value
    if value is None:
        return ""
    text = BETWEEN.join(value) if isinstance(value, tuple) else str(value)
    return visible(_FORMULA.sub("'", text))


def csv_table(kind: type[Any], rows: Iterable[Any]) -> bytes:
    """Return rows of one frozen kind, its fields as the heading."""
    names = [each.name for each in fields(kind)]
    body = io.BytesIO()
    with io.TextIOWrapper(body, "utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([cell(getattr(row, name)) for name in names] for row in rows)
        text.flush()
        return body.getvalue()
