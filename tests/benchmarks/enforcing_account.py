"""The account that `enforcing.py` takes apart, and the policies by which it is due."""

import random
from collections import Counter
from dataclasses import dataclass, field

from sagewarden.sandbox import AdminClient

ACCOUNT, REGION = "111111111111", "us-east-1"
AGO = -60 * 86_400.0
TWICE = 0.1
CUT, DELETE = "DisassociateTrialComponent", "DeleteTrialComponent"
POLICIES = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 1s
  - name: old-unassigned
    resource: trial-component
    match: {name: "old-*", unassigned: true, idle: 30d}
    action: delete
    grace: 1s
"""


@dataclass(slots=True)
class Forest:
    """Makes an account; `needs` are the calls of each operation that its old part takes to go."""

    admin: AdminClient
    chance: random.Random
    needs: Counter[str] = field(default_factory=Counter)

    def grow(self, due: int) -> None:
        """Make so many old components."""
        self.admin.set_clock(offset=AGO)
        made, assigned, trees = 0, due * 3 // 5, 0
        while made < assigned:
            made += self._tree(f"old-{trees}", assigned - made, lends=trees % 10 == 0)
            trees += 1
        for number in range(made, due):
            self._component(f"old-alone-{number}")
        self.needs[DELETE] = due
        self.admin.set_clock(offset=0.0)

    def _tree(self, tree: str, most: int, *, lends: bool) -> int:
        self._make("CreateExperiment", ExperimentName=tree)
        trials = [f"{tree}-{number}" for number in range(self.chance.choice((1, 1, 1, 2, 4)))]
        for trial in trials:
            self._make("CreateTrial", TrialName=trial, ExperimentName=tree)
        count = min(most, self.chance.randint(5, 45) * len(trials))
        for number in range(count):
            home = number % len(trials)
            twice = len(trials) > 1 and self.chance.random() < TWICE
            both = (trials[home], trials[home - 1]) if twice else (trials[home],)
            self._component(f"{tree}-c{number}", *both)
        if lends:
            live = f"live-{tree}"
            self._make("CreateExperiment", ExperimentName=live)
            self._make("CreateTrial", TrialName=f"{live}-t", ExperimentName=live)
            self._component(f"{tree}-lent", trials[0], f"{live}-t")
            self.needs[CUT] -= 1
        self.needs += Counter({"DeleteTrial": len(trials), "DeleteExperiment": 1})
        return count

    def _component(self, name: str, *trials: str) -> None:
        self._make("CreateTrialComponent", TrialComponentName=name)
        for trial in trials:
            self._make("AssociateTrialComponent", TrialComponentName=name, TrialName=trial)
            self.needs[CUT] += 1

    def _make(self, operation: str, **params: str) -> None:
        self.admin.perform(operation, params, account=ACCOUNT, region=REGION)
