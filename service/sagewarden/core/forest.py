"""Trees over an inventory: what hangs below an entity, and when anything in it last moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.inventory import Inventory


@dataclass(frozen=True, slots=True)
class OwnWrite:
    """A write of ours to an entity or below it, so that its trace is not taken for life.

    Milliseconds since 1970 UTC: when it was sent and answered, and LastModifiedTime before it.
    """

    sent_ms: int
    answered_ms: int
    modified_before_ms: int


OWN_WRITE_SLACK_MS = 60_000
"""How far AWS's clock for LastModifiedTime may be from the Date it answers with."""

Writes = Mapping[Identity, OwnWrite]


def last_activity(entity: Entity, writes: Writes) -> datetime:
    """Return an entity's own last sign of life (UTC), our own writes left out."""
    modified = entity.modified or entity.created
    write = writes.get(entity.identity)
    if write is not None:
        at = milliseconds(modified)
        if write.sent_ms - OWN_WRITE_SLACK_MS <= at <= write.answered_ms + OWN_WRITE_SLACK_MS:
            modified = datetime.fromtimestamp(write.modified_before_ms / 1000, UTC)
    return max(modified, entity.created)


class Tree(NamedTuple):
    """An entity and all that hangs below it, components shared with others included.

    A trial stands among `trials` itself, and a component among `components`.
    """

    root: Entity
    trials: tuple[Entity, ...]
    components: tuple[Entity, ...]

    @property
    def parts(self) -> tuple[Entity, ...]:
        """The root first, then trials, then components; each once."""
        below = self.trials + self.components
        return (self.root, *below) if self.root.kind is Kind.EXPERIMENT else below


class Subject(NamedTuple):
    """A tree as conditions see it: as young as its youngest part, as busy as its busiest.

    `entity` is the root. `hides` tells that something may hang in it which nobody saw there.
    """

    entity: Entity
    tree: Tree
    created: datetime
    activity: datetime
    hides: bool = False

    def age(self, now: datetime) -> timedelta:
        """Time since the youngest part was created."""
        return now - self.created

    def idle(self, now: datetime) -> timedelta:
        """Time since the last activity anywhere in the tree."""
        return now - self.activity


_BELOW = {
    Kind.COMPONENT: (),
    Kind.TRIAL: (Kind.COMPONENT,),
    Kind.EXPERIMENT: (Kind.TRIAL, Kind.COMPONENT),
}


class Forest:
    """Trees and subjects of an inventory, made when asked for."""

    def __init__(self, inventory: Inventory, writes: Writes) -> None:
        self.inventory = inventory
        self._writes = writes
        lost = [kind for kind, names in inventory.unplaced.items() if names]
        self._hides = {kind: any(each in lost for each in below) for kind, below in _BELOW.items()}

    def tree(self, entity: Entity) -> Tree:
        """Everything below an entity, each part once."""
        seen = self.inventory
        if entity.kind is Kind.COMPONENT:
            return Tree(entity, (), (entity,))
        trial_keys = (
            seen.trials_of.get(entity.key, ()) if entity.kind is Kind.EXPERIMENT else (entity.key,)
        )
        component_keys = {
            key: None for trial in trial_keys for key in seen.components_of.get(trial, ())
        }
        return Tree(
            entity,
            tuple(seen.trials[key] for key in trial_keys),
            tuple(seen.components[key] for key in component_keys),
        )

    def subject(self, entity: Entity) -> Subject:
        """Look at an entity's tree the way conditions do."""
        tree = self.tree(entity)
        if entity.kind is Kind.COMPONENT:
            return Subject(entity, tree, entity.created, last_activity(entity, self._writes))
        parts = tree.parts
        return Subject(
            entity,
            tree,
            created=max([part.created for part in parts]),
            activity=max([last_activity(part, self._writes) for part in parts]),
            hides=self._hides[entity.kind],
        )

    def parents(self, entity: Entity) -> tuple[Entity, ...]:
        """A component's trials, or a trial's experiment, as far as they were seen."""
        if entity.kind is Kind.TRIAL:
            return self._experiments_of((entity,))
        if not entity.trials:
            return ()
        seen = self.inventory.trials
        return tuple([seen[key] for key in entity.trials if key in seen])

    def above(self, entity: Entity) -> tuple[Entity, ...]:
        """The trials and experiments that an entity hangs under, as far as they were seen."""
        parents = self.parents(entity)
        if entity.kind is Kind.TRIAL or not parents:
            return parents
        return parents + self._experiments_of(parents)

    def _experiments_of(self, trials: tuple[Entity, ...]) -> tuple[Entity, ...]:
        keys = dict.fromkeys([trial.experiment.lower() for trial in trials if trial.experiment])
        seen = self.inventory.experiments
        return tuple([seen[key] for key in keys if key in seen])
