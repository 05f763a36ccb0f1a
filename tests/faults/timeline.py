"""What left the product in one run, in order: which call, about what, and whose thread made it."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.faults.ground import Tap
from tests.faults.oracle import Account
from tests.runs.stage import CUT, DELETES, LINK, TAG, UNTAG, Stage

from sagewarden.application.journal import Entry
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.keys import pause_key

LETTERS = {"experiment": "e", "experiment-trial": "t", "experiment-trial-component": "c"}
NAMED = {
    "DescribeExperiment": ("e", "ExperimentName"),
    "DescribeTrial": ("t", "TrialName"),
    "DescribeTrialComponent": ("c", "TrialComponentName"),
    "DeleteExperiment": ("e", "ExperimentName"),
    "DeleteTrial": ("t", "TrialName"),
    "DeleteTrialComponent": ("c", "TrialComponentName"),
    CUT: ("c", "TrialComponentName"),
}
RELATED = (("TrialComponentName", "c"), ("TrialName", "t"), ("ExperimentName", "e"))
EFFECTS = {*DELETES, CUT}
TAGS = {TAG, UNTAG}
ABSENT = "ResourceNotFound"
DESCRIBES = {letter: name for name, (letter, _) in NAMED.items() if name.startswith("Describe")}


@dataclass
class Passed:
    """One call to AWS or operation of the vault; `service` is `aws` or `vault`.

    `code` is how AWS refused it, once it did.
    """

    number: int
    thread: int
    service: str
    name: str
    asked: dict[str, Any]
    key: str = ""
    code: str = ""

    @property
    def about(self) -> str:
        """Whom an AWS call is about, such as `t big-1`; nothing when it is about a whole kind."""
        if "ResourceArn" in self.asked:
            return named(self.asked["ResourceArn"])
        if self.name in NAMED:
            letter, member = NAMED[self.name]
            return f"{letter} {self.asked[member].lower()}"
        for member, letter in RELATED:
            if member in self.asked:
                return f"{letter} {self.asked[member].lower()}"
        return ""


def named(arn: str) -> str:
    """Spell whom an ARN means."""
    word, _, name = arn.split(":", 5)[5].partition("/")
    return f"{LETTERS[word]} {name.lower()}"


@dataclass
class Timeline:
    """Records what passes a tap; `ours` is the thread that sweeps: it looks, and it acts."""

    tap: Tap
    passed: list[Passed] = field(default_factory=list)
    ours: int = field(default_factory=threading.get_ident)

    def __call__(self, when: str, what: str) -> None:
        if when == "before":
            service, name, *key = what.split()
            asked = dict(self.tap.asked) if service == "aws" else {}
            thread = threading.get_ident()
            number = len(self.passed)
            self.passed.append(Passed(number, thread, service, name, asked, "".join(key)))
        elif what.startswith("aws") and self.passed:
            self._last_of(threading.get_ident()).code = self.tap.code

    def _last_of(self, thread: int) -> Passed:
        """Return what a thread sent last: each waits for its answer."""
        return next(each for each in reversed(self.passed) if each.thread == thread)

    def calls(self, start: int = 0, end: int | None = None) -> Iterator[Passed]:
        """Yield the calls to AWS that the sweeping thread made."""
        yield from (
            each
            for each in self.passed[start:end]
            if each.service == "aws" and each.thread == self.ours
        )

    def applied(self, stage: Stage) -> list[Passed]:
        """Return the cuts and deletes that AWS applied."""
        sent = [each for each in self.passed if each.name in {*EFFECTS, *TAGS, LINK}]
        arrived = [call for call in stage.calls() if call.write]
        return [
            one
            for one, call in zip(sent, arrived, strict=True)
            if call.applied and one.name in EFFECTS
        ]

    def written(self, key: str) -> int:
        """Return the place at which an object was written for the first time."""
        return next(
            each.number for each in self.passed if each.key == key and each.name == "create"
        )

    def switched(self, end: int) -> int:
        """Return where a bundle's looks before `end` begin: at the look at the pause switch."""
        return max(
            each.number
            for each in self.passed[:end]
            if each.key == pause_key(None) and each.thread == self.ours
        )


def unlooked(timeline: Timeline, entries: Iterable[Entry], before: Account) -> Iterator[str]:
    """Name each effect and each bundle that did not have every look that the protocol asks for."""
    for effect in timeline.calls():
        if effect.name in EFFECTS | TAGS:
            last = [(each.name, each.about) for each in timeline.calls(0, effect.number)]
            if last[-2:] != looks_at(effect.about):
                yield f"no look right before {effect.name} {effect.about}: {last[-2:]}"
    for entry in entries:
        yield from _unlooked_in(timeline, entry, before)


def _unlooked_in(timeline: Timeline, entry: Entry, before: Account) -> Iterator[str]:
    intended = timeline.written(entry.key)
    looks = list(timeline.calls(timeline.switched(intended), intended))
    for who in _above(entry, before):
        if not _looked(looks, who):
            yield f"bundle {entry.intent.sequence} began without a look at {who}"
    for component in {spelled(step.identity) for step in entry.intent.steps}:
        if component.startswith("c ") and not _placed(timeline, component, intended):
            yield f"the trials of {component} were not listed"


def without_edges(before: Account, taken: Iterable[tuple[str, str]]) -> Account:
    """Return the account as it was once somebody had taken these edges away."""
    gone, components = set(taken), before["components"]
    left = {
        key: replace(row, trials=tuple(each for each in row.trials if (key, each) not in gone))
        for key, row in components.items()
    }
    return before | {"components": left}


def _looked(looks: Iterable[Passed], who: str) -> bool:
    """Whether both calls of a look were made; at what is gone one is enough."""
    about = [each for each in looks if each.about == who]
    names = {(each.name, each.about) for each in about}
    return names.issuperset(looks_at(who)) or any(each.code == ABSENT for each in about)


def looks_at(who: str) -> list[tuple[str, str]]:
    """Return the two calls that are one look."""
    return [("ListTags", who), (DESCRIBES[who[0]], who)]


def _placed(timeline: Timeline, component: str, intended: int) -> bool:
    """Whether a component's trials were listed between the intent and its first effect."""
    calls = [each for each in timeline.calls(intended) if each.about == component]
    effects = [each.number for each in calls if each.name in EFFECTS]
    return not effects or any(
        each.name == "ListTrials" for each in calls if each.number < effects[0]
    )


def _above(entry: Entry, before: Account) -> set[str]:
    """Trials and experiments that an intent's entities are or hang under."""
    experiments = {who.name for who in _identities(entry) if who.kind is Kind.EXPERIMENT}
    trials = {who.name for who in _identities(entry) if who.kind is Kind.TRIAL}
    for who in _identities(entry):
        if who.kind is Kind.COMPONENT:
            trials.update(before["components"][who.name].trials)
    experiments.update(before["trials"][trial].experiment for trial in trials)
    return {f"t {trial}" for trial in trials} | {f"e {name}" for name in experiments}


def _identities(entry: Entry) -> list[Identity]:
    return [each.identity for each in entry.intent.entities]


def spelled(identity: Identity) -> str:
    """Spell an entity as a timeline does."""
    return f"{identity.kind.removeprefix('trial-')[0]} {identity.name}"


Shows = Callable[[Passed], bool]
"""Whether a call would show what somebody changed."""


def shown_by(operation: str, who: str) -> Shows:
    """Return the test for one operation about one entity."""
    return lambda each: each.name == operation and each.about == who
