"""When a job runs: on a grid or by a calendar, and only in the hours in which it may."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

WINDOW_SPELLING = "days and hours, as in `mon-fri 09:00-17:00` or `sat,sun 22:00-06:00`"
"""What `parse_window` reads, for messages."""

_WINDOW = re.compile(r"([a-z,-]+) (\d\d):(\d\d)-(\d\d):(\d\d)")


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days of the week, in one time zone.

    Hours that end before they begin end on the next day.
    """

    days: frozenset[int]
    begins: time
    ends: time
    zone: tzinfo

    def holds(self, moment: datetime) -> bool:
        """Whether it is open at a moment."""
        return self.opens(moment) == moment

    def opens(self, moment: datetime) -> datetime:
        """Return the moment itself if it is open then, else when it opens next."""
        return max(moment, self._next(moment)[0])

    def closes(self, moment: datetime) -> datetime:
        """Return when the hours end that are open at a moment, or that come next."""
        return self._next(moment)[1]

    def _next(self, moment: datetime) -> tuple[datetime, datetime]:
        """Return the first hours that end after a moment, in UTC."""
        day = moment.astimezone(self.zone).date() - timedelta(days=1)
        while True:
            if day.weekday() in self.days:
                last = day if self.begins < self.ends else day + timedelta(days=1)
                ends = datetime.combine(last, self.ends, self.zone).astimezone(UTC)
                if ends > moment:
                    return datetime.combine(day, self.begins, self.zone).astimezone(UTC), ends
            day += timedelta(days=1)


def parse_window(text: str, zone: tzinfo) -> Window:
    """Read days and hours; raise ValueError that says how they are written."""
    shape = _WINDOW.fullmatch(text.strip().lower())
    if shape is None:
        raise ValueError(f"must be {WINDOW_SPELLING}")
    days, *figures = shape.groups()
    first, last = _hour(figures[0], figures[1]), _hour(figures[2], figures[3])
    return Window(frozenset(_days(days)), first, last, zone)


def _hour(hours: str, minutes: str) -> time:
    return time(0, int(minutes)) if hours == "24" else time(int(hours), int(minutes))


def _days(text: str) -> set[int]:
    found: set[int] = set()
    for part in text.split(","):
        ends = part.split("-")
        if len(ends) > 2 or not set(ends) <= set(DAYS):  # noqa: PLR2004 -- a first and a last
            raise ValueError(f"{part!r} is no day of the week; must be {WINDOW_SPELLING}")
        first, last = DAYS.index(ends[0]), DAYS.index(ends[-1])
        found |= {each % 7 for each in range(first, last + (1 if first <= last else 8))}
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a job begins: by `cron` (five fields, in `zone`) if there is one, else `every` so often.

    The grid of `every` begins with 1970 in `zone`, so a restart does not move it. Each begin is put
    off by a random part of `jitter`. One that is late by more than `misfire_grace` is left out; of
    several that were missed one is made up for.
    """

    every: timedelta
    zone: tzinfo
    cron: str | None = None
    jitter: timedelta = timedelta(0)
    misfire_grace: timedelta = timedelta(hours=1)
    window: Window | None = None
