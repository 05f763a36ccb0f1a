"""One read of a run fails."""

from tests.faults.conftest import Playing
from tests.faults.reads import READS


def test_a_read_that_fails_only_ever_keeps_things(playing: Playing) -> None:
    """No effect without it, none that a clean run does not have; the next run makes up for it."""
    assert playing.violations(READS) == {}
