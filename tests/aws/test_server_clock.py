"""The server's clock, from Date headers."""

from datetime import UTC, datetime, timedelta

import pytest

from sagewarden.adapters.aws.clock import ServerClock
from sagewarden.errors import ReadFailed

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADER = "Sun, 01 Mar 2026 12:00:00 GMT"


class Machine:
    """A machine whose two clocks are moved by hand."""

    def __init__(self) -> None:
        self.wall = NOON
        self.seconds = 5.0
        self.clock = ServerClock(lambda: self.wall, lambda: self.seconds)


def test_it_runs_on_from_the_last_date_by_the_monotonic_clock() -> None:
    """A wall clock that jumps in between changes nothing."""
    machine = Machine()
    machine.clock.note(HEADER)
    machine.seconds += 90.0
    machine.wall += timedelta(days=400)
    assert machine.clock.now() == NOON + timedelta(seconds=90)


def test_its_skew_is_how_far_our_wall_clock_is_ahead() -> None:
    machine = Machine()
    machine.wall += timedelta(seconds=75)
    machine.clock.note(HEADER)
    assert machine.clock.skew() == 75.0


def test_it_has_no_time_before_the_first_answer() -> None:
    with pytest.raises(ReadFailed):
        Machine().clock.now()


def test_a_header_that_is_no_date_is_ignored() -> None:
    machine = Machine()
    machine.clock.note(HEADER)
    machine.clock.note("yesterday")
    assert machine.clock.now() == NOON
