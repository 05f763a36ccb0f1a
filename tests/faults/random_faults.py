"""Two to five things go wrong at random calls of a run and of those that resume it.

What goes wrong is what goes wrong in `singles`, at AWS and at the vault. The draw of a seed is the
same for ever; then one undisturbed run does what is left.
"""

from dataclasses import dataclass
from random import Random

from tests.faults.ground import Ground, open_ground, sweeps
from tests.faults.oracle import violations
from tests.faults.sections import Section
from tests.faults.singles import AT_AWS, AT_VAULT, strike
from tests.runs.enumerating import Ending
from tests.runs.stage import Stage

SEEDS = 4_000
MOST_RUNS = 3
"""How many runs of a draw are disturbed at most."""

REACH = 380
"""Calls of a sweep on the trap, about: what lies beyond never goes wrong."""


@dataclass(frozen=True)
class Seed:
    """A draw: what goes wrong in which run, `drawn` anew for each play."""

    number: int

    def __str__(self) -> str:
        return f"seed {self.number}: " + "; ".join(
            f"run {run}: " + ", ".join(f"{'/'.join(kinds)} at {at}" for at, kinds in faults.items())
            for run, faults in enumerate(self.drawn(), 1)
        )

    def drawn(self) -> list[dict[int, tuple[str, str]]]:
        """Return, for each disturbed run, a fault for AWS and one for the vault by call.

        Calls count from 0. Which of both it is depends on what the call turns out to be.
        """
        chance = Random(self.number)  # noqa: S311 -- a draw that can be repeated, no secret
        runs: list[dict[int, tuple[str, str]]] = [{} for _ in range(chance.randint(1, MOST_RUNS))]
        for place in chance.sample(range(REACH * len(runs)), chance.randint(2, 5)):
            run, at = divmod(place, REACH)
            runs[run][at] = (chance.choice(AT_AWS), chance.choice(AT_VAULT))
        return [faults for faults in runs if faults]


def seeds(_ground: Ground) -> list[Seed]:
    """Every draw."""
    return [Seed(number) for number in range(SEEDS)]


def arrange(ground: Ground, stage: Stage, faults: dict[int, tuple[str, str]]) -> None:
    """Let things go wrong when the calls of these numbers pass."""
    seen = {"before": -1, "after": -1}

    def act(when: str, what: str) -> None:
        seen[when] += 1
        if seen[when] in faults:
            at_aws, at_vault = faults[seen[when]]
            strike(stage, at_aws if what.startswith("aws") else at_vault, when, what)

    ground.tap.act = act


def play_seed(ground: Ground, seed: Seed) -> list[str]:
    """Sweep with the faults of a draw, then with none; return what is wrong."""
    stage = ground.fresh()
    wrong = []
    for faults in seed.drawn():
        arrange(ground, stage, faults)
        sweeps(stage)
        ground.calm()
        wrong += [] if stage.open_intents() else violations(ground.before, stage)
    report = stage.sweep()
    wrong += [] if report.exit_code == 0 else [f"exit code {report.exit_code}"]
    wrong += violations(ground.before, stage)
    differs = Ending.of(stage).differs_from(ground.clean)
    return [*wrong, *(f"not as after a clean sweep: {each}" for each in differs)]


RANDOM = Section(
    name="random faults",
    faults="2-5 of the single faults, in the run and in those that resume it",
    ground=open_ground,
    points=seeds,
    play=play_seed,
    short=8,
)
