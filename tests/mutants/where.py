"""Run in a copy only: where the code under test was imported from."""

from pathlib import Path

import sagewarden


def test_the_code_under_test_lies_beside_its_tests() -> None:
    root = Path(__file__).parents[2]
    assert Path(sagewarden.__file__).is_relative_to(root / "service")
