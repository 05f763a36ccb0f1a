"""The mutation tool changes what decides and leaves prose alone; its verdicts fit the source."""

import subprocess
import sys

import pytest
from tests.mutants.catalogue import PACKAGE, ROOT
from tests.mutants.modules import NEAR
from tests.mutants.operators import changes
from tests.mutants.verdicts import Verdict, read_rows, spelled, verdicts

PIECE = b'''\
"""Prose."""
LIMIT: int = 3

def one(a: int | None, b: bool = True) -> bool:
    """Prose."""
    if a is None and not b:
        raise ValueError(f"{a + 1}")
    for each in (a,):
        print(min(each, 2) - 1)
    return a < LIMIT
'''

CHANGES = [
    "3 → 4",
    "True → False",
    "a is None → True",
    "a is None and not b → False",
    "a is None and not b → True",
    "is → is not",
    "and → or",
    "not → ",
    "not b → True",
    'raise ValueError(f"{a + 1}") → pass',
    "(a,) → ()",
    "print(min(each, 2) - 1) → pass",
    "min → max",
    "2 → 3",
    "- → +",
    "1 → 2",
    "return a < LIMIT → return None",
    "< → <=",
    "< → >=",
]


def test_whatever_decides_is_changed() -> None:
    assert sorted(each.told for each in changes(PIECE)) == sorted(CHANGES)


def test_a_change_takes_nothing_else_along() -> None:
    (change,) = (each for each in changes(PIECE) if each.told == "min → max")
    assert change.applied(PIECE) == PIECE.replace(b"min(", b"max(")


def test_a_change_tells_its_line() -> None:
    (change,) = (each for each in changes(PIECE) if each.told == "min → max")
    assert (change.line, change.text) == (9, "print(min(each, 2) - 1)")


def test_a_verdict_reads_back_the_same() -> None:
    verdict = Verdict("core/x.py", "a = b | `c`", "| → &", "equivalent: because")
    row = spelled(verdict.file, verdict.line, verdict.change, verdict.reason)
    assert list(read_rows(f"# Prose\n\n{row}\n")) == [verdict]
    assert row == "| `core/x.py` | `` a = b │ `c` `` | `│ → &` | equivalent: because |"


@pytest.mark.parametrize(
    ("body", "told"),
    [("0", "0"), ("1", "1"), ("sum(1 for _ in iter(int, 1))", "-1")],
    ids=["lives", "killed", "never ends"],
)
def test_what_takes_too_much_work_is_told_apart_from_what_is_killed(body: str, told: str) -> None:
    """A second of processor time here, however long that takes."""
    program = f"import forks; print(forks.forked(lambda: {body}, work=1))"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT / "tests/mutants",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.stdout.strip(), ended.stderr) == (told, "")


@pytest.mark.parametrize("file", sorted({each.file for each in verdicts()}))
def test_every_verdict_is_of_a_change_that_there_is(file: str) -> None:
    found = changes((ROOT / PACKAGE / file).read_bytes())
    there = {(each.text, each.told) for each in found}
    judged = {(each.line, each.change) for each in verdicts() if each.file == file}
    assert judged - there == set()


def test_no_verdict_is_left_open() -> None:
    assert [each for each in verdicts() if each.reason.startswith("?")] == []


def test_verdicts_are_of_modules_that_are_played() -> None:
    played = {name.removeprefix(f"{PACKAGE}/") for name in NEAR}
    assert {each.file for each in verdicts()} - played == set()
