"""An adversary before every call: somebody else acts once, and what they touched is judged.

Of calls that could not tell the deed the one after them stands for all: see `telling.py`.

The promise is derived from what passed. A read that shows the deed, made by the thread that acts,
stops the unit: after it no effect there. Every effect, turn and bundle has the reads that the
protocol asks for. Together they bound each window of ARCHITECTURE.md: a component's is one look
and the effect after it, an ancestor's one bundle.
"""

import itertools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.faults.deeds import (
    WORDS,
    Act,
    Hand,
    anew,
    commanded,
    linked,
    paused,
    tagged,
    taken,
    tree_anew,
    updated,
    with_component,
    with_trial,
    without,
)
from tests.faults.ground import Ground, open_ground
from tests.faults.oracle import mistold, units, violations
from tests.faults.sections import Section
from tests.faults.telling import Spot, alike, reach, spots, tells, undisturbed
from tests.faults.timeline import (
    DESCRIBES,
    TAGS,
    Passed,
    Timeline,
    spelled,
    unlooked,
    without_edges,
)
from tests.runs.enumerating import Ending
from tests.runs.stage import CUT, Stage

from sagewarden.core.entities import Kind
from sagewarden.core.report import Report

SWITCHES = {"pause": "", "hold": "/holds/current"}
"""What is read from the vault, not from AWS, and where; the pause is read at the victim's key."""

REGISTRY = "ListModelPackages"
"""The read that shows a model which somebody registers, whosever it is."""


@dataclass(frozen=True)
class Adversary:
    """Somebody who acts once; the read `by` of `victim` shows it.

    What was touched `lasts` when it must survive the calm sweep that follows too. After one who is
    `passing` nothing is left of the deed, and the calm sweep ends like any other. `denies` is a
    permission that is lost; `keys` are tags that nobody may write over then.
    """

    name: str
    act: Act
    victim: str = ""
    by: str = ""
    lasts: bool = False
    passing: bool = False
    denies: str = ""
    keys: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.name} {self.victim}".strip()

    def shown(self, each: Passed) -> bool:
        """Whether a read that is made after the deed shows it."""
        if self.by in SWITCHES:
            return each.name == "get" and each.key.endswith(SWITCHES[self.by] or self.victim)
        if self.by == REGISTRY:
            return each.name == REGISTRY
        return each.name == self.by and each.about == self.victim

    def told_by(self, each: Passed, reached: Collection[str]) -> bool:
        """Whether a call could tell that the deed is done; `reached` is what it changes."""
        if self.by in {*SWITCHES, REGISTRY}:
            return self.shown(each)
        if self.denies:
            return fnmatchcase(each.name, self.denies)
        return tells(each, reached)


def _each(name: str, by: str, act: Callable[[str], Act], *victims: str) -> list[Adversary]:
    """Return one adversary a victim; what they do is a lasting reason to keep it."""
    return [
        Adversary(name, act(who), who, by or f"Describe{WORDS[who[0]]}", lasts=True)
        for who in victims
    ]


RUNNING = {"PrimaryStatus": "InProgress"}
LOST = (
    *("DeleteTrial*", "DeleteExperiment", "DisassociateTrialComponent"),
    *("ListTags", "ListTrials", "ListTrialComponents"),
    *("DescribeTrialComponent", "DescribeTrial", "DescribeExperiment"),
)
REPAIRED = ("owner", "Owner", "env")
HELD = ("c twin", "c lent", "c big-d", "c stray-1", "t a-2", "t big-2", "e old-a", "e old-big")
ADVERSARIES = [
    *_each("holds", "ListTags", lambda who: tagged(who, "sagewarden:hold"), *HELD),
    *_each("runs", "", lambda who: updated(who, Status=RUNNING), "c twin", "c lent", "c stray-1"),
    *_each(
        "sets a parameter of",
        "",
        lambda who: updated(who, Parameters={"depth": {"NumberValue": 7}}),
        *("c mine", "c big-d", "c stray-1"),
    ),
    *_each(
        "renames", "", lambda who: updated(who, DisplayName="mine"), "c big-c", "t b-1", "e old-big"
    ),
    *_each(
        "uses in Live", "ListTrials", lambda who: linked(who[2:], "live-1"), "c twin", "c big-d"
    ),
    *_each("uses in Live", "ListTrials", lambda who: linked(who[2:], "live-1"), "c stray-1"),
    *_each(
        "makes a trial in", "ListTrials", lambda who: with_trial(who[2:]), "e old-a", "e old-big"
    ),
    Adversary(
        "makes a component in a-1 of", with_component("a-1"), "e old-a", "ListTrialComponents"
    ),
    Adversary(
        "makes a component in big-2 of", with_component("big-2"), "e old-big", "ListTrialComponents"
    ),
    *_each("creates anew", "", anew, "c stray-1"),
    Adversary("creates anew", anew("c big-d", "big-2"), "c big-d", "DescribeTrialComponent"),
    Adversary(
        "creates anew", tree_anew("old-big", "big-2", "big-d"), "e old-big", "DescribeExperiment"
    ),
    # a tag of the user's own, an edge less, an entity less: the run that meets it stops, but none
    # of it is a sign of life (AWS moves no LastModifiedTime), so the next run may take the rest
    *(
        Adversary("tags", tagged(who, "team"), who, "ListTags")
        for who in ("c big-a", "c stray-1", "t b-1", "e old-a")
    ),
    Adversary("takes from a-1", taken("twin", "a-1"), "c twin", "ListTrials"),
    Adversary("takes from big-2", taken("big-d", "big-2"), "c big-d", "ListTrials"),
    Adversary("takes from live-1", taken("lent", "live-1"), "c lent", "ListTrials"),
    *(
        Adversary("deletes", lambda hand, who=who: hand.erase(who), who)  # type: ignore[misc]
        for who in ("c twin", "c lent", "c stray-1", "t a-1", "e old-big")
    ),
    *(
        Adversary(f"denies {action}", without(action), passing=True, denies=action)
        for action in LOST
    ),
    *_each("holds by command", "hold", commanded, "c big-d", "c stray-1", "t a-2", "e old-b"),
    # who lives gets its tags repaired: a hold stops that, and another value is not written over
    Adversary(
        "holds", tagged("e live", "sagewarden:hold"), "e live", "ListTags", keys=frozenset(REPAIRED)
    ),
    Adversary(
        "corrects env of",
        tagged("e live", "env", "stage"),
        "e live",
        "ListTags",
        keys=frozenset({"env"}),
    ),
    Adversary(
        "corrects tier of",
        tagged("c active", "tier", "silver"),
        "c active",
        "ListTags",
        keys=frozenset({"tier"}),
    ),
    Adversary("pauses", paused(everything=False), "east-1/pause/current", "pause", passing=True),
    Adversary("pauses", paused(everything=True), "v1/pause/current", "pause", passing=True),
]


