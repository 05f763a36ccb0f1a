"""What the use cases ask of one target's SageMaker, reading and writing apart."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sagewarden.core.deletion import Deletion, Disassociation, Reassociation
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.models import Models
from sagewarden.core.needs import NOTHING, Needs
from sagewarden.core.plan import Effect
from sagewarden.core.tags import TagEffect, TagWrite

Progress = Callable[[str, int, int | None], None]
"""Told while something long goes on: what, how many so far, of how many (None: not known)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who STS says we are."""

    account: str
    arn: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A name from a listing, by key, with its CreationTime (UTC)."""

    key: str
    created: datetime


@dataclass(frozen=True, slots=True)
class Described:
    """Describe's and ListTags' whole answers, and the entity they make."""

    entity: Entity
    record: Mapping[str, Any]


FAILED_SERIES = "InternalError"
"""How the status of a series begins that AWS failed to give: another time it may."""


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """One component whose metric series are wanted.

    `since` and `until` (UTC) span the points' times; `metrics` are the names of its summaries.
    """

    arn: str
    metrics: tuple[str, ...]
    since: datetime
    until: datetime


class Looks(Protocol):
    """Consistent reads, each made anew at AWS.

    Every call raises `Absent` when AWS says ResourceNotFound, and `ReadFailed` for anything else
    that is not a whole answer: nothing is ever returned on a guess.
    """

    def describe(self, kind: Kind, name: str) -> Described:
        """ListTags, then Describe last; a component's parents stay unknown (None).

        The ARN for ListTags is made from target, kind and name, so that Describe can come last.
        """

    def trials_of(self, component: str) -> tuple[str, ...]:
        """Keys of all trials that a component is associated with, sorted (ListTrials)."""

    def trials_in(self, experiment: str, *, since: datetime | None = None) -> tuple[Listed, ...]:
        """All trials of an experiment, or those created after `since`."""

    def components_in(
        self,
        *,
        trial: str | None = None,
        experiment: str | None = None,
        since: datetime | None = None,
    ) -> tuple[Listed, ...]:
        """All components of a trial or of an experiment, or those created after `since`."""

    def models_in_use(self) -> Models:
        """Every place in S3 that a model package, a model or an endpoint rests on."""

    def now(self) -> datetime:
        """The server's time (UTC), carried on by our monotonic clock since its last answer."""

    def skew(self) -> float:
        """Seconds by which our wall clock is off the server's Date, as last seen; 0 if never."""


class Surveys(Protocol):
    """Sees a whole target."""

    def caller(self) -> Caller:
        """Ask STS who we are."""

    def take(self, progress: Progress, asked: Needs = NOTHING) -> Inventory:
        """Read every experiment, trial and component by Search and reconcile it with List.

        Of parameters and metrics, the inventory holds what is `asked` for.
        """


class Records(Protocol):
    """Reads what only the archive needs."""

    def sources(self, components: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Search's SourceDetail by component key, for those that have one."""

    def associations(self, arn: str) -> tuple[Mapping[str, Any], ...]:
        """Every lineage edge from or to an ARN, as ListAssociations gives it."""

    def series(
        self, wanted: Sequence[SeriesRequest]
    ) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        """Metric series by component ARN, one mapping a metric.

        Each mapping: `metric`, `x_axis` (IterationNumber or Timestamp), `period`, `stat`,
        `status` (Complete or what could not be had), `points` as `[x, value]` pairs.
        """


class Effects(Protocol):
    """What takes experiments apart. Each write is sent once.

    Raise `Absent` when it is gone already, `EffectRefused` (or `StillLinked`, `EffectThrottled`)
    when AWS said no and nothing was applied, `EffectUnclear` when only a look can tell.
    """

    def turn(self, effect: Effect, kind: Kind) -> None:
        """Wait until the rate allows one such effect; the look comes next, then the effect."""

    def disassociate(self, step: Disassociation) -> None:
        """Take a component from a trial."""

    def delete(self, step: Deletion) -> None:
        """Delete an experiment, a trial or a component."""

    def associate(self, step: Reassociation) -> None:
        """Put an edge back, waiting for the rate by itself."""


class Tagging(Protocol):
    """Sets tags and takes them off. Each write is sent once and fails as those of `Effects` do."""

    def turn(self, effect: TagEffect) -> None:
        """Wait until the rate allows one such write; the look comes next, then the write."""

    def write(self, step: TagWrite) -> None:
        """Set tags of one entity, or take tags off it."""
