"""Globs against a plain reference, and against patterns that explode elsewhere."""

import re
from typing import ClassVar, SupportsIndex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewarden.core.globs import matcher


def reference(pattern: str, text: str) -> bool:
    """The same language, by regular expression: slow where it is hostile, plainly right."""
    spelled = "".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern)
    return re.fullmatch(spelled, text, re.DOTALL) is not None


@settings(deadline=None, max_examples=300)
@given(st.text("ab*?[\n", max_size=7), st.text("ab*?[\n", max_size=7))
def test_a_glob_matches_what_the_reference_matches(pattern: str, text: str) -> None:
    assert matcher(pattern, fold=False)(text) == reference(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("*b*b", "b", False),
        ("*b*b", "bb", True),
        ("*a*a*", "a", False),
        ("*a*a*", "aa", True),
        ("*a*", "a", True),
        ("?*ab", "xb", False),
        ("?*ab", "xab", True),
    ],
)
def test_each_piece_of_a_glob_has_characters_of_its_own(
    pattern: str,
    text: str,
    matches: bool,  # noqa: FBT001
) -> None:
    assert matcher(pattern, fold=False)(text) is matches


@pytest.mark.parametrize(("pattern", "text"), [("DEV-*", "dev-A"), ("dev", "DEV"), ("d?v", "DEV")])
def test_folding_makes_upper_and_lower_case_the_same(pattern: str, text: str) -> None:
    assert (matcher(pattern, fold=True)(text), matcher(pattern, fold=False)(text)) == (True, False)


@pytest.mark.parametrize("text", ["[ab]", "[AB]"])
def test_brackets_are_plain_characters(text: str) -> None:
    assert matcher("[ab]", fold=True)(text)
    assert not matcher("[ab]*", fold=True)("a")


class Counted(str):
    """A text that counts how often one of its characters was read."""

    __slots__ = ()
    reads: ClassVar[int] = 0

    def __getitem__(self, at: SupportsIndex | slice) -> str:
        Counted.reads += 1
        return super().__getitem__(at)


@pytest.mark.parametrize(
    "pattern", ["*a" * 60 + "?b", "*" * 120 + "?b", "a*" * 60 + "?b", "*?" * 60]
)
def test_a_hostile_pattern_takes_few_steps(pattern: str) -> None:
    """No more than the length of the pattern times that of the text."""
    text = Counted("a" * 240)
    Counted.reads = 0
    matcher(pattern, fold=False)(text)
    assert Counted.reads <= len(pattern) * len(text)
