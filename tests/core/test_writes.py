"""Our own writes never pass for signs of life."""

from datetime import datetime, timedelta

import pytest
from tests.core.test_journal import INTENT, SETTLED
from tests.core.worlds import NOW, ago, component, through_json

from sagewarden.core.canonical import milliseconds, spell_time
from sagewarden.core.forest import OWN_WRITE_SLACK_MS, OwnWrite, last_activity
from sagewarden.core.journal import Settled
from sagewarden.core.writes import merged, read_writes, spell_writes, writes_of

ENTITY = component("c", modified=ago(10))
WHO = ENTITY.identity


def wrote(sent: float, answered: float, before: float) -> OwnWrite:
    return OwnWrite(*(milliseconds(ago(each)) for each in (sent, answered, before)))


def test_a_settled_bundle_wrote_until_it_was_settled() -> None:
    (first, *_) = writes_of(INTENT, SETTLED).values()
    assert first == OwnWrite(milliseconds(NOW), milliseconds(NOW) + 1000, 0)


def test_a_bundle_that_was_never_settled_may_have_written_for_a_while() -> None:
    (first, *_) = writes_of(INTENT, None).values()
    assert first.answered_ms - first.sent_ms == 15 * 60 * 1000


@pytest.mark.parametrize(("minutes", "wrote_for"), [(5, 5), (15, 15), (60, 15)])
def test_a_run_that_is_known_to_be_dead_wrote_until_then(minutes: int, wrote_for: int) -> None:
    (first, *_) = writes_of(INTENT, None, NOW + timedelta(minutes=minutes)).values()
    assert first.answered_ms - first.sent_ms == wrote_for * 60 * 1000


@pytest.mark.parametrize(("by", "wrote_for"), [("its own run", 60), ("another", 15)])
def test_what_another_run_settled_late_was_written_within_a_while(by: str, wrote_for: int) -> None:
    late = Settled(
        run=INTENT.run,
        sequence=1,
        settled_by=INTENT.run if by == "its own run" else "another",
        outcomes=(),
        at=spell_time(NOW + timedelta(hours=1)),
    )
    (first, *_) = writes_of(INTENT, late).values()
    assert first.answered_ms - first.sent_ms == wrote_for * 60 * 1000


EARLIER = OwnWrite(100_000, 200_000, 50_000)


@pytest.mark.parametrize(
    ("before", "is_ours"),
    [
        (100_000 - OWN_WRITE_SLACK_MS - 1, False),
        (100_000 - OWN_WRITE_SLACK_MS, True),
        (200_000 + OWN_WRITE_SLACK_MS, True),
        (200_000 + OWN_WRITE_SLACK_MS + 1, False),
    ],
)
def test_a_time_from_within_an_earlier_write_of_ours_is_ours(before: int, *, is_ours: bool) -> None:
    later = OwnWrite(300_000, 310_000, before)
    joined = OwnWrite(100_000, 310_000, 50_000)
    assert merged({WHO: EARLIER}, [{WHO: later}]) == {WHO: joined if is_ours else later}


def test_what_was_not_known_is_added() -> None:
    assert merged({}, [{WHO: EARLIER}]) == {WHO: EARLIER}


def test_a_clock_set_back_gives_no_window_that_ends_before_it_begins() -> None:
    early = Settled(
        run="r", sequence=1, settled_by="r", outcomes=(), at=spell_time(NOW - timedelta(hours=1))
    )
    (first, *_) = writes_of(INTENT, early).values()
    assert first.answered_ms == first.sent_ms


def test_everything_touched_is_remembered() -> None:
    assert writes_of(INTENT, SETTLED).keys() == INTENT.touched.keys()


FIRST = wrote(10, 9.9, 90)


@pytest.mark.parametrize(
    ("later", "modified", "activity"),
    [
        (wrote(5, 4.9, 10), ago(5), ago(90)),
        (wrote(5, 4.9, 10), ago(10), ago(90)),
        (wrote(5, 4.9, 7), ago(5), ago(7)),
        (wrote(5, 4.9, 7), ago(7), ago(7)),
        (wrote(5, 4.9, 10), ago(2), ago(2)),
    ],
    ids=[
        "both moved the time",
        "only the first moved it",
        "someone wrote between",
        "someone wrote between and ours moved nothing",
        "someone wrote after both",
    ],
)
def test_two_writes_of_ours(later: OwnWrite, modified: datetime, activity: datetime) -> None:
    """Whether AWS moves LastModifiedTime for a write of ours or not."""
    writes = merged({WHO: FIRST}, [{WHO: later}])
    entity = component("c", modified=modified, created=ago(100))
    assert last_activity(entity, writes) == activity


def test_merging_the_same_record_again_changes_nothing() -> None:
    once = merged({}, [{WHO: FIRST}, {WHO: wrote(5, 4.9, 10)}])
    assert merged(once, [{WHO: wrote(5, 4.9, 10)}]) == once


def test_merging_leaves_the_known_as_it_is() -> None:
    known = {WHO: FIRST}
    merged(known, [{WHO: wrote(5, 4.9, 7)}])
    assert known == {WHO: FIRST}


def test_writes_read_back_the_same() -> None:
    writes = {WHO: FIRST, component("d").identity: wrote(5, 4.9, 7)}
    assert read_writes(through_json(spell_writes(writes))) == writes


def test_writes_are_spelled_in_one_order() -> None:
    other = component("a").identity
    assert spell_writes({WHO: FIRST, other: FIRST}) == spell_writes({other: FIRST, WHO: FIRST})


@pytest.mark.parametrize("broken", [[["x"]], [[["trial", "t", 1], 1, 2]], [5]], ids=str)
def test_a_broken_record_is_refused(broken: list[list[object]]) -> None:
    with pytest.raises((TypeError, ValueError)):
        read_writes(broken)
