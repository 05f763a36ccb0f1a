"""Whole lives under either answer to what is not known of AWS."""

from tests.faults.answers import ANSWERED
from tests.faults.conftest import Playing


def test_whatever_aws_answers_to_what_nobody_has_seen_a_life_ends_the_same(
    playing: Playing,
) -> None:
    """Gone, archived, restored; a refused delete ends the work on its tree."""
    assert playing.violations(ANSWERED) == {}
