"""What others may do to an account in the middle of a run: owners, colleagues, administrators."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from tests.runs.stage import COMPONENT, CUT, DELETES, EXPERIMENT, LINK, TRIAL, Stage

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.holds import add_hold
from sagewarden.application.pause import set_pause
from sagewarden.core.holds import Hold
from sagewarden.sandbox.refusal import Refusal

KINDS = {"e": EXPERIMENT, "t": TRIAL, "c": COMPONENT}
NAMES = {"e": "ExperimentName", "t": "TrialName", "c": "TrialComponentName"}
WORDS = {"e": "Experiment", "t": "Trial", "c": "TrialComponent"}


@dataclass
class Hand:
    """What an adversary acts with; it remembers what AWS let it do.

    `made` and `gone` are names as `Stage.names` spells them, `linked` and `took` pairs of a
    component and a trial.
    """

    stage: Stage
    made: set[str] = field(default_factory=set)
    linked: set[tuple[str, str]] = field(default_factory=set)
    took: set[tuple[str, str]] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    acted: bool = False

    def make(self, operation: str, **params: Any) -> None:
        """Make one call; it may come too late, or too early."""
        with suppress(Refusal):
            self.stage.make(operation, **params)
            self._remember(operation, params)

    def _remember(self, operation: str, params: dict[str, Any]) -> None:
        self.acted = True
        if operation in {LINK, CUT}:
            edge = (params["TrialComponentName"].lower(), params["TrialName"].lower())
            (self.linked if operation == LINK else self.took).add(edge)
            (self.took if operation == LINK else self.linked).discard(edge)
        for letter, word in WORDS.items():
            who = f"{letter} {params.get(NAMES[letter], '').lower()}"
            if operation == f"Create{word}":
                self.made.add(who)
                self.gone.discard(who)
            if operation == f"Delete{word}":
                self.gone.add(who)
                self.made.discard(who)

    def there(self, who: str) -> bool:
        """Whether it is there now."""
        return who in self.stage.names()

    def erase(self, who: str) -> None:
        """Delete something with all that hangs on it alone, as its owner would."""
        if self.there(who):
            {"e": self._empty_experiment, "t": self._empty_trial, "c": self._free}[who[0]](who[2:])
            delete = f"Delete{WORDS[who[0]]}"
            self.make(delete, **{DELETES[delete]: who[2:]})

    def _empty_experiment(self, name: str) -> None:
        trials = self.stage.box.state.trials.rows.items()
        for trial in [key for key, row in trials if row.experiment == name]:
            self.erase(f"t {trial}")

    def _empty_trial(self, name: str) -> None:
        for component, row in list(self.stage.box.state.components.rows.items()):
            if name in row.trials:
                self.make(CUT, TrialComponentName=component, TrialName=name)
                if len(row.trials) == 1:
                    self.make("DeleteTrialComponent", TrialComponentName=component)

    def _free(self, name: str) -> None:
        for trial in self.stage.box.state.components.rows[name].trials:
            self.make(CUT, TrialComponentName=name, TrialName=trial)


Act = Callable[[Hand], None]


def tagged(who: str, key: str, value: str = "x") -> Act:
    """Set a tag."""

    def act(hand: Hand) -> None:
        tags = [{"Key": key, "Value": value}]
        hand.make("AddTags", ResourceArn=hand.stage.arn(KINDS[who[0]], who[2:]), Tags=tags)

    return act


def updated(who: str, **params: Any) -> Act:
    """Change some fields."""
    operation, name = f"Update{WORDS[who[0]]}", {NAMES[who[0]]: who[2:]}
    return lambda hand: hand.make(operation, **name, **params)


def model_of(who: str) -> str:
    """Where a component that left a model put it."""
    return f"s3://ml/{who[2:]}/model.tar.gz"


def registered(who: str) -> Act:
    """Register the model that a component left."""
    container = {"Image": "1.dkr.ecr/x", "ModelDataUrl": model_of(who)}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    return lambda hand: hand.make(
        "CreateModelPackage", ModelPackageName=who[2:], InferenceSpecification=specification
    )


def linked(component: str, trial: str) -> Act:
    """Associate a component with a trial."""
    return lambda hand: hand.make(LINK, TrialComponentName=component, TrialName=trial)


def taken(component: str, trial: str) -> Act:
    """Take a component from a trial."""
    return lambda hand: hand.make(CUT, TrialComponentName=component, TrialName=trial)


def with_trial(experiment: str) -> Act:
    """Make a new trial in an experiment."""
    return lambda hand: hand.make("CreateTrial", TrialName="young", ExperimentName=experiment)


def with_component(trial: str) -> Act:
    """Make a new component in a trial, if the trial is there."""

    def act(hand: Hand) -> None:
        if hand.there(f"t {trial}"):
            hand.make("CreateTrialComponent", TrialComponentName="young")
            hand.make(LINK, TrialComponentName="young", TrialName=trial)

    return act


def anew(who: str, trial: str = "") -> Act:
    """Delete a component and use its name again, on the same trial if it had one."""

    def act(hand: Hand) -> None:
        if hand.there(who):
            hand.erase(who)
            hand.make("CreateTrialComponent", TrialComponentName=who[2:])
            if trial:
                hand.make(LINK, TrialComponentName=who[2:], TrialName=trial)

    return act


def tree_anew(experiment: str, trial: str, component: str) -> Act:
    """Delete a whole tree and use its names again."""

    def act(hand: Hand) -> None:
        if hand.there(f"e {experiment}"):
            hand.erase(f"e {experiment}")
            hand.make("CreateExperiment", ExperimentName=experiment)
            hand.make("CreateTrial", TrialName=trial, ExperimentName=experiment)
            hand.make("CreateTrialComponent", TrialComponentName=component)
            hand.make(LINK, TrialComponentName=component, TrialName=trial)

    return act


def without(action: str) -> Act:
    """Take a permission away."""

    def act(hand: Hand) -> None:
        hand.acted = True
        hand.stage.box.admin.set_knobs(denied={"*": [f"sagemaker:{action}"]})

    return act


def paused(*, everything: bool, on: bool = True) -> Act:
    """Set the pause switch, without being heard by what listens at the vault."""

    def act(hand: Hand) -> None:
        target = None if everything else hand.stage.session.target
        switch = {"paused": on, "by": "somebody", "reason": "wait"}
        set_pause(_unheard(hand.stage), target, switch)
        hand.acted = True

    return act


def commanded(who: str) -> Act:
    """Hold a name by command, without being heard either."""

    def act(hand: Hand) -> None:
        bench = replace(hand.stage.bench(), vault=_unheard(hand.stage))
        hold = Hold(
            kind=KINDS[who[0]],
            name=who[2:],
            owner="ana",
            reason="an audit",
            by="arn:aws:iam::123456789012:user/ana",
            added=hand.stage.clockwork.wall(),
        )
        add_hold(bench, hold)
        hand.acted = True

    return act


def _unheard(stage: Stage) -> MemoryVault:
    """Return the same vault, with no hooks."""
    assert isinstance(stage.vault, MemoryVault)
    unheard = MemoryVault()
    unheard._stored = stage.vault._stored
    return unheard
