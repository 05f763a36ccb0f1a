"""The world as it was some seconds ago: what Search and List answer from."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from sagewarden.sandbox.state import AccountState
from sagewarden.sandbox.table import Place, Row, Table

R = TypeVar("R", bound=Row)
LAST = "\U0010ffff"
"""Sorts after every key."""


class View(Generic[R]):
    """One table as it was at a time. With nothing changed since, it is the table itself."""

    def __init__(self, table: Table[R], cutoff: float) -> None:
        self._table = table
        self._past: dict[str, R | None] = {}
        self._undone = 0
        for change in reversed(table.changes):
            if change.at <= cutoff:
                break
            self._past[change.key] = change.before
            self._undone += 1

    @property
    def stamp(self) -> tuple[int, int]:
        """What distinguishes this view from every other of the same table."""
        return (self._table.version, self._undone)

    def is_of(self, table: Table[Any]) -> bool:
        """Whether this is a view of that table."""
        return table is self._table

    def get(self, key: str) -> R | None:
        """Return the record of a key as it was."""
        if key in self._past:
            return self._past[key]
        return self._table.rows.get(key)

    def order(self) -> list[Place]:
        """Return the places of all that was there, oldest first."""
        order = self._table.order()
        if not self._past:
            return order
        kept = [place for place in order if place[1] not in self._past]
        kept.extend((was.created, key) for key, was in self._past.items() if was is not None)
        kept.sort()
        return kept

    def children(self, parent: str) -> Iterator[R]:
        """Return the records that hung on a parent."""
        parent = parent.lower()
        for key in self._table.children(parent):
            if key not in self._past:
                yield self._table.rows[key]
        for was in self._past.values():
            if was is not None and parent in was.parents:
                yield was


def created_between(order: list[Place], after: float | None, before: float | None) -> list[Place]:
    """Cut the places created after one and before another epoch second, both exclusive."""
    low = 0 if after is None else bisect_right(order, (after, LAST))
    high = len(order) if before is None else bisect_left(order, (before, ""))
    return order if (low, high) == (0, len(order)) else order[low:high]


def state_as_of(state: AccountState, cutoff: float) -> AccountState:
    """Rebuild a whole account as it was; slow for a large one. Used to answer stale data."""
    past = AccountState(state.account, state.region, state.clock)
    snapshot = state.snapshot()
    _undo(state.experiments, snapshot.experiments, cutoff)
    _undo(state.trials, snapshot.trials, cutoff)
    _undo(state.components, snapshot.components, cutoff)
    past.restore(snapshot)
    return past


def _undo(table: Table[R], rows: dict[str, R], cutoff: float) -> None:
    for change in reversed(table.changes):
        if change.at <= cutoff:
            break
        if change.before is None:
            rows.pop(change.key, None)
        else:
            rows[change.key] = change.before
