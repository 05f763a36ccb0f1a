"""What a daemon tells Prometheus: computed from what it knows at the moment it is asked.

No label holds the name of an entity. A target has a series for each kind, verdict, effect and
outcome that was met, and for each operation of the API: a few hundred at most.
"""

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from sagewarden import __version__
from sagewarden.core.entities import Kind
from sagewarden.core.journal import Result
from sagewarden.core.plan import Effect
from sagewarden.core.standing import Circumstances, Inspection, RunResult, Standing

TARGET = ("account", "region")


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: its kind, its help, its labels."""

    kind: Literal["counter", "gauge"]
    told: str
    labels: tuple[str, ...] = ()


METRICS: Final[Mapping[str, Metric]] = {
    "sagewarden_build_info": Metric("gauge", "Always 1.", ("version", "python")),
    "sagewarden_targets": Metric("gauge", "Targets in the settings."),
    "sagewarden_target_info": Metric("gauge", "Always 1; what people call it.", (*TARGET, "name")),
    "sagewarden_runs_total": Metric("counter", "Runs that ended, by result.", (*TARGET, "result")),
    "sagewarden_run_in_progress": Metric("gauge", "Whether a run is under way.", TARGET),
    "sagewarden_last_run_seconds": Metric("gauge", "How long the last run took.", TARGET),
    "sagewarden_last_good_run_age_seconds": Metric(
        "gauge", "Since the last good run ended; if there was none, since the daemon began.", TARGET
    ),
    "sagewarden_entities": Metric("gauge", "Entities in the last inventory.", (*TARGET, "kind")),
    "sagewarden_judged": Metric(
        "gauge", "Trees that policies match, by verdict.", (*TARGET, "kind", "verdict")
    ),
    "sagewarden_marked": Metric("gauge", "Trees that are marked and not due yet.", TARGET),
    "sagewarden_held": Metric("gauge", "Trees that match and that a hold keeps.", TARGET),
    "sagewarden_waiting_for_approval": Metric("gauge", "Whether a plan waits.", TARGET),
    "sagewarden_effects_total": Metric(
        "counter", "Steps of plans, by what came of them.", (*TARGET, "effect", "kind", "outcome")
    ),
    "sagewarden_api_calls_total": Metric(
        "counter", "Calls that were sent.", (*TARGET, "operation", "result")
    ),
    "sagewarden_throttles_total": Metric(
        "counter", "Calls that AWS turned away for their rate.", (*TARGET, "operation")
    ),
    "sagewarden_limiter_rate": Metric(
        "gauge", "Calls a second that the limiter lets begin.", (*TARGET, "operation")
    ),
    "sagewarden_inspections_total": Metric(
        "counter", "Drills, verifications and digests, by result.", (*TARGET, "job", "result")
    ),
    "sagewarden_vault_errors_total": Metric(
        "counter", "Operations of the vault that failed.", (*TARGET, "operation")
    ),
    "sagewarden_policies_bad": Metric("gauge", "Whether the policies are refused."),
    "sagewarden_settings_bad": Metric("gauge", "Whether new settings were refused."),
    "sagewarden_ready": Metric("gauge", "Whether /readyz says so."),
    "sagewarden_jobs_missed_total": Metric("counter", "Begins that were left out.", ("job",)),
    "sagewarden_job_next_timestamp_seconds": Metric("gauge", "When it begins next.", ("job",)),
}
"""Every metric of ours; prometheus-client adds those of the process (memory, processor, files)."""


@dataclass(frozen=True, slots=True)
class Metered:
    """What a target's calls came to: counts by operation and result, rates, the vault's errors."""

    calls: Mapping[tuple[str, str], int]
    rates: Mapping[str, float]
    vault_errors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that a daemon knows at one moment, in seconds on its monotonic clock."""

    now: float
    standings: tuple[Standing, ...]
    metered: Mapping[tuple[str, str], Metered]
    circumstances: Circumstances
    ready: bool
    missed: Mapping[str, int]
    next_times: Mapping[str, float]


