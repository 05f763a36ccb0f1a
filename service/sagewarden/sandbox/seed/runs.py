"""Runs of the SDK: one experiment, one default group, up to fifty components in it."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from random import Random
from typing import Any

from sagewarden.sandbox.records import NOTHING, Component, Json, Wire
from sagewarden.sandbox.seed.curves import series, stepless
from sagewarden.sandbox.seed.dates import DAY, Life, Span, instants, running_life, settled_life
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.jobs import status_of
from sagewarden.sandbox.seed.tags import run_tags, user_tags
from sagewarden.sandbox.seed.trees import MOST_COMPONENTS, Tree, branch, grow, plant
from sagewarden.sandbox.seed.words import FAMILIES, PEOPLE, pick

_FIRST_GROUP = 45
_SMALL_GROUPS = 10
"""A seeded account smaller than this many runs has no nearly full group."""

_REBORN = 2
_STEPPED, _UNSTEPPED = 0.62, 0.8
_FILE_SHARE = 0.5
_TAGGED_SHARE = 0.2
_STUCK_EVERY, _STUCK_IDLE_EVERY = 5, 17
_PARAMETER_SETS = 200


class RunBook:
    """Writes run groups into a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self.rng = draft.chance("runs")
        self._parameters = [_parameters(self.rng) for _ in range(_PARAMETER_SETS)]

    def group(self, tree: Tree, size: int, stuck: int) -> None:
        """Fill a tree's default group; its first `stuck` runs lost their kernel and never ended."""
        trial = branch(self._draft, tree, f"Default-Run-Group-{tree.name}")
        for number, created in enumerate(instants(self.rng, tree.span, size), 1):
            life = running_life(created) if number <= stuck else settled_life(self.rng, created)
            self.run(tree, f"run-{number}", life, trials=(trial,))

    def orphan(self, tree: Tree, number: int) -> None:
        """Write the run that found its group full: made, never started, on no trial."""
        at = tree.span.last
        made = self._component(tree, f"run-{number}", Life(at, None, None, at, "Completed"))
        self._draft.components.append(replace(made, status=None, metrics={}))

    def run(self, tree: Tree, run: str, life: Life, **content: Any) -> None:
        """Write one run; `content` overrides what would be drawn."""
        self._draft.components.append(self._component(tree, run, life, **content))

    def _component(self, tree: Tree, run: str, life: Life, **content: Any) -> Component:
        drawn: Json = {
            "display_name": run,
            "status": status_of(life, "Traceback: the last line was not logged"),
            "parameters": self._parameters[int(self.rng.random() * _PARAMETER_SETS)],
            "metrics": self._metrics(life),
            "output_artifacts": self._files(tree.name, run),
            "tags": self._tags(tree),
        }
        return Component(
            name=f"{tree.name}-{run}",
            created=life.created,
            modified=life.modified,
            started=life.started,
            ended=life.ended,
            created_by=tree.author,
            modified_by=tree.author,
            **(drawn | content),
        )

    def _metrics(self, life: Life) -> Json:
        drawn = self.rng.random()
        if drawn < _STEPPED:
            names = pick(self.rng, (("RMSE",), ("loss", "accuracy"), ("loss", "val_loss", "RMSE")))
            return series(self.rng, names, life, 5 + int(45 * self.rng.random()))
        if drawn < _UNSTEPPED:
            return stepless(self.rng, pick(self.rng, ("RMSE", "accuracy", "test:loss")), life)
        return {}

    def _files(self, experiment: str, run: str) -> Wire:
        if self.rng.random() > _FILE_SHARE:
            return NOTHING
        place = self._draft.s3(f"{experiment}/{run}/output_artifacts")
        return {
            "model": {"MediaType": "application/octet-stream", "Value": f"{place}/model.joblib"},
            "importances.csv": {"MediaType": "text/csv", "Value": f"{place}/importances.csv"},
        }

    def _tags(self, tree: Tree) -> Wire:
        return run_tags(tree.tags) if self.rng.random() < _TAGGED_SHARE else run_tags()


def seed_runs(draft: Draft, count: int) -> None:
    """Write exactly `count` runs: groups of all sizes, orphans of full ones, a reborn name."""
    book = RunBook(draft)
    reborn = _REBORN if count >= _SMALL_GROUPS else 0
    _reborn(draft, book, reborn)
    left = count - reborn
    families = cycle(FAMILIES)
    for index, drawn in enumerate(_sizes(book.rng, left)):
        size = min(drawn, left)
        family = next(families)
        tree = plant(draft, book.rng, family, lower=True)
        book.group(tree, size, stuck=_stuck(book.rng, index, size, idle=family.idle))
        left -= size
        if size == MOST_COMPONENTS and left:
            book.orphan(tree, size + 1)
            left -= 1
        if not left:
            return


def _stuck(rng: Random, index: int, size: int, *, idle: bool) -> int:
    """Draw how many kernels were killed: rarely one in a stale group, where it keeps the tree."""
    every = _STUCK_IDLE_EVERY if idle else _STUCK_EVERY
    return min(size, 1 + int(3 * rng.random())) if index % every == 1 else 0


def _sizes(rng: Random, count: int) -> Iterator[int]:
    """Draw sizes of groups: many small ones, some full; the first is nearly so, the third quite."""
    if not count:
        return
    yield _FIRST_GROUP
    yield _size(rng)
    yield MOST_COMPONENTS
    yield from iter(lambda: _size(rng), 0)


def _size(rng: Random) -> int:
    lowest, width = pick(
        rng, ((2, 7), (2, 7), (3, 10), (9, 17), (9, 17), (26, 18), (45, 6), (50, 1))
    )
    return lowest + int(width * rng.random())


def _reborn(draft: Draft, book: RunBook, count: int) -> None:
    """Write a name that was deleted and came back, empty, when somebody looked for its runs.

    The runs of its first life are older than the experiment that bears their name.
    """
    if not count:
        return
    person, author = draft.anyone(book.rng)
    now = draft.now
    first = Span(round(now - 300 * DAY, 3), round(now - 290 * DAY, 3))
    name = f"dev-reborn-{draft.serial()}"
    tags = user_tags(book.rng, "dev", person)
    before = Tree(name=name, span=first, tags=tags, author=author)
    for number, created in enumerate(instants(book.rng, first, count), 1):
        book.run(before, f"run-{number}", settled_life(book.rng, created))
    again = Span(round(now - 12 * DAY, 3), round(now - 12 * DAY, 3))
    after = replace(before, span=again)
    grow(draft, after)
    branch(draft, after, f"Default-Run-Group-{name}")


def _parameters(rng: Random) -> Wire:
    numbers = {
        "n_estimators": float(10 + int(40 * rng.random())),
        "max_depth": float(2 + int(12 * rng.random())),
        "learning_rate": pick(rng, (0.3, 0.1, 0.03, 0.01, 0.001)),
        "seed": float(int(1_000 * rng.random())),
    }
    texts = {
        "model": pick(rng, ("RandomForestRegressor", "GradientBoosting", "LightGBM", "MLP")),
        "dataset": f"snapshot-{1 + int(36 * rng.random())}",
        "who": pick(rng, PEOPLE),
    }
    shown: Json = {name: {"NumberValue": number} for name, number in numbers.items()}
    return shown | {name: {"StringValue": text} for name, text in texts.items()}
