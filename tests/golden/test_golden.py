"""Policy and account in, verdicts with reasons and plan steps out: one folder a case.

After a change that is meant, `python tests/golden/account.py` writes each `plan.json` anew; read
the difference before it is committed.
"""

from difflib import unified_diff
from pathlib import Path

import pytest
from tests.golden.account import decide, spelled
from tests.golden.table import table

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/policy.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_is_decided_as_written(case: Path) -> None:
    expected = (case / "plan.json").read_text()
    actual = spelled(decide(case))
    lines = unified_diff(
        expected.splitlines(), actual.splitlines(), f"{case.name}/plan.json", "decided now", "", ""
    )
    assert actual == expected, "\n" + "\n".join(lines)


def test_there_are_cases() -> None:
    assert len(CASES) >= 40


@pytest.mark.parametrize(("rule", "cases"), table().items())
def test_every_rule_of_the_language_has_a_case(rule: str, cases: list[str]) -> None:
    """`python tests/golden/table.py` prints which."""
    names = {case.name for case in CASES}
    assert (bool(cases), [each for each in cases if each not in names]) == (True, []), rule


def test_every_case_shows_a_rule() -> None:
    shown = {name for cases in table().values() for name in cases}
    assert {case.name for case in CASES} == shown
