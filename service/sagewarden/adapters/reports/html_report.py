"""The report as one HTML page that needs nothing else: no script, no network, any browser."""

import hashlib
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sagewarden.adapters.reports import charts, rows, wording
from sagewarden.adapters.reports.figures import key_figures
from sagewarden.adapters.reports.headline import headline
from sagewarden.adapters.reports.tag_lines import tag_sections
from sagewarden.adapters.reports.trend import trend
from sagewarden.core.report import Report
from sagewarden.core.visible import shortened

LONGEST: Final = 600
"""Characters of one text that a page shows; JSON has all of them."""

SIGNS: Final = {
    "done": "\u2713",
    "already absent": "\u2013",
    "not attempted": "\u25cb",
    "undone": "\u21ba",
    "refused": "\u2715",
    "needs a person": "!",
    "delete": "\u2715",
    "mark": "\u25d4",
    "report": "i",
    "keep": "\u2713",
    "complete": "\u2713",
    "incomplete": "!",
    "good": "\u2713",
    "calm": "i",
    "attention": "!",
    "bad": "\u2715",
}
"""One sign for each result, verdict and tone, so that none is told by colour alone."""


def render_html(report: Report) -> bytes:
    """Return the page in UTF-8."""
    return _environment().get_template("report.html.j2").render(_page(report)).encode("utf-8")


def _page(report: Report) -> Mapping[str, Any]:
    style = _style()
    return {
        "report": report,
        "style": Markup(style),  # noqa: S704 -- our own file, nothing from outside
        "policy": content_policy(style),
        "head": headline(report),
        "figures": key_figures(report),
        "inventory_charts": charts.inventory_charts(report),
        "idle_chart": charts.idle_chart(report),
        "outcome_chart": charts.outcome_chart(report),
        "verdict_chart": charts.verdict_chart(report.policy_rows),
        "call_chart": charts.call_chart(report),
        "trend": trend(report),
        "verdicts": tuple(rows.judged_table(report, verdict) for verdict in wording.VERDICTS),
        "units": rows.unit_tables(report),
        "tags": tag_sections(report),
    }


def content_policy(style: str) -> str:
    """Return the page's Content-Security-Policy: this one style sheet and nothing else."""
    digest = b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("sagewarden.adapters.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=wording.number,
        moment=wording.moment,
        brief=wording.brief,
        second=wording.second,
        room=wording.room,
        short=shortened,
        spaced=lambda word: word.replace("-", " "),
        slug=lambda word: word.replace(" ", "-"),
    )
    environment.globals.update(
        signs=SIGNS,
        lasted=wording.lasted,
        counted=wording.counted,
        longest=LONGEST,
    )
    return environment


def _shown(value: Any) -> Any:
    """Make every text that a template puts out visible, so that none can be forgotten."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return shortened(value, LONGEST)
    return value


@cache
def _style() -> str:
    source, _, _ = PackageLoader("sagewarden.adapters.reports", "templates").get_source(
        Environment(autoescape=True), "report.css"
    )
    return source
