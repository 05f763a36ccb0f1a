"""A nasty little account on the sandbox, and whole runs on it, wired as bootstrap wires them.

Only time is played: waiting moves the clocks of the sandbox and of the lease instead of passing.
"""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sagewarden.adapters.aws.calls import CallCounter, Patience, Reads
from sagewarden.adapters.aws.effects import SageMakerEffects
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Limiters, Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.aws.tagging import SageMakerTagging
from sagewarden.adapters.notify.local import LogChannel
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.journal import Entry, Journal, TagEntry
from sagewarden.application.judging import BLIND, Governance, Judged, judge_target
from sagewarden.application.lease import Lease
from sagewarden.application.notice import Channels
from sagewarden.application.plans import ApprovalRules
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Effects, Tagging
from sagewarden.application.ports.signing import Signer
from sagewarden.application.ports.vault import Vault
from sagewarden.application.reporting import read_report, reported_runs
from sagewarden.application.run import run_target
from sagewarden.application.sweep import Run
from sagewarden.bootstrap import VaultCodec
from sagewarden.bootstrap.forms import Forms
from sagewarden.core.baseline import Tolerance
from sagewarden.core.bundles import LARGEST, MOST
from sagewarden.core.deletion import Deletion, Disassociation, Reassociation
from sagewarden.core.entities import Identity, Kind, Target
from sagewarden.core.keys import Family, prefix
from sagewarden.core.limits import Limit, Limits
from sagewarden.core.marks import MarkRules
from sagewarden.core.plan import Effect
from sagewarden.core.policy import PolicySet
from sagewarden.core.redaction import NOTHING_IS_SECRET, Redaction
from sagewarden.core.report import Report
from sagewarden.core.tags import TagEffect, TagWrite
from sagewarden.sandbox import Fault, Hook, Sandbox
from sagewarden.sandbox.calllog import LoggedCall

EAGER = Pace(start=5_000.0, ceiling=5_000.0)
BRIEF = Patience(attempts=3, pause=0.001, longest=0.001)
DAY = 86_400.0
GRACE = 7 * DAY + 60
GENEROUS = Limits(automatic=Limit(1.0), hard=Limit(1.0))

POLICIES = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 7d
  - name: strays
    resource: trial-component
    match: {unassigned: true, name: "stray-*", idle: 30d}
    action: delete
    grace: 7d
"""

EXPERIMENT, TRIAL, COMPONENT = Kind.EXPERIMENT, Kind.TRIAL, Kind.COMPONENT
DELETES = {
    "DeleteExperiment": "ExperimentName",
    "DeleteTrial": "TrialName",
    "DeleteTrialComponent": "TrialComponentName",
}
CUT, LINK = "DisassociateTrialComponent", "AssociateTrialComponent"
TAG, UNTAG = "AddTags", "DeleteTags"


class SimulatedCrash(BaseException):
    """The process is gone; nothing catches it."""


@dataclass
class Clockwork:
    """Time that passes when somebody waits: at AWS and on the lease's clock alike."""

    box: Sandbox
    passed: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def monotonic(self) -> float:
        return self.passed

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.box.admin.now(), UTC)

    def rest(self, seconds: float) -> None:
        with self.lock:
            self.passed += seconds
            self.box.admin.advance(seconds)


class Probed:
    """The real effects, with a place to act before each look, before and after each call."""

    def __init__(self, inner: Effects, stage: "Stage") -> None:
        self._inner = inner
        self._stage = stage

    def turn(self, effect: Effect, kind: Kind) -> None:
        self._inner.turn(effect, kind)
        self._stage.at("look", str(effect))

    def disassociate(self, step: Disassociation) -> None:
        self._act("disassociate", lambda: self._inner.disassociate(step))

    def delete(self, step: Deletion) -> None:
        self._act("delete", lambda: self._inner.delete(step))

    def associate(self, step: Reassociation) -> None:
        self._act("associate", lambda: self._inner.associate(step))

    def _act(self, what: str, act: Callable[[], None]) -> None:
        self._stage.at("before", what)
        act()
        self._stage.at("after", what)


