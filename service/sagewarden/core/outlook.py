"""What each part of a condition found, and when time alone changes the answer.

Of all conditions only ages and idle times depend on the clock, and each of them turns at one moment
that is known. So between two of those moments nothing changes, and to ask at each is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sagewarden.core.conditions import compile_condition, explain
from sagewarden.core.durations import spell_duration
from sagewarden.core.escalation import Violated
from sagewarden.core.forest import Subject
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.marks import Mark, MarkRules
from sagewarden.core.policy import Action, Aged, AllOf, AnyOf, Condition, Idle, Not, Policy
from sagewarden.core.protection import rests_until
from sagewarden.core.truth import Truth


@dataclass(frozen=True, slots=True)
class Seen:
    """What one condition found of one subject, in words; `parts` are what it is made of.

    `turns` is when time alone makes its truth another (UTC), None when it never does.
    """

    truth: Truth
    text: str
    turns: datetime | None
    parts: tuple["Seen", ...] = ()


def see(condition: Condition, subject: Subject, now: datetime) -> Seen:
    """Look at a condition part by part."""
    turns = next((moment for moment, _ in changes(condition, subject, now)), None)
    match condition:
        case AllOf(parts):
            word, inside = "all of", parts
        case AnyOf(parts):
            word, inside = "one of", parts
        case Not(part):
            word, inside = "not", (part,)
        case _:
            (found,) = explain(condition, subject, now)
            return Seen(found.truth, found.text, turns)
    truth = compile_condition(condition)(subject, now)
    return Seen(truth, word, turns, tuple(see(each, subject, now) for each in inside))


def changes(
    condition: Condition, subject: Subject, now: datetime
) -> Iterator[tuple[datetime, Truth]]:
    """Yield each later moment (UTC) at which the answer changes, with the answer from then on."""
    test = compile_condition(condition)
    before = test(subject, now)
    for moment in sorted({each for each in _moments(condition, subject) if each > now}):
        after = test(subject, moment)
        if after is not before:
            yield moment, after
        before = after


def _moments(condition: Condition, subject: Subject) -> Iterator[datetime]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _moments(part, subject)
        case Not(part):
            yield from _moments(part, subject)
        case Idle(least):
            yield subject.activity + least
        case Aged(least):
            yield subject.created + least
        case _:
            return


@dataclass(frozen=True, slots=True)
class Outlook:
    """What comes next when nothing happens: `when` (UTC) it changes, None if not by time alone."""

    when: datetime | None
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where an entity stands with one policy; `judgement` is None when it does not match.

    `floor` is the least grace period that it gets. `violated` is since when it lacks what a tag
    policy with an escalation requires.
    """

    policy: Policy
    subject: Subject
    judgement: Judgement | None
    now: datetime
    rules: MarkRules
    floor: timedelta
    violated: Violated | None = None

    @property
    def begins(self) -> datetime | None:
        """When it comes to match, if it does not and time alone does it."""
        return self._first(matching=True)

    @property
    def ends(self) -> datetime | None:
        """When it ceases to match, if time alone does it."""
        return self._first(matching=False)

    @property
    def rested(self) -> datetime | None:
        """When what keeps it is over, if it is kept for its rest after a restore alone."""
        parts = self.subject.tree.parts
        ends = [end for part in parts if (end := rests_until(part, self.rules.restored_rest))]
        ahead = [end for end in ends if end > self.now]
        alone = self.judgement is not None and len(self.judgement.against) == len(ahead)
        return max(ahead) if ahead and alone else None

    def _first(self, *, matching: bool) -> datetime | None:
        found = changes(self.policy.match, self.subject, self.now)
        return next((at for at, truth in found if (truth is Truth.TRUE) == matching), None)


def outlook(standing: Standing) -> Outlook:
    """Tell what becomes of an entity under one policy when nothing happens but time."""
    judgement = standing.judgement
    if judgement is None:
        return _of_tags(standing) if standing.policy.require else _unmatched(standing)
    if judgement.verdict is Verdict.DELETE:
        return Outlook(standing.now, "it is due: whoever applies this plan deletes it")
    if judgement.verdict is Verdict.MARK:
        return _marked(standing, judgement.mark)
    if standing.ends is not None:
        return Outlook(standing.ends, "it no longer matches")
    if judgement.verdict is Verdict.REPORT:
        return Outlook(None, "it is reported for as long as nothing happens to it")
    if (rested := standing.rested) is not None:
        return Outlook(rested, "its rest after a restore ends, and nothing else keeps it")
    return Outlook(None, "it stays for as long as what keeps it is there")


def _unmatched(standing: Standing) -> Outlook:
    begins = standing.begins
    if begins is None:
        return Outlook(None, "time alone never makes it match")
    if standing.policy.action is not Action.DELETE or standing.policy.grace is None:
        return Outlook(begins, "it matches, if nothing happens to it until then")
    earliest = begins + max(standing.policy.grace, standing.floor)
    return Outlook(
        begins,
        "it matches, if nothing happens to it until then, and is deleted on "
        f"{earliest:%Y-%m-%d} at the earliest",
    )


def _of_tags(standing: Standing) -> Outlook:
    escalate, violated = standing.policy.escalate, standing.violated
    if escalate is None or violated is None:
        return _unmatched(standing) if standing.begins else Outlook(None, "only its tags count")
    return Outlook(
        violated.since + escalate.after,
        "it is marked unless somebody mends its tags, and deleted "
        f"{spell_duration(max(escalate.grace, standing.floor))} later at the earliest",
    )


def _marked(standing: Standing, mark: Mark | None) -> Outlook:
    if mark is None:
        return Outlook(None, "nothing is due while the inventory is incomplete")
    missing = max(0, standing.rules.matches - mark.matches)
    ready = max(mark.due, mark.counted + missing * standing.rules.interval, standing.now)
    if standing.ends is not None and standing.ends < ready:
        return Outlook(standing.ends, "it no longer matches and loses its mark")
    needs = []
    if mark.since == standing.now:
        needs.append("a sweep marks it today")
    if missing:
        needs.append(f"{missing} more {'match counts' if missing == 1 else 'matches count'}")
    if mark.announced is None:
        needs.append("its notice is accepted")
    return Outlook(ready, f"it can be deleted{', if ' if needs else ''}{_listed(needs)}")


def _listed(words: list[str]) -> str:
    *most, last = words or [""]
    return f"{', '.join(most)} and {last}" if most else last
