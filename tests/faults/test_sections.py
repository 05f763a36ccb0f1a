"""What the short form of a section plays is a fair share, and always the same."""

from collections import Counter

from tests.faults.sections import fair

KINDS = "abcd"
POINTS = [(number, kind) for number in range(100) for kind in KINDS]


def test_a_short_form_plays_as_much_of_each_kind() -> None:
    """From everywhere between its first and its last."""
    chosen = fair(POINTS, 12, lambda point: point[1])
    assert Counter(kind for _, kind in chosen) == dict.fromkeys(KINDS, 3)
    for kind in KINDS:
        places = [number for number, each in chosen if each == kind]
        assert max(places) - min(places) > 30


def test_a_shorter_form_plays_as_many_kinds_as_it_can() -> None:
    assert {kind for _, kind in fair(POINTS, 2, lambda point: point[1])} == {"a", "c"}


def test_a_short_form_of_few_points_plays_each_once() -> None:
    assert sorted(fair(POINTS[:4], 12, lambda point: point[1])) == POINTS[:4]


def test_of_nothing_nothing_is_played() -> None:
    """Which the section tells as a failure."""
    assert fair([], 12, lambda point: point[1]) == []
