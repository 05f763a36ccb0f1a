"""The real process, asleep at any effect for longer than its lease."""

from tests.faults.conftest import Playing
from tests.faults.stops import STOPS


def test_who_slept_through_its_lease_starts_no_new_effect_and_says_so(playing: Playing) -> None:
    """Another process has taken over meanwhile, and ends as if nothing had happened."""
    assert playing.violations(STOPS) == {}
