"""The real process, killed at any call."""

from tests.faults.conftest import Playing
from tests.faults.kills import KILLS


def test_killed_at_any_call_the_next_process_ends_as_if_nothing_had_happened(
    playing: Playing,
) -> None:
    """On another machine with an empty disk; no effect is applied twice."""
    assert playing.violations(KILLS) == {}
