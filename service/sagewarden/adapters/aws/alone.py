"""Reads one entity by itself, when Search does not show it or not whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.core.entities import Entity, Kind, Parent
from sagewarden.core.inventory import Gap
from sagewarden.core.needs import Needs
from sagewarden.core.reconcile import Listing
from sagewarden.errors import Absent, ReadFailed


@dataclass(frozen=True, slots=True)
class Alone:
    """What came of it; neither entity nor gap when it was deleted in the meantime."""

    entity: Entity | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class AloneReader:
    """Reads entities by ListTrials, ListTags and Describe, with what is `asked` for.

    `trials` tell the experiments of components' trials.
    """

    looks: SageMakerLooks
    asked: Needs
    trials: Mapping[str, Entity]

    def read(self, kind: Kind, listing: Listing) -> Alone:
        """Read an entity that a listing shows.

        What cannot be read leaves a gap, and an entity that is known to be there but for its
        content; a component's trials are read first, so that the gap stands below the right trials
        if possible.
        """
        parents: tuple[Parent, ...] | None = () if kind is not Kind.COMPONENT else None
        try:
            if kind is Kind.COMPONENT:
                trials = self.looks.trials_of(listing.name)
                parents = tuple(_parent(key, self.trials) for key in trials)
            described = self.looks.describe(kind, listing.name)
        except Absent:
            return Alone()
        except ReadFailed as error:
            gap = Gap(kind, listing.name, error.message)
            return Alone(_shadow(kind, listing, parents, error), gap)
        return Alone(
            replace(
                described.entity,
                parents=parents,
                parameters=self.asked.parameters_of(described.record),
                metrics=self.asked.metrics_of(described.record),
                artifacts=self.asked.artifacts_of(described.record),
            )
        )


def _parent(key: str, trials: Mapping[str, Entity]) -> Parent:
    trial = trials.get(key)
    return Parent(key, trial.experiment if trial else None)


def _shadow(
    kind: Kind, listing: Listing, parents: tuple[Parent, ...] | None, error: ReadFailed
) -> Entity:
    return Entity(
        kind=kind,
        name=listing.name,
        arn=listing.arn,
        created=listing.created,
        modified=listing.modified,
        content="",
        tags=None,
        status=listing.status,
        parents=parents,
        doubt=f"it could not be read: {error.message}",
    )
