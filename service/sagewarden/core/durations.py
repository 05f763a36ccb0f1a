"""Durations as people write them: a whole number and a unit, as in `90d`."""

import re
from datetime import timedelta

UNITS = {
    "s": 1,
    "min": 60,
    "h": 3600,
    "d": 86_400,
    "w": 7 * 86_400,
    "mo": 30 * 86_400,
    "y": 365 * 86_400,
}
"""Seconds in each unit; a month is 30 days and a year 365, whatever the calendar says."""

SPELLING = "a whole number and a unit (s, min, h, d, w, mo, y), as in 90d"
"""What `parse_duration` reads, for messages."""

LONGEST = timedelta(days=100 * 365)
"""A longer duration is taken for a slip of the pen."""

_SHAPE = re.compile(r"([+-]?)([0-9]+)(\.[0-9]*)?( *)([A-Za-z]*)")
LONGEST_SPELLED = 24
"""Characters in the spelling of a duration."""

_MEANT = {
    "s": ("sec", "secs", "second", "seconds"),
    "min": ("mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "d": ("day", "days"),
    "w": ("wk", "week", "weeks"),
    "mo": ("mon", "mos", "month", "months"),
    "y": ("yr", "yrs", "year", "years"),
}
_UNIT_MEANT = {word: unit for unit, words in _MEANT.items() for word in (unit, *words)}


class DurationRefused(ValueError):  # noqa: N818 -- named after what happened
    """A text is no duration; `suggestion` is what may have been meant, or empty."""

    def __init__(self, reason: str, suggestion: str = "") -> None:
        super().__init__(reason)
        self.suggestion = suggestion


def parse_duration(text: str) -> timedelta:
    """Read a duration above zero and of at most 100 years.

    Raise DurationRefused, a ValueError, with the reason.
    """
    if len(text) > LONGEST_SPELLED:
        raise DurationRefused(f"a duration of {len(text)} characters")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise DurationRefused(f"`{text}`, which is not a number with a unit")
    sign, digits, fraction, blanks, unit = shape.groups()
    if fraction is not None:
        raise DurationRefused(f"`{text}`, which is not a whole number")
    number = int(digits)
    _check_unit(text, number, unit)
    if sign == "-":
        raise DurationRefused(f"`{text}`, which is negative", f"{number}{unit}")
    if sign or blanks or digits != str(number):
        raise DurationRefused(f"`{text}`, which is not spelled plainly", f"{number}{unit}")
    return _within_bounds(text, number * UNITS[unit])


def _check_unit(text: str, number: int, unit: str) -> None:
    if not unit:
        raise DurationRefused(f"`{text}`, which has no unit", f"{number}d")
    if unit == "m":
        raise DurationRefused(
            f"`{text}`, which could be minutes or months", f"{number}min or {number}mo"
        )
    if unit not in UNITS:
        meant = _UNIT_MEANT.get(unit.lower())
        raise DurationRefused(
            f"`{text}`, whose unit `{unit}` is unknown", f"{number}{meant}" if meant else ""
        )


def _within_bounds(text: str, seconds: int) -> timedelta:
    if seconds == 0:
        raise DurationRefused(f"`{text}`, which is zero")
    if seconds > LONGEST.total_seconds():
        raise DurationRefused(f"`{text}`, which is more than 100 years")
    return timedelta(seconds=seconds)


def spell_duration(duration: timedelta) -> str:
    """Spell a duration in the largest of d, h, min and s that leaves no rest.

    `parse_duration` reads it back to the same value; fractions of a second are dropped.
    """
    seconds = duration.days * UNITS["d"] + duration.seconds
    if seconds == 0:
        return "0s"
    unit = next(unit for unit in ("d", "h", "min", "s") if seconds % UNITS[unit] == 0)
    return f"{seconds // UNITS[unit]}{unit}"
