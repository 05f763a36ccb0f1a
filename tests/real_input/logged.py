"""What users logged, in their own words: nothing here was read back from anywhere."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple

from sagewarden.core.entities import Kind

Value = str | float


class Point(NamedTuple):
    """One metric value; `step` is None where none was given."""

    metric: str
    value: float
    step: int | None = None


class Artifact(NamedTuple):
    """Where something lies, or what it is, and its media type if anybody said or guessed one."""

    value: str
    media_type: str | None = None


class LineageEdge(NamedTuple):
    """An artifact of the lineage graph that a component made or used."""

    source_uri: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedExperiment:
    """An experiment as its maker described it; the display name is the name unless said."""

    kind: ClassVar[Kind] = Kind.EXPERIMENT
    name: str
    display_name: str | None = None
    description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedTrial:
    """A trial and the one experiment it stands in."""

    kind: ClassVar[Kind] = Kind.TRIAL
    name: str
    experiment: str
    display_name: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedComponent:
    """A trial component; its points were logged between two times, in epoch seconds (UTC)."""

    kind: ClassVar[Kind] = Kind.COMPONENT
    name: str
    display_name: str | None = None
    status: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    inputs: Mapping[str, Artifact] = field(default_factory=dict)
    outputs: Mapping[str, Artifact] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    points: tuple[Point, ...] = ()
    trials: tuple[str, ...] = ()
    lineage: tuple[LineageEdge, ...] = ()
    began: float = 0.0
    ended: float = 0.0

    def series(self) -> dict[str, list[Point]]:
        """Return the points by metric, each metric's in the order of logging."""
        series: dict[str, list[Point]] = {}
        for point in self.points:
            series.setdefault(point.metric, []).append(point)
        return series


LoggedEntity = LoggedExperiment | LoggedTrial | LoggedComponent


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """Everything some users logged; `objects` are the files they uploaded, by S3 URI."""

    experiments: tuple[LoggedExperiment, ...] = ()
    trials: tuple[LoggedTrial, ...] = ()
    components: tuple[LoggedComponent, ...] = ()
    objects: Mapping[str, bytes] = field(default_factory=dict)

    def __iter__(self) -> Iterator[LoggedEntity]:
        yield from self.experiments
        yield from self.trials
        yield from self.components

    def __add__(self, other: "Logged") -> "Logged":
        return Logged(
            experiments=self.experiments + other.experiments,
            trials=self.trials + other.trials,
            components=self.components + other.components,
            objects={**self.objects, **other.objects},
        )

    def component(self, name: str) -> LoggedComponent:
        """Find a component by its name."""
        return next(each for each in self.components if each.name == name)
