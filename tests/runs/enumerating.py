"""Plays one sweep over and over from the same start, each time with something else in its way."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.runs.stage import SimulatedCrash, Stage

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.ports.vault import Stored
from sagewarden.core.delete_after import DELETE_AFTER_TAG
from sagewarden.core.journal import Result
from sagewarden.core.report import Report

EVENTS = frozenset({"intent", "undo", "outcome", "tagging", "tagged"})
"""What a journal's entries tell of."""


@dataclass
class Points:
    """Counts the places where a process may die, and kills it at one of them.

    A dead process writes nothing more: every later vault operation and effect fails too.
    """

    kinds: frozenset[str]
    deadly: int | None = None
    seen: list[str] = field(default_factory=list)
    dead: bool = False

    def at(self, when: str, what: str) -> None:
        if self.dead:
            raise SimulatedCrash
        if what not in self.kinds or when == "look":
            return
        self.seen.append(f"{when} {what}")
        if len(self.seen) - 1 == self.deadly:
            self.dead = True
            raise SimulatedCrash

    def watch(self, stage: Stage) -> None:
        vault, arranged = stage.vault, stage.at

        def at(when: str, what: str) -> None:
            arranged(when, what)
            self.at(when, what)

        stage.at = at
        assert isinstance(vault, MemoryVault)
        vault.before = lambda operation, key: self.at("before", written(operation, key))
        vault.after = lambda operation, key: self.at("after", written(operation, key))


def written(operation: str, key: str) -> str:
    """Name a vault operation: journal entries by their event, all other writes as `write`."""
    if operation in {"get", "list"}:
        return operation
    event = key.rpartition("-")[2]
    return event if event in EVENTS else "write"


@dataclass(frozen=True)
class Start:
    """Account, vault and clock at one time, kept under a name."""

    name: str
    stored: dict[str, Stored]
    now: float
    runs: int

    @classmethod
    def of(cls, stage: Stage, name: str) -> "Start":
        assert isinstance(stage.vault, MemoryVault)
        stage.box.admin.snapshot(name)
        return cls(name, dict(stage.vault._stored), stage.box.admin.now(), stage.runs)

    def restored(self, stage: Stage) -> Stage:
        """Bring it all back; the vault is a copy. No rules, no hooks, an empty call log."""
        admin = stage.box.admin
        admin.restore(self.name)
        admin.advance(self.now - admin.now())
        admin.clear_rules()
        admin.clear_calls()
        vault = MemoryVault()
        vault._stored.update(self.stored)
        stage.vault, stage.runs = vault, self.runs
        return stage


class Replay:
    """A stage that goes back to its start over and over."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._start = Start.of(stage, "start")
        self.clean = self._played()

    def _played(self) -> "Ending":
        self.restart().sweep()
        return Ending.of(self.stage)

    def restart(self) -> Stage:
        """Go back; nothing is in the way."""
        self._start.restored(self.stage)
        return self.calm()

    def calm(self) -> Stage:
        """Take everything out of the way, as a new process finds it."""
        return calmed(self.stage)


def calmed(stage: Stage) -> Stage:
    """Take everything out of a stage's way."""
    vault = stage.vault
    assert isinstance(vault, MemoryVault)
    vault.before = vault.after = lambda _operation, _key: None
    stage.at = lambda _when, _what: None
    stage.stop.clear()
    return stage


@dataclass
class Ending:
    """How an account and its vault are left; `archived` is what is in the vault of what is gone."""

    account: dict[str, dict[str, Any]]
    archived: dict[str, set[tuple[str, ...]]]
    open_intents: list[str]
    twice: Counter[str]
    cut_for_nothing: list[str]

    @classmethod
    def of(cls, stage: Stage) -> "Ending":
        net = Counter(stage.effects())
        for effect in list(net):
            if effect.startswith("link "):
                net[effect.replace("link", "cut", 1)] -= net.pop(effect)
        return cls(
            account=undated(stage.account()),
            archived={
                str(who): set(found)
                for who, found in stage.archived().items()
                if f"{who.kind.removeprefix('trial-')[0]} {who.name}" not in stage.names()
            },
            open_intents=stage.open_intents(),
            twice=Counter({effect: count for effect, count in net.items() if count > 1}),
            cut_for_nothing=unconfirmed(stage),
        )

    def differs_from(self, clean: "Ending") -> list[str]:
        """Say what is not as after the clean run."""
        return [
            name
            for name in self.__dataclass_fields__
            if getattr(self, name) != getattr(clean, name)
        ]


def undated(account: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Leave out when a mark is due: that depends on when the run was that made it."""
    experiments = {
        key: replace(row, tags={**row.tags, DELETE_AFTER_TAG: "some time"})
        if DELETE_AFTER_TAG in row.tags
        else row
        for key, row in account["experiments"].items()
    }
    return account | {"experiments": experiments}


def unconfirmed(stage: Stage) -> list[str]:
    """Deletes that were applied, but that no journal tells as done."""
    done = {
        str(outcome.step).split(" ", 1)[1]
        for entry in stage.entries()
        if entry.settled is not None
        for outcome in entry.settled.outcomes
        if outcome.result is Result.DONE and not outcome.step.trial
    }
    words = {"trialcomponent": "trial-component", "trial": "trial", "experiment": "experiment"}
    deletes = [each.split() for each in stage.effects() if each.split()[0] in words]
    return [f"{kind} {name}" for kind, name in deletes if f"{words[kind]} {name}" not in done]


@dataclass(frozen=True, kw_only=True)
class Plot:
    """What happens besides the crash, how the next run may end, and how the world is left then."""

    kinds: frozenset[str]
    clean: Ending
    fine: frozenset[int] = frozenset({0})
    arrange: Callable[[Stage], None] = lambda _stage: None


def enumerate_crashes(replay: Replay, plot: Plot) -> dict[str, list[str]]:
    """Die at each point of one sweep in turn; return what is wrong after the next sweep."""
    everywhere = Points(plot.kinds)
    stage = replay.restart()
    plot.arrange(stage)
    everywhere.watch(stage)
    stage.sweep()
    return {
        f"{number}: {point}": wrong
        for number, point in enumerate(everywhere.seen)
        if (wrong := _after_crash(replay, plot, number))
    }


def _after_crash(replay: Replay, plot: Plot, number: int) -> list[str]:
    stage = replay.restart()
    plot.arrange(stage)
    if not dies(stage, Points(plot.kinds, number)):
        return ["it did not die"]
    report: Report = replay.calm().sweep()
    wrong = Ending.of(stage).differs_from(plot.clean)
    return wrong if report.exit_code in plot.fine else [*wrong, f"exit code {report.exit_code}"]


def dies(stage: Stage, points: Points) -> bool:
    """Sweep until the process dies at its point; tell whether it did."""
    points.watch(stage)
    try:
        stage.sweep()
    except SimulatedCrash:
        return True
    return False
