"""An account of any size, page by page: what a client of boto3 would answer, without a request.

Nothing is kept: each record is made of its number, as often as it is asked for, and CreationTime
rises with it. So a million components cost the process that reads them no memory but its own. Of
100 components 61 come from jobs and hang on no trial, as in real accounts; the rest are runs,
pipelines, tuning and AutoML in their trials, one in twenty of these in two. The time that making
pages takes is counted, so that it can be left out of the reader's.
"""

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.session import Session

from sagewarden.adapters.aws.clock import ServerClock
from sagewarden.core.entities import Target

BORN = datetime(2025, 6, 1, tzinfo=UTC)
DAYS = 365
DEPTH = 10_000
"""Hits after which Search stops."""

OF_100 = {"Experiment": 2, "Trial": 8}
"""Experiments and trials for 100 components."""

TEAMS = ("vision-core", "vision-edge", "speech", "ranking", "forecast", "fraud")
ENVIRONMENTS = ("dev", "ci", "prod", "sandbox-1", "production")
PREFIXES = ("dev", "prod", "nightly", "team-a", "tmp", "research")
STATUSES = ("Completed",) * 15 + ("Failed", "Failed", "Stopped", "InProgress")
MADE_BY = ((61, "job"), (84, "run"), (92, "pipeline"), (96, "tuning"), (99, "automl"))
SOURCES = {
    "job": ("SageMakerTrainingJob", "training-job"),
    "pipeline": ("SageMakerProcessingJob", "processing-job"),
    "tuning": ("SageMakerTrainingJob", "training-job"),
    "automl": ("SageMakerAutoMLJob", "automl-job"),
}
_RESOURCES = {
    "Experiment": "Experiment",
    "ExperimentTrial": "Trial",
    "ExperimentTrialComponent": "TrialComponent",
}


def _drawn(number: int, salt: int, below: int) -> int:
    """Return a number that looks drawn, the same each time."""
    mixed = (number * 2_654_435_761 + salt * 40_503 + 12_345) & 0xFFFFFFFF
    return ((mixed ^ (mixed >> 15)) * 2_246_822_519 & 0xFFFFFFFF) % below


def _new(text: str) -> str:
    """Return an equal text that is another object, as every answer of AWS brings."""
    return "".join(list(text))