@dataclass(frozen=True)
class Deed:
    """An adversary right before one call of a sweep."""

    spot: Spot
    adversary: Adversary

    def __str__(self) -> str:
        return f"{self.adversary} {self.spot}"


def deeds(ground: Ground, some: Sequence[Adversary] = ADVERSARIES) -> list[Deed]:
    """Each of these adversaries before every call of an undisturbed sweep that could tell.

    And at its end. `telling.py` says why all other calls make no other play.
    """
    calls = [*spots(undisturbed(ground))]
    return [Deed(spot, each) for each in some for spot in _told_at(ground, each, calls)]


def _told_at(
    ground: Ground, adversary: Adversary, calls: list[tuple[Spot, Passed]]
) -> Iterator[Spot]:
    reached = frozenset() if adversary.passing else reach(ground, adversary.act)
    for spot, passed in calls:
        if adversary.told_by(passed, reached) or passed is calls[-1][1]:
            yield spot


@dataclass
class Told:
    """One sweep in which somebody acted, and all that is known of it."""

    ground: Ground
    stage: Stage
    deed: Deed
    hand: Hand
    timeline: Timeline
    report: Report
    moment: int
    """How many calls had passed when somebody acted."""

    def known(self, edges: set[tuple[str, str]], *, there: bool) -> set[tuple[str, str]]:
        """Return those edges of which the plan knew already that they are there, or are not."""
        planned = {
            each.identity.name: each.parents
            for unit in units(self.stage)
            for each in (*unit.entities, *unit.spared)
            if each.identity.kind is Kind.COMPONENT
        }
        return {
            (component, trial)
            for component, trial in edges
            if component in planned and (trial in planned[component]) is there
        }


def play_deed(ground: Ground, deed: Deed) -> list[str]:
    """Sweep with somebody in the way, then sweep with nobody; return what is wrong."""
    told = acted(ground, deed)
    stage = told.stage
    wrong = [*judged(told)]
    kept = stage.names()
    _undone(ground, deed.adversary)
    stage.sweep()
    wrong += [f"open after a calm sweep: {key}" for key in stage.open_intents()]
    wrong += violations(ground.before, stage, _lasting(told, kept), told.hand.took)
    if deed.adversary.passing:
        differs = Ending.of(stage).differs_from(ground.clean)
        wrong += [f"not as after a clean sweep: {each}" for each in differs]
    return wrong


def acted(ground: Ground, deed: Deed) -> Told:
    """Make the sweep in which the adversary acts."""
    stage = ground.fresh()
    stage.box.admin.set_knobs(denied={})
    hand, timeline = Hand(stage), Timeline(ground.tap)
    moments: list[int] = []
    alike_passed = itertools.count(1)

    def act(when: str, what: str) -> None:
        timeline(when, what)
        if when != "before" or alike(timeline.passed[-1]) != deed.spot.call:
            return
        if next(alike_passed) == deed.spot.nth:
            moments.append(timeline.passed[-1].number)
            deed.adversary.act(hand)

    ground.tap.act = act
    report = stage.sweep()
    return Told(ground, stage, deed, hand, timeline, report, *moments)


