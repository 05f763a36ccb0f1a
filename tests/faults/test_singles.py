"""One fault at any call of a run."""

from tests.faults.conftest import Playing
from tests.faults.singles import SINGLES


def test_after_any_single_fault_the_next_run_ends_as_if_nothing_had_happened(
    playing: Playing,
) -> None:
    """Account and archive; nothing is applied twice, nothing stays open."""
    assert playing.violations(SINGLES) == {}
