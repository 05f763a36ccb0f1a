"""Files that mean harm: refused, quickly, and with nothing but PoliciesRefused."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagewarden.adapters.policyfiles import PoliciesRefused, load_policies

MIB = 1024 * 1024
HEAD = "version: 1\npolicies:\n  - "

LARGE = {
    "one word": "a" * MIB,
    "one line of words": "a " * MIB,
    "lines of one text": "a:\n" + " bcdefgh\n" * MIB,
    "a quoted text over many lines": '"' + "a\n" * 40_000,
    "empty lines": "\n" * 49_999,
    "too many empty lines": "\n" * MIB,
    "carriage returns": "\r" * MIB,
    "comments": "# a\n" * 49_000,
    "blanks": " " * MIB,
    "opening brackets": "[" * MIB,
    "opening braces": "{\n" * 40_000,
    "dashes": "- " * 4_000,
    "question marks": "? " * 4_000,
    "colons": ":" * MIB,
    "indents": "".join(" " * depth + "a:\n" for depth in range(1_400)),
    "documents": "---\n" * 49_000,
    "a list": "- a\n" * 49_000,
    "a flow list": "[\n" + "a,\n" * 49_000 + "]",
    "different keys": "".join(f"key-{number}: 1\n" for number in range(49_000)),
    "near misses of a key": HEAD + "".join(f"resource{n}: 1\n    " for n in range(4_900)),
    "near misses of a word": HEAD + "match: {status: [" + "Complet,\n" * 9_900 + "]}",
    "anchors": "".join(f"- &a{number} b\n" for number in range(49_000)),
    "aliases": "- &a b\n" + "- *a\n" * 49_000,
    "long tags": ("- " + "!" * 9_000 + " a\n") * 110,
    "escaped tags": ("- !<" + "%41" * 3_000 + "> a\n") * 110,
    "a folded text": "a: >\n" + " b\n\n" * 24_000,
    "digits": "version: " + "9" * 9_990,
    "a billion laughs": "a: &a [b]\n"
    + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    ),
}


def refusal(path: Path) -> PoliciesRefused:
    with pytest.raises(PoliciesRefused) as refused:
        load_policies(path)
    return refused.value


@pytest.mark.timeout(20)
@pytest.mark.parametrize("case", LARGE)
def test_a_large_file_is_refused_in_time_that_grows_no_faster_than_it(
    case: str, tmp_path: Path
) -> None:
    """Each takes about a second on a quiet core; what explodes would take hours."""
    path = tmp_path / "a.yaml"
    path.write_text(LARGE[case][:MIB], newline="")
    assert refusal(path).problems


def test_a_file_of_one_byte_over_a_mebibyte_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"#" * (MIB + 1))
    assert refusal(path).problems[0].found == "a file over 1 MiB"


def test_a_line_of_10_001_characters_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("version: 1\n" + "#" * 10_001)
    assert (
        refusal(path).problems[0].line,
        refusal(path).problems[0].found,
    ) == (2, "a line of 10001 characters")


def test_50_001_lines_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("\n" * 50_000)
    assert refusal(path).problems[0].found == "50001 lines"


def test_10_001_values_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- a\n" * 10_000)
    assert refusal(path).problems[0].found == "more than 10000 values"


def test_the_message_lists_a_hundred_problems_and_counts_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("version: 1\n" + "".join(f"key-{number}: 1\n" for number in range(150)))
    refused = refusal(path)
    assert (len(refused.problems), str(refused).endswith("\n\nand 51 more")) == (151, True)


def test_what_stands_in_a_file_cannot_move_the_cursor_of_a_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text('version: 1\n"a\\n\\tb": 1\n')
    assert "an unknown key `a\\n\\tb`" in str(refusal(path))


@settings(deadline=None)
@given(body=st.binary(max_size=200))
def test_bytes_raise_nothing_but_a_refusal(
    body: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(body)
    refusal(path)


@settings(deadline=None)
@given(body=st.text(max_size=200))
def test_text_raises_nothing_but_a_refusal(
    body: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "text.yaml"
    path.write_text(body, encoding="utf-8", errors="surrogatepass", newline="")
    refusal(path)


PIECES = st.sampled_from(
    [
        *(
            "[",
            "]",
            "{",
            "}",
            ",",
            ":",
            ": ",
            "- ",
            "? ",
            "\n",
            "\n  ",
            "\n    ",
            " ",
            "\t",
            "#",
            " #",
        ),
        *(
            "&a",
            "*a",
            "!!str ",
            "!",
            "!<",
            ">",
            "|",
            "|2-\n",
            "%YAML 1.1\n",
            "---\n",
            "...\n",
            "<<: ",
        ),
        *('"', "'", "\\", "\\x", "\\U", "\\UFFFFFFFF", "\\ud800", "%41", "%ff", "~", "null", "010"),
        *(
            "version: 1\n",
            "policies:\n",
            "match",
            "name",
            "all",
            "tags",
            "keep",
            "90d",
            "true",
            "*",
            "@",
            "`",
        ),
    ]
)


@settings(deadline=None, max_examples=500)
@given(pieces=st.lists(PIECES, max_size=40))
def test_scraps_of_yaml_raise_nothing_but_a_refusal(
    pieces: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "scraps.yaml"
    path.write_text("".join(pieces), newline="")
    refusal(path)


@settings(deadline=None, max_examples=300)
@given(at=st.integers(0, 400), piece=PIECES, length=st.integers(0, 12))
def test_a_damaged_file_loads_or_is_refused(
    at: int, piece: str, length: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = (Path(__file__).parent / "good" / "every-key.yaml").read_text()
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_text(whole[:at] + piece + whole[at + length :], newline="")
    with suppress(PoliciesRefused):
        assert load_policies(path).policies
