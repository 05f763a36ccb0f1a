"""Patterns: what they match, what is refused, and that none can be slow."""

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewarden.core.pattern_syntax import DEEPEST, LONGEST
from sagewarden.core.patterns import Pattern, PatternRefused


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("abc", "xabc", False),
        ("abc", "ABC", False),
        ("a.c", "a-c", True),
        ("a.c", "ac", False),
        ("ab?c", "ac", True),
        ("ab*c", "abbbc", True),
        ("ab+c", "ac", False),
        ("[a-c]+", "cab", True),
        ("[a-c]+", "cad", False),
        ("[^a-c]", "d", True),
        ("[^a-c]", "b", False),
        ("[a-]", "-", True),
        (r"[\]\\]+", "]\\", True),
        (r"[\w.]+", "a_1.B", True),
        (r"\d{4}", "2026", True),
        (r"\d{4}", "202", False),
        (r"\d{2,}", "2", False),
        (r"\d{2,}", "20261", True),
        ("a{1,2}", "aaa", False),
        ("a{1,2}", "aa", True),
        ("a{0,2}", "", True),
        (r"\D\W\S", "a-b", True),
        (r"\s", "\t", True),
        (r"\.", "x", False),
        ("dev|prod", "prod", True),
        ("dev|prod", "devprod", False),
        ("(?:ml|ds)-(1|2)+", "ml-12", True),
        ("(a|b)*", "", True),
        ("((a*)*)*", "aaa", True),
        (r"[^@ ]+@example\.com", "ada@example.com", True),
        (r"[^@ ]+@example\.com", "ada@examplescom", False),
        ("größe-Ω", "größe-Ω", True),
        ("a" * LONGEST, "a" * LONGEST, True),
        ("(" * DEEPEST + "a" + ")" * DEEPEST, "a", True),
        ("a{256}", "a" * 256, True),
        ("(?:a)(b)", "ab", True),
        ("[^a]", "b", True),
        ("[-a]", "-", True),
        ("[a-a]", "a", True),
        (r"[\d_]+", "1_", True),
        (r"\S+", "a b", False),
        (r"\w+", "a-b", False),
        (r"\W", "_", False),
        (r"\s+", " \t\r\n", True),
        (r"a\|b", "a|b", True),
        ("a{2,3}", "a", False),
        ("a{2,3}", "aaa", True),
        ("a{2,3}", "aaaa", False),
        ("a{1,}", "", False),
    ],
)
def test_a_pattern_means_a_whole_text(pattern: str, text: str, matches: bool) -> None:  # noqa: FBT001
    assert Pattern(pattern).matches(text) is matches


