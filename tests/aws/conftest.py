"""A sandbox on loopback with a small account, and everything that reads or changes it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from sagewarden.adapters.aws.calls import CallCounter, Patience, Reads
from sagewarden.adapters.aws.effects import SageMakerEffects
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Limiters, Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.records import SageMakerRecords
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.aws.tagging import SageMakerTagging
from sagewarden.adapters.clock import wall_now
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord, Receipt, VerifiedArchive
from sagewarden.core.canonical import canonical
from sagewarden.core.deletion import Deletion, Disassociation, DurableIntent, FreshLook
from sagewarden.core.entities import Kind, Target
from sagewarden.core.fingerprint import fingerprint
from sagewarden.core.inventory import Inventory
from sagewarden.core.plan import Effect, PlannedEntity, Step
from sagewarden.sandbox import Fault, Sandbox

EAGER = Pace(start=5_000.0, ceiling=5_000.0)
BRIEF = Patience(attempts=3, pause=0.001, longest=0.001)


@dataclass
class World:
    """One target of the sandbox, read without delay and with little patience."""

    box: Sandbox
    session: TargetSession
    patience: Patience = BRIEF
    pace: Pace = EAGER
    stop: threading.Event = field(default_factory=threading.Event)
    counter: CallCounter = field(default_factory=CallCounter)

    @property
    def limiters(self) -> Limiters:
        return Limiters(time.monotonic, self.stop, self.pace)

    def reads(self, session: TargetSession | None = None) -> Reads:
        return Reads(
            session=session or self.session,
            limiters=self.limiters,
            counter=self.counter,
            stop=self.stop,
            monotonic=time.monotonic,
            patience=self.patience,
        )

    @property
    def looks(self) -> SageMakerLooks:
        return SageMakerLooks(self.reads())

    @property
    def records(self) -> SageMakerRecords:
        return SageMakerRecords(self.reads())

    def survey(self) -> Inventory:
        reads = self.reads()
        return SageMakerSurveys(reads, SageMakerLooks(reads)).take(lambda *_: None)

    def effects(self, guard: Callable[[], None] = lambda: None) -> SageMakerEffects:
        return SageMakerEffects(self.session, self.limiters, self.counter, guard)

    def tagging(self, guard: Callable[[], None] = lambda: None) -> SageMakerTagging:
        return SageMakerTagging(self.session, self.limiters, self.counter, guard)

    def make(self, operation: str, **params: Any) -> None:
        service = "sagemaker-metrics" if operation == "BatchPutMetrics" else "sagemaker"
        self.box.admin.perform(operation, params, service=service)

    def experiment(self, name: str, **params: Any) -> None:
        self.make("CreateExperiment", ExperimentName=name, **params)

    def trial(self, name: str, experiment: str, **params: Any) -> None:
        self.make("CreateTrial", TrialName=name, ExperimentName=experiment, **params)

    def component(self, name: str, *trials: str, **params: Any) -> None:
        self.make("CreateTrialComponent", TrialComponentName=name, **params)
        for trial in trials:
            self.make("AssociateTrialComponent", TrialComponentName=name, TrialName=trial)

    def age(self, seconds: float = 3_600.0) -> None:
        """Let the sandbox's time pass, so that everything made so far is older."""
        self.box.admin.advance(seconds)

    def fault(self, action: Any, operation: str = "*", **settings: Any) -> None:
        self.box.admin.add_fault(
            Fault(action=action, operation=operation, **{"times": None, **settings})
        )

    def sent(self, operation: str = "") -> list[str]:
        """The SageMaker calls that arrived, by operation, in order."""
        names = [call.operation for call in self.box.admin.calls() if call.service != "sts"]
        return [name for name in names if operation in {"", name}]

    def deletion(self, kind: Kind, name: str) -> Deletion:
        planned, archive, look, intent = self._evidence(kind, name)
        return Deletion(planned, archive, look, intent)

    def disassociation(self, component: str, trial: str) -> Disassociation:
        planned, archive, look, intent = self._evidence(Kind.COMPONENT, component)
        return Disassociation(planned, trial, archive, look, intent)

    def _evidence(
        self, kind: Kind, name: str
    ) -> tuple[PlannedEntity, VerifiedArchive, FreshLook, DurableIntent]:
        described = self.looks.describe(kind, name)
        seen = described.entity
        parents = self.looks.trials_of(name) if kind is Kind.COMPONENT else ()
        if kind is Kind.TRIAL:
            parents = ((seen.experiment or "").lower(),)
        planned = PlannedEntity(
            identity=seen.identity,
            name=seen.name,
            arn=seen.arn,
            content=seen.content,
            fingerprint=fingerprint(seen.content, parents),
            parents=parents,
        )
        record = ArchiveRecord(
            identity=seen.identity,
            arn=seen.arn,
            fingerprint=planned.fingerprint,
            described=described.record,
            tags=seen.tags or {},
            parents=parents,
        )
        archive = verified(record)
        edges = (Step(Effect.DISASSOCIATE, seen.identity, trial) for trial in parents)
        steps = frozenset((*edges, Step(Effect.DELETE, seen.identity)))
        intent = DurableIntent("journal/1", "0" * 64, steps)
        return planned, archive, FreshLook(planned, seen), intent


def verified(record: ArchiveRecord) -> VerifiedArchive:
    """An archive of one record, read back from nowhere."""
    header = ArchiveHeader(
        target="t", run="r", plan="p", unit="u", written="", counts={str(record.identity.kind): 1}
    )
    lines = [canonical(header.spelled()), canonical(record.spelled())]
    body = b"\n".join(lines)
    receipt = Receipt.of("archive/1", body, [record])
    return VerifiedArchive(receipt.key, receipt.sha256, body, [json.loads(line) for line in lines])


@pytest.fixture(scope="session")
def running_box() -> Iterator[Sandbox]:
    with Sandbox().running() as box:
        yield box


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch, running_box: Sandbox) -> None:
    """Credentials that only the sandbox believes, and no other endpoint by accident."""
    for name, value in running_box.environment().items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def running_session(running_box: Sandbox) -> TargetSession:
    target = Target(running_box.account, running_box.region)
    return TargetSession(Access(target=target, endpoint_url=running_box.url), wall_now)


@pytest.fixture
def world(running_box: Sandbox, running_session: TargetSession) -> World:
    """An empty account."""
    running_box.admin.reset(s3=False)
    running_box.admin.unfreeze()
    running_box.admin.set_offset(0.0)
    return World(running_box, running_session)


@pytest.fixture
def tree(world: World) -> World:
    """An experiment `Exp` with trial `Tri`, its component `Comp`, and the unassigned `Lone`."""
    world.experiment("Exp", Tags=[{"Key": "team", "Value": "vision"}])
    world.trial("Tri", "Exp")
    world.component("Comp", "Tri", Tags=[{"Key": "owner", "Value": "ada"}])
    world.component("Lone")
    world.age()
    world.box.admin.clear_calls()
    return world
