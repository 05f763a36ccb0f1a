"""Components at AWS's limits, and trees with nothing in them."""

from collections.abc import Callable
from random import Random
from typing import Any

from sagewarden.sandbox.records import Component, Json, Point
from sagewarden.sandbox.seed.dates import DAY, Span, idle_span, settled_life, span_of
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.jobs import status_of
from sagewarden.sandbox.seed.tags import owner_of
from sagewarden.sandbox.seed.trees import Tree, branch, grow, plant
from sagewarden.sandbox.seed.words import FAMILIES, PEOPLE, pick

MOST_PARAMETERS, MOST_ARTIFACTS, MOST_TAGS = 300, 60, 50
ODD_NUMBERS = (-0.0, 0.0, 1e308, -1e308, 5e-324, 2.0**53 + 2, 0.1 + 0.2)
_SHELLS_PER = 250


def _artifacts(side: str) -> Json:
    return {
        f"{side}-{number:02}": {"MediaType": "text/plain", "Value": f"s3://limits/{side}/{number}"}
        for number in range(MOST_ARTIFACTS)
    }


def _parameters() -> dict[str, Any]:
    wide = {
        f"feature.{number:03}": {"NumberValue": number / 7} for number in range(MOST_PARAMETERS)
    }
    return {"parameters": wide}


def _tags() -> dict[str, Any]:
    return {"tags": {f"label:{number:02}": f"value {number}" for number in range(MOST_TAGS)}}


def _numbers() -> dict[str, Any]:
    shown = {f"number-{at}": {"NumberValue": value} for at, value in enumerate(ODD_NUMBERS)}
    return {"parameters": shown | {"empty": {"StringValue": ""}}}


_MAKERS: tuple[tuple[str, Callable[[], dict[str, Any]]], ...] = (
    ("most-parameters", _parameters),
    (
        "most-artifacts",
        lambda: {"input_artifacts": _artifacts("in"), "output_artifacts": _artifacts("out")},
    ),
    ("most-tags", _tags),
    ("odd-numbers", _numbers),
    ("without-status", lambda: {"status": None, "started": None, "ended": None}),
    ("other-display-name", lambda: {"display_name": "Shown-Otherwise"}),
)
EXTREME_COMPONENTS = len(_MAKERS)


def seed_extremes(draft: Draft, count: int) -> None:
    """Write exactly `count` components at the limits, at most one for each, in a stale trial."""
    if not count:
        return
    rng = draft.chance("extremes")
    name = f"sandbox-limits-{draft.serial()}"
    tags = {"owner": owner_of(PEOPLE[1]), "env": "sandbox", "ttl": "30d"}
    tree = Tree(
        name=name, span=idle_span(rng, draft.now), tags=tags, author=draft.author(PEOPLE[1])
    )
    grow(draft, tree)
    trial = branch(draft, tree, f"{name}-trial")
    for ending, make in _MAKERS[:count]:
        draft.components.append(_extreme(rng, tree, trial, ending, make()))


def _extreme(rng: Random, tree: Tree, trial: str, ending: str, content: Json) -> Component:
    life = settled_life(rng, tree.span.first)
    usual: Json = {
        "started": life.started,
        "ended": life.ended,
        "status": status_of(life, "Out of limits"),
        "metrics": {"spread": ((Point(life.created, 0, -0.0), Point(life.modified, 1, 1e-9)),)},
    }
    return Component(
        name=f"{tree.name}-{ending}",
        created=life.created,
        modified=life.modified,
        created_by=tree.author,
        modified_by=tree.author,
        trials=(trial,),
        **(usual | content),
    )


def seed_shells(draft: Draft, components: int) -> None:
    """Write experiments without trials and trials without components, a few of each."""
    rng = draft.chance("shells")
    for number in range(2 + components // _SHELLS_PER):
        family = pick(rng, FAMILIES)
        last = span_of(rng, draft.now, idle=family.idle).last
        tree = plant(draft, rng, family, span=Span(round(last - DAY, 3), last))
        if number % 2:
            branch(draft, tree, f"{tree.name}-trial-1")
            branch(draft, tree, f"{tree.name}-trial-2", last)
