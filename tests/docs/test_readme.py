"""The README tells what the code does: its tables and its plan are made from the code."""

import re
import tomllib
from pathlib import Path

import pytest
from tests.docs.blocks import BLOCKS, EXIT_CODES, README, stands

from sagewarden import errors

ROOT = README.parent


@pytest.mark.parametrize("name", sorted(BLOCKS))
def test_a_block_of_the_pages_is_what_the_code_says(name: str) -> None:
    """Renew it with `python tests/docs/blocks.py`; see tests/README.md."""
    assert BLOCKS[name]() == stands(name)


def test_every_exit_code_of_the_code_is_in_the_table() -> None:
    """No error leaves with a code that the README does not explain."""
    classes = [each for each in vars(errors).values() if isinstance(each, type)]
    used = {each.exit_code for each in classes if issubclass(each, errors.SageWardenError)}
    assert used - {code for code, _ in EXIT_CODES} == set()


def test_every_promise_names_tests_that_exist() -> None:
    """What it will never do is shown by tests, not by words."""
    text = README.read_text()
    promises = re.search(r"<!-- promises -->\n(.*?)<!-- /promises -->", text, re.DOTALL)
    assert promises is not None
    named = re.findall(r"\]\((tests/[\w/]+\.py)\) `(test_\w+)`", promises[1])
    assert len(named) >= 10
    assert [
        (path, name) for path, name in named if f"def {name}(" not in (ROOT / path).read_text()
    ] == []


def test_code_stands_before_line_twenty() -> None:
    """Whoever opens the README sees what it looks like at once."""
    lines = README.read_text().splitlines()
    assert next(number for number, line in enumerate(lines, 1) if line.startswith("```")) < 20


def test_every_link_of_the_readme_leads_somewhere() -> None:
    """Files that the README links to exist."""
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text())
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_figure_of_the_readme_was_printed_by_a_benchmark() -> None:
    """What is told in seconds, bytes, times or entities stands in what a benchmark printed."""
    kept = ROOT.glob("tests/benchmarks/figures/*.txt")
    printed = "\n".join(each.read_text() for each in kept)
    told = re.sub(
        r"```.*?```|<!-- (\w+) -->.*?<!-- /\1 -->", "", README.read_text(), flags=re.DOTALL
    )
    figures = re.findall(r"\d[\d,.]* (?:ms|s|MB|MiB|GiB|times|calls|entities|things)\b", told)
    assert figures
    assert [figure for figure in figures if figure not in printed] == []


def test_the_changelog_knows_the_version() -> None:
    """The version in pyproject.toml has its heading in the changelog."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\n## {version}" in Path(ROOT / "CHANGELOG.md").read_text()
