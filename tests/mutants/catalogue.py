"""The catalogue of mutants: each takes one interlock out, and names the tests that must see it.

It lies beside this file as TOML, one file an area. The text of a mutant is exact, and stands once
in its file: when the code changes, the catalogue has to follow, and a test says so.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
PACKAGE = Path("service/sagewarden")


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the source that breaks a promise.

    `promise` is its number in invariants (A1 to L3). In `file`, below the package, the text `old`
    becomes `new`; each of `killers`, node ids of pytest, fails then.
    """

    name: str
    promise: str
    file: str
    old: str
    new: str
    killers: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Its file, from the root of the repository."""
        return PACKAGE / self.file

    @property
    def is_quick(self) -> bool:
        """Whether no test of it needs more than the core."""
        return all(killer.startswith("tests/core/") for killer in self.killers)

    def applied(self, source: str) -> str:
        """Return its file's text with the change; raise ValueError unless it fits exactly once."""
        if (times := source.count(self.old)) != 1:
            raise ValueError(f"{self.name}: its text stands {times} times in {self.file}")
        return source.replace(self.old, self.new)


def mutants() -> tuple[Mutant, ...]:
    """Return the whole catalogue, area by area."""
    return tuple(
        Mutant(**entry | {"killers": tuple(entry["killers"])})
        for area in sorted(FOLDER.glob("*.toml"))
        for entry in tomllib.loads(area.read_text("utf-8"))["mutant"]
    )


def spread(found: tuple[Mutant, ...], count: int) -> tuple[Mutant, ...]:
    """Return so many mutants, evenly spread."""
    return tuple(found[len(found) * place // count] for place in range(count))
