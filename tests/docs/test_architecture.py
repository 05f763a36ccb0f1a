"""ARCHITECTURE.md tells the events and modules that there are."""

import re
from pathlib import Path

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


def test_every_module_that_is_named_exists() -> None:
    """No module was moved without its mention."""
    named = re.findall(r"`((?:application|adapters|core)/[\w/]+\.py)`", TEXT)
    assert named
    assert [name for name in named if not (SERVICE / "sagewarden" / name).exists()] == []
