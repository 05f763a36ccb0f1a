"""Notices are cut so that every channel takes them whole, each mark in exactly one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.worlds import NOW, TARGET, experiment
from tests.core.worlds import policy as a_policy

from sagewarden.core.canonical import canonical, spell_time
from sagewarden.core.entities import Target
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.marks import Mark
from sagewarden.core.notices import MOST_BYTES, MOST_MARKS, Notice, notices
from sagewarden.core.policy import Receiver


def told(count: int, reason: str = "idle for 90d") -> list[Notice]:
    """The notices of one owner of so many entities."""
    given, marks = [], {}
    for number in range(count):
        entity = experiment(f"old-{number:04}")
        rule = a_policy()
        mark = Mark(
            identity=entity.identity,
            policy=rule.name,
            rule=rule.rule,
            since=NOW,
            due=NOW + timedelta(days=14),
            matches=1,
            counted=NOW,
            parts=(),
        )
        given.append(Judgement(entity, rule, Verdict.MARK, (reason,), (), 1, mark, "ana"))
        marks[mark.place] = mark
    return list(notices(TARGET, given, marks))


def names(found: list[Notice]) -> list[str]:
    return [line["name"] for each in found for line in each.spelled("r", NOW)["marked"]]


def test_an_owner_of_few_gets_one_notice() -> None:
    assert len(told(MOST_MARKS)) == 1


def test_an_owner_of_many_gets_several_that_hold_each_mark_once() -> None:
    found = told(2 * MOST_MARKS + 1)
    assert [len(each.marks) for each in found] == [MOST_MARKS, MOST_MARKS, 1]
    assert names(found) == sorted(set(names(found)))


def test_a_notice_holds_no_more_than_every_channel_takes() -> None:
    """However long its reasons are."""
    found = told(200, "w" * 2_000)
    sizes = [len(canonical(each.spelled("r", NOW)["marked"])) for each in found]
    assert len(found) > 1
    assert max(sizes) < MOST_BYTES + 1_000
    assert len(set(names(found))) == 200


def test_a_notice_says_how_to_keep_and_what_anchors_the_chain() -> None:
    (notice,) = told(1)
    spelled = notice.spelled("r", NOW, "3:abc")
    assert spelled["chain"] == "3:abc"
    assert "sagewarden hold add" in spelled["how_to_keep"]


def marked(name: str, **changes: Any) -> tuple[Judgement, Mark]:
    """A judgement with its mark, of which nobody was told yet."""
    entity, rule = experiment(name), a_policy()
    mark = Mark(
        identity=entity.identity,
        policy=rule.name,
        rule=rule.rule,
        since=NOW,
        due=NOW + timedelta(days=14),
        matches=1,
        counted=NOW,
        parts=(),
    )
    own = changes.keys() & {"since", "announced"}
    mark = replace(mark, **{key: changes.pop(key) for key in own})
    given = Judgement(entity, rule, Verdict.MARK, ("idle",), (), 1, mark, "ana")
    return given._replace(**changes), mark


def grouped(*some: tuple[Judgement, Mark]) -> list[tuple[str, list[str]]]:
    """Each notice's owner, and whom it names."""
    marks = {mark.place: mark for _, mark in some}
    found = notices(TARGET, [given for given, _ in some], marks)
    return [(each.owner, [told.judgement.entity.name for told in each.marks]) for each in found]


def test_each_owner_and_time_of_marking_has_a_notice() -> None:
    """In their order, each with its marks in theirs."""
    found = grouped(
        marked("d", owner="bob"),
        marked("c"),
        marked("b", since=NOW - timedelta(days=1)),
        marked("a"),
    )
    assert found == [("ana", ["b"]), ("ana", ["a", "c"]), ("bob", ["d"])]


@pytest.mark.parametrize(
    "changes", [{"verdict": Verdict.DELETE}, {"verdict": Verdict.KEEP}, {"announced": NOW}]
)
def test_what_was_told_or_waits_for_nothing_is_not_told(changes: dict[str, Any]) -> None:
    assert grouped(marked("a", **changes)) == []


def test_what_has_no_mark_is_not_told() -> None:
    given, _ = marked("a")
    assert list(notices(TARGET, [given], {})) == []


def test_who_is_to_be_told_makes_notices_differ() -> None:
    other = replace(a_policy(), notify=(Receiver.OPERATOR,))
    one, two = marked("a"), marked("b", policy=other)
    assert [names for _, names in grouped(one, two)] in ([["a"], ["b"]], [["b"], ["a"]])


def test_a_notice_tells_each_mark_in_a_line() -> None:
    (notice,) = told(1)
    spelled = notice.spelled("r", NOW)
    assert spelled["marked"] == [
        {
            "kind": "experiment",
            "name": "old-0000",
            "policy": "stale",
            "due": spell_time(NOW + timedelta(days=14)),
            "because": ["idle for 90d"],
        }
    ]
    assert (spelled["id"], spelled["owner"], spelled["run"]) == (notice.name, "ana", "r")


def test_the_id_follows_from_target_owner_and_marks_alone() -> None:
    (one,), (same,), (other,) = told(1), told(1, "another reason"), told(1)
    assert one.name == same.name
    assert len(one.name) == 32
    assert replace(other, owner="bob").name != one.name
    assert replace(other, target=Target("1", "eu-west-1")).name != one.name
    later = replace(other.marks[0].mark, due=NOW)
    assert replace(other, marks=(replace(other.marks[0], mark=later),)).name != one.name


def test_the_last_line_that_fits_is_in_the_notice() -> None:
    """Lines may take exactly as much as every channel takes."""
    (line,) = told(1)[0].spelled("r", NOW)["marked"]
    plain = len(canonical(line | {"because": [""]}))
    half = MOST_BYTES // 2 - plain
    assert [len(each.marks) for each in told(5, "w" * half)] == [2, 2, 1]
    assert [len(each.marks) for each in told(3, "w" * (half + 1))] == [1, 1, 1]


def test_one_line_that_is_too_long_is_told_all_the_same() -> None:
    assert [len(each.marks) for each in told(2, "w" * (MOST_BYTES + 1))] == [1, 1]
