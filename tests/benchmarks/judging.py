"""How long a large account takes to judge, and what memory it needs: `python judging.py [N]`.

Twenty policies (`judging.yaml`) judge N entities (1,000,000) on one core. Building the account is
not part of the time, but its memory is part of the peak. The bound is of processor time: on a
machine that does nothing else the clock says the same. Prints figures, bounds and ratios; nothing
fails on a time.

Of the account's components half come from jobs and hang on no trial, as in real accounts; the rest
are runs, pipelines, tuning and AutoML in their trials, some of them in two.
"""

import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.application.cycles import without_cycles
from sagewarden.core.entities import Entity, Kind, Parent, Target
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Circumstances, Judgements, Verdict, judge
from sagewarden.core.marks import MarkRules
from sagewarden.core.needs import Needs, needs
from sagewarden.core.observe import RUN_TAG, observe
from sagewarden.core.policy import PolicySet

POLICIES = Path(__file__).with_name("judging.yaml")
BOUND_SECONDS = 60.0
BOUND_MEBIBYTES = 2048.0
MOST = 1_000_000
RULES = MarkRules(matches=2, interval=timedelta(days=1), min_grace=timedelta(days=7))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
TARGET = Target("123456789012", "eu-west-1", "research")
DAYS = 730
TEAMS = ("vision-core", "vision-edge", "speech", "ranking", "forecast", "fraud")
ENVIRONMENTS = ("dev", "ci", "prod", "sandbox-1", "production")
PREFIXES = ("dev", "prod", "nightly", "team-a", "tmp", "research")
MADE_BY = (
    (0.50, "job"),
    (0.78, "run"),
    (0.88, "pipeline"),
    (0.94, "tuning"),
    (0.98, "automl"),
    (1.00, "manual"),
)
SOURCES = {
    "job": "training-job",
    "pipeline": "pipeline",
    "tuning": "hyper-parameter-tuning-job",
    "automl": "automl-job",
}