@dataclass(frozen=True, slots=True)
class Account:
    """An account of `components`, as numbers make it."""

    target: Target
    components: int

    def count(self, prefix: str) -> int:
        """How many of a kind there are."""
        share = OF_100.get(prefix, 100)
        return max(1, self.components * share // 100)

    def born(self, prefix: str, number: int) -> datetime:
        """When one was created: later than all of lower numbers."""
        apart = timedelta(days=DAYS) / self.count(prefix)
        return BORN + timedelta(milliseconds=number * apart // timedelta(milliseconds=1))

    def since(self, prefix: str, moment: datetime) -> int:
        """Return the number of the first that was created then or later."""
        return bisect_left(
            range(self.count(prefix)), moment, key=lambda number: self.born(prefix, number)
        )

    def name(self, prefix: str, number: int) -> str:
        """Return its name; a component's tells what made it, as those of jobs do."""
        front = PREFIXES[_drawn(number, 1, len(PREFIXES))]
        if prefix != "TrialComponent":
            return f"{front}-{prefix.lower()}-{number}"
        return f"{front}-{origin(number)}-{number % 997}-{number:07x}-aws-training-job"

    def arn(self, kind: str, name: str) -> str:
        """Return an ARN of this account."""
        return f"arn:aws:sagemaker:{self.target.region}:{self.target.account}:{kind}/{name}"

    def summary(self, prefix: str, number: int) -> dict[str, Any]:
        """Return what a List gives of one."""
        name, born = self.name(prefix, number), self.born(prefix, number)
        kind = "experiment" if prefix == "Experiment" else f"experiment-{_dashed(prefix)}"
        idle = _drawn(number, 3, 30) * 86_400 + _drawn(number, 4, 86_400)
        told = {
            f"{prefix}Name": name,
            f"{prefix}Arn": self.arn(kind, name),
            "DisplayName": f"final-{name}" if _drawn(number, 5, 10) == 0 else _new(name),
            "CreationTime": born,
            "CreatedBy": {},
            "LastModifiedTime": born + timedelta(seconds=idle),
        }
        if prefix == "TrialComponent":
            told["Status"] = {"PrimaryStatus": _new(STATUSES[_drawn(number, 6, len(STATUSES))])}
        return told

    def found(self, prefix: str, number: int) -> dict[str, Any]:
        """Return what Search gives of one."""
        told = self.summary(prefix, number) | {"Tags": self.tags(prefix, number)}
        if prefix == "Trial":
            above = number % self.count("Experiment")
            told["ExperimentName"] = self.name("Experiment", above)
        if prefix == "TrialComponent":
            told |= self._made(number, told["TrialComponentName"])
        return told

    def tags(self, prefix: str, number: int) -> list[dict[str, str]]:
        """Return its tags: most experiments have some, a third of what jobs leave has."""
        tags: dict[str, str] = {}
        if _drawn(number, 7, 100) < (35 if prefix == "TrialComponent" else 70):
            tags["env"] = ENVIRONMENTS[_drawn(number, 8, len(ENVIRONMENTS))]
            tags["team"] = TEAMS[_drawn(number, 9, len(TEAMS))]
        if _drawn(number, 10, 100) < 25:
            tags["owner"] = f"user{_drawn(number, 11, 300)}@example.com"
        if _drawn(number, 12, 100) == 0:
            tags["legal-hold"] = "case 7"
        if prefix == "TrialComponent" and origin(number) == "run":
            tags["sagemaker:trial-component-source"] = "run"
        return [{"Key": _new(key), "Value": _new(value)} for key, value in tags.items()]

    def _made(self, number: int, name: str) -> dict[str, Any]:
        """Return what only components have: parents, source, parameters, artifacts, summaries."""
        made, born = origin(number), self.born("TrialComponent", number)
        told: dict[str, Any] = {
            "Parents": [self._parent(each) for each in self._trials(number)],
            "StartTime": born,
            "EndTime": born + timedelta(minutes=12),
            "OutputArtifacts": _artifact("model", f"s3://models/{name}/output/model.tar.gz"),
            "InputArtifacts": _artifact("train", f"s3://datasets/{number % 89}/train"),
            "Parameters": {
                "SageMaker.InstanceCount": {"NumberValue": 1.0},
                "SageMaker.InstanceType": {"StringValue": _new("ml.m5.xlarge")},
                "learning_rate": {"NumberValue": _drawn(number, 13, 1000) / 4000},
                "optimizer": {"StringValue": ("adam", "adamw", "sgd", "lion")[number % 4]},
                "epochs": {"NumberValue": float(number % 50)},
            },
        }
        if made in SOURCES:
            kind, resource = SOURCES[made]
            told["Source"] = {"SourceArn": self.arn(resource, name), "SourceType": kind}
        if made != "pipeline":
            told["Metrics"] = [
                _summary(metric, _drawn(number, salt, 10_000) / 10_000, born)
                for salt, metric in enumerate(("accuracy", "validation:rmse", "train:loss"), 14)
            ]
        return told

    def _trials(self, number: int) -> list[int]:
        if origin(number) == "job":
            return []
        count = self.count("Trial")
        first = number * count // self.components
        second = (first + 1) % count
        return [first, second] if _drawn(number, 17, 20) == 0 and second != first else [first]

    def _parent(self, trial: int) -> dict[str, str]:
        above = trial % self.count("Experiment")
        return {
            "TrialName": self.name("Trial", trial),
            "ExperimentName": self.name("Experiment", above),
        }


def origin(number: int) -> str:
    """Return what made a component."""
    drawn = _drawn(number, 2, 100)
    return next((made for below, made in MADE_BY if drawn < below), "manual")


def _dashed(prefix: str) -> str:
    return {"Trial": "trial", "TrialComponent": "trial-component"}[prefix]


def _artifact(name: str, place: str) -> dict[str, Any]:
    return {name: {"MediaType": _new("application/x-tar"), "Value": place}}


def _summary(metric: str, value: float, at: datetime) -> dict[str, Any]:
    figures = dict.fromkeys(("Max", "Min", "Last", "Avg"), value)
    return {"MetricName": _new(metric), "TimeStamp": at, "Count": 10, "StdDev": 0.1, **figures}


@dataclass(slots=True)
class Spent:
    """Seconds of processor time that making pages took, over all threads."""

    seconds: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def measured(self, make: Callable[..., dict[str, Any]], **request: Any) -> dict[str, Any]:
        """Make a page, and count the time it takes."""
        began = time.thread_time()
        try:
            return make(**request)
        finally:
            with self.lock:
                self.seconds += time.thread_time() - began


class PageClient:
    """What stands for boto3's clients of SageMaker and STS."""

    def __init__(self, account: Account, spent: Spent) -> None:
        self._account = account
        self._spent = spent

    def search(self, **request: Any) -> dict[str, Any]:
        """Answer a page of Search, by CreationTime."""
        return self._spent.measured(self._search, **request)

    def list_experiments(self, **request: Any) -> dict[str, Any]:
        """Answer a page."""
        return self._spent.measured(self._list, prefix="Experiment", **request)

    def list_trials(self, **request: Any) -> dict[str, Any]:
        """Answer a page."""
        return self._spent.measured(self._list, prefix="Trial", **request)

    def list_trial_components(self, **request: Any) -> dict[str, Any]:
        """Answer a page."""
        return self._spent.measured(self._list, prefix="TrialComponent", **request)

    def get_caller_identity(self) -> dict[str, Any]:
        """Say who we are."""
        account = self._account.target.account
        return {"Account": account, "Arn": f"arn:aws:iam::{account}:role/sagewarden"}

    def _search(self, **request: Any) -> dict[str, Any]:
        prefix = _RESOURCES[request["Resource"]]
        account, count = self._account, self._account.count(prefix)
        first, seen = _begun(account, prefix, request)
        end = min(first + request["MaxResults"], count, first + DEPTH - seen)
        hits = [{prefix: account.found(prefix, number)} for number in range(first, end)]
        left, seen = count - first + seen, seen + len(hits)
        total = {"Value": min(left, DEPTH), "Relation": _relation(left)}
        answer: dict[str, Any] = {"Results": hits, "TotalHits": total}
        return answer | _token(f"{end} {seen}" if end < count and seen < DEPTH else "")

    def _list(self, prefix: str, **request: Any) -> dict[str, Any]:
        account, count = self._account, self._account.count(prefix)
        first = int(request.get("NextToken", "0"))
        end = min(first + request["MaxResults"], count)
        summaries = [account.summary(prefix, number) for number in range(first, end)]
        return {f"{prefix}Summaries": summaries} | _token(str(end) if end < count else "")


def _begun(account: Account, prefix: str, request: Mapping[str, Any]) -> tuple[int, int]:
    """Return the first number of a page, and how many hits came before it."""
    if "NextToken" in request:
        first, seen = request["NextToken"].split()
        return int(first), int(seen)
    if "SearchExpression" not in request:
        return 0, 0
    (asked,) = request["SearchExpression"]["Filters"]
    return account.since(prefix, datetime.fromisoformat(asked["Value"]).replace(tzinfo=UTC)), 0


def _relation(left: int) -> str:
    return "EqualTo" if left <= DEPTH else "GreaterThanOrEqualTo"


def _token(token: str) -> dict[str, str]:
    return {"NextToken": token} if token else {}


class PageSession:
    """What stands for a target's session; `ahead` moves its time, which no answer tells."""

    def __init__(self, account: Account, spent: Spent, now: datetime) -> None:
        self.target = account.target
        self.partition = "aws"
        self.endpoint = "generated pages"
        self.endpoint_is_aws = False
        self.now = now
        self.clock = ServerClock(lambda: self.now, time.monotonic)
        self._client = PageClient(account, spent)
        self.ahead(timedelta())

    def ahead(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span
        self.clock.note(f"{self.now:%a, %d %b %Y %H:%M:%S GMT}")

    def reading(self, _service: str) -> PageClient:
        """Return the one client."""
        return self._client

    def effects(self) -> Any:
        """Return a client for writes: none is made, for a limit stops each plan."""
        session: Any = Session()
        session.set_credentials("none", "none")
        return session.create_client("sagemaker", self.target.region)
