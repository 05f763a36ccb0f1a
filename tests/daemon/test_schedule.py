"""When jobs begin: the grid, the calendar, the hours, the chance."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sagewarden.adapters.scheduler.triggers import TimedTrigger, trigger_of
from sagewarden.core.schedule import Timing, parse_window
from sagewarden.errors import SettingsError

BERLIN = ZoneInfo("Europe/Berlin")
WEEKDAYS = parse_window("mon-fri 09:00-17:00", BERLIN)
SATURDAY = datetime(2026, 11, 28, 12, tzinfo=UTC)


def timing(**changes: object) -> Timing:
    usual: dict[str, object] = {"every": timedelta(hours=6), "zone": BERLIN}
    return Timing(**(usual | changes))  # type: ignore[arg-type]  # a test's own words


def begins(trigger: TimedTrigger, now: datetime, count: int) -> list[str]:
    """Say when a job begins the next times, in UTC."""
    found: list[datetime] = []
    for _ in range(count):
        begin = trigger.get_next_fire_time(found[-1] if found else None, now)
        assert begin is not None
        found.append(begin)
    return [f"{each.astimezone(UTC):%a %d %H:%M}" for each in found]


def test_a_grid_does_not_depend_on_when_the_daemon_began() -> None:
    """So a daemon that is started anew every five hours still sweeps every six."""
    at = [SATURDAY, SATURDAY + timedelta(hours=2), SATURDAY + timedelta(hours=4, minutes=59)]
    firsts = {begins(TimedTrigger(timing()), each, 1)[0] for each in at}
    assert firsts == {"Sat 28 17:00"}


def test_jitter_puts_off_and_moves_nothing_that_comes_after() -> None:
    """The begins stay on the grid, however long it goes on."""
    late = TimedTrigger(timing(jitter=timedelta(minutes=30)), lambda: 0.5)
    assert begins(late, SATURDAY, 3) == ["Sat 28 17:15", "Sat 28 23:15", "Sun 29 05:15"]


def test_a_calendar_is_read_in_its_zone() -> None:
    """Nine o'clock stays nine o'clock when the clocks change."""
    trigger = TimedTrigger(timing(cron="0 9 * * mon-fri"))
    assert begins(trigger, datetime(2026, 10, 23, 12, tzinfo=UTC), 1) == ["Mon 26 08:00"]
    assert begins(trigger, datetime(2026, 10, 22, 12, tzinfo=UTC), 1) == ["Fri 23 07:00"]


def test_a_job_begins_in_its_hours_only() -> None:
    """From Saturday the next begin on the grid inside is on Monday."""
    assert begins(TimedTrigger(timing(window=WEEKDAYS)), SATURDAY, 2) == [
        "Mon 30 11:00",
        "Tue 01 11:00",
    ]


def test_jitter_does_not_lead_out_of_the_hours() -> None:
    """What would be put off beyond their end begins where the grid says."""
    window = parse_window("mon-fri 09:00-12:10", BERLIN)
    late = TimedTrigger(timing(window=window, jitter=timedelta(hours=1)), lambda: 0.9)
    assert begins(late, SATURDAY, 1) == ["Mon 30 11:00"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"every": timedelta(days=1), "window": WEEKDAYS}, "never begins"),
        ({"cron": "0 0 31 2 *"}, "never begins"),
        ({"cron": "99 * * * *"}, "is not a schedule"),
    ],
)
def test_a_schedule_that_never_begins_is_refused(changes: dict[str, object], told: str) -> None:
    """At the start and at SIGHUP, not a year later."""
    with pytest.raises(SettingsError, match=told):
        trigger_of("sweep", timing(**changes), SATURDAY)
