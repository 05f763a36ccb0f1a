"""Owners, auditors and readers of the trend: each form tells, keeps to its schema, runs nothing."""

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

import jsonschema
import pytest
from tests.reports.hostile import HOSTILE, spoiled
from tests.reports.page import Page
from tests.reports.readers import APPROVER, audit, governed, history, storage
from tests.reports.test_csv_report import RUNS
from tests.reports.test_terminal import printed

from sagewarden.adapters.reports.audit_page import (
    render_audit_csv,
    render_audit_html,
    render_audit_json,
)
from sagewarden.adapters.reports.brief import Brief, in_markdown, on_terminal
from sagewarden.adapters.reports.briefs import audit_brief, owners_brief, trend_brief
from sagewarden.adapters.reports.findings import findings
from sagewarden.adapters.reports.json_report import render_json
from sagewarden.adapters.reports.owners_page import (
    Thing,
    render_owners_csv,
    render_owners_html,
    render_owners_json,
)
from sagewarden.adapters.reports.schema import schema_of
from sagewarden.adapters.reports.trend_page import (
    render_trend_csv,
    render_trend_html,
    render_trend_json,
)
from sagewarden.core.audit import EvidenceRow
from sagewarden.core.figures import History
from sagewarden.core.owned import Owners, by_owner
from sagewarden.core.report_rows import PastRun

SMALL = governed(judged=24, outcomes=21, history=3)
OWNERS, AUDIT, TREND = by_owner(SMALL), audit(SMALL, runs=4), history(4)


def trend_html(told: History) -> bytes:
    return render_trend_html(told, storage())


VIEWS: Mapping[str, tuple[Any, Callable[[Any], bytes]]] = {
    "owners": (OWNERS, render_owners_html),
    "audit": (AUDIT, render_audit_html),
    "trend": (TREND, trend_html),
}
PLAIN = {name: Page(html(view)) for name, (view, html) in VIEWS.items()}
EACH = pytest.mark.parametrize("name", VIEWS)


def spoilt(view: Any, text: str) -> Any:
    """Put the text into every text of a view, but for what is a number or a key in it."""
    told = spoiled(view, text)
    if view is AUDIT:
        files = tuple({"path": text, "sha256": text} for _ in view.policy_files)
        return replace(told, policy_files=files, storage=view.storage)
    return told


@EACH
def test_every_tag_closes_and_nothing_is_loaded(name: str) -> None:
    page = PLAIN[name]
    assert (page.strays, page.unclosed) == ([], [])
    assert not page.names & {"link", "img", "iframe", "object", "embed", "form", "base"}
    assert not page.attributes & {"src", "srcset", "style", "action", "xlink:href"}
    assert {href[1:] for href in page.values("href")} <= set(page.values("id"))


@EACH
def test_ids_are_unique_and_headings_have_a_scope(name: str) -> None:
    ids = PLAIN[name].values("id")
    assert len(ids) == len(set(ids))
    assert all("scope" in found for tag, found in PLAIN[name].tags if tag == "th")


@EACH
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_tag_and_no_attribute(name: str, text: str) -> None:
    view, html = VIEWS[name]
    page = Page(html(spoilt(view, text)))
    assert (page.strays, page.unclosed) == ([], [])
    assert page.names <= PLAIN[name].names
    assert page.attributes <= PLAIN[name].attributes | {"title"}  # the whole of what is cut
    assert (page.style, page.script) == (PLAIN[name].style, PLAIN[name].script)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_hostile_cell_runs_or_breaks_its_line(text: str) -> None:
    tables = {
        Thing: render_owners_csv(spoilt(OWNERS, text)),
        EvidenceRow: render_audit_csv(spoilt(AUDIT, text)),
        PastRun: render_trend_csv(spoilt(TREND, text)),
    }
    for kind, body in tables.items():
        lines = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
        assert {len(line) for line in lines} == {len(fields(kind))}
        assert not [each for line in lines for each in line if RUNS.search(each)]


