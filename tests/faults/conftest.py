"""Plays sections of the harness, short or long, and prints what they came to as a table."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import Any

import pytest
from tests.faults.sections import GroundT, Section, Share, Tally, played

SHARES = 8
"""Tests that the long form of one section is cut into, for as many workers."""

PROPERTY = "harness"


class Grounds:
    """Every ground that was opened, each once a worker; all close when it ends."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._open: dict[Callable[..., Any], Any] = {}

    def of(self, section: Section[GroundT]) -> GroundT:
        """Open a section's ground, or go on with the one that is open."""
        if section.ground not in self._open:
            self._open[section.ground] = self._stack.enter_context(section.ground())
        ground: GroundT = self._open[section.ground]
        return ground


@dataclass
class Playing:
    """Plays this test's share of a section, and keeps count of it."""

    share: Share
    grounds: Grounds
    record: Callable[[str, object], None]

    def violations(self, section: Section[Any]) -> dict[str, list[str]]:
        """Return what is wrong, by point; nothing at all when every promise held."""
        tally = played(section, self.grounds.of(section), self.share)
        self.record(PROPERTY, json.dumps(asdict(tally)))
        return tally.violations


@pytest.fixture(scope="module")
def grounds() -> Iterator[Grounds]:
    with ExitStack() as stack:
        yield Grounds(stack)


@pytest.fixture
def playing(
    share: Share, grounds: Grounds, record_property: Callable[[str, object], None]
) -> Playing:
    return Playing(share, grounds, record_property)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Cut the long form into shares."""
    if "share" not in metafunc.fixturenames:
        return
    long = metafunc.config.getoption("--long")
    shares = [Share(number, SHARES, long=True) for number in range(SHARES)] if long else [Share()]
    marks = [pytest.mark.timeout(4 * 3600)] if long else []
    metafunc.parametrize(
        "share", [pytest.param(each, marks=marks, id=str(each)) for each in shares]
    )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the table of what was played, if anything was."""
    reports = [
        each
        for found in terminalreporter.stats.values()
        for each in found
        if "tests/faults/" in getattr(each, "nodeid", "")
    ]
    told = [
        Tally(**json.loads(value))
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == PROPERTY and report.when == "call"
    ]
    failed = {each.nodeid for each in reports if getattr(each, "failed", False)}
    if told or failed:
        terminalreporter.section("what was played")
        for line in table(told, failed=len(failed)):
            terminalreporter.write_line(line)


def table(told: list[Tally], *, failed: int) -> list[str]:
    """Spell the tallies, one line a section, and their totals; `failed` counts tests."""
    sections: dict[str, list[Tally]] = defaultdict(list)
    for tally in told:
        sections[tally.section].append(tally)
    plays = sum(each.plays for each in told)
    violations = sum(len(each.violations) for each in told)
    minutes = sum(each.seconds for each in told) / 60
    return [
        f"{'section':<22} {'points':>7} {'plays':>7} {'violations':>10} {'minutes':>8}  faults",
        *(_row(name, shares) for name, shares in sections.items()),
        *(_differing(name, shares) for name, shares in sections.items() if _lists(shares) > 1),
        f"{plays} plays, {violations} violations, {minutes:.1f} minutes, {failed} tests failed",
    ]


def _lists(shares: list[Tally]) -> int:
    return len({each.listed for each in shares})


def _differing(name: str, shares: list[Tally]) -> str:
    return (
        f"{name}: the workers listed {_lists(shares)} sets of points: some come and go with "
        "threads, and of these alone one may be left out"
    )


def _row(name: str, shares: list[Tally]) -> str:
    return (
        f"{name:<22} {max(each.points for each in shares):>7} "
        f"{sum(each.plays for each in shares):>7} "
        f"{sum(len(each.violations) for each in shares):>10} "
        f"{sum(each.seconds for each in shares) / 60:>8.1f}  {shares[0].faults}"
    )
