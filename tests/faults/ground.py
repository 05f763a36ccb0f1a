"""The account that everything is played on, and a stage that goes back to it for each play."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from tests.runs.enumerating import Ending, Replay
from tests.runs.stage import COMPONENT, DAY, EXPERIMENT, POLICIES, Clockwork, SimulatedCrash, Stage
from tests.runs.worlds import log_metrics, put_jobs_behind, recreate_again

from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.policyfiles import load_policies
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.core.entities import Target
from sagewarden.core.report import Report
from sagewarden.errors import SageWardenError
from sagewarden.sandbox import Sandbox

BUNDLE = 3
"""Entities in a bundle here, so that a small tree has several."""

RULES = f"""{POLICIES}
  - name: owned
    resource: experiment
    match: {{name: live}}
    require:
      owner: {{rename: [Owner]}}
      env: {{normalise: {{Prod: prod}}}}
    action: tag
  - name: tiers
    resource: trial-component
    match: {{name: active}}
    require:
      tier: {{normalise: {{Gold: gold}}}}
    action: tag
"""
"""What goes, and which tags are repaired."""

HELD = {"e old-held", "t held-1", "c deep", "c beside"}
CREATED_ANEW = {"e old-again", "t again-1", "c again"}
LIVE = {"e live", "t live-1", "c active", "c lent", "e namesake", "t namesake", "c old-a"}
LEFT = HELD | CREATED_ANEW | LIVE
"""What a clean sweep leaves: keys with the first letter of their kind."""


def trap(stage: Stage) -> None:
    """Lay everything that is nasty at once, in as few entities as it takes.

    A component shared by two due trees and one by a due and a live tree, a tree of several
    bundles, an unassigned component, and a namesake in another case; `due` adds a hold deep
    inside, a name created anew, and tags to repair. `test_ground.py` says that all is there.
    """
    stage.experiment("Live", live_1=["Active"])
    stage.experiment("Old-A", a_1=["Twin", "Mine"], a_2=["Lent"])
    stage.experiment("old-b", b_1=["Twin"])
    stage.component("Lent", "live-1")
    stage.experiment("old-big", big_1=["big-a", "big-b"], big_2=["big-c", "big-d"])
    stage.experiment("old-held", held_1=["Deep", "Beside"])
    stage.experiment("old-again", again_1=["Again"])
    stage.experiment("Namesake", NAMESAKE=["oLd-A"])
    stage.component("Stray-1")
    put_jobs_behind(stage, ["big-a"])
    log_metrics(stage, ["mine"])
    stage.pass_time(60 * DAY)


def due(stage: Stage) -> Stage:
    """Lay the trap, and let it ripen."""
    trap(stage)
    return ripe(stage)


def ripe(stage: Stage) -> Stage:
    """Mark it, let the grace period pass; somebody uses one name anew, holds, and tags badly.

    So the sweep that is played repairs tags, and takes its date off the tree that is held now.
    """
    stage.bundle, stage.tag_marks = BUNDLE, True
    stage.mark()
    recreate_again(stage)
    stage.tag(COMPONENT, "Deep")
    stage.label(EXPERIMENT, "live", Owner="ana", env="Prod")
    stage.label(COMPONENT, "active", tier="Gold")
    stage.box.admin.clear_calls()
    return stage


def unripe(stage: Stage) -> Stage:
    """Lay the trap; nothing is marked yet."""
    trap(stage)
    return stage


@dataclass
class Tap:
    """Passes every call to AWS and every operation of the vault on to `act`, twice.

    `act` gets `before` or `after`, and `aws OPERATION` or `vault OPERATION KEY`. A crash that it
    raises is final: from then on nothing passes.
    """

    act: Callable[[str, str], None] = lambda _when, _what: None
    dead: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    own: threading.local = field(default_factory=threading.local)

    def __call__(self, when: str, what: str) -> None:
        with self.lock:
            if self.dead:
                raise SimulatedCrash
            try:
                self.act(when, what)
            except SimulatedCrash:
                self.dead = True
                raise

    def listen(self, client: Any) -> None:
        """Hear every call of a boto3 client, before the product's own last hook does."""
        events = client.meta.events
        events.register("provide-client-params", lambda params, **_: self._asking(params))
        events.register("before-send.*.*", lambda event_name, **_: self._aws("before", event_name))
        events.register("response-received", self._heard)

    def _asking(self, params: dict[str, Any]) -> None:
        self.own.asked = params

    @property
    def asked(self) -> dict[str, Any]:
        """What the AWS call that this thread is just making asks with."""
        asked: dict[str, Any] = getattr(self.own, "asked", {})
        return asked

    def _heard(
        self, event_name: str, parsed_response: dict[str, Any] | None = None, **_: Any
    ) -> None:
        self.own.code = (parsed_response or {}).get("Error", {}).get("Code", "")
        self._aws("after", event_name)

    @property
    def code(self) -> str:
        """How AWS refused the call that this thread just made; empty when it did not."""
        code: str = getattr(self.own, "code", "")
        return code

    def _aws(self, when: str, event: str) -> None:
        self(when, f"aws {event.rpartition('.')[2]}")

    def watch(self, vault: MemoryVault) -> None:
        """Hear every operation of a vault."""
        vault.before = lambda operation, key: self("before", f"vault {operation} {key}")
        vault.after = lambda operation, key: self("after", f"vault {operation} {key}")


