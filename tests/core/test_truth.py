"""Three-valued truth, by its whole tables."""

import pytest

from sagewarden.core.truth import Truth, all_of, any_of

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE


@pytest.mark.parametrize(("known", "truth"), [(True, T), (False, F)])
def test_what_is_known_is_true_or_false(known: bool, truth: Truth) -> None:  # noqa: FBT001
    assert Truth.of(known) is truth


@pytest.mark.parametrize(("truth", "opposite"), [(F, T), (U, U), (T, F)])
def test_not_unknown_is_unknown(truth: Truth, opposite: Truth) -> None:
    assert truth.inverted() is opposite


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (F, F, F, F),
        (F, U, F, U),
        (F, T, F, T),
        (U, U, U, U),
        (U, T, U, T),
        (T, T, T, T),
    ],
)
def test_all_and_any(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert all_of([one, other]) is all_of([other, one]) is both
    assert any_of([one, other]) is any_of([other, one]) is either


def test_all_of_nothing_is_true_and_any_of_nothing_false() -> None:
    assert (all_of([]), any_of([])) == (T, F)
