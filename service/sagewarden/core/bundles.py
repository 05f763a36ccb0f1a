"""Cuts a unit into bundles: what is archived, journalled and settled together."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sagewarden.core.entities import Identity, Kind
from sagewarden.core.plan import Effect, PlannedEntity, Step, Unit

MOST = 100
"""Entities in one bundle, at most."""


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


@dataclass(frozen=True, slots=True)
class Turn:
    """What goes, and every step that belongs to it, its own delete last."""

    going: PlannedEntity
    spared: tuple[PlannedEntity, ...]
    edges: tuple[Step, ...]
    delete: Step

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


def _cut(kind: Kind, turns: list[Turn], most: int) -> Iterator[Bundle]:
    taken: list[Turn] = []
    inside: dict[Identity, PlannedEntity] = {}
    for turn in turns:
        more = {each.identity: each for each in (turn.going, *turn.spared)}
        if taken and len(inside | more) > most:
            yield Bundle(kind, tuple(inside.values()), tuple(taken))
            taken, inside = [], {}
        taken.append(turn)
        inside |= more
    if taken:
        yield Bundle(kind, tuple(inside.values()), tuple(taken))
