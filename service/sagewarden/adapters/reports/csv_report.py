"""The report's two long tables as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

from sagewarden.core.report import JudgedRow, OutcomeRow, Report
from sagewarden.core.visible import visible

BETWEEN: Final = " | "
"""Stands between several reasons in one cell."""

_FORMULA: Final = re.compile(
    r"(?:^|(?<=;))"  # a semicolon parts columns where the comma is the decimal point
    r"(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
)


def render_outcomes_csv(report: Report) -> bytes:
    """Return one line for each step of the journal, in the report's order."""
    return _table(OutcomeRow, report.outcomes)


def render_judged_csv(report: Report) -> bytes:
    """Return one line for each entity that a policy spoke about, in the report's order."""
    return _table(JudgedRow, report.judged)


def cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet runs as a formula; whole numbers stay."""
    if isinstance(value, int):
        return value
    text = BETWEEN.join(value) if isinstance(value, tuple) else str(value)
    return visible(_FORMULA.sub("'", text))


def _table(kind: type[JudgedRow | OutcomeRow], rows: Iterable[JudgedRow | OutcomeRow]) -> bytes:
    names = [each.name for each in fields(kind)]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows([cell(getattr(row, name)) for name in names] for row in rows)
    return text.getvalue().encode("utf-8")
