"""Somebody else acts before any call of a run."""

from tests.faults.adversaries import ADVERSARY
from tests.faults.conftest import Playing
from tests.faults.registrars import REGISTRAR


def test_what_somebody_touches_is_kept_unless_it_falls_into_a_window_that_is_known(
    playing: Playing,
) -> None:
    """With all its edges; what they made is never lost, and the report tells what is so."""
    assert playing.violations(ADVERSARY) == {}


def test_a_model_that_somebody_registers_keeps_what_stands_behind_it(playing: Playing) -> None:
    """Unless it falls between a bundle's look and its effects."""
    assert playing.violations(REGISTRAR) == {}