EFFECTS = tuple(
    (effect, kind, str(result))
    for effect, kind in (
        *((str(Effect.DELETE), str(kind)) for kind in Kind),
        (str(Effect.DISASSOCIATE), str(Kind.COMPONENT)),
    )
    for result in Result
)
INSPECTIONS = tuple(
    (job, str(each)) for job in ("drill", "verify", "digest") for each in Inspection
)
CALLS = ("ok", "throttled", "denied")
VAULT = ("create", "replace", "get", "list")
"""Told as 0 before they are met: Prometheus sees no increase where a series begins with 1."""

Sample = tuple[str, tuple[str, ...], float]
"""A metric's name, its labels' values in their order, its value."""


class Gauges(Collector):
    """A registry's only collector of ours."""

    def __init__(self, know: Callable[[], Known]) -> None:
        self._know = know

    def collect(self) -> Iterable[CounterMetricFamily | GaugeMetricFamily]:
        """Return every family, those without a sample too: a dashboard finds its name."""
        families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {
            name: (CounterMetricFamily if each.kind == "counter" else GaugeMetricFamily)(
                name, each.told, labels=each.labels
            )
            for name, each in METRICS.items()
        }
        for name, labels, value in samples(self._know()):
            families[name].add_metric(labels, value)
        return families.values()


def render(know: Callable[[], Known]) -> Callable[[], bytes]:
    """Return what spells all metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(Gauges(know))
    ProcessCollector(registry=registry)
    return lambda: generate_latest(registry)


def samples(known: Known) -> Iterable[Sample]:
    """Yield every sample."""
    yield "sagewarden_build_info", (__version__, platform.python_version()), 1
    yield "sagewarden_targets", (), len(known.standings)
    yield "sagewarden_policies_bad", (), bool(known.circumstances.policies)
    yield "sagewarden_settings_bad", (), bool(known.circumstances.settings)
    yield "sagewarden_ready", (), known.ready
    for job, count in known.missed.items():
        yield "sagewarden_jobs_missed_total", (job,), count
    for job, moment in known.next_times.items():
        yield "sagewarden_job_next_timestamp_seconds", (job,), moment
    for each in known.standings:
        place = (each.target.account, each.target.region)
        yield "sagewarden_target_info", (*place, each.target.name), 1
        yield from _of_runs(each, place, known.now)
        yield from _of_entities(each, place)
        if place in known.metered:
            yield from _of_calls(known.metered[place], place)


def _of_runs(each: Standing, place: tuple[str, str], now: float) -> Iterable[Sample]:
    for result in RunResult:
        yield "sagewarden_runs_total", (*place, str(result)), each.runs.get(result, 0)
    looked = dict.fromkeys(INSPECTIONS, 0) | dict(each.inspections)
    for (job, inspection), count in looked.items():
        yield "sagewarden_inspections_total", (*place, job, inspection), count
    yield "sagewarden_run_in_progress", place, each.began is not None
    yield "sagewarden_last_run_seconds", place, each.seconds
    yield "sagewarden_last_good_run_age_seconds", place, each.age(now)
    yield "sagewarden_waiting_for_approval", place, each.last is RunResult.WAITS


def _of_entities(each: Standing, place: tuple[str, str]) -> Iterable[Sample]:
    for kind, count in each.entities.items():
        yield "sagewarden_entities", (*place, kind), count
    for (kind, verdict), count in each.judged.items():
        yield "sagewarden_judged", (*place, kind, verdict), count
    yield "sagewarden_marked", place, each.marked
    yield "sagewarden_held", place, each.held
    for (effect, kind, outcome), count in (
        dict.fromkeys(EFFECTS, 0) | dict(each.effects_so_far)
    ).items():
        yield "sagewarden_effects_total", (*place, effect, kind, outcome), count


def _of_calls(each: Metered, place: tuple[str, str]) -> Iterable[Sample]:
    operations = sorted({operation for operation, _ in each.calls})
    usual = {(operation, result): 0 for operation in operations for result in CALLS}
    for (operation, result), count in (usual | dict(each.calls)).items():
        yield "sagewarden_api_calls_total", (*place, operation, result), count
    for operation in operations:
        throttled = each.calls.get((operation, "throttled"), 0)
        yield "sagewarden_throttles_total", (*place, operation), throttled
    for operation, rate in each.rates.items():
        yield "sagewarden_limiter_rate", (*place, operation), rate
    for operation, count in (dict.fromkeys(VAULT, 0) | dict(each.vault_errors)).items():
        yield "sagewarden_vault_errors_total", (*place, operation), count
