"""Which calls of a sweep can tell whether somebody has acted yet.

A deed commutes with a call that neither reads nor writes anything of what the deed changes: the
call is answered the same, and does the same, whichever of the two comes first. So the plays with
the deed before such a call and after it are one play, and each adversary acts before every call
that could tell, and after the last of them. A call about one entity reads and writes that entity's
own record and edges only; what is no call about one entity (Search, account-wide lists) always
tells.
"""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from tests.faults.deeds import Act, Hand
from tests.faults.ground import Ground
from tests.faults.oracle import Account
from tests.faults.timeline import Passed, Timeline, named

BLIND = {"GetCallerIdentity"}
"""Calls that show nothing of an account's experiments."""


@dataclass(frozen=True)
class Spot:
    """Right before one call: the `nth`, from 1, of those that are alike.

    So it is the same call in each sweep, in whatever order threads make theirs.
    """

    call: str
    nth: int

    def __str__(self) -> str:
        return f"before {self.call} #{self.nth}"


def alike(passed: Passed) -> str:
    """Spell a call as all those are spelled that ask the same of the same."""
    if passed.service == "vault":
        return f"{passed.name} {passed.key}"
    asked = passed.asked
    parts = (passed.name, passed.about, asked.get("TrialName", ""), asked.get("Resource", ""))
    return " ".join(each for each in parts if each)


def spots(passed: Collection[Passed]) -> Iterator[tuple[Spot, Passed]]:
    """Name the place before each call of a sweep."""
    seen: Counter[str] = Counter()
    for each in passed:
        call = alike(each)
        seen[call] += 1
        yield Spot(call, seen[call]), each


def undisturbed(ground: Ground) -> list[Passed]:
    """Everything that passes in a sweep that nobody disturbs."""
    stage = ground.fresh()
    timeline = Timeline(ground.tap)
    ground.tap.act = timeline
    stage.sweep()
    ground.calm()
    return timeline.passed


def reach(ground: Ground, act: Act) -> frozenset[str]:
    """Name all that a deed changes at the start, where it changes most, with its neighbours."""
    stage = ground.fresh()
    before = stage.account()
    act(Hand(stage))
    after = stage.account()
    touched = {
        (rows, key)
        for rows in before
        for key in {*before[rows], *after[rows]}
        if before[rows].get(key) != after[rows].get(key)
    }
    return frozenset(who for rows, key in touched for who in _around(rows, key, before, after))


def _around(rows: str, key: str, *accounts: Account) -> Iterator[str]:
    """Name an entity and all that it has an edge to, in any of these accounts."""
    yield f"{rows[0]} {key}"
    for account in accounts:
        row = account[rows].get(key)
        if row is None:
            continue
        yield from (f"t {each}" for each in getattr(row, "trials", ()))
        if rows == "trials":
            yield f"e {row.experiment}"
            yield from _holding(account["components"], "c", "trials", key)
        if rows == "experiments":
            yield from _holding(account["trials"], "t", "experiment", key)


def _holding(rows: dict[str, Any], letter: str, member: str, key: str) -> Iterator[str]:
    for name, row in rows.items():
        value = getattr(row, member)
        if key == value or (isinstance(value, tuple) and key in value):
            yield f"{letter} {name}"


def tells(passed: Passed, reached: Collection[str]) -> bool:
    """Whether a call could tell a deed of this reach."""
    if passed.service != "aws" or passed.name in BLIND:
        return False
    about = {*subjects(passed)}
    return not about or not about.isdisjoint(reached)


def subjects(passed: Passed) -> Iterator[str]:
    """Everything that a call is about; nothing when it is about a whole account."""
    if passed.about:
        yield passed.about
    if trial := passed.asked.get("TrialName", ""):
        yield f"t {trial.lower()}"
    for query in passed.asked.get("MetricQueries", ()):
        yield named(query["ResourceArn"])
