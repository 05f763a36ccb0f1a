"""Whatever is changed in a chained vault, both verifiers find it; a lost end by its head only."""

import importlib.util
import json
import random
import shutil
import subprocess
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from pathlib import Path
from types import ModuleType

import pytest
from tests.restore.account import Account

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.chain import extend_chain, newest, recording
from sagewarden.application.ports import Bench
from sagewarden.application.ports.vault import Stored
from sagewarden.application.walk import walk_chain
from sagewarden.core.chain import Head
from sagewarden.core.entities import Target
from sagewarden.core.keys import archive_key, journal_key, report_key

Objects = dict[str, bytes]

TOOL = Path(__file__).parents[2] / "deploy" / "verify_chain.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The verifier that needs Python alone."""
    spec = importlib.util.spec_from_file_location("verify_chain", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def chained(bench: Bench, runs: int) -> Objects:
    """A vault after so many runs, each with an archive, a bundle and a report."""
    target, vault = bench.target, MemoryVault()
    for number in range(1, runs + 1):
        run = f"run-{number:04}"
        within, recorded = recording(replace(bench, vault=vault))
        for key in (
            archive_key(target, run, "unit", 1, "0" * 64),
            journal_key(target, run, 1, "intent"),
            journal_key(target, run, 1, "outcome"),
            report_key(target, run, "report.json"),
        ):
            within.vault.create(key, f"{key} of {run}".encode())
        extend_chain(within, recorded, run)
    return dict(vault.objects)


class Shelf(MemoryVault):
    """A vault of objects that nobody changes any more: it is listed without a look at all keys."""

    def __init__(self, objects: Objects) -> None:
        super().__init__()
        self._stored = {key: Stored(body, "1") for key, body in objects.items()}
        self._keys = sorted(objects)

    def list(self, prefix: str) -> Iterator[str]:
        start = bisect_left(self._keys, prefix)
        return takewhile(lambda key: key.startswith(prefix), islice(self._keys, start, None))


def held(objects: Objects) -> MemoryVault:
    """A vault of these objects."""
    return Shelf(objects)


@dataclass
class Verifiers:
    """Both verifiers, and the same objects for each: in memory and as files."""

    bench: Bench
    tool: ModuleType
    folder: Path
    sound: Objects
    other: Objects

    def lay(self, objects: Objects) -> None:
        """Write the files of these objects that differ from the sound ones, take off the others."""
        for key in self.sound.keys() | objects.keys():
            if self.sound.get(key) != objects.get(key):
                self.write(key, objects.get(key))

    def write(self, key: str, body: bytes | None) -> None:
        path = self.folder / key
        if body is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)

    @property
    def head(self) -> Head:
        """The head of the sound chain."""
        found = newest(replace(self.bench, vault=held(self.sound)))
        assert found is not None
        return found

    def told(self, objects: Objects, expected: Head | None = None) -> tuple[int, int]:
        """How many things each verifier finds."""
        bench, read = recording(replace(self.bench, vault=held(objects)))
        ours = walk_chain(bench, read, expected).findings
        self.lay(objects)
        target = self.bench.target
        chain = self.tool.Chain(self.folder / "v1" / target.account / target.region)
        theirs = list(chain.faults(None if expected is None else str(expected)))
        for key in self.sound.keys() | objects.keys():
            if self.sound.get(key) != objects.get(key):
                self.write(key, self.sound.get(key))
        return len(ours), len(theirs)


@pytest.fixture
def verifiers(
    account: Account, tool: ModuleType, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Verifiers]:
    runs = 200 if request.config.getoption("--long") else 12
    bench = account.bench
    elsewhere = replace(bench, target=Target("123456789012", "eu-central-1"))
    sound, other = chained(bench, runs), chained(elsewhere, runs)
    for key, body in sound.items():
        path = tmp_path / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    yield Verifiers(bench, tool, tmp_path, sound, other)
    shutil.rmtree(tmp_path)


Change = Callable[[random.Random, Objects, Objects], None]


def anything(chance: random.Random, objects: Objects) -> str:
    return chance.choice(sorted(objects))


def flip(chance: random.Random, objects: Objects, _other: Objects) -> None:
    key = anything(chance, objects)
    body = bytearray(objects[key])
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    objects[key] = bytes(body)


