"""Curves of a few characters."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.core.sparks import GAP, LEVELS, spark

FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ([], ""),
        ([3.0], "▁"),
        ([1.0, 1.0], "▁▁"),
        ([0.0, 7.0], "▁█"),
        ([0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], LEVELS),
        ([1.0, math.nan, 2.0], "▁·█"),
        ([math.inf, -math.inf], "··"),
        ([-1.7e308, 1.7e308], "▁█"),
    ],
)
def test_a_curve(values: list[float], drawn: str) -> None:
    assert spark(values) == drawn


def test_many_values_share_the_width() -> None:
    """Each character is the mean of its part."""
    assert spark([0.0] * 100 + [1.0] * 100, width=4) == "▁▁██"


@given(st.lists(FLOATS, max_size=100))
def test_any_values_can_be_drawn(values: list[float]) -> None:
    drawn = spark(values)
    assert len(drawn) == min(len(values), 40)
    assert set(drawn) <= {*LEVELS, GAP}
