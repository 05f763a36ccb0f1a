"""Notices are cut so that every channel takes them whole, each mark in exactly one."""

from datetime import timedelta

from tests.core.worlds import NOW, TARGET, experiment
from tests.core.worlds import policy as a_policy

from sagewarden.core.canonical import canonical
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.marks import Mark
from sagewarden.core.notices import MOST_BYTES, MOST_MARKS, Notice, notices


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
