"""An account of the sandbox from which tests delete and to which they restore."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sagewarden.adapters.aws.calls import CallCounter, Patience, Reads
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Limiters, Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.aws.restoring import SageMakerRestoring
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.vault import codec
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.archives import newest, tree_of
from sagewarden.application.archiving import Archivist, Voucher
from sagewarden.application.journal import Journal
from sagewarden.application.ports import Bench
from sagewarden.application.ports.vault import Vault
from sagewarden.application.restore import Restored, restore
from sagewarden.application.restore_plan import Existing, RestorePlan, Wishes, plan_restore
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.bundles import Bundle, turns_of
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Kind, Target
from sagewarden.core.fingerprint import fingerprint
from sagewarden.core.journal import Intent, Outcome, Result, Settled
from sagewarden.core.plan import Effect, PlannedEntity, Step
from sagewarden.sandbox import Fault, Sandbox
from sagewarden.sandbox.calllog import LoggedCall

EAGER = Pace(start=5_000.0, ceiling=5_000.0)
BRIEF = Patience(attempts=3, pause=0.001, longest=0.001)
RUN = "20260301T120000Z-0badcafe"
WORDS = {Kind.EXPERIMENT: "Experiment", Kind.TRIAL: "Trial", Kind.COMPONENT: "TrialComponent"}
DATED = frozenset({"CreationTime", "LastModifiedTime", "ResponseMetadata", "Metrics", "Source"})
FREE = frozenset({"LineageGroupArn", "CreatedBy", "LastModifiedBy"})


class PlainCodec:
    """The archive codec as the use cases ask for it."""

    archive = staticmethod(codec.encode)
    lines = staticmethod(codec.decode)
    pack = staticmethod(codec.pack)
    snapshot = staticmethod(codec.snapshot)
    snapshot_lines = staticmethod(codec.snapshot_lines)
    size = staticmethod(codec.size)


@dataclass
class Heard:
    """What was told as events."""

    events: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __call__(self, event: str, **fields: Any) -> None:
        self.events.append((event, fields))


def open_session(account: str, region: str, url: str, patience: float = 60.0) -> TargetSession:
    """Open a target of the sandbox; `patience` is how many seconds an answer may take."""
    target = Target(account, region)
    return TargetSession(Access(target=target, endpoint_url=url, read_timeout=patience), wall_now)


def make_bench(
    session: TargetSession, vault: Vault, stop: threading.Event | None = None
) -> tuple[Bench, SageMakerRestoring]:
    """Wire everything that a restore needs, without delay and with little patience."""
    stop = stop or threading.Event()
    limiters = Limiters(time.monotonic, threading.Event(), EAGER)
    reads = Reads(
        session=session,
        limiters=limiters,
        counter=CallCounter(),
        stop=threading.Event(),
        monotonic=time.monotonic,
        patience=BRIEF,
    )
    looks = SageMakerLooks(reads)
    looks.components_in()  # the server's time is known after the first answer
    bench = Bench(
        target=session.target,
        vault=vault,
        codec=PlainCodec(),
        surveys=SageMakerSurveys(reads, looks),
        looks=looks,
        records=SageMakerRecords(reads),
        effects=None,
        rest=lambda _: None,
        stopping=stop.is_set,
        monotonic=time.monotonic,
        events=Heard(),
        progress=lambda *_: None,
    )
    return bench, SageMakerRestoring(session, limiters, CallCounter())


@dataclass
class Account:
    """One account of the sandbox through real boto3 clients, and what deletes from it."""

    box: Sandbox
    sm: Any
    metrics: Any
    bench: Bench
    restoring: SageMakerRestoring
    stop: threading.Event
    sequence: int = 0

    @property
    def vault(self) -> MemoryVault:
        assert isinstance(self.bench.vault, MemoryVault)
        return self.bench.vault

    @property
    def heard(self) -> Heard:
        assert isinstance(self.bench.events, Heard)
        return self.bench.events

    def damage(self, key: str) -> None:
        """Flip one bit in the middle of an object."""
        stored = self.vault.get(key)
        middle = len(stored.body) // 2
        body = bytearray(stored.body)
        body[middle] ^= 1
        self.vault.replace(key, bytes(body), stored.version)

    def rewrite(self, key: str, body: bytes) -> None:
        """Write other bytes under a key."""
        self.vault.replace(key, body, self.vault.get(key).version)

    def lose(self, key: str) -> None:
        """Remove an object behind the vault's back."""
        del self.vault._stored[key]

    def tree(self, experiment: str = "Exp", **trials: Sequence[str]) -> None:
        """Make an experiment, its trials, and components on them, each made once."""
        self.sm.create_experiment(ExperimentName=experiment, Description="as it was")
        for trial, components in trials.items():
            self.sm.create_trial(TrialName=trial, ExperimentName=experiment)
            for component in components:
                self.component(component, trial)

    def component(self, name: str, *trials: str, **fields: Any) -> None:
        """Make a component unless it is there, and hang it on trials."""
        if name.lower() not in self.box.state.components.rows:
            self.sm.create_trial_component(TrialComponentName=name, **fields)
        for trial in trials:
            self.sm.associate_trial_component(TrialComponentName=name, TrialName=trial)

    def log(self, component: str, metric: str, values: Sequence[float], *, steps: bool) -> None:
        """Log a series; without steps a minute apart, the last one now."""
        now = self.box.admin.now()
        for start in range(0, len(values), 10):
            points = [
                {
                    "MetricName": metric,
                    "Value": value,
                    "Timestamp": now - 60 * (len(values) - 1 - place),
                    **({"Step": place} if steps else {}),
                }
                for place, value in list(enumerate(values))[start : start + 10]
            ]
            answer = self.metrics.batch_put_metrics(
                TrialComponentName=component.lower(), MetricData=points
            )
            assert not answer.get("Errors")

    def age(self) -> None:
        """Let a month go by."""
        self.box.admin.advance(30 * 86_400)
        self.bench.looks.components_in()

    def planned(self, kind: Kind, name: str, policy: str = "stale") -> PlannedEntity:
        """Look at an entity as a plan would have it."""
        seen = self.bench.looks.describe(kind, name).entity
        parents = self.bench.looks.trials_of(name) if kind is Kind.COMPONENT else ()
        if kind is Kind.TRIAL:
            parents = ((seen.experiment or "").lower(),)
        return PlannedEntity(
            identity=seen.identity,
            name=seen.name,
            arn=seen.arn,
            content=seen.content,
            fingerprint=fingerprint(seen.content, parents),
            parents=parents,
            policy=policy,
            rule="r",
        )

    def erase(
        self,
        *going: tuple[Kind, str],
        spared: Sequence[str] = (),
        settle: bool = True,
        run: str = RUN,
        policy: str = "stale",
    ) -> list[Intent]:
        """Archive, journal and delete entities as one unit; return the bundles' intents."""
        entities = [self.planned(*each, policy) for each in going]
        left = [self.planned(Kind.COMPONENT, name) for name in spared]
        trials = {each.identity.name for each in entities if each.identity.kind is Kind.TRIAL}
        intents = []
        for kind in Kind:
            members = [each for each in entities if each.identity.kind is kind]
            kept = left if kind is Kind.TRIAL else []
            steps = [
                Step(Effect.DISASSOCIATE, each.identity, trial)
                for each in (*kept, *members)
                if each.identity.kind is Kind.COMPONENT
                for trial in each.parents
                if each not in kept or trial in trials
            ]
            steps += [Step(Effect.DELETE, each.identity) for each in members]
            if members:
                intents.append(self._bundle([*members, *kept], steps, run))
                self._delete(steps)
                if settle:
                    self._settle(intents[-1])
        return intents

    def _bundle(self, members: list[PlannedEntity], steps: list[Step], run: str) -> Intent:
        self.sequence += 1
        voucher = Voucher(run, "p" * 64, "u" * 64, self.sequence)
        turns = turns_of(tuple(members), tuple(steps))
        bundle = Bundle(members[0].identity.kind, tuple(members), turns)
        archived = Archivist(self.bench, 4).archive(bundle, voucher)
        assert isinstance(archived.archive, VerifiedArchive)
        assert not archived.left_out
        intent = Intent(
            run=run,
            sequence=self.sequence,
            plan="p" * 64,
            unit="u" * 64,
            is_tree=True,
            archive_key=archived.archive.key,
            archive_sha256=archived.archive.sha256,
            entities=tuple(members),
            ancestors=(),
            steps=tuple(steps),
            touched={},
            sent=spell_time(self.bench.looks.now()),
        )
        Journal(self.bench.vault, self.bench.target).intend(intent)
        return intent

    def _delete(self, steps: Sequence[Step]) -> None:
        for step in steps:
            name = {f"{WORDS[step.identity.kind]}Name": step.identity.name}
            if step.effect is Effect.DISASSOCIATE:
                self.sm.disassociate_trial_component(**name, TrialName=step.trial)
            else:
                getattr(self.sm, f"delete_{_snake(step.identity.kind)}")(**name)

    def _settle(self, intent: Intent) -> None:
        settled = Settled(
            run=intent.run,
            sequence=intent.sequence,
            settled_by=intent.run,
            outcomes=tuple(Outcome(step, Result.DONE) for step in intent.steps),
            at=spell_time(self.bench.looks.now()),
        )
        Journal(self.bench.vault, self.bench.target).settle(settled)

    def seen(self, kind: Kind, name: str) -> dict[str, Any]:
        """Everything restorable about an entity, as boto3 gives it."""
        record = getattr(self.sm, f"describe_{_snake(kind)}")(**{f"{WORDS[kind]}Name": name})
        arn = record[f"{WORDS[kind]}Arn"]
        tags = {each["Key"]: each["Value"] for each in self.sm.list_tags(ResourceArn=arn)["Tags"]}
        tags.pop("sagewarden:restored", None)
        fields = {key: value for key, value in record.items() if key not in DATED | FREE}
        seen: dict[str, Any] = {"fields": fields, "tags": tags}
        if kind is Kind.COMPONENT:
            trials = self.sm.list_trials(TrialComponentName=name, MaxResults=100)
            seen["trials"] = sorted(each["TrialName"] for each in trials["TrialSummaries"])
            names = [each["MetricName"] for each in record["Metrics"]]
            seen["series"] = {name: self._series(arn, name) for name in names}
            seen["counts"] = {each["MetricName"]: each["Count"] for each in record["Metrics"]}
        return seen

    def _series(self, arn: str, metric: str) -> list[list[Any]]:
        """By step places and values, by the minute values only: times do not come back."""
        queries = [
            {
                "MetricName": metric,
                "ResourceArn": arn,
                "MetricStat": "Last",
                "Period": period,
                "XAxisType": axis,
            }
            for period, axis in (("IterationNumber", "IterationNumber"), ("OneMinute", "Timestamp"))
        ]
        steps, minutes = self.metrics.batch_get_metrics(MetricQueries=queries)["MetricQueryResults"]
        if steps["XAxisValues"]:
            return [steps["XAxisValues"], [repr(each) for each in steps["MetricValues"]]]
        return [[], [repr(each) for each in minutes["MetricValues"]]]

    def plan(
        self,
        name: str,
        kind: Kind | None = None,
        existing: Existing = Existing.SKIP,
        **wishes: Any,
    ) -> RestorePlan:
        chosen = tree_of(self.bench, newest(self.bench, name, kind))
        return plan_restore(self.bench, chosen, Wishes(existing, **wishes))

    def carry_out(self, plan: RestorePlan) -> Restored:
        return restore(self.bench, self.restoring, plan)

    def restore(self, name: str, kind: Kind | None = None, **wishes: Any) -> Restored:
        return self.carry_out(self.plan(name, kind, **wishes))

    def forget(self) -> None:
        """Empty the vault."""
        self.vault._stored.clear()

    def fault(self, action: Any, operation: str, **settings: Any) -> None:
        self.box.admin.add_fault(Fault(action=action, operation=operation, **settings))

    def writes(self) -> list[str]:
        """The writes that arrived since the log was cleared, by operation."""
        return [call.operation for call in self.box.admin.calls(writes=True)]

    def await_call(self, operation: str, fault: str) -> LoggedCall:
        """Wait until a call that met a fault has ended, and return it."""
        for _ in range(200):
            for call in self.box.admin.calls():
                if call.operation == operation and fault in call.faults and call.code:
                    return call
            threading.Event().wait(0.05)
        raise AssertionError(f"no {operation} with {fault} has ended")

    def world(self) -> Any:
        """Everything the account holds, to see whether it changed."""
        tables = (self.box.state.experiments, self.box.state.trials, self.box.state.components)
        return [dict(table.rows) for table in tables]

    def asked_to_stop_after(self, writes: int) -> "Account":
        """The same account, whose process is asked to stop once so many writes arrived."""
        arrived = lambda: len(self.writes()) >= writes  # noqa: E731 - one question
        return replace(self, bench=replace(self.bench, stopping=arrived))


def _snake(kind: Kind) -> str:
    return str(kind).replace("-", "_")
