"""Every form of the report tells of tags: how they are complied with, written, and left."""

import csv
import io
import json
from dataclasses import asdict, replace

from tests.reports.sample import build
from tests.reports.test_terminal import printed

from sagewarden.adapters.reports.csv_report import render_tag_gaps_csv, render_tags_csv
from sagewarden.adapters.reports.html_report import render_html
from sagewarden.adapters.reports.json_report import render_json
from sagewarden.adapters.reports.markdown_summary import render_markdown
from sagewarden.adapters.reports.tag_lines import shown, tag_sections
from sagewarden.adapters.reports.terminal import summary
from sagewarden.bootstrap.forms import Forms
from sagewarden.core.report_rows import ComplianceRow, TagGap, TagRow

REPORT = build(judged=4, outcomes=4, history=2)

TAG = TagRow(
    run="r",
    kind="experiment",
    name="<b>Live",
    created_ms=0,
    key="env",
    before="Prod",
    after="prod",
    policy="required",
    reason="Prod is spelled prod",
    result="done",
    detail="",
    at="",
)
GAP = TagGap(
    kind="experiment",
    name="Live",
    policy="required",
    key="owner",
    value=None,
    state="violation",
    reason="it is missing",
    owner="",
)
COMPLIED = ComplianceRow(
    policy="required", owner="ana", compliant=3, repair=1, left=0, violation=2, unknown=0
)
TAGGED = replace(REPORT, tags=(TAG,), tag_gaps=(GAP,), compliance=(COMPLIED,))
LINES = [
    "required, owner ana: 3 as required, 1 to repair, 2 to be mended by a person",
    "done: experiment <b>Live: env=prod (was Prod); Prod is spelled prod",
    "nobody: experiment Live: tag owner: it is missing (violation, policy required)",
]


def test_a_section_each_tells_of_compliance_of_writes_and_of_what_is_left() -> None:
    assert [line for section in tag_sections(TAGGED) for line in section.lines] == LINES


def test_without_tags_there_is_nothing_to_tell() -> None:
    assert tag_sections(REPORT) == ()


def test_a_removed_tag_is_told_as_removed() -> None:
    (_, section, _) = tag_sections(replace(TAGGED, tags=(replace(TAG, after=None, key="Env"),)))
    assert "remove Env (was Prod)" in section.lines[0]


def test_a_plan_tells_what_would_be_written() -> None:
    assert tag_sections(replace(TAGGED, mode="plan"))[1].title == "Tags that a sweep would write"


def test_what_is_cut_is_told() -> None:
    (section, *_) = tag_sections(replace(TAGGED, compliance=(COMPLIED,) * 3))
    assert shown(section, 2) == (section.lines[:2], "1 line more in the JSON report")


def test_the_terminal_tells_of_tags() -> None:
    assert [line for line in LINES if line not in printed(summary(TAGGED))] == []


def test_the_page_tells_of_tags_and_escapes_them() -> None:
    page = render_html(TAGGED).decode()
    assert "done: experiment &lt;b&gt;Live: env=prod (was Prod)" in page
    assert '<a href="#tags">' in page


def rows(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True))


def test_what_is_written_stands_in_a_table_as_csv() -> None:
    (row,) = rows(render_tags_csv(TAGGED))
    assert (row["name"], row["key"], row["before"], row["after"]) == (
        "<b>Live",
        "env",
        "Prod",
        "prod",
    )


def test_what_no_run_repairs_stands_in_a_table_as_csv_with_its_owner() -> None:
    owned = replace(GAP, owner="ana", value="=cmd")
    nobodys, anas = rows(render_tag_gaps_csv(replace(TAGGED, tag_gaps=(GAP, owned))))
    assert (nobodys["owner"], nobodys["value"], nobodys["reason"]) == ("", "", "it is missing")
    assert (anas["owner"], anas["value"]) == ("ana", "'=cmd")


def test_every_table_is_stored_beside_the_report() -> None:
    files = Forms(TAGGED)
    assert b"<b>Live" in files["tags.csv"]
    assert b"it is missing" in files["tag_gaps.csv"]


def test_json_tells_of_required_tags_by_policy_and_owner() -> None:
    told = json.loads(render_json(TAGGED))
    assert told["compliance"] == [asdict(COMPLIED)]
    assert told["tag_gaps"] == [asdict(GAP)]
    assert told["tags"] == [asdict(TAG)]


def test_required_tags_are_told_by_owner() -> None:
    bens = replace(COMPLIED, owner="ben", violation=0)
    (section, *_) = tag_sections(replace(TAGGED, compliance=(COMPLIED, bens)))
    assert section.lines == (
        "required, owner ana: 3 as required, 1 to repair, 2 to be mended by a person",
        "required, owner ben: 3 as required, 1 to repair",
    )


def test_the_summary_in_markdown_tells_of_tags() -> None:
    assert "Required tags that no run repairs, by owner" in render_markdown(TAGGED)
