"""Looks: what is read anew before anything is done, and what stops it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sagewarden.application.holds import Shields
from sagewarden.application.models import ModelWatch
from sagewarden.application.pause import check_pause
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Looks
from sagewarden.core.bundles import Bundle
from sagewarden.core.deletion import FreshLook, WorldChanged
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.plan import PlannedEntity, Unit
from sagewarden.errors import Absent, ReadFailed

SKEW_LIMIT = 60.0
"""Seconds by which our clock may be off the server's Date; beyond, no effects."""

LISTING_SLACK = timedelta(minutes=2)
"""How much before the plan a listing of newcomers starts."""


class Watch:
    """Compares the world with one plan. `made` is the time (UTC) of the plan's inventory.

    `undue` says why what was due then is not due any more.
    """

    def __init__(
        self,
        bench: Bench,
        shields: Shields,
        made: datetime,
        undue: Mapping[Identity, str] | None = None,
    ) -> None:
        self._bench = bench
        self._shields = shields
        self._models = ModelWatch(bench, shields.protections)
        self._since = made - LISTING_SLACK
        self._undue = undue or {}
        self._gone: set[Identity] = set()

    def entity(self, planned: PlannedEntity) -> FreshLook:
        """Look at an entity that goes: ListTags, then Describe last.

        Raise WorldChanged when it is held, running, changed, another one or not due any more, when
        its model was found in use at the start of its bundle, or when AWS had said before that it
        is gone; Absent when it is gone.
        """
        if planned.identity in self._undue:
            raise WorldChanged(f"{planned.identity}: {self._undue[planned.identity]}")
        self._models.check(planned)
        try:
            seen = self._bench.looks.describe(planned.identity.kind, planned.name).entity
        except Absent:
            self._gone.add(planned.identity)
            raise
        if seen.identity in self._gone:
            raise WorldChanged(f"AWS said that {seen.identity} is gone, and now describes it")
        self._check_held(seen)
        return FreshLook(planned, seen)

    def place(self, planned: PlannedEntity, removed: Iterable[str]) -> None:
        """List a component's trials; they must be the planned ones, but for edges we removed."""
        ours = set(removed)
        try:
            now = set(self._bench.looks.trials_of(planned.name)) - ours
        except Absent:
            self._gone.add(planned.identity)
            raise
        if now != set(planned.parents) - ours:
            raise WorldChanged(f"{planned.identity} is associated with other trials than planned")

    def unit(self, unit: Unit) -> dict[Identity, Entity]:
        """Look at a whole unit before its first bundle; return what was seen above components."""
        self._switches(unit)
        if unit.is_tree:
            self._newcomers(unit, None)
        return self._above(unit, (*unit.entities, *unit.spared))

    def bundle(self, unit: Unit, bundle: Bundle) -> dict[Identity, Entity]:
        """Look again before a bundle: switches, models, what is above, what is new below."""
        self._switches(unit)
        if unit.is_tree:
            self._newcomers(unit, self._since)
        return self._above(unit, bundle.entities)

    def _switches(self, unit: Unit) -> None:
        check_pause(self._bench.vault, self._bench.target)
        self._shields.renew()
        self._check_names(unit)
        self._models.renew(unit)
        skew = self._bench.looks.skew()
        if abs(skew) > SKEW_LIMIT:
            raise WorldChanged(
                f"this machine's clock is off the server's by {skew:.0f} s; ages cannot be trusted"
            )

    def _above(self, unit: Unit, entities: Iterable[PlannedEntity]) -> dict[Identity, Entity]:
        """Describe the trials and experiments that these entities are or hang under."""
        wanted = _keys_above(unit, entities)
        seen: dict[Identity, Entity] = {}
        for planned in unit.ancestors:
            if (planned.identity.kind, planned.identity.name) in wanted:
                seen[planned.identity] = self._staying(planned)
        for planned in unit.entities:
            if (planned.identity.kind, planned.identity.name) in wanted:
                self._going(planned, seen)
        return seen

    def _going(self, planned: PlannedEntity, seen: dict[Identity, Entity]) -> None:
        try:
            seen[planned.identity] = self.entity(planned).seen
        except Absent:
            self._bench.events("look.absent", entity=str(planned.identity))

    def _staying(self, planned: PlannedEntity) -> Entity:
        try:
            seen = self._bench.looks.describe(planned.identity.kind, planned.name).entity
        except Absent as error:
            raise WorldChanged(f"{planned.identity}, which was to stay, is gone") from error
        if seen.identity != planned.identity:
            raise WorldChanged(f"{planned.identity}, which was to stay, was created anew")
        self._check_held(seen)
        return seen

    def _check_names(self, unit: Unit) -> None:
        """Look for holds by command: one anywhere in a tree, or above it, keeps all of it.

        The components of a batch stand for themselves: each is asked for at its own effect.
        """
        parts = (*unit.entities, *unit.spared) if unit.is_tree else ()
        for planned in (*parts, *unit.ancestors):
            if reasons := self._shields.named(planned.identity):
                raise WorldChanged(f"{planned.identity}: {'; '.join(reasons)}")

    def _check_held(self, seen: Entity) -> None:
        if reasons := self._shields.of(seen):
            raise WorldChanged(f"{seen.identity}: {'; '.join(reasons)}")

    def _newcomers(self, unit: Unit, since: datetime | None) -> None:
        known = {entity.identity for entity in (*unit.entities, *unit.spared)}
        names = {(identity.kind, identity.name) for identity in known}
        for planned in unit.entities:
            for key in self._listed(planned, unit, since):
                if key not in names:
                    kind, name = key
                    raise WorldChanged(f"{kind} {name} appeared in {planned.identity}")

    def _listed(
        self, planned: PlannedEntity, unit: Unit, since: datetime | None
    ) -> Iterable[tuple[Kind, str]]:
        """List what is in an experiment that goes, or in a trial whose experiment stays."""
        looks = self._bench.looks
        try:
            if planned.identity.kind is Kind.EXPERIMENT:
                for trial in looks.trials_in(planned.name, since=since):
                    yield Kind.TRIAL, trial.key
                for component in looks.components_in(experiment=planned.name, since=since):
                    yield Kind.COMPONENT, component.key
            elif planned.identity.kind is Kind.TRIAL and not _covered(planned, unit):
                for component in looks.components_in(trial=planned.name, since=since):
                    yield Kind.COMPONENT, component.key
        except Absent:
            self._gone.add(planned.identity)


