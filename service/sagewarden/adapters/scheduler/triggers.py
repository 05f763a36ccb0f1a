"""When a job begins next: a grid or a calendar, inside a window, put off by chance."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from sagewarden.core.schedule import Timing
from sagewarden.errors import SettingsError

HORIZON = timedelta(days=5 * 366)
"""A begin that is farther off is none."""

CHANCE = random.SystemRandom().random

_TICK = timedelta(microseconds=1)


class TimedTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Begins as a Timing says.

    Begins follow from the grid alone, never from the begin before, so that neither jitter nor a
    late begin moves those that come after.
    """

    def __init__(self, timing: Timing, chance: Callable[[], float] = CHANCE) -> None:
        self._timing = timing
        self._chance = chance
        self._grid = _grid(timing)

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime | None:
        """Return the next begin after the previous one, or from now on if there was none."""
        after = now if previous_fire_time is None else previous_fire_time + _TICK
        begin = self._inside(after, after + HORIZON)
        return None if begin is None else self._put_off(begin)

    def _inside(self, after: datetime, last: datetime) -> datetime | None:
        window = self._timing.window
        while True:
            begin: datetime | None = self._grid.get_next_fire_time(None, after)
            if begin is None or begin > last:
                return None
            if window is None or window.holds(begin):
                return begin
            after = window.opens(begin)

    def _put_off(self, begin: datetime) -> datetime:
        late = begin + self._timing.jitter * self._chance()
        window = self._timing.window
        return begin if window is not None and not window.holds(late) else late


def trigger_of(name: str, timing: Timing, now: datetime) -> TimedTrigger:
    """Make a job's trigger; raise SettingsError when it would never begin."""
    try:
        trigger = TimedTrigger(timing)
    except ValueError as error:
        raise SettingsError(
            f"schedule.{name}.cron is not a schedule: {error}",
            advice="Write minute, hour, day, month and day of the week: `30 9-16/2 * * mon-fri`.",
        ) from error
    if trigger.get_next_fire_time(None, now) is None:
        raise SettingsError(
            f"schedule.{name} never begins: no time of it lies in its window",
            advice="Widen the window, or let `cron` or `every` fall into it, in schedule.zone.",
        )
    return trigger


def _grid(timing: Timing) -> CronTrigger | IntervalTrigger:
    if timing.cron is not None:
        return CronTrigger.from_crontab(timing.cron, timezone=timing.zone)
    return IntervalTrigger(
        seconds=timing.every.total_seconds(),
        start_date=datetime(1970, 1, 1, tzinfo=timing.zone),
        timezone=timing.zone,
    )