def cut(chance: random.Random, objects: Objects, _other: Objects) -> None:
    key = anything(chance, objects)
    objects[key] = objects[key][: chance.randrange(len(objects[key]))]


def swap(chance: random.Random, objects: Objects, _other: Objects) -> None:
    one, two = chance.sample(sorted(objects), 2)
    objects[one], objects[two] = objects[two], objects[one]


def insert(chance: random.Random, objects: Objects, _other: Objects) -> None:
    key = anything(chance, objects)
    objects[key.rpartition("/")[0] + "/99999999-more"] = objects[key]


def delete(chance: random.Random, objects: Objects, _other: Objects) -> None:
    """Anything but what a run that died at its very end would lack as well."""
    last = max(key for key in objects if key.endswith("/chained.json"))
    del objects[chance.choice(sorted(objects.keys() - {last, max_link(objects)}))]


def roll_back(chance: random.Random, objects: Objects, _other: Objects) -> None:
    """One object is as its like was in an earlier run."""
    kin = sorted(key for key in objects if "/chain/" in key)
    late = chance.randrange(1, len(kin))
    objects[kin[late]] = objects[kin[chance.randrange(late)]]


def splice(chance: random.Random, objects: Objects, other: Objects) -> None:
    """A link of another target's chain stands in the place of ours."""
    key = chance.choice([key for key in sorted(objects) if "/chain/" in key])
    objects[key] = other[key.replace("us-east-1", "eu-central-1")]


def max_link(objects: Objects) -> str:
    return max(key for key in objects if "/chain/" in key)


CHANGES: list[Change] = [flip, cut, swap, insert, delete, roll_back, splice]


def test_both_find_nothing_in_a_sound_vault(verifiers: Verifiers) -> None:
    """And the head that was kept is in the chain."""
    assert verifiers.told(verifiers.sound, verifiers.head) == (0, 0)


@pytest.mark.timeout(7200)
def test_both_find_any_single_change(verifiers: Verifiers, request: pytest.FixtureRequest) -> None:
    """10,000 changes of a chain of 200 runs in the long form."""
    missed = []
    for seed in range(10_000 if request.config.getoption("--long") else 140):
        change = CHANGES[seed % len(CHANGES)]
        objects = dict(verifiers.sound)
        change(random.Random(seed), objects, verifiers.other)  # noqa: S311 -- a seeded choice
        if objects != verifiers.sound and not all(verifiers.told(objects)):
            missed.append((seed, change.__name__, verifiers.told(objects)))
    assert missed == []


def test_a_lost_end_shows_against_the_head_only(verifiers: Verifiers) -> None:
    """A vault rolled back to an earlier run is sound in itself."""
    link = max_link(verifiers.sound)
    last = max(key for key in verifiers.sound if key.endswith("/chained.json")).split("/")[-2]
    objects = {
        key: body for key, body in verifiers.sound.items() if key != link and f"/{last}/" not in key
    }
    assert verifiers.told(objects) == (0, 0)
    assert verifiers.told(objects, verifiers.head) == (1, 1)


def test_a_forged_key_does_nothing_in_a_terminal(verifiers: Verifiers) -> None:
    """Whoever can write a link can name anything in it: it is told, and cannot hide the rest."""
    link = max_link(verifiers.sound)
    told = json.loads(verifiers.sound[link])
    told["objects"]["v1/\x1b[2J\r0 faults\n"] = "0" * 64
    verifiers.write(link, verifiers.tool.spell(told))
    target = verifiers.bench.target
    folder = verifiers.folder / "v1" / target.account / target.region
    ran = subprocess.run(
        [sys.executable, TOOL, folder], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 5
    assert r"v1/\x1b[2J\r0 faults\n: it is not of this target" in ran.stdout.splitlines()


def test_a_folder_without_a_chain_is_not_told_to_be_sound(verifiers: Verifiers) -> None:
    """Whoever names the whole vault is told that nothing was verified, and what is meant."""
    target = verifiers.bench.target
    ran = subprocess.run(
        [sys.executable, TOOL, verifiers.folder], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "nothing was verified" in ran.stderr
    assert str(verifiers.folder / "v1" / target.account / target.region) in ran.stderr