def big_account(entities: int, asked: Needs, seed: int = 1) -> Inventory:
    """Return the inventory of an account: of 100 entities, 2 are experiments and 8 trials."""
    maker = _Maker(Random(seed), asked)  # noqa: S311 -- an account made of pseudo-random numbers
    experiments = dict(maker.experiments(entities * 2 // 100))
    trials = dict(maker.trials(entities * 8 // 100, list(experiments)))
    components = dict(
        maker.components(entities - len(experiments) - len(trials), list(trials.values()))
    )
    return Inventory(TARGET, NOW, experiments, trials, components)


@dataclass(frozen=True, slots=True)
class _Maker:
    random: Random
    asked: Needs

    def experiments(self, count: int) -> Iterator[tuple[str, Entity]]:
        for number in range(count):
            name = f"{self._prefix()}-experiment-{number}"
            yield self._observed(Kind.EXPERIMENT, name, {}, self._tags())

    def trials(self, count: int, experiments: list[str]) -> Iterator[tuple[str, Entity]]:
        for number in range(count):
            record = {"ExperimentName": experiments[number % len(experiments)]}
            name = f"{self._prefix()}-trial-{number}"
            yield self._observed(Kind.TRIAL, name, record, self._tags(0.2))

    def components(self, count: int, trials: list[Entity]) -> Iterator[tuple[str, Entity]]:
        for number in range(count):
            chance = self.random.random()
            origin = next(origin for share, origin in MADE_BY if chance <= share)
            name = f"{self._prefix()}-{origin}-{number % 997}-{number:07x}-aws-training-job"
            tags = self._tags(0.5) | ({RUN_TAG: "run"} if origin == "run" else {})
            parents = [] if origin == "job" else [self._parent(trials)]
            if parents and self.random.random() < 0.05:
                parents.append(self._parent(trials))
            yield self._observed(Kind.COMPONENT, name, self._record(name, origin), tags, parents)

    def _observed(
        self,
        kind: Kind,
        name: str,
        record: dict[str, Any],
        tags: dict[str, str],
        parents: list[Parent] | None = None,
    ) -> tuple[str, Entity]:
        words = {Kind.EXPERIMENT: "Experiment", Kind.TRIAL: "Trial"}.get(kind, "TrialComponent")
        idle = self.random.random() ** 2 * DAYS
        born = NOW - timedelta(days=idle + self.random.random() * 30)
        whole = record | {
            f"{words}Name": name,
            f"{words}Arn": f"arn:aws:sagemaker:eu-west-1:123456789012:{words.lower()}/{name}",
            "CreationTime": born,
            "LastModifiedTime": NOW - timedelta(days=idle),
            "CreatedBy": {"UserProfileName": f"user-{self._below(200)}"} if self._rare() else {},
        }
        entity = observe(kind, whole, tags=tags, parents=parents or (), asked=self.asked)
        return entity.key, entity

    def _record(self, name: str, origin: str) -> dict[str, Any]:
        record: dict[str, Any] = {"Status": {"PrimaryStatus": self._status()}}
        if self._rare():
            record["DisplayName"] = f"final-{name}"
        if origin in SOURCES:
            job = f"arn:aws:sagemaker:eu-west-1:123456789012:{SOURCES[origin]}/{name}"
            record["Source"] = {"SourceArn": job, "SourceType": SOURCES[origin]}
        if origin in {"run", "tuning"}:
            record["Parameters"] = {
                "learning_rate": {"NumberValue": self.random.random() / 4},
                "optimizer": {"StringValue": ("adam", "adamw", "sgd", "lion")[self._below(4)]},
            }
            record["Metrics"] = [
                {"MetricName": metric, "Last": self.random.random(), "Count": 10}
                for metric in ("accuracy", "validation:rmse")
            ]
        return record

    def _tags(self, share: float = 0.7) -> dict[str, str]:
        """Return tags as an answer of AWS gives them: equal words are not the same object."""
        tags: dict[str, str] = {}
        if self.random.random() < share:
            tags[_new("env")] = _new(ENVIRONMENTS[self._below(len(ENVIRONMENTS))])
            tags[_new("team")] = _new(TEAMS[self._below(len(TEAMS))])
        if self.random.random() < share / 2:
            tags[_new("owner")] = f"user{self._below(300)}@example.com"
        if self.random.random() < share / 30:
            tags[_new("legal-hold")] = "case 7"
        return tags

    def _parent(self, trials: list[Entity]) -> Parent:
        trial = trials[self._below(len(trials))]
        return Parent(_new(trial.name), _new(trial.experiment or ""))

    def _status(self) -> str:
        statuses = ("Completed",) * 15 + ("Failed", "Failed", "Stopped", "InProgress")
        return _new(statuses[self._below(len(statuses))])

    def _prefix(self) -> str:
        return PREFIXES[self._below(len(PREFIXES))]

    def _rare(self) -> bool:
        return self._below(10) == 0

    def _below(self, bound: int) -> int:
        return int(self.random.random() * bound)


def _new(text: str) -> str:
    """Return an equal text that is another object, as every answer of AWS brings."""
    return "".join(list(text))


def peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def judged(inventory: Inventory, policies: PolicySet) -> Judgements:
    """Judge an account that nobody judged before, the way a run does."""
    with without_cycles():
        return judge(inventory, policies, Circumstances(NOW, {}, RULES))


def measured(inventory: Inventory, policies: PolicySet) -> tuple[float, float, Judgements]:
    """Return processor seconds, seconds of the clock, and what was judged."""
    began = time.process_time(), time.perf_counter()
    judgements = judged(inventory, policies)
    return time.process_time() - began[0], time.perf_counter() - began[1], judgements


def told(count: int) -> Iterator[str]:
    """Judge an account, and tell what it took."""
    from telling import at_most  # type: ignore[import-not-found]  # noqa: PLC0415 -- beside a script

    policies = load_policies(POLICIES)
    inventory = big_account(count, needs(policies))
    peak = [peak_mebibytes()]
    seconds, waited, judgements = measured(inventory, policies)
    share, peak = count / MOST, [*peak, peak_mebibytes()]
    verdicts = ", ".join(f"{judgements.count(each)} {each}" for each in Verdict)
    repairs = sum(len(each.findings) for each in judgements.inspected)
    yield f"judged {count} entities by {len(policies.policies)} policies: {verdicts}"
    yield f"tags: {repairs} findings; unknown: {judgements.unknown}"
    yield at_most("processor time of one core", seconds, BOUND_SECONDS * share, "s")
    yield f"by the clock, beside whatever else ran: {waited:.1f} s"
    yield at_most("peak memory", peak[1], BOUND_MEBIBYTES, "MiB")
    yield f"of which the account: {peak[0]:.1f} MiB"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MOST
    for line in told(count):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
