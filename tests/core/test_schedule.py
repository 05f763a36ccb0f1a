"""Hours in which a job may run: how they are written, when they are open."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.core.schedule import DAYS, Timing, Window, parse_window

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "moment", "is_open"),
    [
        ("mon-fri 09:00-17:00", "2026-11-27 15:59", True),
        ("mon-fri 09:00-17:00", "2026-11-27 16:00", False),
        ("mon-fri 09:00-17:00", "2026-11-28 10:00", False),
        ("sat,sun 22:00-06:00", "2026-11-30 04:59", True),
        ("sat,sun 22:00-06:00", "2026-11-30 05:00", False),
        ("fri-mon 00:00-24:00", "2026-11-30 22:59", True),
        ("fri-mon 00:00-24:00", "2026-12-01 00:00", False),
    ],
)
def test_hours_are_open(text: str, moment: str, *, is_open: bool) -> None:
    """In their zone; over midnight they belong to the day on which they begin."""
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert parse_window(text, BERLIN).holds(at) is is_open


@pytest.mark.parametrize(
    "text", ["", "weekdays", "mon-fri", "mon-fri 9-17", "mon-fre 09:00-17:00", "mon 25:00-26:00"]
)
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hour|day"):
        parse_window(text, BERLIN)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sets(st.sampled_from(range(len(DAYS))), min_size=1),
    st.times(),
    st.times(),
)
def test_hours_open_before_they_close(
    moment: datetime, days: set[int], first: time, last: time
) -> None:
    """Whatever they are, whenever one asks."""
    window = Window(frozenset(days), first, last, BERLIN)
    opens, closes = window.opens(moment), window.closes(moment)
    assert moment <= opens
    assert moment < closes


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("mon 09:00-17:00", {0}),
        ("mon-wed,sun 09:00-17:00", {0, 1, 2, 6}),
        ("sat-mon 09:00-17:00", {5, 6, 0}),
        (" MON-SUN 09:00-17:00 ", set(range(7))),
        ("tue-mon 09:00-17:00", set(range(7))),
    ],
)
def test_days_are_read(text: str, days: set[int]) -> None:
    """In any case of letters; those that end before they begin go over Sunday."""
    assert parse_window(text, UTC) == Window(frozenset(days), time(9), time(17), UTC)


def test_hours_and_minutes_are_read() -> None:
    """24 is the end of the day."""
    found = parse_window("mon 01:02-03:04", UTC)
    assert (found.begins, found.ends) == (time(1, 2), time(3, 4))
    assert parse_window("mon 01:02-24:00", UTC).ends == time(0)


@pytest.mark.parametrize("text", ["mon-tue-wed 09:00-17:00", "mon- 09:00-17:00", "- 09:00-17:00"])
def test_days_that_are_none_are_told(text: str) -> None:
    with pytest.raises(ValueError, match="is no day of the week"):
        parse_window(text, UTC)


MONDAY = datetime(2026, 11, 23, tzinfo=UTC)


def hours(text: str, now: datetime) -> tuple[datetime, datetime]:
    """When these hours open and close, seen from a time."""
    window = parse_window(text, UTC)
    return window.opens(now), window.closes(now)


@pytest.mark.parametrize(
    ("text", "now", "opens", "closes"),
    [
        ("mon 09:00-17:00", 8, 9, 17),
        ("mon 09:00-17:00", 9, 9, 17),
        ("mon 09:00-17:00", 12, 12, 17),
        ("mon 09:00-17:00", 17, 7 * 24 + 9, 7 * 24 + 17),
        ("mon 22:00-06:00", 5, 22, 30),
        ("sun 22:00-06:00", 5, 5, 6),
        ("sun 22:00-06:00", 6, 6 * 24 + 22, 7 * 24 + 6),
        ("mon 00:00-00:00", 0, 0, 24),
        ("mon 09:00-09:00", 10, 10, 33),
        ("wed 09:00-17:00", 12, 57, 65),
    ],
)
def test_hours_open_and_close_at_these_times(text: str, now: int, opens: int, closes: int) -> None:
    """All in hours from a Monday's begin; the end itself is outside."""
    told = hours(text, MONDAY + timedelta(hours=now))
    assert told == (MONDAY + timedelta(hours=opens), MONDAY + timedelta(hours=closes))


def test_the_day_is_that_of_the_zone() -> None:
    """At 23:30 UTC on Sunday it is Monday in Berlin."""
    window = parse_window("mon 00:00-01:00", BERLIN)
    assert window.holds(MONDAY - timedelta(minutes=30))
    assert window.opens(MONDAY - timedelta(minutes=61)) == MONDAY - timedelta(minutes=60)


def test_a_begin_is_neither_put_off_nor_made_up_for_long_unless_said() -> None:
    usual = Timing(every=timedelta(hours=6), zone=UTC)
    assert (usual.jitter, usual.misfire_grace) == (timedelta(0), timedelta(hours=1))
