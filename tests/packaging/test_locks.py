"""The two lock files agree, and both pin what `pyproject.toml` asks for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)==(\S+?)(?: ;.*?)? \\$", re.MULTILINE)


def pins(name: str) -> set[tuple[str, str]]:
    """Every (distribution, version) that a lock file pins."""
    return set(PIN.findall((ROOT / name).read_text()))


def test_the_container_installs_nothing_that_ci_did_not_test() -> None:
    """Each pin of deploy/runtime.lock stands in requirements.lock, with the same version."""
    assert pins("deploy/runtime.lock") - pins("requirements.lock") == set()


@pytest.mark.parametrize("name", ["requirements.lock", "deploy/runtime.lock"])
def test_every_pin_has_a_hash(name: str) -> None:
    """Nothing is installed whose bytes are not known."""
    text = (ROOT / name).read_text()
    hashed = re.findall(r"^\S+==.*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(hashed) == text.count("==") - text.count(" == ")


@pytest.mark.parametrize("name", ["requirements.lock", "deploy/runtime.lock"])
def test_no_lock_names_a_host(name: str) -> None:
    """Where packages come from is the machine's own business."""
    assert "://" not in (ROOT / name).read_text()


def test_what_runs_is_pinned() -> None:
    """Each distribution that the project depends on stands in the container's lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
    names = {re.split(r"[\[<>=]", line)[0].replace(".", "-") for line in asked}
    assert names <= {name for name, _ in pins("deploy/runtime.lock")}


def test_the_top_level_holds_what_users_look_for() -> None:
    """Users' folders and files, the lock, licence, changelog; besides dotfiles nothing else."""
    expected = {
        *("service", "policies", "tests", "deploy"),
        *("pyproject.toml", "README.md", "requirements.lock", "LICENSE", "CHANGELOG.md"),
        "Dockerfile",
    }
    built = {"dist", "build", "sagewarden-demo", "htmlcov", "coverage.xml"}
    found = {each.name for each in ROOT.iterdir() if not each.name.startswith(".")}
    assert found - built == expected
