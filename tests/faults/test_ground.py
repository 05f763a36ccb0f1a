"""The account that everything is played on has all that is nasty at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.faults.ground import BUNDLE, Ground, open_ground
from tests.faults.oracle import units
from tests.runs.stage import Stage

from sagewarden.core.delete_after import DELETE_AFTER_TAG
from sagewarden.core.entities import Kind
from sagewarden.core.plan import Unit


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with open_ground() as found:
        yield found


@pytest.fixture
def swept(ground: Ground) -> Iterator[Stage]:
    """Somebody swept it, and nothing was in the way."""
    stage = ground.fresh()
    stage.sweep()
    yield stage
    ground.calm()


def above(ground: Ground, component: str) -> set[str]:
    """Name the experiments that a component hangs under."""
    trials = ground.before["trials"]
    return {trials[each].experiment for each in ground.before["components"][component].trials}


def gone(ground: Ground, swept: Stage) -> set[str]:
    """Name what an undisturbed sweep deletes."""
    before = {f"{kind[0]} {key}" for kind, rows in ground.before.items() for key in rows}
    return before - swept.names()


def unit_of(stage: Stage, name: str) -> Unit:
    return next(
        unit for unit in units(stage) if name in {each.identity.name for each in unit.entities}
    )


def bundles(stage: Stage, name: str) -> list[Any]:
    """The bundles in which something of an experiment's unit was deleted."""
    members = {each.identity for each in unit_of(stage, name).entities}
    return [
        entry
        for entry in stage.entries()
        if members & {each.identity for each in entry.intent.entities}
    ]


def test_a_component_is_shared_by_two_due_trees(ground: Ground, swept: Stage) -> None:
    """Both go, and it goes with them."""
    assert above(ground, "twin") == {"old-a", "old-b"}
    assert gone(ground, swept) >= {"c twin", "e old-a", "e old-b"}


def test_a_component_is_shared_by_a_due_and_a_live_tree(ground: Ground, swept: Stage) -> None:
    """The due one goes, it stays."""
    assert above(ground, "lent") == {"old-a", "live"}
    assert "e old-a" not in swept.names()
    assert swept.trials_of("lent") == {"live-1"}


def test_a_tree_has_several_bundles(swept: Stage) -> None:
    """More entities than one bundle takes."""
    assert len(unit_of(swept, "old-big").entities) > BUNDLE
    assert len(bundles(swept, "old-big")) >= 3


def test_a_hold_lies_deep_inside(ground: Ground, swept: Stage) -> None:
    """On a component, whose whole tree stays though it was marked."""
    assert "sagewarden:hold" in ground.before["components"]["deep"].tags
    assert DELETE_AFTER_TAG in ground.before["experiments"]["old-held"].tags
    assert swept.names() >= {"c deep", "c beside", "t held-1", "e old-held"}


def test_a_component_is_unassigned(ground: Ground, swept: Stage) -> None:
    assert ground.before["components"]["stray-1"].trials == ()
    assert "c stray-1" in gone(ground, swept)


def test_a_marked_name_was_created_anew(ground: Ground, swept: Stage) -> None:
    """The name is that of a mark, what bears it is another, and stays."""
    reborn = ground.before["experiments"]["old-again"]
    assert reborn.created > ground.before["experiments"]["old-a"].created + 60 * 86_400
    assert swept.account()["experiments"]["old-again"].created == reborn.created


def test_a_namesake_differs_in_case_and_kind(ground: Ground, swept: Stage) -> None:
    """A component bears a due experiment's name in another case; a trial that of its experiment."""
    spelled = {each: ground.before[each] for each in ("experiments", "trials", "components")}
    assert spelled["experiments"]["old-a"].name == "Old-A"
    assert spelled["components"]["old-a"].name == "oLd-A"
    assert spelled["experiments"]["namesake"].name == "Namesake"
    assert spelled["trials"]["namesake"].name == "NAMESAKE"
    assert {"c old-a", "t namesake"} <= swept.names()


def test_tags_are_repaired_while_trees_go(swept: Stage) -> None:
    """Set, renamed, taken off; of an experiment, of a component, and of what was marked."""
    tags = [each for each in swept.effects() if each.startswith(("tag ", "untag "))]
    assert tags == [
        "tag experiment/live env=prod, owner=ana",
        "untag experiment/live Owner=None",
        f"untag experiment/old-held {DELETE_AFTER_TAG}=None",
        "tag experiment-trial-component/active tier=gold",
    ]


def test_each_kind_is_deleted(swept: Stage) -> None:
    kinds = {step.identity.kind for unit in units(swept) for step in unit.steps}
    assert kinds == {Kind.EXPERIMENT, Kind.TRIAL, Kind.COMPONENT}