def _undone(ground: Ground, adversary: Adversary) -> None:
    """Give back every permission, and release the switch."""
    stage = ground.calm()
    stage.box.admin.set_knobs(denied={})
    if adversary.by == "pause":
        for everything in (False, True):
            paused(everything=everything, on=False)(Hand(stage))


def _lasting(told: Told, kept: set[str]) -> set[str]:
    """What must be there after the calm sweep: what is new or in use, and what was touched."""
    adversary, hand = told.deed.adversary, told.hand
    used = hand.made | {f"c {component}" for component, _ in hand.linked}
    touched = {adversary.victim} if adversary.lasts and hand.acted else set()
    return (used | touched) & kept


def judged(told: Told) -> Iterator[str]:
    """Say what is wrong after the sweep in which somebody acted."""
    stage, hand, before = told.stage, told.hand, told.ground.before
    open_intents = stage.open_intents()
    if open_intents and not told.deed.adversary.passing:
        yield f"open: {open_intents}"
    taken = told.known(hand.took, there=False)
    if not open_intents:
        free = {f"c {component}" for component, _ in taken}
        yield from violations(before, stage, told.ground.left - hand.gone - free, hand.took)
        yield from mistold(stage, told.report)
    yield from unlooked(told.timeline, stage.entries(), without_edges(before, taken))
    if hand.acted:
        yield from _lost(told)
        if not taken and not told.known(hand.linked, there=True):
            yield from _after_sight(told)
        yield from _written_over(told)


def _after_sight(told: Told) -> Iterator[str]:
    """Name each effect on a unit that was sent after a read had shown the deed.

    What the plan knew of already, because it was made after the deed, is no surprise.
    """
    seen = [each for each in _ours(told, told.moment) if told.deed.adversary.shown(each)]
    members = _unit_of(told.stage, told.deed.adversary)
    for effect in told.timeline.applied(told.stage):
        if seen and effect.number > seen[0].number and (not members or effect.about in members):
            yield f"{effect.name} {effect.about} although {seen[0].name} had shown it"


def _written_over(told: Told) -> Iterator[str]:
    """Name each write of tags that was sent after a look had shown that they are not ours now."""
    adversary, ours = told.deed.adversary, [*_ours(told, told.moment)]
    seen = [each.number for each in ours if adversary.shown(each)]
    for each in ours:
        if each.name in TAGS and each.about == adversary.victim and seen and seen[0] < each.number:
            keys = {*each.asked.get("TagKeys", ()), *(tag["Key"] for tag in _tags(each))}
            yield from (f"{key} written over by {each.name}" for key in keys & adversary.keys)


def _tags(each: Passed) -> list[dict[str, str]]:
    tags: list[dict[str, str]] = each.asked.get("Tags", [])
    return tags


def _ours(told: Told, start: int) -> Iterable[Passed]:
    return (each for each in told.timeline.passed[start:] if each.thread == told.timeline.ours)


def _unit_of(stage: Stage, adversary: Adversary) -> set[str]:
    """Everyone who stands or falls with the victim; nobody stands for everybody (the pause)."""
    if adversary.by == "pause":
        return set()
    for unit in units(stage):
        names = {spelled(each.identity) for each in (*unit.entities, *unit.spared)}
        if unit.is_tree and adversary.victim in names:
            return names
    return {adversary.victim}


def _lost(told: Told) -> Iterator[str]:
    """Name what is gone of what the adversary made, linked or touched, unless in the window."""
    hand, names = told.hand, told.stage.names()
    excused = {*_in_window(told)}
    for who in hand.made - names - excused:
        yield f"{who} is gone, which somebody had made"
    for component, trial in hand.linked - {each for each in excused if isinstance(each, tuple)}:
        if f"c {component}" not in names or trial not in told.stage.trials_of(component):
            yield f"{component} was linked to {trial}, and is not"
    victim = told.deed.adversary.victim
    if told.deed.adversary.lasts and victim not in names | excused:
        yield f"{victim} is gone, which somebody had touched"


def _in_window(told: Told) -> Iterator[str | tuple[str, str]]:
    """What an effect took that came before the deed, or whose own look had."""
    moment, adversary = told.moment, told.deed.adversary
    by = adversary.by
    for effect in told.timeline.applied(told.stage):
        look = by if by == "ListTags" else DESCRIBES[effect.about[0]]
        looked = [
            each.number
            for each in told.timeline.passed[: effect.number]
            if each.thread == told.timeline.ours
            and (
                adversary.shown(each)
                if by in {*SWITCHES, REGISTRY}
                else (each.name, each.about) == (look, effect.about)
            )
        ]
        if effect.number < moment or looked[-1:] < [moment]:
            trial = effect.asked.get("TrialName", "").lower()
            yield (effect.about[2:], trial) if effect.name == CUT else effect.about


ADVERSARY = Section(
    name="adversaries",
    faults="held, run again, changed, renamed, linked, tagged, deleted, created anew, grown, "
    "taken from a trial, permission lost, paused",
    ground=open_ground,
    points=deeds,
    play=play_deed,
    short=20,
    kind=lambda deed: deed.adversary.name,
    kinds=frozenset(map(str, ADVERSARIES)),
)
