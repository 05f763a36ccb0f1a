"""What people cannot see is turned into what they can."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagewarden.core.visible import shortened, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain-name_1", "plain-name_1"),
        ("\x00", "\u27e8NUL\u27e9"),
        ("a\r\nb", "a\u27e8CR\u27e9\u27e8LF\u27e9b"),
        ("\x1b[31m", "\u27e8ESC\u27e9[31m"),
        ("\x7f", "\u27e8U+007F\u27e9"),
        ("\x9b", "\u27e8U+009B\u27e9"),
        ("\u202egnp", "\u27e8U+202E\u27e9gnp"),
        ("\ud800", "\u27e8U+D800\u27e9"),
        ("\U000e0041", "\u27e8U+E0041\u27e9"),
        ("Z\u00fcrich \u6771\u4eac", "Z\u00fcrich \u6771\u4eac"),
    ],
)
def test_each_unseen_character_gets_a_sign(text: str, seen: str) -> None:
    assert visible(text) == seen


@given(ANY_TEXT)
def test_no_control_format_or_half_pair_is_left(text: str) -> None:
    left = {unicodedata.category(each) for each in visible(text)}
    assert not left & {"Cc", "Cs", "Zl", "Zp"}
    assert not any(unicodedata.bidirectional(each) in BIDI for each in visible(text))


BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@given(ANY_TEXT)
def test_visible_text_is_one_line_and_can_be_encoded(text: str) -> None:
    assert len(visible(text).splitlines()) <= 1
    assert visible(text).encode("utf-8").decode("utf-8") == visible(text)


@given(ANY_TEXT)
def test_visible_text_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(ANY_TEXT, st.integers(min_value=1, max_value=50))
def test_shortened_text_keeps_its_length(text: str, most: int) -> None:
    assert len(shortened(text, most)) <= most


def test_a_cut_text_says_so() -> None:
    assert shortened("x" * 3000, 10) == "xxxxxxxxx\u2026"
