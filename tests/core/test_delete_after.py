"""The tag that tells on an experiment itself when it may go."""

from datetime import datetime

from tests.core.worlds import NOW, component, days, experiment, seen

from sagewarden.core.delete_after import DELETE_AFTER_TAG, delete_after
from sagewarden.core.entities import Entity
from sagewarden.core.marks import Mark, Marks

DUE = NOW + days(7)
SPELLED = "2026-03-08T12:00:00.000Z"


def marked(entity: Entity, policy: str = "stale", due: datetime = DUE) -> Marks:
    """A mark on an entity."""
    mark = Mark(
        identity=entity.identity,
        policy=policy,
        rule="r",
        since=NOW,
        due=due,
        matches=1,
        counted=NOW,
        parts=(),
    )
    return {mark.place: mark}


def steps(entity: Entity, marks: Marks) -> list[tuple[str | None, str | None, str]]:
    """What is to be done: the value before, the value after, and why."""
    return [(each.before, each.after, each.reason) for each in delete_after(seen(entity), marks)]


PLAIN = experiment("e")
TOLD = experiment("e", tags={DELETE_AFTER_TAG: SPELLED})


def test_a_mark_is_told() -> None:
    assert steps(PLAIN, marked(PLAIN)) == [(None, SPELLED, "marked by policy stale")]


def test_of_several_marks_the_earliest_due_date_is_told() -> None:
    marks = {**marked(PLAIN, due=DUE + days(3)), **marked(PLAIN, "abandoned")}
    assert steps(PLAIN, marks) == [(None, SPELLED, "marked by policy abandoned")]


def test_what_is_told_already_needs_nothing() -> None:
    assert steps(TOLD, marked(TOLD)) == []


def test_another_due_date_is_corrected() -> None:
    later = marked(TOLD, due=DUE + days(1))
    assert steps(TOLD, later) == [(SPELLED, "2026-03-09T12:00:00.000Z", "marked by policy stale")]


def test_without_a_mark_the_tag_goes() -> None:
    assert steps(TOLD, {}) == [(SPELLED, None, "it is not marked any more")]


def test_a_mark_of_an_earlier_bearer_of_the_name_is_not_told() -> None:
    old = experiment("e", created=NOW - days(300))
    assert steps(PLAIN, marked(old)) == []


def test_an_experiment_whose_tags_are_unknown_is_left_alone() -> None:
    unread = experiment("e", tags=None)
    assert steps(unread, marked(unread)) == []


def test_a_marked_component_carries_no_tag() -> None:
    part = component("c")
    assert steps(part, marked(part)) == []
