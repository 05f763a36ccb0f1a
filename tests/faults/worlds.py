"""Small accounts that live on from run to run, and what each run must leave true of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.faults.deeds import Act, Hand, anew, linked, tagged, taken, updated, with_component
from tests.faults.oracle import Account, mistold, violations
from tests.faults.reads import upwards
from tests.faults.timeline import spelled
from tests.runs.stage import COMPONENT, DAY, DELETES, POLICIES, Stage

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.core.policy import PolicySet
from sagewarden.core.protection import HOLD_TAG
from sagewarden.core.report import Report

EXPERIMENTS = ("old-0", "old-1", "live")
TRIALS = ("t-0", "t-1", "t-2", "t-3")
COMPONENTS = ("c-0", "c-1", "c-2", "c-3", "stray-0", "stray-1")
IDLE, GRACE = 30 * DAY, 7 * DAY
"""What both policies wait for, in seconds."""

BY_TRIAL = """\
version: 1
policies:
  - name: old-trials
    resource: trial
    match: {name: [t-0, t-1], idle: 30d}
    action: delete
    grace: 7d
"""


@dataclass(frozen=True)
class Rules:
    """A policy file, and which trials of which experiments it lets go of."""

    text: str
    takes: Callable[[str, str], bool]

    def loaded(self) -> PolicySet:
        """Load the file."""
        with TemporaryDirectory() as folder:
            Path(folder, "all.yaml").write_text(self.text, "utf-8")
            return load_policies(Path(folder))


RULES = (
    Rules(POLICIES, lambda _trial, experiment: experiment != "live"),
    Rules(BY_TRIAL, lambda trial, _experiment: trial in {"t-0", "t-1"}),
)


def _grown(component: str, trial: str) -> Act:
    return with_component(trial or component)


def _released(component: str, _trial: str) -> Act:
    def act(hand: Hand) -> None:
        arn = hand.stage.arn(COMPONENT, component)
        hand.make("DeleteTags", ResourceArn=arn, TagKeys=[HOLD_TAG])

    return act


ACTS: dict[str, Callable[[str, str], Act]] = {
    "holds": lambda component, _trial: tagged(f"c {component}", HOLD_TAG),
    "holds the trial": lambda _component, trial: tagged(f"t {trial}", HOLD_TAG),
    "changes": lambda component, _trial: updated(
        f"c {component}", Parameters={"depth": {"NumberValue": 7}}
    ),
    "runs": lambda component, _trial: updated(
        f"c {component}", Status={"PrimaryStatus": "InProgress"}
    ),
    "links": linked,
    "takes": taken,
    "adds a component": _grown,
}
"""What somebody may do at any time, to a component and a trial."""

BETWEEN = ACTS | {
    "creates anew": lambda component, trial: anew(f"c {component}", trial),
    "releases": _released,
}
"""What somebody may do between two runs."""


@dataclass
class World:
    """One account, its vault, and when it was swept (the sandbox's time) with what was there."""

    stage: Stage
    rules: Rules
    swept: list[tuple[float, dict[str, float]]] = field(default_factory=list)

    @classmethod
    def empty(cls, stage: Stage, rules: Rules) -> "World":
        """Begin with nothing, in the sandbox of a stage."""
        stage.box.admin.reset(s3=False)
        stage.vault, stage.policies, stage.runs = MemoryVault(), rules.loaded(), 0
        return cls(stage, rules)

    def populate(self, trials: list[str], components: list[list[str]]) -> None:
        """Make an experiment for each trial, and trials for each component; then let them age."""
        for name in EXPERIMENTS:
            self.stage.make("CreateExperiment", ExperimentName=name)
        for name, experiment in zip(TRIALS, trials, strict=True):
            self.stage.make("CreateTrial", TrialName=name, ExperimentName=experiment)
        for name, parents in zip(COMPONENTS, components, strict=True):
            self.stage.component(name, *parents)
        self.stage.pass_time(2 * IDLE)

    def grow(self) -> None:
        """Make what is missing of all that has a name, as it comes, and let it age."""
        for name in EXPERIMENTS:
            if not self.there(f"e {name}"):
                self.stage.make("CreateExperiment", ExperimentName=name)
        for number, name in enumerate(TRIALS):
            if not self.there(f"t {name}"):
                where = EXPERIMENTS[number % 2]
                self.stage.make("CreateTrial", TrialName=name, ExperimentName=where)
        for number, name in enumerate(COMPONENTS):
            if not self.there(f"c {name}"):
                trials = {TRIALS[number % 4], TRIALS[(number + 1) % 4]}
                self.stage.component(name, *(sorted(trials) if name.startswith("c") else ()))
        self.stage.pass_time(2 * IDLE)

    def there(self, who: str) -> bool:
        """Whether something is there."""
        return who in self.stage.names()

    def rows(self) -> dict[str, Any]:
        """Everything that is there by its spelling, such as `c c-0`."""
        return {
            f"{kind[0]} {key}": row
            for kind, rows in self.stage.account().items()
            for key, row in rows.items()
        }

    def births(self) -> dict[str, float]:
        """When each thing that is there was created."""
        return {who: row.created for who, row in self.rows().items()}

    def kept(self) -> set[str]:
        """Spell everything that no run may take now, whatever its policies say."""
        account, now, names = self.stage.account(), self.stage.box.admin.now(), self.rows()
        held = {who for who, row in names.items() if HOLD_TAG in row.tags}
        young = {who for who, row in names.items() if row.modified > now - IDLE or _runs(row)}
        safe = {each for who in held | young for each in upwards(account, who)}
        safe |= {who for who in names if held & set(upwards(account, who))}
        return safe | {who for who in names if self._never(account, who)}

    def _never(self, account: Account, who: str) -> bool:
        letter, name = who.split(" ", 1)
        if letter == "e":
            return name == "live"
        return letter == "t" and not self.rules.takes(name, account["trials"][name].experiment)

    def edges(self) -> set[tuple[str, str]]:
        """Pairs of a component and a trial that no run may part now: one of both is kept."""
        kept = self.kept()
        return {
            (key, trial)
            for key, row in self.stage.account()["components"].items()
            for trial in row.trials
            if f"t {trial}" in kept
        }

    def ripe(self, who: str, born: float) -> bool:
        """Whether an earlier run can have marked this, at least one grace period ago."""
        now = self.stage.box.admin.now()
        return any(at <= now - GRACE and there.get(who) == born for at, there in self.swept)


def _runs(row: Any) -> bool:
    status = getattr(row, "status", None) or {}
    return status.get("PrimaryStatus") in {"InProgress", "Stopping"}


@dataclass
class Before:
    """What was there when a run began."""

    account: Account
    births: dict[str, float]
    kept: set[str]
    edges: set[tuple[str, str]]

    @classmethod
    def of(cls, world: World) -> "Before":
        """Remember it, and forget all calls so far."""
        world.stage.box.admin.clear_calls()
        return cls(world.stage.account(), world.births(), world.kept(), world.edges())


def judged(world: World, before: Before, hand: Hand, report: Report | None) -> Iterator[str]:
    """Say what is wrong after one run, in which a hand may have acted too."""
    stage = world.stage
    if not stage.open_intents():
        yield from violations(before.account, stage, before.kept - hand.gone, hand.took)
        if report is not None:
            yield from mistold(stage, report)
        yield from _parted(before, stage, hand)
    intended = {spelled(each.identity) for entry in stage.entries() for each in entry.intent.steps}
    for who in _deleted(stage):
        if who in before.births and not world.ripe(who, before.births[who]):
            yield f"{who} was deleted without a grace period"
        if who not in intended:
            yield f"{who} was deleted without an intent"


def _parted(before: Before, stage: Stage, hand: Hand) -> Iterator[str]:
    names = stage.names()
    for component, trial in sorted(before.edges - hand.took):
        if f"t {trial}" not in names or f"c {component}" in hand.gone:
            continue
        if f"c {component}" not in names or trial not in stage.trials_of(component):
            yield f"{component} lost {trial}, which stays"


def _deleted(stage: Stage) -> Iterator[str]:
    for call in stage.calls():
        if call.write and call.applied and call.operation in DELETES:
            letter = {"DeleteExperiment": "e", "DeleteTrial": "t"}.get(call.operation, "c")
            yield f"{letter} {call.params[DELETES[call.operation]].lower()}"
