"""The account that `beside.py` lets everybody work on, and what is left of it in the end."""

from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

from sagewarden.sandbox import AdminClient

REGION = "us-east-1"
AGO = -200 * 86_400.0
OLD, LIVE = "old-", "live-"


@dataclass(frozen=True, slots=True)
class Tree:
    """An experiment: its trials, and for each the names of its components."""

    name: str
    trials: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Account:
    """What is laid in an account, and what should become of it.

    `asked` are the experiments that everybody is told to delete. Of what hangs on them `spared`
    should live: all of a tree that is held or has something running, and what a living tree shares.
    """

    trees: tuple[Tree, ...]
    unassigned: tuple[str, ...]
    running: frozenset[str]
    held: frozenset[str]

    @property
    def asked(self) -> tuple[str, ...]:
        """The experiments that are due by name and age."""
        return tuple(tree.name for tree in self.trees if tree.name.startswith(OLD))

    @property
    def edges(self) -> frozenset[tuple[str, str]]:
        """Every component with each of its trials."""
        return frozenset(
            (component, trial)
            for tree in self.trees
            for trial, components in tree.trials.items()
            for component in components
        )

    @property
    def components(self) -> frozenset[str]:
        """All components."""
        return frozenset(component for component, _ in self.edges) | frozenset(self.unassigned)

    @property
    def due(self) -> frozenset[str]:
        """The components that should go."""
        return self.components - self.spared

    @property
    def spared(self) -> frozenset[str]:
        """The components that should live."""
        living = {
            component
            for tree in self.trees
            if not self._goes(tree)
            for components in tree.trials.values()
            for component in components
        }
        return frozenset(living) | frozenset(self.unassigned)

    @property
    def spared_edges(self) -> frozenset[tuple[str, str]]:
        """The edges that should stay: those to trials that should."""
        trials = {trial for tree in self.trees if not self._goes(tree) for trial in tree.trials}
        return frozenset(edge for edge in self.edges if edge[1] in trials)

    @property
    def containers(self) -> dict[str, bool]:
        """Every experiment and trial, each with whether it should go."""
        return {name: self._goes(tree) for tree in self.trees for name in (tree.name, *tree.trials)}

    def _goes(self, tree: Tree) -> bool:
        below = {name for names in tree.trials.values() for name in names}
        kept = tree.name in self.held or below & self.running
        return tree.name.startswith(OLD) and not kept


def designed(scale: int) -> Account:
    """Return the account: what is real in small numbers, `scale` times the plain part of it."""
    wide = Tree(
        "old-wide",
        {f"wide-{t}": [f"wide-{t}-{c}" for c in range(2 * scale)] for t in range(12)},
    )
    long = Tree("old-long", {"long": [f"long-{c}" for c in range(24)]})
    lent = [f"lent-{c}" for c in range(6)]
    shared = [f"both-{c}" for c in range(4)]
    return Account(
        trees=(
            Tree("old-shared", {"shared-a": [*lent, "own-a", "own-b"], "shared-b": ["own-c"]}),
            Tree("old-twin-a", {"twin-a": [*shared, "twin-a-own"]}),
            Tree("old-twin-b", {"twin-b": [*shared, "twin-b-own"]}),
            Tree("old-running", {"running": [f"run-{c}" for c in range(4)]}),
            Tree("old-held", {"held": [f"held-{c}" for c in range(4)]}),
            wide,
            long,
            Tree("live-model", {"model": [*lent, "model-own"]}),
        ),
        unassigned=tuple(f"job-{c}" for c in range(10)),
        running=frozenset({"run-2"}),
        held=frozenset({"old-held"}),
    )


def lay(admin: AdminClient, account: Account, number: str) -> None:
    """Create it all, the old part long ago."""

    def make(operation: str, **params: Any) -> None:
        admin.perform(operation, params, account=number, region=REGION)

    admin.set_clock(offset=AGO)
    for name in sorted(account.components):
        status = "InProgress" if name in account.running else "Completed"
        make("CreateTrialComponent", TrialComponentName=name, Status={"PrimaryStatus": status})
    for tree in sorted(account.trees, key=lambda tree: tree.name.startswith(LIVE)):
        admin.set_clock(offset=0.0 if tree.name.startswith(LIVE) else AGO)
        tags = [{"Key": "legal-hold", "Value": "case-7"}] if tree.name in account.held else []
        make("CreateExperiment", ExperimentName=tree.name, Tags=tags)
        for trial, components in tree.trials.items():
            make("CreateTrial", TrialName=trial, ExperimentName=tree.name)
            for name in components:
                make("AssociateTrialComponent", TrialComponentName=name, TrialName=trial)
    admin.set_clock(offset=0.0)


@dataclass(frozen=True, slots=True)
class Left:
    """What is wrong with an account in the end."""

    deleted: int
    """Entities that should have lived."""
    cut: int
    """Edges that are gone between components that live, as they should, and trials that stay."""
    left: int
    """Entities that should have gone."""
    stranded: int
    """Of these, components that have lost all their trials: no listing of a tree shows them."""
    names: frozenset[str]
    """All that is there."""


def judged(admin: AdminClient, account: Account, number: str) -> Left:
    """Look at every entity that was laid."""
    trials = {name: _trials(admin, name, number) for name in account.components}
    there = {name for name, found in trials.items() if found is not None}
    edges = {(name, trial) for name, found in trials.items() for trial in found or ()}
    containers = {name for name in account.containers if _is_there(admin, account, name, number)}
    gone = account.containers.keys() - containers
    should_go = {name for name, goes in account.containers.items() if goes}
    return Left(
        deleted=len(account.spared - there) + len(gone - should_go),
        cut=sum(edge[0] in there for edge in account.spared_edges - edges),
        left=len(account.due & there) + len(containers & should_go),
        stranded=sum(not trials[name] for name in account.due & there),
        names=frozenset(there | containers),
    )


def _trials(admin: AdminClient, component: str, number: str) -> list[str] | None:
    """Return a component's trials; None when it is not there."""
    if not _answers(admin, "DescribeTrialComponent", {"TrialComponentName": component}, number):
        return None
    listed = admin.perform(
        "ListTrials",
        {"TrialComponentName": component, "MaxResults": 100},
        account=number,
        region=REGION,
    )
    return [each["TrialName"] for each in listed["TrialSummaries"]]


def _is_there(admin: AdminClient, account: Account, name: str, number: str) -> bool:
    kind = "Experiment" if name in {tree.name for tree in account.trees} else "Trial"
    return _answers(admin, f"Describe{kind}", {f"{kind}Name": name}, number)


def _answers(admin: AdminClient, operation: str, params: dict[str, str], number: str) -> bool:
    try:
        admin.perform(operation, params, account=number, region=REGION)
    except HTTPError:
        return False
    return True
