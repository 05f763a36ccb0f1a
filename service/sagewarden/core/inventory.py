"""What was seen of a target at one time, with what is missing from it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sagewarden.core.entities import Entity, Identity, Kind, Target


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be seen.

    With a `name`, only that entity is in doubt; without one, the whole kind is, and then
    nothing on this target may be judged as due.
    """

    kind: Kind
    name: str | None
    reason: str


@dataclass(frozen=True)
class Inventory:
    """Every experiment, trial and component of a target, by lower-case name.

    `began` is the server's time (UTC) when the first call left.
    """

    target: Target
    began: datetime
    experiments: Mapping[str, Entity]
    trials: Mapping[str, Entity]
    components: Mapping[str, Entity]
    gaps: tuple[Gap, ...] = ()
    calls: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether every kind was seen whole; single entities may still be in doubt."""
        return not any(gap.name is None for gap in self.gaps)

    def of(self, kind: Kind) -> Mapping[str, Entity]:
        """All entities of a kind, by key."""
        return {
            Kind.EXPERIMENT: self.experiments,
            Kind.TRIAL: self.trials,
            Kind.COMPONENT: self.components,
        }[kind]

    def everything(self) -> Iterator[Entity]:
        """Each entity once: experiments, trials, components."""
        yield from self.experiments.values()
        yield from self.trials.values()
        yield from self.components.values()

    def __contains__(self, who: object) -> bool:
        """Whether this very entity was seen, and not another one that took its name later."""
        if not isinstance(who, Identity):
            return False
        seen = self.of(who.kind).get(who.name)
        return seen is not None and seen.identity == who

    @property
    def counts(self) -> dict[Kind, int]:
        """How many there are of each kind."""
        return {kind: len(self.of(kind)) for kind in Kind}

    @cached_property
    def unplaced(self) -> Mapping[Kind, tuple[str, ...]]:
        """Keys of trials and components that may hang anywhere, since nobody read where; sorted."""
        lost: dict[Kind, set[str]] = {kind: set() for kind in Kind}
        lost[Kind.TRIAL] = {each.key for each in self.trials.values() if each.experiment is None}
        lost[Kind.COMPONENT] = {
            each.key for each in self.components.values() if each.parents is None
        }
        for gap in self.gaps:
            if gap.name is not None and gap.name.lower() not in self.of(gap.kind):
                lost[gap.kind].add(gap.name.lower())
        return {kind: tuple(sorted(names)) for kind, names in lost.items()}

    @cached_property
    def trials_of(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the trials under each experiment key, sorted."""
        return _grouped(
            (trial.experiment.lower(), trial.key)
            for trial in self.trials.values()
            if trial.experiment is not None
        )

    @cached_property
    def components_of(self) -> Mapping[str, tuple[str, ...]]:
        """Keys of the components under each trial key, sorted."""
        return _grouped(
            (trial, component.key)
            for component in self.components.values()
            for trial in component.trials
        )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for group, member in pairs:
        groups[group].append(member)
    return {group: tuple(sorted(members)) for group, members in groups.items()}