def briefs(text: str) -> list[Brief]:
    return [
        owners_brief(spoilt(OWNERS, text)),
        owners_brief(replace(spoilt(OWNERS, text), owners=spoilt(OWNERS.owners[:1], text))),
        audit_brief(spoilt(AUDIT, text)),
        trend_brief(spoilt(TREND, text)),
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert_on_a_terminal_and_in_markdown(text: str) -> None:
    for brief in briefs(text):
        shown = printed(on_terminal(brief))
        assert not [each for each in shown if not each.isprintable() and each != "\n"]
        rows = [line for line in in_markdown(brief).splitlines() if line.startswith("|")]
        columns = [len(re.findall(r"(?<!\\)\|", line)) for line in rows]
        assert set(columns) <= {len(each.headings) + 1 for each in brief.tables}


@pytest.mark.parametrize(
    ("reader", "body"),
    [
        ("run", render_json(SMALL)),
        ("owners", render_owners_json(OWNERS)),
        ("audit", render_audit_json(AUDIT)),
        ("trend", render_trend_json(TREND)),
    ],
)
def test_json_keeps_to_the_schema_that_is_printed(reader: str, body: bytes) -> None:
    schema = schema_of(reader)
    jsonschema.Draft202012Validator.check_schema(schema)
    told = json.loads(body)
    jsonschema.validate(told, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told | {"format": 99}, schema)


@pytest.mark.parametrize("text", HOSTILE)
def test_json_has_hostile_text_as_it_is(text: str) -> None:
    told = json.loads(render_owners_json(spoilt(OWNERS, text)))
    assert told["run"] == text
    assert told["owners"][0]["gaps"][0]["reason"] == text


def test_owners_are_in_order_and_nobody_is_last() -> None:
    names = [each.owner for each in OWNERS.owners]
    assert names[-1] == ""
    assert names[:-1] == sorted(names[:-1])


def test_an_owner_sees_only_their_own() -> None:
    (vision,) = OWNERS.only("VISION@example.com")
    trees = {row.owner for row in (*vision.due, *vision.marked, *vision.kept)}
    others = {row.owner for row in vision.gaps} | {row.owner for row in vision.deleted}
    assert trees == others == {"vision@example.com"}


def test_every_row_of_a_report_is_somebodys_or_nobodys() -> None:
    counted = sum(
        len(each.due) + len(each.marked) + len(each.kept) + len(each.reported)
        for each in OWNERS.owners
    )
    assert counted == len(SMALL.judged)  # of which the sample's steps delete none
    assert sum(len(each.gaps) for each in OWNERS.owners) == len(SMALL.tag_gaps)


def test_what_was_due_and_is_gone_is_told_as_deleted_only() -> None:
    """An owner must not look for it among what can still be kept."""
    row = next(each for each in SMALL.judged if each.verdict == "delete")
    step = next(each for each in SMALL.outcomes if each.effect == "delete")
    gone = replace(step, kind=row.kind, name=row.name, owner=row.owner, result="done")
    (theirs,) = by_owner(replace(SMALL, outcomes=(gone,))).only(row.owner or "nobody")
    assert row not in theirs.due
    assert gone in theirs.deleted


def test_nobody_is_asked_for_by_that_word() -> None:
    assert [each.owner for each in OWNERS.only("nobody")] == [""]
    assert OWNERS.only("somebody") == ()


def only(owner: str) -> Owners:
    return replace(OWNERS, owners=OWNERS.only(owner))


@pytest.mark.parametrize(
    "fact", ["Goes, and when", "Kept, and why", "Tags missing", "hold add NAME"]
)
def test_an_owners_page_tells(fact: str) -> None:
    assert fact in Page(render_owners_html(only("vision@example.com"))).text


@pytest.mark.parametrize(
    "fact",
    [
        "Reviewer/ines.duarte@example.com",
        "policies/experiments.yaml",
        AUDIT.policy_files[0]["sha256"],
        AUDIT.rows[0].archive_key,
        AUDIT.rows[0].archive_sha256,
        "litigation 12/26",
        "limits.min_grace",
        "event without intent",
        "$0.03",
        "as of 2025",
        "Link 21 names all that this run wrote.",
        "The newest signature is of link 23",
    ],
)
def test_an_auditors_page_tells(fact: str) -> None:
    assert fact in PLAIN["audit"].text


def test_each_line_of_evidence_names_file_digest_approver_and_archive() -> None:
    (first, *_) = csv.DictReader(io.StringIO(render_audit_csv(AUDIT).decode(), newline=""))
    assert first["policy_file_sha256"] == AUDIT.policy_files[0]["sha256"]
    assert (first["approval"], first["approved_by"]) == ("given", APPROVER)
    assert first["archive_sha256"] == SMALL.outcomes[0].archive_sha256


def test_of_another_policy_set_no_file_is_named() -> None:
    """A dead run's plan may come from files that this run did not load."""
    other = replace(SMALL, plans=tuple(replace(each, policies="f" * 64) for each in SMALL.plans))
    told = audit(other, runs=1)
    assert {row.policy_file_sha256 for row in told.rows} == {""}
    answers = {each.question: each.tone for each in findings(told)}
    assert answers["By which rule?"] == "attention"


def test_an_older_report_is_not_called_in_order_where_it_does_not_tell() -> None:
    """It may have been approved, and holds may have kept things: it does not say."""
    old = replace(SMALL, plans=(), limit_rows=(), holds=())
    answers = {each.question: each.tone for each in findings(audit(old, runs=1))}
    assert answers["Who let it begin?"] == "attention"
    assert answers["Did holds keep what they name?"] == "attention"


def test_of_a_dead_runs_step_without_a_plan_no_file_is_named() -> None:
    rows = tuple(replace(each, plan="", run="dead") for each in SMALL.outcomes)
    told = audit(replace(SMALL, outcomes=rows), runs=1)
    assert {row.policy_file for row in told.rows} == {""}


def test_what_went_without_an_archive_is_the_first_finding() -> None:
    bare = replace(AUDIT, rows=tuple(replace(row, archive_sha256="") for row in AUDIT.rows))
    assert findings(bare)[0].tone == "bad"


@pytest.mark.parametrize("fact", ["Entities", "Held", "Tags as required", "stale-dev-experiments"])
def test_the_trends_page_tells(fact: str) -> None:
    assert fact in PLAIN["trend"].text


def test_without_any_run_the_trend_says_so() -> None:
    assert "No run has left a report yet." in Page(trend_html(replace(TREND, runs=()))).text
