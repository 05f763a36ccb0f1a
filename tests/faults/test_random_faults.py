"""Several faults at random calls of several runs."""

from tests.faults.conftest import Playing
from tests.faults.random_faults import RANDOM


def test_after_any_faults_the_runs_end_as_if_nothing_had_happened(playing: Playing) -> None:
    """Account and archive; nothing is applied twice, nothing stays open."""
    assert playing.violations(RANDOM) == {}
