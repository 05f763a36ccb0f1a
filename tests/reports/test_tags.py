"""Every form of the report tells of tags: how they are complied with, written, and left."""

from dataclasses import replace

from tests.reports.sample import build
from tests.reports.test_terminal import printed

from sagewarden.adapters.reports.html_report import render_html
from sagewarden.adapters.reports.markdown_summary import render_markdown
from sagewarden.adapters.reports.tag_lines import shown, tag_sections
from sagewarden.adapters.reports.terminal import summary
from sagewarden.core.report import ComplianceRow, TagGap, TagRow

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


def test_the_summary_in_markdown_tells_of_tags() -> None:
    assert "Required tags that no run repairs, by owner" in render_markdown(TAGGED)
