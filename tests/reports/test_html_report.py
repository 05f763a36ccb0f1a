"""One page, one script that is named by its hash, nothing loaded, nothing hostile alive."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reports.hostile import HOSTILE, spoiled_report
from tests.reports.page import Page
from tests.reports.sample import build

from sagewarden.adapters.reports import rows
from sagewarden.adapters.reports.html_report import render_html
from sagewarden.adapters.reports.rows import OUTCOMES
from sagewarden.adapters.reports.trend import trend
from sagewarden.core.report import Report

SMALL = build(judged=12, outcomes=21, history=3)
CLOSED = "base-uri 'none'; form-action 'none'"
MEGABYTE = 1_000_000
PLAIN = Page(render_html(SMALL))


def test_every_tag_closes_where_it_should(report: Report) -> None:
    page = Page(render_html(report))
    assert (page.strays, page.unclosed) == ([], [])


def test_the_policy_names_the_style_sheet_and_the_script_by_their_hashes(report: Report) -> None:
    page = Page(render_html(report))
    style, script = (
        b64encode(sha256(source.encode()).digest()).decode() for source in (page.style, page.script)
    )
    told = (
        f"default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; "
        f"img-src data:; {CLOSED}"
    )
    assert [found["content"] for _, found in page.tags if "http-equiv" in found] == [told]


def test_the_policy_comes_before_the_style_sheet(report: Report) -> None:
    body = render_html(report)
    assert body.index(b"Content-Security-Policy") < body.index(b"<style>")


def test_it_holds_one_script_and_loads_nothing(report: Report) -> None:
    page = Page(render_html(report))
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert not page.names & {"link", "img", "iframe", "object", "embed", "form", "base"}
    assert not page.attributes & {"src", "srcset", "style", "action", "xlink:href"}
    assert all(href.startswith("#") for href in page.values("href"))
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_every_link_leads_to_a_section(report: Report) -> None:
    page = Page(render_html(report))
    assert {href[1:] for href in page.values("href")} <= set(page.values("id"))


def test_ids_are_unique(report: Report) -> None:
    ids = Page(render_html(report)).values("id")
    assert len(ids) == len(set(ids))


def test_every_drawing_tells_its_content_in_words(report: Report) -> None:
    page = Page(render_html(report))
    drawings = [found for tag, found in page.tags if tag == "svg" and found.get("role") == "img"]
    ids = set(page.values("id"))
    assert len(drawings) == 8
    assert all(set(found["aria-labelledby"].split()) <= ids for found in drawings)


def test_every_heading_of_a_table_has_a_scope(report: Report) -> None:
    page = Page(render_html(report))
    assert all("scope" in found for tag, found in page.tags if tag == "th")


@pytest.mark.parametrize(
    "fact",
    [
        "Deleted 19 experiments, 37 trials and 153 components; 1 step needs a person",
        "Exit code 3: the run finished, but something failed or was refused.",
        "Not AWS itself.",
        "http://127.0.0.1:4599",
        "Lowered for the demo: grace 14d to 2s, matches 2 to 1.",
        "One step needs a person: sagewarden explain dev-ranking-007-run-02",
        "ValidationException: the trial got a new component",
        "keep.last: newest 2 of 5 in experiment dev-vision",
        "marked, due 2026-12-02 06:00 UTC",
        "ListTags of trial dev-speech-12: AccessDenied",
        "DisassociateTrialComponent",
        "arn:aws:sts::123456789012:assumed-role/SageWarden/daemon",
        "s3://ml-research-sagewarden/prod",
        "Over 21 runs components went from 3,120 to 1,848; 1,581 were deleted",
    ],
)
def test_the_page_tells(fact: str, report: Report) -> None:
    assert fact in Page(render_html(report)).text


def test_digests_are_there_in_full(report: Report) -> None:
    body = render_html(report).decode()
    digests = {report.plan, report.policies, report.outcomes[0].archive_sha256}
    digests |= {each["sha256"] for each in report.policy_files}
    assert [digest for digest in digests if digest not in body] == []


def test_an_empty_report_still_makes_a_page() -> None:
    empty = replace(
        build(judged=0, outcomes=0, history=0),
        policy_rows=(),
        policy_files=(),
        gaps=(),
        notes=(),
        advice=(),
        adopted=(),
        idle_histogram=(),
        inventory={},
        calls={},
        matched={},
        tally={},
        statuses={},
        origins={},
        endpoint="",
        exit_code=0,
    )
    page = Page(render_html(empty))
    assert "Nothing was deleted." in page.text
    assert "Not AWS itself" not in page.text


def unjudged(report: Report) -> Report:
    """The report of a run that applied a stored plan: it took no inventory."""
    return replace(report, inventory={}, limits="", calls={}, judged=(), exceeded=())


def test_a_run_that_judged_nothing_is_not_told_as_an_empty_account() -> None:
    text = Page(render_html(unjudged(SMALL))).text
    assert "it applied a stored plan, or stopped before" in text
    assert [
        said for said in ("Nothing was found", "No limit was", "no match") if said in text
    ] == []


def test_a_run_without_an_inventory_leaves_the_curve_as_it_was() -> None:
    found = trend(unjudged(SMALL))
    assert found is not None
    assert found.points[-1].y is None
    assert "not counted" in found.points[-1].told
    assert not found.says.split(";")[0].endswith(" 0")


def test_ten_thousand_rows_stay_small_and_say_what_is_left_out() -> None:
    body = render_html(build(judged=10_000, outcomes=10_000, history=400))
    text = re.sub(r"\s+", " ", Page(body).text)
    assert len(body) < 7 * MEGABYTE
    assert f"{OUTCOMES:,} of 10,000 outcomes are shown." in text
    assert "The other 9,000 are in outcomes.csv and in the JSON report." in text
    assert "trees are shown." not in text


def test_what_is_beyond_ten_thousand_trees_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "JUDGED", 10)
    text = re.sub(r"\s+", " ", Page(render_html(build(judged=100, outcomes=1))).text)
    assert "10 of 46 trees are shown." in text


def test_rows_in_trouble_are_never_left_out() -> None:
    crowded = build(outcomes=10_000)
    last = replace(crowded.outcomes[-1], result="needs a person", name="the-last-one")
    body = render_html(replace(crowded, outcomes=(*crowded.outcomes, last)))
    assert b"the-last-one" in body


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_tag_and_no_attribute(text: str) -> None:
    page = Page(render_html(spoiled_report(SMALL, text)))
    assert (page.strays, page.unclosed) == ([], [])
    assert page.names <= PLAIN.names
    assert page.attributes <= PLAIN.attributes
    assert (page.style, page.script) == (PLAIN.style, PLAIN.script)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_leaves_no_unseen_character(text: str) -> None:
    body = render_html(spoiled_report(SMALL, text)).decode("utf-8")
    assert not re.search(
        "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", body
    )


def test_templates_do_not_run_twice() -> None:
    text = Page(render_html(spoiled_report(SMALL, "{{7*7}}"))).text
    assert "{{7*7}}" in text
    assert Page(render_html(spoiled_report(SMALL, "49"))).text.count("49") > text.count("49")


@settings(deadline=None)  # a whole page each time, on whatever machine
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_is_inert(text: str) -> None:
    page = Page(render_html(spoiled_report(SMALL, text)))
    assert (page.strays, page.unclosed) == ([], [])
    assert page.names <= PLAIN.names
    assert page.attributes <= PLAIN.attributes
