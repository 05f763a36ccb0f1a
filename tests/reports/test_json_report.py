"""JSON keeps everything, to the last character."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.sample import build

from sagewarden.adapters.reports.json_report import read_json, render_json
from sagewarden.core.report import REPORT_FORMAT, Report

SMALL = build(judged=6, outcomes=6, history=2)


def test_a_report_comes_back_as_it_was(report: Report) -> None:
    assert read_json(render_json(report)) == report


def test_it_says_its_format_first(report: Report) -> None:
    assert next(iter(json.loads(render_json(report)).items())) == ("format", REPORT_FORMAT)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_exactly(text: str) -> None:
    spoilt = spoiled_report(SMALL, text)
    assert read_json(render_json(spoilt)) == spoilt


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_any_text_comes_back_exactly(text: str) -> None:
    noted = replace(SMALL, notes=(text,))
    assert read_json(render_json(noted)).notes == (text,)


def test_the_bytes_are_ascii_and_end_a_line(report: Report) -> None:
    body = render_json(spoiled_report(report, "\ud800\x1b\u202e"))
    assert body.isascii()
    assert body.endswith(b"}\n")
