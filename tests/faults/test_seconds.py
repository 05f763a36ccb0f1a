"""A second worker in any gap between two calls of a run."""

from tests.faults.conftest import Playing
from tests.faults.seconds import SECONDS


def test_of_two_workers_on_one_target_one_works_and_the_other_says_so(playing: Playing) -> None:
    """Whoever has the lease; account and archive end as if there had been one."""
    assert playing.violations(SECONDS) == {}
