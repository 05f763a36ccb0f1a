"""Cuts a unit into bundles: what is archived, journalled and settled together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sagewarden.core.entities import Identity, Kind
from sagewarden.core.plan import Effect, PlannedEntity, Step, Unit

MOST = 100
"""Entities in one bundle, at most."""

LARGEST = 32 * 1024 * 1024
"""Bytes of one bundle's archive before compression, at most; one turn alone may have more."""

HUGE = 4 * LARGEST
"""Bytes beyond which an entity is not archived, and so kept: no machine should choke on it."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entities with all their steps; every entity that a step names is in it.

    `turns` groups the steps by what goes: a component with its edges, or a trial with the edges
    of the components that it leaves behind.
    """

    kind: Kind
    entities: tuple[PlannedEntity, ...]
    turns: tuple["Turn", ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return tuple(step for turn in self.turns for step in turn.steps)

    def cut(self, count: int) -> tuple["Bundle", tuple["Bundle", ...]]:
        """Return a bundle of the first `count` turns, and the rest in bundles of as many each."""
        first, *rest = (
            _bundle(self.kind, self.turns[start : start + count])
            for start in range(0, len(self.turns), count)
        )
        return first, tuple(rest)


@dataclass(frozen=True, slots=True)
class Turn:
    """What goes, and every step that belongs to it, its own delete last."""

    going: PlannedEntity
    spared: tuple[PlannedEntity, ...]
    edges: tuple[Step, ...]
    delete: Step

    @property
    def everyone(self) -> tuple[PlannedEntity, ...]:
        """What goes, and what is spared."""
        return (self.going, *self.spared)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The edges, then the delete."""
        return (*self.edges, self.delete)

    def without(self, gone: Collection[Identity]) -> "Turn":
        """Leave out spared components that are gone: they have no edge to lose any more."""
        return replace(
            self,
            spared=tuple(each for each in self.spared if each.identity not in gone),
            edges=tuple(edge for edge in self.edges if edge.identity not in gone),
        )


def turns_of(entities: tuple[PlannedEntity, ...], steps: tuple[Step, ...]) -> tuple[Turn, ...]:
    """Group steps by the delete that ends them."""
    known = {entity.identity: entity for entity in entities}
    turns: list[Turn] = []
    edges: list[Step] = []
    for step in steps:
        if step.effect is Effect.DISASSOCIATE:
            edges.append(step)
            continue
        spared = tuple(known[edge.identity] for edge in edges if edge.identity != step.identity)
        turns.append(Turn(known[step.identity], spared, tuple(edges), step))
        edges = []
    return tuple(turns)


def bundles(unit: Unit, most: int = MOST) -> Iterator[Bundle]:
    """Yield a unit's bundles: all components, then all trials, then all experiments.

    A bundle holds `most` entities at most, or one turn if that alone has more.
    """
    turns = turns_of((*unit.entities, *unit.spared), unit.steps)
    for kind in Kind:
        of_kind = [turn for turn in turns if turn.going.identity.kind is kind]
        yield from _cut(kind, of_kind, most)


def fitting(turns: Sequence[Turn], sizes: Mapping[Identity, int], most: int = LARGEST) -> int:
    """Return how many of the first turns one archive takes, by their bytes: one at the least."""
    inside: dict[Identity, int] = {}
    for count, turn in enumerate(turns):
        inside |= {each.identity: sizes.get(each.identity, 0) for each in turn.everyone}
        if count and sum(inside.values()) > most:
            return count
    return max(1, len(turns))


def too_large(sizes: Mapping[Identity, int]) -> dict[Identity, str]:
    """Say which entities have more bytes than any archive should."""
    told = f"it is too large to be archived: more than {HUGE // 2**20} MiB"
    return {who: told for who, size in sizes.items() if size > HUGE}


def _cut(kind: Kind, turns: list[Turn], most: int) -> Iterator[Bundle]:
    taken: list[Turn] = []
    inside: set[Identity] = set()
    for turn in turns:
        more = {each.identity for each in turn.everyone}
        if taken and len(inside | more) > most:
            yield _bundle(kind, taken)
            taken, inside = [], set()
        taken.append(turn)
        inside |= more
    if taken:
        yield _bundle(kind, taken)


def _bundle(kind: Kind, turns: Sequence[Turn]) -> Bundle:
    inside = {each.identity: each for turn in turns for each in turn.everyone}
    return Bundle(kind, tuple(inside.values()), tuple(turns))
