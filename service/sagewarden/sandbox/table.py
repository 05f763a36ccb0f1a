"""One kind's records by key, in order of creation, with what they were a moment ago."""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, NamedTuple, Protocol, TypeVar

HORIZON_SECONDS = 900.0
"""How far back a lagging view can look; older changes are forgotten."""

Place = tuple[float, str]
"""Where a record stands in order of creation: its time, then its key."""


class Row(Protocol):
    """What a table asks of a record."""

    @property
    def key(self) -> str:
        """Identity inside the table."""

    @property
    def created(self) -> float:
        """Epoch seconds."""

    @property
    def parents(self) -> tuple[str, ...]:
        """Keys of what the record hangs on."""


R = TypeVar("R", bound=Row)


class Change(NamedTuple, Generic[R]):
    """Before `at` (epoch seconds), `key` was `before`, or was not there."""

    at: float
    key: str
    before: R | None


class Table(Generic[R]):
    """Records of one kind. `version` moves with every change."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.rows: dict[str, R] = {}
        self.changes: deque[Change[R]] = deque()
        self.version = 0
        self._graves: dict[str, float] = {}
        self._children: dict[str, dict[str, None]] = {}
        self._order: list[Place] = []
        self._sorted = True

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[R]:
        return iter(self.rows.values())

    def get(self, name: str) -> R | None:
        """Return the record of that name, whatever its case."""
        return self.rows.get(name) or self.rows.get(name.lower())

    def order(self) -> list[Place]:
        """Return all places, oldest first; not to be changed by the caller."""
        if not self._sorted:
            self._order.sort()
            self._sorted = True
        return self._order

    def children(self, parent: str) -> Iterable[str]:
        """Return the keys of the records that hang on `parent`, in order of hanging."""
        return self._children.get(parent.lower(), ())

    def put(self, record: R) -> None:
        """Store or replace a record; lagging readers see it later."""
        before = self.rows.get(record.key)
        self._note(record.key, before)
        if before is not None:
            self._unlink(before)
        if before is None or before.created != record.created:
            self._replace_place(before, record)
        self._link(record)

    def put_many(self, records: Iterable[R]) -> None:
        """Store many new records at once, visible to every reader: for seeding."""
        for record in records:
            before = self.rows.get(record.key)
            if before is not None:
                msg = f"{record.key} is stored already"
                raise ValueError(msg)
            self._order.append((record.created, record.key))
            self._link(record)
        self._sorted = False
        self.version += 1

    def remove(self, key: str) -> None:
        """Forget a record; lagging readers see it a while longer."""
        before = self.rows.pop(key)
        self._note(key, before)
        self._unlink(before)
        self._drop_place(before)
        self._graves[key] = before.created

    def birth(self, key: str, now: float) -> float:
        """Return the creation time of a name: never one that it had before, however fast."""
        return max(now, round(self._graves.get(key, 0.0) + 0.001, 3))

    def copy_rows(self) -> dict[str, R]:
        """Return all records for a snapshot: records never change, so a shallow copy is enough."""
        return self.rows.copy()

    def replace_rows(self, rows: Mapping[str, R]) -> None:
        """Become what a snapshot holds, without a past."""
        self.rows = {}
        self._children = {}
        self._order = [(record.created, key) for key, record in rows.items()]
        self._sorted = False
        self.changes.clear()
        for record in rows.values():
            self._link(record)
        self.version += 1

    def clear(self) -> None:
        """Hold nothing, and know of no name that ever was."""
        self.replace_rows({})
        self._graves.clear()

    def _note(self, key: str, before: R | None) -> None:
        now = self._clock()
        self.changes.append(Change(now, key, before))
        while self.changes[0].at < now - HORIZON_SECONDS:
            self.changes.popleft()
        self.version += 1

    def _link(self, record: R) -> None:
        key = record.key
        self.rows[key] = record
        for parent in record.parents:
            self._children.setdefault(parent, {})[key] = None

    def _unlink(self, record: R) -> None:
        for parent in record.parents:
            self._children[parent].pop(record.key, None)

    def _replace_place(self, before: R | None, record: R) -> None:
        if before is not None:
            self._drop_place(before)
        insort(self.order(), (record.created, record.key))

    def _drop_place(self, record: R) -> None:
        order = self.order()
        place = (record.created, record.key)
        at = bisect_left(order, place)
        if order[at : at + 1] == [place]:
            del order[at]