def is_there(looks: Looks, identity: Identity) -> bool:
    """Whether an entity, and no later one of its name, is there; raise ReadFailed in doubt."""
    try:
        return looks.describe(identity.kind, identity.name).entity.identity == identity
    except Absent:
        check_gone(looks, identity)
        return False


def check_gone(looks: Looks, identity: Identity) -> None:
    """Raise ReadFailed unless a listing agrees with Describe that something is gone.

    One wrong answer would pass for our delete, or leave a component behind without the edges that
    we took. All these listings know ResourceNotFound (service model).
    """
    try:
        match identity.kind:
            case Kind.COMPONENT:
                looks.trials_of(identity.name)
            case Kind.TRIAL:
                looks.components_in(trial=identity.name)
            case Kind.EXPERIMENT:
                looks.trials_in(identity.name)
    except Absent:
        return
    raise ReadFailed(f"AWS says that {identity} is gone, and yet lists what hangs on it")


def _covered(trial: PlannedEntity, unit: Unit) -> bool:
    return any(
        entity.identity.kind is Kind.EXPERIMENT and entity.identity.name in trial.parents
        for entity in unit.entities
    )


def _keys_above(unit: Unit, entities: Iterable[PlannedEntity]) -> set[tuple[Kind, str]]:
    """Keys of every trial and experiment that these entities are, or hang under."""
    trials: set[str] = set()
    experiments: set[str] = set()
    for entity in entities:
        if entity.identity.kind is Kind.EXPERIMENT:
            experiments.add(entity.identity.name)
        elif entity.identity.kind is Kind.TRIAL:
            trials.add(entity.identity.name)
        else:
            trials.update(entity.parents)
    for entity in (*unit.entities, *unit.ancestors):
        if entity.identity.kind is Kind.TRIAL and entity.identity.name in trials:
            experiments.update(entity.parents)
    return {(Kind.TRIAL, name) for name in trials} | {
        (Kind.EXPERIMENT, name) for name in experiments
    }
