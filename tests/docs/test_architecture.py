"""ARCHITECTURE.md tells the events and modules that there are."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from tests.faults.sections import Section

from sagewarden.adapters.telemetry.logs import WARNINGS

FAULTS = Path(__file__).parents[1] / "faults"
SERVICE = Path(__file__).parents[2] / "service"
TEXT = (SERVICE / "ARCHITECTURE.md").read_text()


def test_the_table_of_events_is_what_the_code_tells() -> None:
    """Whoever reads the log at night finds each event explained."""
    sources = [path.read_text() for path in SERVICE.rglob("*.py")]
    told = {
        name
        for source in sources
        for name in re.findall(r'(?:events|tell)\(\s*"([a-z-]+\.[a-z-]+)"', source)
    }
    table = re.search(r"<!-- events -->\n(.*?)<!-- /events -->", TEXT, re.DOTALL)
    assert table is not None
    assert told == set(re.findall(r"^\| `([a-z-]+\.[a-z-]+)` \|", table[1], re.MULTILINE))


def emitted(source: str) -> list[ast.Call]:
    """Every call that tells an event: of the telemetry's `tell`, or of something called events."""
    tree = ast.parse(source)
    tells = any(
        isinstance(each, ast.ImportFrom)
        and each.module == "sagewarden.adapters.telemetry.logs"
        and "tell" in {name.name for name in each.names}
        for each in ast.walk(tree)
    )
    return [
        each
        for each in ast.walk(tree)
        if isinstance(each, ast.Call)
        and (
            (isinstance(each.func, ast.Name) and each.func.id == "tell" and tells)
            or (isinstance(each.func, ast.Name) and each.func.id == "events")
            or (isinstance(each.func, ast.Attribute) and each.func.attr in {"events", "_events"})
        )
    ]


def test_no_event_has_a_name_that_is_made_up_while_it_runs() -> None:
    """Else the table could not be held to be complete."""
    calls = [call for path in SERVICE.rglob("*.py") for call in emitted(path.read_text())]
    assert len(calls) > 30
    assert [ast.unparse(each) for each in calls if not isinstance(each.args[0], ast.Constant)] == []


def test_what_wakes_somebody_is_in_the_table() -> None:
    """Each event of level warning is an event of the table."""
    assert [name for name in WARNINGS if f"| `{name}` |" not in TEXT] == []


def plays() -> set[str]:
    """Name every kind of play of the harness, as `SECTION: KIND`, and every test's words."""
    modules = [
        import_module(f"tests.faults.{path.stem}")
        for path in FAULTS.glob("*.py")
        if re.search("^[A-Z]+ = Section\\(", path.read_text(), re.MULTILINE)
    ]
    sections = [
        each for module in modules for each in vars(module).values() if isinstance(each, Section)
    ]
    tests = {
        f"{path.parent.name}: {name.replace('_', ' ')}"
        for path in FAULTS.parent.glob("*/test_*.py")
        for name in re.findall(r"^def test_(\w+)", path.read_text(), re.MULTILINE)
    }
    return tests | {f"{each.name}: {kind}" for each in sections for kind in each.kinds}


def windows() -> list[list[str]]:
    """The rows of the table of windows: what happens, how wide, what narrows it, plays."""
    table = re.search(r"<!-- windows -->\n(.*?)<!-- /windows -->", TEXT, re.DOTALL)
    assert table is not None
    return [re.split(r" \| ", row.strip("| ")) for row in table[1].splitlines()[2:]]


@pytest.mark.parametrize("row", windows(), ids=lambda row: row[0])
def test_a_window_that_stays_open_names_plays_that_there_are(row: list[str]) -> None:
    """And says how wide it is and what narrows it."""
    happens, wide, narrows, named = row
    assert "" not in {happens, wide, narrows}
    found = re.findall(r"`([^`]+)`", named)
    assert found
    assert [each for each in found if each not in plays()] == []


def test_the_protocol_has_its_ten_points() -> None:
    part = TEXT.partition("## The protocol, point by point")[2].partition("\n## ")[0]
    assert re.findall(r"^(\d+)\. \*", part, re.MULTILINE) == [str(n) for n in range(1, 11)]


def test_every_module_that_is_named_exists() -> None:
    """No module was moved without its mention."""
    named = re.findall(r"`((?:application|adapters|core)/[\w/]+\.py)`", TEXT)
    assert named
    assert [name for name in named if not (SERVICE / "sagewarden" / name).exists()] == []
