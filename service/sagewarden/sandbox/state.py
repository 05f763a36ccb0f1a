"""The sandbox's world: one isolated state for each account and region.

Seeding writes here directly:

    state = world.account("123456789012", "us-east-1")
    state.experiments.put_many([Experiment(name="churn", created=t, modified=t)])
    state.trials.put_many([Trial(name="churn-1", experiment="churn", created=t, modified=t)])
    state.components.put_many([Component(name="fit-1", trials=("churn-1",), created=t, modified=t)])
    state.resources.put_many([Resource(arn=state.arn("training-job", "fit"), …)])
    state.associate(Association(source=…, destination=…, type="Produced", created=t))

`trials` and `experiment` hold keys (lower-case names). Records never change: replace them with
`dataclasses.replace(record, …, rendered={})` and `put`. A component's job record is found by
`source["SourceArn"]` among the resources and answered as its SourceDetail.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from sagewarden.sandbox.memo import Memo
from sagewarden.sandbox.records import Association, Component, Experiment, Resource, Trial
from sagewarden.sandbox.table import Table

EntityT = TypeVar("EntityT", bound=Experiment | Trial | Component)
Stored = Experiment | Trial | Component | Resource
Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything one account held at one time. Shares its records with the live state."""

    experiments: dict[str, Experiment]
    trials: dict[str, Trial]
    components: dict[str, Component]
    resources: dict[str, Resource]
    associations: dict[Edge, Association]
    lingering: dict[str, float]


class AccountState:
    """One account in one region: its experiments, trials, components, and all else with an ARN."""

    def __init__(self, account: str, region: str, clock: Callable[[], float]) -> None:
        self.account = account
        self.region = region
        self.clock = clock
        self.experiments: Table[Experiment] = Table(clock)
        self.trials: Table[Trial] = Table(clock)
        self.components: Table[Component] = Table(clock)
        self.resources: Table[Resource] = Table(clock)
        self.associations: dict[Edge, Association] = {}
        self.lingering: dict[str, float] = {}
        """Components that still answer "linked" after their last Disassociate, until when."""
        self.memo = Memo()
        """What Search found, while nothing changes."""

    def arn(self, kind: str, name: str) -> str:
        """Build the ARN of a name; AWS writes the name in lower case there."""
        return f"arn:aws:sagemaker:{self.region}:{self.account}:{kind}/{name.lower()}"

    def arn_of(self, entity: Experiment | Trial | Component) -> str:
        """Build the ARN of a stored experiment, trial or component."""
        return self.arn(entity.kind, entity.name)

    def associate(self, association: Association) -> None:
        """Store a lineage edge."""
        self.associations[association.source.lower(), association.destination.lower()] = association

    def edges_of(self, arn: str) -> Iterator[Association]:
        """Find the lineage edges that start or end at an ARN."""
        key = arn.lower()
        return (edge for ends, edge in self.associations.items() if key in ends)

    def table_of(self, kind: str) -> Table[Any] | None:
        """Choose the table that holds what an ARN of this kind names."""
        tables: dict[str, Table[Any]] = {
            Experiment.kind: self.experiments,
            Trial.kind: self.trials,
            Component.kind: self.components,
        }
        return tables.get(kind)

    def find(self, arn: str) -> Stored | None:
        """Find whatever this ARN names in this account and region, or nothing."""
        prefix = self.arn("", "")[:-1]
        if not arn.startswith(prefix):
            return None
        kind, _, name = arn[len(prefix) :].partition("/")
        table = self.table_of(kind)
        found: Stored | None = table.get(name) if table else self.resources.get(arn)
        return found

    def store(self, record: Stored) -> None:
        """Put a record into the table of its kind."""
        tables: dict[type, Table[Any]] = {
            Experiment: self.experiments,
            Trial: self.trials,
            Component: self.components,
            Resource: self.resources,
        }
        tables[type(record)].put(record)

    def snapshot(self) -> Snapshot:
        """All that is stored now; cheap, for records are shared."""
        return Snapshot(
            experiments=self.experiments.copy_rows(),
            trials=self.trials.copy_rows(),
            components=self.components.copy_rows(),
            resources=self.resources.copy_rows(),
            associations=dict(self.associations),
            lingering=dict(self.lingering),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Become what a snapshot holds. Search lag starts anew: all of it is visible at once."""
        self.experiments.replace_rows(snapshot.experiments)
        self.trials.replace_rows(snapshot.trials)
        self.components.replace_rows(snapshot.components)
        self.resources.replace_rows(snapshot.resources)
        self.associations = dict(snapshot.associations)
        self.lingering = dict(snapshot.lingering)

    def clear(self) -> None:
        """Hold nothing, as if nobody ever spoke to this account."""
        self.restore(Snapshot({}, {}, {}, {}, {}, {}))
        for table in (self.experiments, self.trials, self.components, self.resources):
            table.clear()


def changed(record: EntityT, **fields: Any) -> EntityT:
    """Copy a record with some fields replaced and its rendered answers dropped."""
    return replace(record, rendered={}, **fields)


class World:
    """Every account and region that anybody spoke to."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.accounts: dict[tuple[str, str], AccountState] = {}

    def account(self, account: str, region: str) -> AccountState:
        """Return the state of an account (12 digits) in a region, made when first asked for."""
        state = self.accounts.get((account, region))
        if state is None:
            state = AccountState(account, region, self._clock)
            self.accounts[account, region] = state
        return state

    def snapshot(self) -> dict[tuple[str, str], Snapshot]:
        """Every account's content."""
        return {place: state.snapshot() for place, state in self.accounts.items()}

    def restore(self, snapshots: dict[tuple[str, str], Snapshot]) -> None:
        """Bring every account back, and empty those that the snapshot does not know."""
        for place in self.accounts.keys() - snapshots.keys():
            self.accounts[place].clear()
        for place, snapshot in snapshots.items():
            self.account(*place).restore(snapshot)