class TappedSession(TargetSession):
    """The product's own session, with a tap on each of its clients."""

    def __init__(self, box: Sandbox, clockwork: Clockwork, tap: Tap) -> None:
        self._tap = tap
        target = Target(box.account, box.region)
        super().__init__(Access(target=target, endpoint_url=box.url), clockwork.wall)

    def _client(self, service: str) -> Any:
        client = super()._client(service)
        self._tap.listen(client)
        return client


@dataclass
class Ground:
    """One sandbox with the trap laid, played on over and over.

    `before` is the account at the start of each play, `clean` how a play ends in which nothing
    goes wrong.
    """

    stage: Stage
    tap: Tap
    replay: Replay
    before: dict[str, dict[str, Any]]

    @property
    def clean(self) -> Ending:
        """How an undisturbed sweep ends."""
        return self.replay.clean

    @property
    def left(self) -> set[str]:
        """What an undisturbed sweep leaves: keys with the first letter of their kind."""
        return {f"{kind[0]} {key}" for kind, rows in self.clean.account.items() for key in rows}

    def fresh(self) -> Stage:
        """Go back to the start: everything is due, nothing is in the way."""
        stage = self.replay.restart()
        return self._tapped(stage)

    def calm(self) -> Stage:
        """Take everything out of the way, as a new process on another machine finds it."""
        self.stage.box.admin.clear_rules()
        return self.reborn()

    def reborn(self) -> Stage:
        """Start a new process; what is wrong with AWS goes on being wrong."""
        return self._tapped(self.replay.calm())

    def _tapped(self, stage: Stage) -> Stage:
        self.tap.act = lambda _when, _what: None
        self.tap.dead = False
        assert isinstance(stage.vault, MemoryVault)
        self.tap.watch(stage.vault)
        return stage

    def trace(self) -> list[tuple[str, str]]:
        """Everything that passes in an undisturbed sweep: when and what, in order."""
        passed: list[tuple[str, str]] = []
        stage = self.fresh()
        self.tap.act = lambda when, what: passed.append((when, what))
        stage.sweep()
        self.calm()
        return passed

    def at(self, number: int, act: Callable[[str, str], None]) -> None:
        """Let `act` happen at one point, counted from 0 as `trace` counts them."""
        points = itertools.count()

        def one(when: str, what: str) -> None:
            if next(points) == number:
                act(when, what)

        self.tap.act = one


def sweeps(stage: Stage) -> Report | None:
    """Sweep; None when the process dies in it, or leaves before it has begun."""
    try:
        return stage.sweep()
    except (SimulatedCrash, SageWardenError):
        return None


@contextmanager
def knobs(stage: Stage, **settings: Any) -> Iterator[None]:
    """Set knobs of the sandbox; they are as before when the block ends."""
    admin = stage.box.admin
    before = {name: getattr(admin.knobs, name) for name in settings}
    admin.set_knobs(**settings)
    try:
        yield
    finally:
        admin.set_knobs(**before)


@contextmanager
def shape(stage: Stage, *, lanes: int, bundle: int) -> Iterator[None]:
    """Work with so many lanes and entities in a bundle until the block ends."""
    before = stage.lanes, stage.bundle
    stage.lanes, stage.bundle = lanes, bundle
    try:
        yield
    finally:
        stage.lanes, stage.bundle = before


@contextmanager
def open_ground(lay: Callable[[Stage], Stage] = due, policies: str = RULES) -> Iterator[Ground]:
    """Start a sandbox of its own, on loopback, and lay the trap; it ends with the block."""
    with (
        TemporaryDirectory() as folder,
        Sandbox().running() as box,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in box.environment().items():
            patch.setenv(name, value)
        Path(folder, "all.yaml").write_text(policies, "utf-8")
        clockwork, tap = Clockwork(box), Tap()
        session = TappedSession(box, clockwork, tap)
        stage = lay(Stage(box, session, load_policies(Path(folder)), clockwork))
        before = stage.account()
        ground = Ground(stage, tap, Replay(stage), before)
        assert lay is unripe or ground.left == LEFT, (
            "an undisturbed sweep does not do what the plays are about"
        )
        yield ground
