"""What the sandbox stores: records that never change once stored, only get replaced.

Times are seconds since the epoch (UTC), to the millisecond, as the JSON protocol carries them.
Nested values (`status`, `source`, `parameters`, artifacts, `created_by`, job bodies) have AWS's
own wire form, so that they are answered byte for byte as they came.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

Json = dict[str, Any]
Wire = Mapping[str, Any]
NOTHING: Wire = {}


class Point(NamedTuple):
    """One logged metric value; `at` in epoch seconds, `step` absent when it was logged without."""

    at: float
    step: int | None
    value: float


Chunk = tuple[Point, ...] | Callable[[], tuple[Point, ...]]
"""Points, or what makes them when somebody asks: 100,000 seeded series cost nothing until read."""

Series = tuple[Chunk, ...]


def points_of(series: Series) -> list[Point]:
    """Every point of a series, in the order of logging."""
    return [point for chunk in series for point in (chunk if isinstance(chunk, tuple) else chunk())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """What the three kinds share. `name` keeps its case; identity is `key`, its lower case."""

    name: str
    created: float
    modified: float
    display_name: str | None = None
    source: Wire | None = None
    created_by: Wire = field(default_factory=dict)
    modified_by: Wire = field(default_factory=dict)
    metadata: Wire | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    made_by_aws: bool = False
    """AWS made it by itself (for a job, a pipeline, a tuning job): it counts in no quota."""
    rendered: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """Answers made from this record; a replaced record starts empty. Leave it alone."""

    @property
    def key(self) -> str:
        """The name as AWS compares it: without case."""
        return self.name.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Entity):
    """The top of a tree; it hangs on nothing."""

    kind: ClassVar[str] = "experiment"
    parents: ClassVar[tuple[str, ...]] = ()
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial(Entity):
    """A group of components inside one experiment."""

    kind: ClassVar[str] = "experiment-trial"
    experiment: str
    """Key of its one experiment."""

    @property
    def parents(self) -> tuple[str, ...]:
        """Its experiment."""
        return (self.experiment,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Component(Entity):
    """One run, job or step; it hangs on any number of trials."""

    kind: ClassVar[str] = "experiment-trial-component"
    trials: tuple[str, ...] = ()
    """Keys of the trials it is associated with, oldest association first; none: unassigned."""
    status: Wire | None = None
    started: float | None = None
    ended: float | None = None
    parameters: Wire = field(default_factory=dict)
    input_artifacts: Wire = field(default_factory=dict)
    output_artifacts: Wire = field(default_factory=dict)
    metrics: Mapping[str, Series] = field(default_factory=dict)
    lineage_group_arn: str | None = None
    run_name: str | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """Its trials."""
        return self.trials


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """Anything else with an ARN: jobs, models, packages, endpoints, artifacts, actions, contexts.

    `body` is what Describe answers, without tags.
    """

    parents: ClassVar[tuple[str, ...]] = ()
    arn: str
    type: str
    """The word before the name in the ARN: `training-job`, `model-package`, `artifact`…"""
    name: str
    created: float
    body: Wire
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The ARN as AWS compares it: without case."""
        return self.arn.lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A lineage edge between two ARNs."""

    source: str
    destination: str
    type: str | None
    created: float
    created_by: Wire = field(default_factory=dict)
