"""The seeded account holds every feature, in believable proportions, within AWS's limits."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from fnmatch import fnmatch
from functools import cache, cached_property

import pytest

from sagewarden.sandbox.records import Component, points_of
from sagewarden.sandbox.seed import SeedSummary, seed_account
from sagewarden.sandbox.seed.hostile import DRILLS
from sagewarden.sandbox.state import AccountState, World

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = 86_400.0
SIZES = (200, 2_000)
HOLDS = {"legal-hold", "sagewarden:hold"}
JOBS = ("training-job/", "processing-job/", "transform-job/")


def empty_account() -> AccountState:
    return World(clock=NOW.timestamp).account("123456789012", "us-east-1")


class Seeded:
    """A seeded account and what a reader would compute from it."""

    def __init__(self, components: int, seed: int) -> None:
        self.state = empty_account()
        self.summary = seed_account(self.state, components=components, seed=seed, now=NOW)
        self.components = list(self.state.components)
        self.experiments = list(self.state.experiments)
        self.trials = list(self.state.trials)
        self.resources = list(self.state.resources)

    def experiments_of(self, component: Component) -> set[str]:
        trials = (self.state.trials.rows[key] for key in component.trials)
        return {trial.experiment for trial in trials}

    def below(self, experiment: str) -> list[Component]:
        trials = self.state.trials.children(experiment)
        keys = {key for trial in trials for key in self.state.components.children(trial)}
        return [self.state.components.rows[key] for key in sorted(keys)]

    def sizes(self) -> list[int]:
        return [len(list(self.state.components.children(trial.key))) for trial in self.trials]

    def sources(self, kind: str) -> list[str]:
        entities = (*self.experiments, *self.trials, *self.components)
        arns = (entity.source["SourceArn"] for entity in entities if entity.source)
        return [arn for arn in arns if f":{kind}" in arn]

    @cached_property
    def idle(self) -> set[str]:
        """Experiments in whose whole tree nothing has happened for 90 days."""
        before = NOW.timestamp() - 90 * DAY
        last = {e.key: e.modified for e in self.experiments}
        for trial in self.trials:
            last[trial.experiment] = max(last[trial.experiment], trial.modified)
        for component in self.components:
            for key in self.experiments_of(component):
                last[key] = max(last[key], component.modified)
        return {key for key, at in last.items() if at < before}

    def removable(self, *globs: str) -> set[str]:
        """Idle experiments so named, with nothing held or running in them."""
        named = (key for key in self.idle if any(fnmatch(key, glob) for glob in globs))
        return {
            key
            for key in named
            if not HOLDS & self.state.experiments.rows[key].tags.keys()
            and not any(blocks(component) for component in self.below(key))
        }

    def gone_with(self, experiments: set[str]) -> list[Component]:
        """What no other experiment needs when these go."""
        parents = ((c, self.experiments_of(c)) for c in self.components)
        return [component for component, above in parents if above and above <= experiments]

    def aged_unassigned(self) -> list[Component]:
        before = NOW.timestamp() - 180 * DAY
        return [
            c
            for c in self.components
            if not c.trials
            and c.modified < before
            and status(c) in {"Completed", "Failed", "Stopped"}
            and not HOLDS & c.tags.keys()
        ]


def status(component: Component) -> str | None:
    return component.status["PrimaryStatus"] if component.status else None


def blocks(component: Component) -> bool:
    return status(component) in {"InProgress", "Stopping"} or bool(HOLDS & component.tags.keys())


def is_run(component: Component) -> bool:
    return component.tags.get("sagemaker:trial-component-source") == "run"


def is_job(component: Component) -> bool:
    return any(f":{kind}" in (component.source or {}).get("SourceArn", "") for kind in JOBS)


@cache
def seeded(components: int, seed: int = 1) -> Seeded:
    return Seeded(components, seed)


def count(matching: Iterable[object]) -> int:
    return sum(1 for match in matching if match)


def shared_by_idle_and_live(s: Seeded) -> int:
    above = [s.experiments_of(c) for c in s.components]
    return count(keys & s.idle and keys - s.idle for keys in above)


def shared_by_two_idle(s: Seeded) -> int:
    return count(len(keys) == 2 and keys <= s.idle for keys in map(s.experiments_of, s.components))


def shared_within_one(s: Seeded) -> int:
    return count(len(c.trials) > 1 and len(s.experiments_of(c)) == 1 for c in s.components)


def reborn(s: Seeded) -> int:
    born = {e.key: e.created for e in s.experiments}
    orphans = (c for c in s.components if is_run(c) and not c.trials)
    return count(born.get(c.key.rpartition("-run-")[0], 0) > c.created for c in orphans)


def stuck_runs(s: Seeded) -> int:
    before = NOW.timestamp() - 2 * DAY
    return count(
        is_run(c) and status(c) == "InProgress" and c.ended is None and c.modified < before
        for c in s.components
    )


def stuck_jobs(s: Seeded) -> int:
    running = (c for c in s.components if status(c) == "InProgress" and is_job(c))
    jobs = (s.state.resources.get((c.source or {})["SourceArn"]) for c in running)
    fields = ("TrainingJobStatus", "ProcessingJobStatus", "TransformJobStatus")
    return count(job and "Stopped" in map(job.body.get, fields) for job in jobs)


def models(s: Seeded) -> list[str]:
    """Where the model of each package and of each deployed model lies."""
    bodies = [r.body for r in s.resources if r.type in {"model-package", "model"}]
    containers = [
        body["PrimaryContainer"]
        if "PrimaryContainer" in body
        else body["InferenceSpecification"]["Containers"][0]
        for body in bodies
    ]
    return [container["ModelDataUrl"] for container in containers]


def registered(s: Seeded, *, assigned: bool) -> int:
    kept = set(models(s))
    old = NOW.timestamp() - 90 * DAY
    artifacts = (
        c.output_artifacts.get("SageMaker.ModelArtifact", {}).get("Value")
        for c in s.components
        if bool(c.trials) is assigned and c.modified < old
    )
    return count(uri in kept for uri in artifacts)


def tagged(s: Seeded, tag: str) -> int:
    return count(tag in entity.tags for entity in (*s.experiments, *s.components))


def most(s: Seeded, measure: Callable[[Component], int]) -> int:
    return max(measure(c) for c in s.components)


def named(s: Seeded, glob: str) -> int:
    return count(fnmatch(e.name, glob) for e in s.experiments)


def numbers(s: Seeded) -> set[str]:
    return {
        repr(value["NumberValue"])
        for c in s.components
        for value in c.parameters.values()
        if "NumberValue" in value
    }


FEATURES: dict[str, Callable[[Seeded], object]] = {
    "runs in a default group": lambda s: count(is_run(c) and c.trials for c in s.components),
    "a nearly full group": lambda s: count(45 <= size <= 50 for size in s.sizes()),
    "stuck runs": stuck_runs,
    "stuck job components": stuck_jobs,
    "running jobs": lambda s: count(status(c) == "Stopping" for c in s.components),
    "failed": lambda s: count(status(c) == "Failed" for c in s.components),
    "no status": lambda s: count(c.status is None for c in s.components),
    "metrics": lambda s: count(is_run(c) and c.metrics for c in s.components),
    "no metrics": lambda s: count(is_run(c) and not c.metrics for c in s.components),
    "shared within one": shared_within_one,
    "shared by two idle": shared_by_two_idle,
    "shared by idle and live": shared_by_idle_and_live,
    "pipelines": lambda s: s.sources("pipeline/"),
    "tuning": lambda s: s.sources("hyper-parameter-tuning-job/"),
    "automl": lambda s: s.sources("automl-job/"),
    "training jobs": lambda s: s.sources("training-job/"),
    "processing jobs": lambda s: s.sources("processing-job/"),
    "transform jobs": lambda s: s.sources("transform-job/"),
    "dev": lambda s: named(s, "dev-*"),
    "prod": lambda s: named(s, "prod-*"),
    "sandbox": lambda s: named(s, "sandbox-*"),
    "ci": lambda s: named(s, "ci-[0-9]*"),
    "owner": lambda s: tagged(s, "owner"),
    "team": lambda s: tagged(s, "team"),
    "env": lambda s: tagged(s, "env"),
    "cost-center": lambda s: tagged(s, "cost-center"),
    "ttl": lambda s: tagged(s, "ttl"),
    "held experiment": lambda s: count("legal-hold" in e.tags for e in s.experiments),
    "held component": lambda s: count("legal-hold" in c.tags and c.trials for c in s.components),
    "own hold": lambda s: tagged(s, "sagewarden:hold"),
    "registered, assigned, old": lambda s: registered(s, assigned=True),
    "registered, unassigned, old": lambda s: registered(s, assigned=False),
    "endpoints": lambda s: count(r.type == "endpoint" for r in s.resources),
    "300 parameters": lambda s: most(s, lambda c: len(c.parameters)) == 300,
    "60 inputs": lambda s: most(s, lambda c: len(c.input_artifacts)) == 60,
    "60 outputs": lambda s: most(s, lambda c: len(c.output_artifacts)) == 60,
    "50 tags": lambda s: most(s, lambda c: len(c.tags)) == 50,
    "odd numbers": lambda s: {"-0.0", "1e+308"} <= numbers(s),
    "reborn name": reborn,
    "no trials": lambda s: count(not s.state.trials.children(e.key) for e in s.experiments),
    "empty trials": lambda s: count(size == 0 for size in s.sizes()),
    "long description": lambda s: count(len(e.description or "") >= 3_000 for e in s.experiments),
    "shown otherwise": lambda s: count(c.display_name not in {None, c.name} for c in s.components),
    "studio users": lambda s: count(c.created_by for c in s.components),
    "roles": lambda s: count(not c.created_by for c in s.components),
}


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("components", SIZES)
@pytest.mark.parametrize("feature", FEATURES)
def test_feature_is_there(feature: str, components: int, seed: int) -> None:
    """Every feature of a real account shows from 200 components on, whatever the seed."""
    assert FEATURES[feature](seeded(components, seed))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_full_group_has_an_orphan(seed: int) -> None:
    """At 2,000 components some group is full, and the run that found it so hangs on no trial."""
    s = seeded(2_000, seed)
    keys = {f"{key}-run-51" for key in s.state.experiments.rows}
    orphans = [c for c in s.components if c.key in keys]
    assert orphans
    assert not [c for c in orphans if c.trials or c.status]


@pytest.mark.parametrize("components", [0, 1, 7, 29, 99, 199, 200, 201, 2_000, 7_777])
def test_count_is_exact(components: int) -> None:
    """As many trial components as asked for, few or many."""
    assert len(seeded(components).components) == components


@pytest.mark.parametrize("components", SIZES)
@pytest.mark.parametrize("drill", DRILLS, ids=lambda drill: drill.display_name)
def test_hostile_text_stands_in_a_parameter(drill: tuple[str, str, str], components: int) -> None:
    """Each hostile text is the value of some parameter, whole."""
    values = (value for c in seeded(components).components for value in c.parameters.values())
    assert drill[0] in {value.get("StringValue") for value in values}


def test_hostile_texts_cover_what_breaks_readers() -> None:
    """Markup, formulas, line breaks, terminal codes, NUL, paths, templates, sheer length."""
    texts = "\n".join(drill.text for drill in DRILLS)
    wanted = ("<script>", "=cmd|", "@SUM", "\r\n", "\x1b[", "\0", "\u202e", "../", "{{7*7}}", "😀")
    assert not [text for text in wanted if text not in texts]
    assert max(len(drill.text) for drill in DRILLS) == 2_500


def fingerprint(s: Seeded) -> tuple[object, ...]:
    points = [points_of(series) for c in s.components[:300] for series in c.metrics.values()]
    return (s.summary, s.experiments, s.trials, s.components, s.resources, points)


def test_same_seed_makes_the_same_account() -> None:
    """Two seedings with one seed agree in every field and every metric point."""
    assert fingerprint(Seeded(2_000, 5)) == fingerprint(Seeded(2_000, 5))


def test_another_seed_makes_another_account() -> None:
    """The seed matters."""
    assert Seeded(200, 5).components != Seeded(200, 6).components


def test_time_zone_of_now_does_not_matter() -> None:
    """The same instant in another zone makes the same account."""
    elsewhere = empty_account()
    zone = timezone(timedelta(hours=9))
    seed_account(elsewhere, components=200, seed=1, now=NOW.astimezone(zone))
    assert list(elsewhere.components) == seeded(200).components


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_proportions(seed: int) -> None:
    """A majority unassigned, a quarter of the experiments idle, a third untagged, give or take."""
    s = seeded(2_000, seed)
    jobs = [c for c in s.components if is_job(c)]
    assert 0.55 <= count(is_job(c) and not c.trials for c in s.components) / 2_000 <= 0.65
    assert 0.20 <= len(s.idle) / len(s.experiments) <= 0.38
    assert 0.20 <= count(not e.tags for e in s.experiments) / len(s.experiments) <= 0.45
    assert 0.20 <= count(not c.tags for c in jobs) / len(jobs) <= 0.48


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("components", [*SIZES, 20_000])
def test_policy_on_idle_dev_and_ci_removes_a_tenth(components: int, seed: int) -> None:
    """Of the components in experiments, a tenth goes with idle dev-* and ci-* trees."""
    s = seeded(components, seed)
    gone = s.gone_with(s.removable("dev-*", "ci-*"))
    assert len(gone) >= 0.1 * count(c.trials for c in s.components)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_demo_policies_match_enough(seed: int) -> None:
    """At 2,000 components idle trees and old unassigned jobs give 250 and more to delete."""
    s = seeded(2_000, seed)
    gone = s.gone_with(s.removable("dev-*", "ci-*", "sandbox-*"))
    assert len(gone) >= 80
    assert len(gone) + len(s.aged_unassigned()) >= 250


@pytest.mark.parametrize("components", [*SIZES, 20_000])
def test_quotas_are_respected(components: int) -> None:
    """At most 50 components a trial and 300 trials an experiment."""
    s = seeded(components)
    assert max(s.sizes()) <= 50
    assert max(Counter(trial.experiment for trial in s.trials).values()) <= 300


def test_no_comment_pushes_a_component_over_the_limit() -> None:
    """The one with 300 parameters stays at 300, also where chance would season it (seed 22)."""
    assert most(seeded(2_000, 22), lambda c: len(c.parameters)) == 300


@pytest.mark.parametrize("components", SIZES)
def test_times_are_consistent(components: int) -> None:
    """Born before started before ended before modified before now, and within two years or so."""
    now = NOW.timestamp()
    for c in seeded(components).components:
        started = c.created if c.started is None else c.started
        ended = started if c.ended is None else c.ended
        assert now - 735 * DAY < c.created <= started <= ended <= c.modified <= now


@pytest.mark.parametrize("components", SIZES)
def test_children_are_younger_than_their_experiment(components: int) -> None:
    """A trial is born after its experiment, a component after its first trial."""
    s = seeded(components)
    born = {e.key: e.created for e in s.experiments}
    made = {trial.key: trial.created for trial in s.trials}
    assert all(born[t.experiment] <= t.created <= t.modified <= NOW.timestamp() for t in s.trials)
    assert all(made[c.trials[0]] <= c.created for c in s.components if c.trials)


@pytest.mark.parametrize("components", SIZES)
def test_every_job_component_finds_its_record(components: int) -> None:
    """SourceDetail and Describe answer for every job component, and agree on its birth."""
    s = seeded(components)
    for c in filter(is_job, s.components):
        job = s.state.resources.get((c.source or {})["SourceArn"])
        assert job is not None
        assert job.created == job.body["CreationTime"] == c.created


def test_trials_hang_on_experiments_that_exist() -> None:
    """No edge points into the void."""
    s = seeded(2_000)
    assert {t.experiment for t in s.trials} <= s.state.experiments.rows.keys()
    assert {key for c in s.components for key in c.trials} <= s.state.trials.rows.keys()


def test_default_groups_hold_runs_and_are_their_experiments_only_trial() -> None:
    """The SDK uses one trial, named after the experiment."""
    s = seeded(2_000)
    groups = [t for t in s.trials if t.name.startswith("Default-Run-Group-")]
    for group in groups:
        assert group.key == f"default-run-group-{group.experiment}"
        assert list(s.state.trials.children(group.experiment)) == [group.key]
        assert all(
            is_run(s.state.components.rows[k]) for k in s.state.components.children(group.key)
        )


def test_summary_counts_what_is_stored() -> None:
    """The summary says what a reader would count."""
    s = seeded(2_000)
    kinds = Counter(resource.type for resource in s.resources)
    assert s.summary == SeedSummary(
        experiments=len(s.state.experiments),
        trials=len(s.state.trials),
        components=2_000,
        associations=sum(s.sizes()),
        runs=count(is_run(c) for c in s.components),
        unassigned=count(not c.trials for c in s.components),
        in_progress=count(status(c) == "InProgress" for c in s.components),
        held=count(HOLDS & entity.tags.keys() for entity in (*s.experiments, *s.components)),
        jobs=kinds["training-job"] + kinds["processing-job"] + kinds["transform-job"],
        model_packages=kinds["model-package"],
        endpoints=kinds["endpoint"],
    )


def test_negative_number_is_refused() -> None:
    """There is no account with fewer than no components."""
    with pytest.raises(ValueError, match="negative"):
        seed_account(empty_account(), components=-1, seed=1, now=NOW)


def test_now_without_time_zone_is_refused() -> None:
    """A naive time could mean anything."""
    with pytest.raises(ValueError, match="time zone"):
        seed_account(empty_account(), components=1, seed=1, now=NOW.replace(tzinfo=None))
