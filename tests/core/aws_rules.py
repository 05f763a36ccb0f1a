"""AWS's rules for taking things apart, on sets: a model to try plans on."""

from collections.abc import Iterable

from sagewarden.core.entities import Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.plan import Effect, Step


class RefusedByModel(Exception):  # noqa: N818 -- named after what happened
    """AWS would not accept this step now."""


class Account:
    """What exists and what hangs on what, by key."""

    def __init__(self, edges: Iterable[tuple[Kind, str, str]]) -> None:
        self._edges = set(edges)

    @classmethod
    def of(cls, world: Inventory) -> "Account":
        below = [
            (Kind.COMPONENT, each.key, trial)
            for each in world.components.values()
            for trial in each.trials
        ]
        above = [
            (Kind.TRIAL, each.key, (each.experiment or "").lower())
            for each in world.trials.values()
        ]
        return cls((*below, *above))

    def take(self, step: Step) -> None:
        """Carry out a step; raise RefusedByModel when AWS would refuse it."""
        kind, name = step.identity.kind, step.identity.name
        if step.effect is Effect.DISASSOCIATE:
            if (kind, name, step.trial) not in self._edges:
                raise RefusedByModel(f"no such edge: {step}")
            self._edges.remove((kind, name, step.trial))
            return
        below = {Kind.TRIAL: Kind.COMPONENT, Kind.EXPERIMENT: Kind.TRIAL}
        for each, child, parent in self._edges:
            if (each, child) == (kind, name) and kind is Kind.COMPONENT:
                raise RefusedByModel(f"still on {parent}: {step}")
            if each is below.get(kind) and parent == name:
                raise RefusedByModel(f"{child} is still there: {step}")
        self._edges = {edge for edge in self._edges if edge[:2] != (kind, name)}
