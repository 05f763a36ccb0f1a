"""Trials of the first SDK: several to an experiment, with components that they share."""

from dataclasses import dataclass
from itertools import cycle
from random import Random

from sagewarden.sandbox.records import NOTHING, Component, Wire
from sagewarden.sandbox.seed.curves import series
from sagewarden.sandbox.seed.dates import HOUR, Life, instants, settled_life
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.jobs import Job, Workshop, status_of
from sagewarden.sandbox.seed.trees import Tree, branch, plant
from sagewarden.sandbox.seed.words import FAMILIES, Family, words_of

KNOT_SIZE = 8
"""How many components the smallest knot of three experiments needs."""

_KNOT_EVERY = 8
_STATUSLESS_EVERY = 40
_JOB_SHARE = 0.4


@dataclass(frozen=True, slots=True)
class _Knot:
    """Two stale experiments and a live one that share components; trials by their keys."""

    stale: Tree
    other: Tree
    live: Tree
    stale_trials: tuple[str, str]
    other_trial: str
    live_trial: str


class _Bench:
    """Writes classic components into a draft."""

    def __init__(self, draft: Draft, rng: Random, workshop: Workshop) -> None:
        self.draft = draft
        self.rng = rng
        self.workshop = workshop
        self._made = 0

    def tracker(self, tree: Tree, purpose: str, trials: tuple[str, ...]) -> None:
        """Write a component made by hand, early in the life of a tree."""
        self._made += 1
        life = settled_life(self.rng, tree.span.first)
        statusless = self._made % _STATUSLESS_EVERY == 0
        self.draft.components.append(
            Component(
                name=f"TrialComponent-{purpose}-{words_of(self.draft.serial(), 6)}",
                display_name=purpose,
                created=life.created,
                modified=life.modified,
                started=life.started,
                ended=life.ended,
                status=None if statusless else status_of(life, "The notebook raised an error"),
                created_by=tree.author,
                modified_by=tree.author,
                tags=tree.tags,
                trials=trials,
                parameters=_normalisation(self.rng),
                input_artifacts=self._file("raw", tree),
                output_artifacts=self._file("prepared", tree),
                metrics=series(self.rng, ("loss",), life, 6),
            )
        )

    def fill(self, tree: Tree, trials: tuple[str, ...], count: int) -> None:
        """Write `count` components that belong to one trial each, in turn; the first is a job."""
        places = cycle(trials)
        for number, created in enumerate(instants(self.rng, tree.span, count)):
            trial = next(places)
            if number == 0 or self.rng.random() < _JOB_SHARE:
                self._job(tree, trial, settled_life(self.rng, created), sure=number == 0)
            else:
                self.tracker_at(tree, trial, created)

    def tracker_at(self, tree: Tree, trial: str, created: float) -> None:
        """Write a component made by hand at a time (epoch seconds)."""
        later = tree.span._replace(first=created)
        moved = Tree(name=tree.name, span=later, tags=NOTHING, author=tree.author)
        self.tracker(moved, "Training", (trial,))

    def _job(self, tree: Tree, trial: str, life: Life, *, sure: bool) -> None:
        life = life._replace(status="Completed") if sure else life
        self.workshop.training(
            Job(
                name=f"{tree.key[:36]}-{words_of(self.draft.serial(), 8)}",
                life=life,
                tags=tree.tags,
                trials=(trial,),
                belongs={"ExperimentName": tree.name, "TrialName": trial},
                display_name="Training",
            )
        )

    def _file(self, name: str, tree: Tree) -> Wire:
        return {name: {"MediaType": "text/csv", "Value": self.draft.s3(f"{tree.key}/{name}.csv")}}


def seed_classic(draft: Draft, count: int, workshop: Workshop) -> None:
    """Write exactly `count` components: knots of experiments that share, and single ones."""
    rng = draft.chance("classic")
    bench = _Bench(draft, rng, workshop)
    families = cycle(FAMILIES)
    left, index = count, 0
    while left:
        if index % _KNOT_EVERY == 0 and left >= KNOT_SIZE:
            size = min(left, KNOT_SIZE + int(8 * rng.random()))
            _knot(bench, size)
        else:
            size = min(left, 3 + int(12 * rng.random()))
            _single(bench, next(families), size)
        left -= size
        index += 1


def _single(bench: _Bench, family: Family, size: int) -> None:
    """Write an experiment of some trials whose first component all of them share."""
    tree = plant(bench.draft, bench.rng, family)
    trials = _trials(bench, tree, 1 + size // 4)
    bench.tracker(tree, "Preprocessing", trials)
    if size > 1:
        bench.fill(tree, trials, size - 1)


def _knot(bench: _Bench, size: int) -> None:
    """Tie three experiments together: stale with stale, stale with live."""
    knot = _three(bench)
    first, second = knot.stale_trials
    bench.tracker(knot.stale, "Preprocessing", (first, second))
    bench.tracker(knot.stale, "Split", (first, knot.other_trial))
    bench.tracker(knot.stale, "Dictionary", (second, knot.live_trial))
    rest = size - 3
    bench.fill(knot.live, (knot.live_trial,), 1)
    bench.fill(knot.other, (knot.other_trial,), rest // 2 - 1)
    bench.fill(knot.stale, knot.stale_trials, rest - rest // 2)


def _three(bench: _Bench) -> _Knot:
    stale = plant(bench.draft, bench.rng, Family("dev", idle=True))
    other = plant(bench.draft, bench.rng, Family("ci", idle=True))
    live = plant(bench.draft, bench.rng, Family("prod", idle=False))
    one, two = _trials(bench, stale, 2)
    return _Knot(
        stale, other, live, (one, two), _trials(bench, other, 1)[0], _trials(bench, live, 1)[0]
    )


def _trials(bench: _Bench, tree: Tree, count: int) -> tuple[str, ...]:
    names = (f"{tree.name}-trial-{number}" for number in range(1, count + 1))
    at = round(tree.span.first - HOUR / 100, 3)
    return tuple(branch(bench.draft, tree, name, at) for name in names)


def _normalisation(rng: Random) -> Wire:
    return {
        "normalization_mean": {"NumberValue": round(rng.random(), 4)},
        "normalization_std": {"NumberValue": round(rng.random(), 4)},
        "split": {"StringValue": f"{60 + 5 * int(6 * rng.random())}/rest"},
    }
