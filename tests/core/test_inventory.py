"""An inventory knows who is in it."""

from dataclasses import replace
from datetime import timedelta

from tests.core.worlds import component, seen, trial

from sagewarden.core.entities import Kind
from sagewarden.core.inventory import Gap


def test_who_was_seen_is_in_an_inventory_and_nobody_else() -> None:
    there = component("c")
    inventory = seen(there, trial("t", "e"))
    reborn = replace(there, created=there.created + timedelta(milliseconds=1))
    asked = (there.identity, trial("t", "e").identity, reborn.identity, trial("c", "e").identity)
    assert [who in inventory for who in asked] == [True, True, False, False]
    assert "c" not in inventory


def test_what_may_hang_anywhere_stands_in_one_order() -> None:
    """Whether it was seen without its place, or not at all."""
    names = [f"c{number}" for number in range(9)]
    lost = [Gap(Kind.COMPONENT, name.upper(), "cut off") for name in names[:4]]
    inventory = seen(*(component(each, parents=None) for each in names[4:][::-1]), gaps=lost)
    assert inventory.unplaced[Kind.COMPONENT] == tuple(names)
