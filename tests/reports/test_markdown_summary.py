"""A summary for a chat: short, and nothing in it links, calls or formats."""

import re

import pytest
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.sample import build

from sagewarden.adapters.reports.markdown_summary import escaped, render_markdown
from sagewarden.core.report import Report

SMALL = build(judged=12, outcomes=21, history=3)


def test_it_tells_what_happened_and_what_to_do(report: Report) -> None:
    text = render_markdown(report)
    assert text.startswith("### SageWarden: Needs attention\n")
    assert "**Deleted 19 experiments, 37 trials and 153 components; 1 step needs" in text
    assert "| stale-dev-experiments | 0 | 8 | 0 | 9 |" in text
    assert "- One step needs a person: sagewarden explain dev-ranking-007-run-02" in text


def test_it_is_short(report: Report) -> None:
    assert len(render_markdown(report).splitlines()) < 60


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<b>", r"\<b\>"),
        ("[a](http://x)", r"\[a\](http\://x)"),
        ("@everyone", "@\u2060everyone"),
        ("a|b", r"a\|b"),
        ("`x`", r"\`x\`"),
        ("www.evil.example", r"www\.evil.example"),
        ("- x", r"\- x"),
        ("# x", "\\#\u2060 x"),
        ("1. x", r"1\. x"),
        ("a\nb", "a\u27e8LF\u27e9b"),
        ("\\", "\\\\"),
    ],
)
def test_signs_that_mean_something_are_escaped(text: str, words: str) -> None:
    assert escaped(text) == words


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_line_and_no_column(text: str) -> None:
    plain = render_markdown(SMALL).splitlines()
    spoilt = render_markdown(spoiled_report(SMALL, text)).splitlines()
    assert len(spoilt) <= len(plain) + 1
    columns = {len(re.findall(r"(?<!\\)\|", line)) for line in spoilt if line.startswith("|")}
    assert columns == {4, 6}
