"""Three-valued truth, by its whole tables."""

from collections.abc import Callable, Sequence
from functools import partial

import pytest

from sagewarden.core.truth import Truth, all_of, any_of

F, U, T = Truth.FALSE, Truth.UNKNOWN, Truth.TRUE
Test = Callable[[str, int], Truth]


def together(joined: Callable[[Sequence[Test]], Test], *truths: Truth) -> Truth:
    """What tests that answer so say when they are joined."""
    return joined([partial(answer, truth) for truth in truths])("a subject", 0)


def answer(truth: Truth, _subject: str, _at: int) -> Truth:
    return truth


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
    assert together(all_of, one, other) is together(all_of, other, one) is both
    assert together(any_of, one, other) is together(any_of, other, one) is either


def test_all_of_nothing_is_true_and_any_of_nothing_false() -> None:
    assert (together(all_of), together(any_of)) == (T, F)
