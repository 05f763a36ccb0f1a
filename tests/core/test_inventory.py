"""An inventory knows who is in it."""

from dataclasses import replace
from datetime import timedelta

from tests.core.worlds import component, seen, trial


def test_who_was_seen_is_in_an_inventory_and_nobody_else() -> None:
    there = component("c")
    inventory = seen(there, trial("t", "e"))
    reborn = replace(there, created=there.created + timedelta(milliseconds=1))
    asked = (there.identity, trial("t", "e").identity, reborn.identity, trial("c", "e").identity)
    assert [who in inventory for who in asked] == [True, True, False, False]
    assert "c" not in inventory
