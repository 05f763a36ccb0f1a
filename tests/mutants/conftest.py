"""Chooses mutants, a few or with `--long` the whole catalogue, and prints what became of them."""

import json
from collections import defaultdict
from typing import Any

import pytest
from tests.mutants.catalogue import Mutant, mutants, spread
from tests.mutants.playing import SURVIVED, Copy

SHORT = 8
"""How many mutants the short form plays."""

PROPERTY = "mutant"


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """One a worker."""
    return Copy(tmp_path_factory.mktemp("source"))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    found = mutants()
    if not metafunc.config.getoption("--long"):
        found = spread(tuple(each for each in found if each.is_quick), SHORT)
    if "mutant" in metafunc.fixturenames:
        metafunc.parametrize("mutant", found, ids=[each.name for each in found])
    if "killers" in metafunc.fixturenames:
        files = by_file(found)
        metafunc.parametrize("killers", files.values(), ids=files)


def by_file(found: tuple[Mutant, ...]) -> dict[str, tuple[str, ...]]:
    """Every test that is to kill one of these, by its file."""
    files: dict[str, dict[str, None]] = defaultdict(dict)
    for killer in (killer for each in found for killer in each.killers):
        files[killer.partition("::")[0]][killer] = None
    return {file: tuple(nodes) for file, nodes in sorted(files.items())}


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each mutant with its promise and the test that killed it."""
    rows = [
        json.loads(value)
        for found in terminalreporter.stats.values()
        for report in found
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY and report.when == "call"
    ]
    if not rows:
        return
    terminalreporter.section("mutants")
    for name, promise, killer in sorted(rows, key=lambda row: (row[1], row[0])):
        terminalreporter.write_line(f"{promise} {name}: {killer.removeprefix('tests/')}")
    killed = sum(killer != SURVIVED for _, _, killer in rows)
    terminalreporter.write_line(f"{killed} killed of {len(rows)}")