class ProbedTagging:
    """The same for tags."""

    def __init__(self, inner: Tagging, stage: "Stage") -> None:
        self._inner = inner
        self._stage = stage

    def turn(self, effect: TagEffect) -> None:
        self._inner.turn(effect)
        self._stage.at("look", f"tag {effect}")

    def write(self, step: TagWrite) -> None:
        self._stage.at("before", "tag")
        self._inner.write(step)
        self._stage.at("after", "tag")


@dataclass
class Heard:
    """What was told as events."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))

    def named(self, event: str) -> list[dict[str, Any]]:
        return [fields for name, fields in self.events if name == event]


@dataclass
class Stage:
    """One target of the sandbox, one vault, and every run made on them.

    `at` is called at each point of a run where something may happen to it: with `look`, `before`
    and `after` and the effect's name.
    """

    box: Sandbox
    session: TargetSession
    policies: PolicySet
    clockwork: Clockwork
    vault: Vault = field(default_factory=MemoryVault)
    limits: Limits = GENEROUS
    two_persons: bool = False
    channels: Channels = field(default_factory=lambda: Channels([LogChannel(counts=True)]))
    tag_marks: bool = False
    repairs: int = 1_000
    tolerance: Tolerance = BLIND
    lanes: int = 1
    bundle: int = MOST
    bundle_bytes: int = LARGEST
    lease_seconds: float = 600.0
    redaction: Redaction = NOTHING_IS_SECRET
    signer: Signer | None = None
    at: Callable[[str, str], None] = lambda _when, _what: None
    guard: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    heard: Heard = field(default_factory=Heard)
    lease: Lease | None = None
    runs: int = 0

    # --- runs -------------------------------------------------------------------------------

    def bench(self) -> Bench:
        """Everything that one process would build for this target, anew."""
        reads = Reads(
            session=self.session,
            limiters=Limiters(time.monotonic, self.stop, EAGER),
            counter=CallCounter(),
            stop=self.stop,
            monotonic=time.monotonic,
            patience=BRIEF,
        )
        undisturbed = reads.to_the_end()
        return Bench(
            target=self.session.target,
            vault=self.vault,
            codec=VaultCodec(self.redaction),
            surveys=SageMakerSurveys(reads, SageMakerLooks(reads)),
            looks=SageMakerLooks(undisturbed),
            records=SageMakerRecords(undisturbed),
            effects=None,
            rest=self.clockwork.rest,
            stopping=self.stop.is_set,
            monotonic=self.clockwork.monotonic,
            events=self.heard,
            progress=lambda *_: None,
        )

    def governance(self) -> Governance:
        return Governance(
            policies=self.policies,
            rules=MarkRules(2, timedelta(hours=1), timedelta(days=7)),
            approvals=ApprovalRules(self.limits, self.two_persons),
            tolerance=self.tolerance,
            channels=self.channels,
            tag_marks=self.tag_marks,
            repairs=self.repairs,
            lanes=self.lanes,
            bundle=self.bundle,
            bundle_bytes=self.bundle_bytes,
            lease_seconds=self.lease_seconds,
        )

    def run(self) -> Run:
        self.runs += 1
        return Run(
            name=f"20260101t0000{self.runs:02}z",
            nonce=f"nonce-{self.runs}",
            wire=self._wired,
            wire_tagging=self._wired_tagging,
            render=Forms,
            signer=self.signer,
        )

    def _wired(self, _bench: Bench, lease: Lease) -> Effects:
        self.lease = lease
        return Probed(SageMakerEffects(*self._writing(lease)), self)

    def _wired_tagging(self, _bench: Bench, lease: Lease) -> Tagging:
        return ProbedTagging(SageMakerTagging(*self._writing(lease)), self)

    def _writing(
        self, lease: Lease
    ) -> tuple[TargetSession, Limiters, CallCounter, Callable[[], None]]:
        def guard() -> None:
            self.guard()
            lease.guard()

        paces = Limiters(time.monotonic, threading.Event(), EAGER)
        return self.session, paces, CallCounter(), guard

    def sweep(self) -> Report:
        """One full run in a process of its own."""
        return run_target(self.bench(), self.governance(), self.run())

    def apply(self, digest: str) -> Report:
        return run_target(self.bench(), self.governance(), self.run(), plan=digest)

    def report(self) -> Report:
        """The newest stored report."""
        bench = self.bench()
        return read_report(bench, reported_runs(bench)[-1])

    def judged(self) -> Judged:
        """What plan mode does."""
        return judge_target(self.bench(), self.governance())

    def swept_after_grace(self) -> Report:
        """Mark, let the grace period pass, sweep again."""
        self.sweep()
        self.pass_time(GRACE)
        return self.sweep()

    def mark(self) -> "Stage":
        """Make everything due that will be: the next sweep deletes it."""
        self.sweep()
        self.pass_time(GRACE)
        self.box.admin.clear_calls()
        return self

    def pass_time(self, seconds: float) -> None:
        self.box.admin.advance(seconds)

    def with_lanes(self, lanes: int) -> "Stage":
        self.lanes = lanes
        return self

    # --- the account ------------------------------------------------------------------------

    def make(self, operation: str, **params: Any) -> None:
        service = "sagemaker-metrics" if operation == "BatchPutMetrics" else "sagemaker"
        self.box.admin.perform(operation, params, service=service)

    def experiment(self, name: str, **trials: Iterable[str]) -> None:
        """Make an experiment, its trials, and components on them, each made once."""
        self.make("CreateExperiment", ExperimentName=name)
        for trial, components in trials.items():
            self.trial(name, trial.replace("_", "-"), *components)

    def trial(self, experiment: str, name: str, *components: str) -> None:
        self.make("CreateTrial", TrialName=name, ExperimentName=experiment)
        for component in components:
            self.component(component, name)

    def component(self, name: str, *trials: str, **params: Any) -> None:
        if name.lower() not in self.box.state.components.rows:
            self.make("CreateTrialComponent", TrialComponentName=name, **params)
        for trial in trials:
            self.make(LINK, TrialComponentName=name, TrialName=trial)

    def tag(self, kind: Kind, name: str, key: str = "sagewarden:hold") -> None:
        self.make("AddTags", ResourceArn=self.arn(kind, name), Tags=[{"Key": key, "Value": "x"}])

    def label(self, kind: Kind, name: str, **tags: str) -> None:
        """Tag something as somebody would."""
        wire = [{"Key": key, "Value": value} for key, value in tags.items()]
        self.make("AddTags", ResourceArn=self.arn(kind, name), Tags=wire)

    def arn(self, kind: Kind, name: str) -> str:
        word = "experiment" if kind is EXPERIMENT else f"experiment-{kind}"
        return self.box.state.arn(word, name)

    def erase(self, name: str) -> None:
        """Delete a component as its owner would, who waits while it counts as linked."""
        for trial in self.box.state.components.rows[name].trials:
            self.make(CUT, TrialComponentName=name, TrialName=trial)
        self.pass_time(self.box.admin.knobs.linked_seconds)
        self.make("DeleteTrialComponent", TrialComponentName=name)

    def account(self) -> dict[str, dict[str, Any]]:
        """Everything there is, by kind and key; the order of a component's trials is nobody's."""
        state = self.box.state
        return {
            "experiments": dict(state.experiments.rows),
            "trials": dict(state.trials.rows),
            "components": {
                key: replace(row, trials=tuple(sorted(row.trials)))
                for key, row in state.components.rows.items()
            },
        }

    def names(self) -> set[str]:
        """Keys of all that is there, each with the first letter of its kind."""
        return {f"{kind[0]} {key}" for kind, rows in self.account().items() for key in rows}

    def trials_of(self, component: str) -> set[str]:
        return set(self.box.state.components.rows[component].trials)

    # --- what happened ----------------------------------------------------------------------

    def fault(self, action: Any, operation: str = "*", **settings: Any) -> None:
        self.box.admin.add_fault(Fault(action=action, operation=operation, **settings))

    def hook(self, before: str, *calls: dict[str, Any], **settings: Any) -> None:
        self.box.admin.add_hook(Hook(operation=before, calls=list(calls), **settings))

    def calls(self) -> list[LoggedCall]:
        return [each for each in self.box.admin.calls() if each.service.startswith("sagemaker")]

    def effects(self, *, applied: bool = True) -> list[str]:
        """The writes that arrived, in words, in order; by default those that were applied."""
        return [
            told(call)
            for call in self.box.admin.calls(writes=True, service="sagemaker")
            if call.applied or not applied
        ]

    def effect_counts(self) -> Counter[str]:
        return Counter(self.effects())

    def keys(self, family: Family) -> list[str]:
        return list(self.vault.list(prefix(self.session.target, family)))

    def entries(self) -> list[Entry]:
        """Every bundle in the journal, of all runs."""
        journal = Journal(self.vault, self.session.target)
        return [entry for run in sorted(journal.unsettled()) for entry in journal.entries(run)]

    def tag_entries(self) -> list[TagEntry]:
        """Every batch of tags in the journal, of all runs."""
        journal = Journal(self.vault, self.session.target)
        return [entry for run in sorted(journal.unsettled()) for entry in journal.tag_entries(run)]

    def open_intents(self) -> list[str]:
        return [entry.key for entry in self.entries() if entry.settled is None]

    def archived(self) -> dict[Identity, list[tuple[str, ...]]]:
        """Everything that some archive holds, with the parents it was archived with."""
        found: dict[Identity, list[tuple[str, ...]]] = {}
        for key in self.keys(Family.ARCHIVE):
            for line in VaultCodec.lines(self.vault.get(key).body)[1:]:
                identity = Identity(Kind(line["kind"]), line["name"], line["created_ms"])
                found.setdefault(identity, []).append(tuple(line["parents"]))
        return found


def told(call: LoggedCall) -> str:
    """Spell one write: `cut COMPONENT TRIAL`, `link …`, `KIND NAME` for a delete, `tag …`."""
    params = {key: value.lower() for key, value in call.params.items() if isinstance(value, str)}
    if call.operation in DELETES:
        name = params[DELETES[call.operation]]
        return f"{call.operation.removeprefix('Delete').lower()} {name}"
    if call.operation in {CUT, LINK}:
        word = "cut" if call.operation == CUT else "link"
        return f"{word} {params['TrialComponentName']} {params['TrialName']}"
    if call.operation in {TAG, UNTAG}:
        tags = [f"{key}={value}" for key, value in tags_of(call).items()]
        return f"{'tag' if call.operation == TAG else 'untag'} {whom(call)} {', '.join(tags)}"
    return call.operation


def tags_of(call: LoggedCall) -> dict[str, str | None]:
    """Return the tags that a call sets, or takes off: those without a value."""
    if call.operation == UNTAG:
        return dict.fromkeys(call.params["TagKeys"])
    return {each["Key"]: each["Value"] for each in call.params["Tags"]}


def whom(call: LoggedCall) -> str:
    """Spell whose tags a call is about: the last part of its ARN, `experiment-trial/a-1`."""
    return str(call.params["ResourceArn"]).rpartition(":")[2].lower()


def before_look(number: int, act: Callable[[], None]) -> Callable[[str, str], None]:
    """Let an adversary act once, right before the look that precedes an effect of this number."""
    looks = itertools.count(1)

    def at(when: str, _what: str) -> None:
        if when == "look" and next(looks) == number:
            act()

    return at


def results(report: Report) -> dict[str, str]:
    """Each step of a report in words, with its result."""
    return {
        f"{row.effect} {row.kind} {row.name.lower()} {row.trial}".strip(): row.result
        for row in report.outcomes
    }


def open_session(box: Sandbox, clockwork: Clockwork, account: str = "") -> TargetSession:
    target = Target(account or box.account, box.region)
    return TargetSession(Access(target=target, endpoint_url=box.url), clockwork.wall)