@pytest.mark.parametrize(
    ("pattern", "reason", "suggestion"),
    [
        ("", "an empty pattern at character 1", ""),
        ("a" * (LONGEST + 1), f"a pattern of more than {LONGEST} characters at character 257", ""),
        ("^a", "the anchor `^`: a whole value is always compared at character 1", ""),
        ("a$", "the anchor `$`: a whole value is always compared at character 2", ""),
        (r"a\b", r"the anchor `\b`: a whole value is always compared at character 2", ""),
        (r"(a)\1", r"the back-reference `\1` at character 4", ""),
        ("(?=a)b", "a look-around, name or flag at character 1", "(?: … )"),
        ("(?<!a)b", "a look-around, name or flag at character 1", "(?: … )"),
        ("(?i)b", "a look-around, name or flag at character 1", "(?: … )"),
        ("(?P<n>b)", "a look-around, name or flag at character 1", "(?: … )"),
        ("a+?", "a repetition of a repetition at character 3", "+ alone"),
        ("a*+", "a repetition of a repetition at character 3", "* alone"),
        ("a{2}{3}", "a repetition of a repetition at character 5", "{2} alone"),
        ("*a", "`*` after nothing to repeat at character 1", r"\*"),
        ("(|a)", "nothing where something to match belongs at character 2", ""),
        ("a|", "nothing where something to match belongs at character 3", ""),
        ("()", "nothing where something to match belongs at character 2", ""),
        ("a)", "a `)` that closes nothing at character 2", r"\)"),
        ("a]", "a `]` that closes nothing at character 2", r"\]"),
        ("a}", "a `}` that closes nothing at character 2", r"\}"),
        ("[a", "a `[` that is never closed at character 1", r"\["),
        ("[]", "a class without characters at character 1", ""),
        ("[z-a]", "a range that does not go from low to high at character 2", ""),
        (r"[a-\d]", "a range that does not go from low to high at character 2", ""),
        (r"[\d-z]", "a range that does not go from low to high at character 2", ""),
        ("[a-", "a range that does not go from low to high at character 2", ""),
        ("[[:alpha:]]", "a `[` inside a class at character 2", r"\["),
        (r"[\W]", "all but a set inside a class at character 2", "a class of its own"),
        ("a{", "`{` without {n}, {n,} or {n,m} at character 2", r"\{"),
        ("a{,2}", "`{` without {n}, {n,} or {n,m} at character 2", r"\{"),
        ("a{x}", "`{` without {n}, {n,} or {n,m} at character 2", r"\{"),
        ("a{2,1}", "a repetition that is never at character 2", ""),
        ("a{0}", "a repetition that is never at character 2", ""),
        ("a{1000}", "`{` without {n}, {n,} or {n,m} at character 2", r"\{"),
        ("a{1,257}", "a repetition of more than 256 at character 2", ""),
        ("a{0,0}", "a repetition that is never at character 2", ""),
        ("a{1", "`{` without {n}, {n,} or {n,m} at character 2", r"\{"),
        ("a?{2}", "a repetition of a repetition at character 3", "? alone"),
        ("a{2}*", "a repetition of a repetition at character 5", "{2} alone"),
        ("(a", "a `(` that is never closed at character 1", r"\("),
        ("b(?:a", "a `(` that is never closed at character 2", r"\("),
        ("b[a", "a `[` that is never closed at character 2", r"\["),
        ("b[]", "a class without characters at character 2", ""),
        (r"a\Z", r"the anchor `\Z`: a whole value is always compared at character 2", ""),
        (r"[\n]", r"`\n`, which means nothing here at character 2", "n"),
        ("a{257}", "a repetition of more than 256 at character 2", ""),
        ("(a{200}){200}", "repetitions that multiply to too many at character 1", ""),
        ("a\\", "a backslash at the end at character 2", "\\\\"),
        (r"\n", r"`\n`, which means nothing here at character 1", "n"),
        ("(" * (DEEPEST + 1), "more than 10 groups inside one another at character 11", ""),
    ],
)
def test_what_is_refused_says_where_and_why(pattern: str, reason: str, suggestion: str) -> None:
    with pytest.raises(PatternRefused) as refused:
        Pattern(pattern)
    assert (str(refused.value), refused.value.suggestion) == (reason, suggestion)


def test_a_pattern_may_have_2000_states_and_no_more() -> None:
    """One of them is its end."""
    assert Pattern("(a{199}){10}a{9}").matches("a" * 1_999)
    with pytest.raises(PatternRefused, match="multiply to too many"):
        Pattern("(a{199}){10}a{10}")


EVIL = (
    "(a+)+b",
    "(a|a)*b",
    "(a|aa)+b",
    "(.*a){12}b",
    "((a*)*)*b",
    "a*a*a*a*a*a*a*a*b",
    "(a?){64}a{64}b",
    r"([^@]+@?)+\.com",
)
"""Each takes a backtracking engine longer than anyone waits, on a long row of one letter."""


@pytest.mark.parametrize("pattern", EVIL)
def test_a_text_twice_as_long_takes_about_twice_as_long(pattern: str) -> None:
    """Four times as many letters take less than twelve times the time; nothing explodes."""
    short, long = (_fastest(pattern, "a" * count) for count in (500, 2_000))
    assert long < 12 * short + 0.05


def _fastest(pattern: str, text: str) -> float:
    found = []
    for _ in range(3):
        compiled = Pattern(pattern)
        start = process_time()
        compiled.matches(text)
        found.append(process_time() - start)
    return min(found)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\d", r"\.", "0"])
SHAPES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join).map("({})".format),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "{1,2}", "{2,}"])).map(
            lambda pair: f"({pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=300)
@given(SHAPES, st.text("ab0.", max_size=6))
def test_a_pattern_means_what_it_means_to_python(pattern: str, text: str) -> None:
    assert Pattern(pattern).matches(text) == (re.fullmatch(pattern, text) is not None)
