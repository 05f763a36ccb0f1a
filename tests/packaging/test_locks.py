"""The two lock files agree, and both pin what `pyproject.toml` asks for."""

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PIN = re.compile(r"^([a-z0-9-]+)(?:\[(.*?)\])?==(\S+?)(?: ;.*?)? \\$", re.MULTILINE)
LOCKS = ("requirements.lock", "deploy/runtime.lock", "deploy/build.lock")


def pins(name: str) -> set[tuple[str, str]]:
    """Every (distribution, version) that a lock file pins."""
    found = PIN.findall((ROOT / name).read_text())
    return {(distribution, version) for distribution, _, version in found}


def pinned_extras(name: str) -> dict[str, set[str]]:
    """The extras that a lock file names, by distribution."""
    found = PIN.findall((ROOT / name).read_text())
    return {distribution: set(re.findall(r"[\w-]+", extras)) for distribution, extras, _ in found}


def asked_extras(of: set[str]) -> Iterator[tuple[str, str]]:
    """Yield every (distribution, extra) that what is installed of these asks for here."""
    for each in distributions():
        if normal(each.name) in of:
            for asked in map(Requirement, each.requires or ()):
                if asked.marker is None or asked.marker.evaluate({"extra": ""}):
                    yield from ((normal(asked.name), extra) for extra in asked.extras)


def normal(name: str) -> str:
    """Spell a distribution's name as lock files do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_container_installs_nothing_that_ci_did_not_test() -> None:
    """Each pin of deploy/runtime.lock stands in requirements.lock, with the same version."""
    assert pins("deploy/runtime.lock") - pins("requirements.lock") == set()


@pytest.mark.parametrize("name", LOCKS)
def test_extras_are_pinned_with_their_distribution(name: str) -> None:
    """Pip before 23.3 takes `coverage[toml]` for unpinned beside `coverage==1`.

    It then installs nothing from the day on which a newer coverage appears.
    """
    named = pinned_extras(name)
    assert [each for each in asked_extras(set(named)) if each[1] not in named[each[0]]] == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_pin_has_a_hash(name: str) -> None:
    """Nothing is installed whose bytes are not known."""
    text = (ROOT / name).read_text()
    hashed = re.findall(r"^\S.*==.*\\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert len(hashed) == text.count("==") - text.count(" == ")


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_a_host(name: str) -> None:
    """Where packages come from is the machine's own business."""
    assert "://" not in (ROOT / name).read_text()


def test_what_runs_is_pinned() -> None:
    """Each distribution that the project depends on stands in the container's lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["sandbox"]]
    names = {re.split(r"[\[<>=]", line)[0].replace(".", "-") for line in asked}
    assert names <= {name for name, _ in pins("deploy/runtime.lock")}


def test_what_coverage_is_to_follow_is_there() -> None:
    """A module that was moved would be covered by nobody, unseen."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    followed = project["tool"]["coverage"]["run"]["include"]
    assert len(followed) >= 16
    assert [each for each in followed if not (ROOT / each).is_file()] == []


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
