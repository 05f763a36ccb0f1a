"""Random small accounts, and everything that may happen to them, in any order."""

from dataclasses import dataclass
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.faults.deeds import Hand
from tests.faults.ground import sweeps
from tests.faults.seconds import EITHER, Gap, Meeting, Pair
from tests.faults.singles import AT_AWS, AT_VAULT, strike
from tests.faults.worlds import (
    ACTS,
    BETWEEN,
    COMPONENTS,
    EXPERIMENTS,
    GRACE,
    RULES,
    TRIALS,
    Before,
    Rules,
    World,
    judged,
)
from tests.runs.enumerating import calmed
from tests.runs.stage import DAY

from sagewarden.core.report import Report

REACH = 120
"""Calls of a sweep on such an account, about."""

RIPE = st.sampled_from([True, True, False])
CALL = st.integers(0, REACH)
COMPONENT, TRIAL = st.sampled_from(COMPONENTS), st.sampled_from(TRIALS)


@dataclass
class Disturbance:
    """Things that go wrong at some calls of a run, and somebody who acts before one.

    `faults` are one for AWS and one for the vault, by call; calls count from 0.
    """

    faults: dict[int, tuple[str, str]]
    deed: tuple[int, str, str, str] | None
    hand: Hand
    before: int = -1
    after: int = -1

    def __call__(self, when: str, what: str) -> None:
        """Let happen what is to happen at this call."""
        number = self._count(when)
        if self.deed is not None and (when, number) == ("before", self.deed[0]):
            _, act, component, trial = self.deed
            ACTS[act](component, trial)(self.hand)
        if number in self.faults:
            at_aws, at_vault = self.faults[number]
            strike(self.hand.stage, at_aws if what.startswith("aws") else at_vault, when, what)

    def _count(self, when: str) -> int:
        if when == "before":
            self.before += 1
            return self.before
        self.after += 1
        return self.after


class Governed(RuleBasedStateMachine):
    """An account under SageWarden; `pair` is the sandbox that all examples share."""

    pair: ClassVar[Pair]
    steps: ClassVar[int] = 0

    @initialize(
        rules=st.sampled_from(RULES),
        trials=st.lists(st.sampled_from(EXPERIMENTS), min_size=4, max_size=4),
        components=st.lists(
            st.lists(TRIAL, min_size=1, max_size=3, unique=True), min_size=4, max_size=4
        ),
    )
    def lay(self, rules: Rules, trials: list[str], components: list[list[str]]) -> None:
        """Make an account that is old enough."""
        stage = self.pair.ground.stage
        stage.box.admin.clear_rules()
        self.world = World.empty(stage, rules)
        self.world.populate(trials, [*components, [], []])

    @rule(act=st.sampled_from(sorted(BETWEEN)), component=COMPONENT, trial=TRIAL)
    def somebody(self, act: str, component: str, trial: str) -> None:
        """Somebody does something between two runs."""
        BETWEEN[act](component, trial)(Hand(self.world.stage))

    @rule(days=st.sampled_from([0.1, 1.0, 7.1, 7.1, 31.0]))
    def pass_time(self, days: float) -> None:
        """Nothing happens for a while."""
        self.world.stage.pass_time(days * DAY)

    @rule(ripe=RIPE)
    def sweep(self, *, ripe: bool) -> None:
        """A run that nothing disturbs."""
        self._ripen(ripe=ripe)
        self._swept(Disturbance({}, None, Hand(self.world.stage)))

    @rule(
        at=st.lists(CALL, min_size=1, max_size=3, unique=True),
        kinds=st.lists(
            st.tuples(st.sampled_from(AT_AWS), st.sampled_from(AT_VAULT)), min_size=3, max_size=3
        ),
        ripe=RIPE,
    )
    def disturbed(self, at: list[int], kinds: list[tuple[str, str]], *, ripe: bool) -> None:
        """A run in which things go wrong; it may die."""
        self._ripen(ripe=ripe)
        faults = dict(zip(at, kinds, strict=False))
        self._swept(Disturbance(faults, None, Hand(self.world.stage)))

    @rule(
        number=CALL,
        act=st.sampled_from(sorted(ACTS)),
        component=COMPONENT,
        trial=TRIAL,
        ripe=RIPE,
    )
    def watched(self, number: int, act: str, component: str, trial: str, *, ripe: bool) -> None:
        """A run in the midst of which somebody does something."""
        self._ripen(ripe=ripe)
        deed = (number, act, component, trial)
        self._swept(Disturbance({}, deed, Hand(self.world.stage)))

    @rule(number=CALL, ripe=RIPE)
    def overtaken(self, number: int, *, ripe: bool) -> None:
        """A run that falls silent at a call; a second worker comes and does all."""
        self._ripen(ripe=ripe)
        stage = self.world.stage
        before, stage.lease = Before.of(self.world), None
        gap = Gap(number, "", silent=True, ends=EITHER)
        self.pair.ground.tap.act = Meeting(self.pair, gap, stage)
        sweeps(stage)
        self._calm()
        stage.runs += 100
        self._check(before, Hand(stage), None)

    def teardown(self) -> None:
        """In the end one undisturbed run settles everything that is open."""
        if hasattr(self, "world"):
            self._swept(Disturbance({}, None, Hand(self.world.stage)))
            assert self.world.stage.open_intents() == []

    def _ripen(self, *, ripe: bool) -> None:
        """Let there be something due: more grows, ages, is marked, and the grace period passes."""
        if ripe:
            self.world.grow()
            self._swept(Disturbance({}, None, Hand(self.world.stage)))
            self.world.stage.pass_time(GRACE + 60)

    def _swept(self, disturbance: Disturbance) -> None:
        stage = self.world.stage
        before = Before.of(self.world)
        self.pair.ground._tapped(calmed(stage))
        self.pair.ground.tap.act = disturbance
        report = sweeps(stage)
        self._calm()
        self._check(before, disturbance.hand, report)

    def _calm(self) -> None:
        self.world.stage.box.admin.clear_rules()
        self.pair.ground._tapped(calmed(self.world.stage))

    def _check(self, before: Before, hand: Hand, report: Report | None) -> None:
        type(self).steps += 1
        assert [*judged(self.world, before, hand, report)] == []
        now = self.world.stage.box.admin.now()
        self.world.swept.append((now, before.births))
