"""Policy and account in, verdicts with reasons and plan steps out: one folder a case.

After a change that is meant, `python tests/golden/account.py` writes each `plan.json` anew; read
the difference before it is committed.
"""

from difflib import unified_diff
from pathlib import Path

import pytest
from tests.golden.account import decide, spelled

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
    assert len(CASES) >= 15
