"""A report by owner: whose things they are, and what becomes of them."""

from dataclasses import replace
from typing import Any

from tests.reports.sample import build

from sagewarden.core.owned import Owned, Owners, by_owner
from sagewarden.core.report import Report
from sagewarden.core.report_rows import ComplianceRow, HoldRow, JudgedRow, OutcomeRow, TagGap

PLAIN = replace(build(judged=1, outcomes=1, history=1), judged=(), outcomes=())
DONE: OutcomeRow = replace(
    build(outcomes=1).outcomes[0], effect="delete", kind="trial", result="done"
)


def row(name: str, verdict: str = "mark", owner: str = "ada", due: str = "") -> JudgedRow:
    return JudgedRow(
        kind="trial",
        name=name,
        policy="p",
        verdict=verdict,
        reasons=(),
        against=(),
        owner=owner,
        size=1,
        due=due,
    )


def step(name: str, owner: str = "ada", **changes: Any) -> OutcomeRow:
    return replace(DONE, name=name, owner=owner, **changes)


def sorted_by_owner(*judged: JudgedRow, outcomes: tuple[OutcomeRow, ...] = ()) -> Owners:
    return by_owner(replace(PLAIN, judged=judged, outcomes=outcomes))


def names(rows: tuple[Any, ...]) -> list[str]:
    return [each.name for each in rows]


def test_each_verdict_has_its_rows() -> None:
    verdicts = ("delete", "mark", "keep", "report")
    (ada,) = sorted_by_owner(*(row(f"of {each}", each) for each in verdicts)).owners
    told = [names(some) for some in (ada.due, ada.marked, ada.kept, ada.reported)]
    assert told == [["of delete"], ["of mark"], ["of keep"], ["of report"]]


def test_what_is_confirmed_gone_stands_there_alone() -> None:
    """What was refused, or only disassociated, is still there."""
    found = sorted_by_owner(
        *(row(name, "delete") for name in ("gone", "refused", "cut")),
        outcomes=(
            step("gone"),
            step("refused", result="refused"),
            step("cut", effect="disassociate"),
        ),
    )
    (ada,) = found.owners
    assert (names(ada.due), names(ada.deleted)) == (["refused", "cut"], ["gone"])


def test_marked_things_stand_in_the_order_in_which_they_are_due() -> None:
    (ada,) = sorted_by_owner(row("b", due="2026-03-02"), row("a", due="2026-03-01")).owners
    assert (names(ada.marked), ada.next_due) == (["a", "b"], "2026-03-01")


def test_what_has_no_due_date_is_not_the_next() -> None:
    some = Owned(owner="ada", marked=(row("a"), row("b", due="2026-03-02")))
    assert (some.next_due, Owned(owner="ada", marked=(row("a"),)).next_due) == ("2026-03-02", "")


def test_owners_stand_by_name_and_nobody_last() -> None:
    """In whatever order their things come, in any case of letters."""
    some = [row(f"of {who}", owner=who) for who in ("", "bob", "Carl", "ada", "Bob")]
    told = [each.owner for each in sorted_by_owner(*some).owners]
    assert told == ["ada", "Bob", "bob", "Carl", ""]


def test_an_owner_is_found_in_any_case_of_letters() -> None:
    found = sorted_by_owner(row("a", owner="Ada"), row("b", owner=""), row("c", owner="bob"))
    assert [[each.owner for each in found.only(who)] for who in ("ADA", "Nobody", "eve")] == [
        ["Ada"],
        [""],
        [],
    ]


def test_gaps_holds_and_compliance_are_their_owners() -> None:
    """Even of an owner of whom nothing else is told."""
    gap = TagGap(
        kind="trial",
        name="t",
        policy="p",
        key="k",
        value=None,
        state="violation",
        reason="",
        owner="ada",
    )
    hold = HoldRow(kind="trial", name="t", owner="bob", source="tag", told="held")
    tags = compliance("carl")
    report: Report = replace(PLAIN, tag_gaps=(gap,), holds=(hold,), compliance=(tags,))
    ada, bob, carl = by_owner(report).owners
    assert (ada.gaps, bob.holds, carl.compliance) == ((gap,), (hold,), (tags,))


def compliance(owner: str) -> ComplianceRow:
    return ComplianceRow(
        policy="p", owner=owner, compliant=1, repair=2, left=4, violation=8, unknown=16
    )


def test_who_must_have_tags_is_counted_with_whatever_is_missing() -> None:
    some = Owned(owner="ada", compliance=(compliance("ada"), compliance("ada")))
    assert some.compliant == (2, 62)


def test_its_json_begins_with_its_format() -> None:
    told = sorted_by_owner(row("a")).spelled()
    assert (told["format"], told["judged"], told["owners"][0]["owner"]) == (1, True, "ada")
