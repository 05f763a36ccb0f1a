"""Lanes that several units share, and the order in which units begin."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from sagewarden.application.lanes import Lanes, spread
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.plan import Effect, Step, Unit


def unit(kind: str, name: str, steps: int = 1) -> Unit:
    """A unit of so many steps."""
    who = Identity(Kind.COMPONENT, name, 0)
    step = Step(Effect.DELETE, who)
    return Unit(kind=kind, entities=(), spared=(), ancestors=(), steps=(step,) * steps)


def names(units: list[Unit]) -> list[str]:
    return [each.steps[0].identity.name for each in units]


def test_lanes_take_what_units_submit_by_rota() -> None:
    """The second unit's first turn comes after the first unit's first, not after its last."""
    order: list[str] = []
    gate = threading.Event()
    with Lanes(1) as lanes, ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        lanes.submit(gate.wait)
        for name in ("a1", "a2", "a3"):
            one.submit(lanes.submit, order.append, name).result()
        for name in ("b1", "b2"):
            other.submit(lanes.submit, order.append, name).result()
        gate.set()
    assert order == ["a1", "b1", "a2", "b2", "a3"]


def test_no_more_run_at_once_than_there_are_lanes() -> None:
    inside, most, lock = [0], [0], threading.Lock()

    def turn() -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.002)
        with lock:
            inside[0] -= 1

    with Lanes(3) as lanes, ThreadPoolExecutor(4) as units:
        list(units.map(lambda _: lanes.submit(turn).result(), range(20)))
    assert most[0] <= 3


def test_what_a_turn_raises_is_raised_where_its_result_is_asked_for() -> None:
    """An error ends neither the lane nor the other turns."""
    with Lanes(1) as lanes:
        broken, fine = lanes.submit(int, "x"), lanes.submit(int, "7")
    with pytest.raises(ValueError, match="invalid literal"):
        broken.result()
    assert fine.result() == 7


def test_trees_and_batches_begin_side_by_side() -> None:
    """By their steps: a batch of three stands beside trees that have as many together."""
    trees = [unit("tree", f"tree {number}") for number in range(4)]
    batches = [unit("batch", "batch 0", 3), unit("batch", "batch 1", 3)]
    spelled = names(spread([*trees, *batches]))
    assert spelled == ["tree 0", "batch 0", "tree 1", "tree 2", "batch 1", "tree 3"]


def test_each_unit_is_begun_once() -> None:
    units = [unit("tree", "only")]
    assert names(spread(units)) == ["only"]
    assert spread([]) == []
