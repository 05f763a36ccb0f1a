"""Which share of the archive objects is read in one go."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sagewarden.core.share import WHOLE, Share

SIZES = [(f"v1/archive/{number}", 10 * number) for number in range(1, 101)]


@given(some.integers(1, 12))
def test_fixed_parts_together_are_all_and_no_two_have_one_in_common(of: int) -> None:
    parts = [Share.read(f"{part}/{of}").chosen(SIZES, "any") for part in range(1, of + 1)]
    assert sorted(key for part in parts for key in part) == sorted(key for key, _ in SIZES)


def test_a_fixed_part_is_the_same_every_time() -> None:
    part = Share.read("2/7")
    assert part.chosen(SIZES, "one") == part.chosen(reversed(SIZES), "two")


def test_a_percentage_is_another_share_each_time_and_more_of_it_is_more() -> None:
    few = Share.read("5%").chosen(SIZES, "a")
    assert few <= Share.read("50%").chosen(SIZES, "a") < {key for key, _ in SIZES}
    assert Share.read("50%").chosen(SIZES, "a") != Share.read("50%").chosen(SIZES, "b")
    assert len(Share.read("100%").chosen(SIZES, "a")) == 100


@given(some.integers(1, 60_000), some.text(max_size=3))
def test_so_many_bytes_are_not_exceeded_but_for_the_first(most: int, salt: str) -> None:
    chosen = Share(most=most).chosen(SIZES, salt)
    sizes = dict(SIZES)
    assert len(chosen) == 1 or sum(sizes[key] for key in chosen) <= most


@pytest.mark.parametrize(("most", "count"), [(29, 2), (30, 3), (31, 3), (9, 1), (1, 1)])
def test_as_many_as_fit_are_taken(most: int, count: int) -> None:
    """The last may fill it, and one is taken though it is too large."""
    sizes = [(key, 10) for key in "abcde"]
    assert len(Share(most=most).chosen(sizes, "")) == count


def test_which_are_taken_depends_on_the_salt() -> None:
    chosen = {Share(most=100).chosen(SIZES, str(salt)) for salt in range(9)}
    assert len(chosen) > 1


def test_of_equal_sizes_the_salt_chooses_too() -> None:
    sizes = [(key, 10) for key in "abcde"]
    assert len({Share(most=10).chosen(sizes, str(salt)) for salt in range(9)}) > 1


@pytest.mark.parametrize(
    ("spelled", "share"),
    [
        ("5%", Share(fraction=0.05)),
        (" 0.5% ", Share(fraction=0.005)),
        ("1/7", Share(1, 7)),
        ("500M", Share(most=500 << 20)),
        ("2G", Share(most=2 << 30)),
        ("3K", Share(most=3 << 10)),
        ("4T", Share(most=4 << 40)),
        ("100%", Share(fraction=1.0)),
        ("1%", Share(fraction=0.01)),
        ("7/7", Share(7, 7)),
    ],
)
def test_spellings(spelled: str, share: Share) -> None:
    assert Share.read(spelled) == share
    assert not share.whole


@pytest.mark.parametrize(
    "spelled", ["", "5", "0%", "101%", "-5%", "0/7", "8/7", "1/0", "500", "500m", "0M", "1/7/9"]
)
def test_what_is_no_share(spelled: str) -> None:
    with pytest.raises(ValueError, match="not a share such as 5%, 1/7 or 500M"):
        Share.read(spelled)


def test_everything_is_whole() -> None:
    assert WHOLE.chosen(SIZES, "any") == {key for key, _ in SIZES}
    assert (WHOLE.whole, Share.read("1/1").whole) == (True, True)
