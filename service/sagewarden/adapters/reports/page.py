"""One self-contained HTML page for each reader: one look, one security policy, one script."""

import hashlib
from base64 import b64encode
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sagewarden.adapters.reports import wording
from sagewarden.adapters.reports.headline import binding
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
    "held": "\u25a0",
    "given": "\u2713",
    "not needed": "\u2013",
    "not known": "!",
    "complete": "\u2713",
    "incomplete": "!",
    "good": "\u2713",
    "calm": "i",
    "attention": "!",
    "bad": "\u2715",
}
"""One sign for each result, verdict and tone, so that none is told by colour alone."""


def render_page(template: str, **content: Any) -> bytes:
    """Return a page in UTF-8: a template on the common frame."""
    style, script = _source("report.css"), _source("tables.js")
    page = _environment().get_template(template)
    return page.render(
        style=Markup(style),  # noqa: S704 -- our own file, nothing from outside
        script=Markup(script),  # noqa: S704 -- our own file, nothing from outside
        policy=content_policy(style, script),
        **content,
    ).encode("utf-8")


def content_policy(style: str, script: str) -> str:
    """Return a page's Content-Security-Policy: this style sheet, this script, nothing else."""
    return (
        f"default-src 'none'; style-src {_named(style)}; script-src {_named(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _named(source: str) -> str:
    digest = b64encode(hashlib.sha256(source.encode("utf-8")).digest()).decode("ascii")
    return f"'sha256-{digest}'"


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
        binding=binding,
        number=wording.number,
        moment=wording.moment,
        brief=wording.brief,
        second=wording.second,
        room=wording.room,
        volume=wording.volume,
        dollars=wording.dollars,
        person=wording.person,
        short=shortened,
        spaced=lambda word: word.replace("-", " "),
        slug=lambda word: word.replace(" ", "-"),
    )
    environment.globals.update(
        signs=SIGNS,
        lasted=wording.lasted,
        counted=wording.counted,
        percent=wording.percent,
        entities=wording.entities,
        longest=LONGEST,
    )
    return environment


def _shown(value: Any) -> Any:
    """Make every text that a template puts out visible, so that none can be forgotten."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return shortened(value, LONGEST)
    return value


@cache
def _source(name: str) -> str:
    source, _, _ = PackageLoader("sagewarden.adapters.reports", "templates").get_source(
        Environment(autoescape=True), name
    )
    return source
