"""The report as JSON: exact, versioned, and what every other form can be made from again."""

import json

from sagewarden.core.report import Report


def render_json(report: Report) -> bytes:
    """Return the report as ASCII JSON with a newline at its end.

    The standard library's writer, not orjson: names may hold halves of surrogate pairs, which
    orjson refuses and which must come back as they were.
    """
    text = json.dumps(report.spelled(), ensure_ascii=True, allow_nan=False, indent=1)
    return f"{text}\n".encode("ascii")


def read_json(body: bytes) -> Report:
    """Read what `render_json` wrote; raise ValueError, KeyError or TypeError when it is broken."""
    return Report.read(json.loads(body))
