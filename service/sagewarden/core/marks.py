"""Marks: a first match only marks; the delete comes a grace period later.

A mark binds the entity, the policy, its rule and the content of the whole tree. Anything new or
changed in the tree starts it anew; parts that are gone do not (we may have deleted them ourselves
before a crash).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from sys import intern
from typing import Any, NamedTuple, TypeVar

from sagewarden.core.canonical import digest, read_time, spell_time
from sagewarden.core.entities import Identity
from sagewarden.core.forest import Tree
from sagewarden.core.plan import read_identity, spell_identity


@dataclass(frozen=True, slots=True)
class MarkRules:
    """How patient marks are: `matches` that count lie at least `interval` apart.

    What a restore created is not even marked for `restored_rest` after it.
    """

    matches: int
    interval: timedelta
    min_grace: timedelta
    restored_rest: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One entity under one policy. Times are UTC.

    `due` never moves forward; `announced` is when a notice was durable and accepted. `parts` are
    the tree's, sorted, each by a short digest of its identity and content.
    """

    identity: Identity
    policy: str
    rule: str
    since: datetime
    due: datetime
    matches: int
    counted: datetime
    parts: tuple[str, ...]
    announced: datetime | None = None

    @property
    def place(self) -> tuple[Identity, str]:
        """What a mark is found by."""
        return (self.identity, self.policy)

    def spelled(self) -> dict[str, Any]:
        """Return the mark as it is stored."""
        return {
            "identity": spell_identity(self.identity),
            "policy": self.policy,
            "rule": self.rule,
            "since": _spelled(self.since),
            "due": _spelled(self.due),
            "matches": self.matches,
            "counted": _spelled(self.counted),
            "parts": list(self.parts),
            "announced": None if self.announced is None else _spelled(self.announced),
        }


def read_mark(stored: Mapping[str, Any]) -> Mark:
    """Read what `Mark.spelled` wrote; raise KeyError, TypeError or ValueError if it is broken."""
    announced = stored["announced"]
    return Mark(
        identity=read_identity(stored["identity"]),
        policy=intern(stored["policy"]),
        rule=intern(stored["rule"]),
        since=_read(stored["since"]),
        due=_read(stored["due"]),
        matches=stored["matches"],
        counted=_read(stored["counted"]),
        parts=tuple(stored["parts"]),
        announced=None if announced is None else _read(announced),
    )


_MOMENTS = 1 << 12
"""Times that all marks of a few runs share."""

_spelled = lru_cache(_MOMENTS)(spell_time)
_read = lru_cache(_MOMENTS)(read_time)


class Candidate(NamedTuple):
    """A tree that a delete policy matched and nothing keeps, this time."""

    tree: Tree
    policy: str
    rule: str
    grace: timedelta

    @property
    def place(self) -> tuple[Identity, str]:
        """What its mark is found by."""
        return (self.tree.root.identity, self.policy)

    @property
    def parts(self) -> tuple[str, ...]:
        """A short digest of each part's identity and content, sorted."""
        parts = self.tree.parts
        return tuple(
            sorted([digest([spell_identity(each.identity), each.content])[:16] for each in parts])
        )


Marks = Mapping[tuple[Identity, str], Mark]

Placed = TypeVar("Placed")


def advance(
    marks: Marks, candidates: Iterable[Candidate], now: datetime, rules: MarkRules
) -> dict[tuple[Identity, str], Mark]:
    """Return the marks after one complete run: what no longer matches has lost its mark."""
    after = [_advanced(marks.get(each.place), each, now, rules) for each in candidates]
    return {mark.place: mark for mark in after}


def _advanced(mark: Mark | None, candidate: Candidate, now: datetime, rules: MarkRules) -> Mark:
    grace = max(candidate.grace, rules.min_grace)
    parts = candidate.parts
    if mark is None or mark.rule != candidate.rule or not set(parts) <= set(mark.parts):
        return Mark(
            identity=candidate.tree.root.identity,
            policy=candidate.policy,
            rule=candidate.rule,
            since=now,
            due=now + grace,
            matches=1,
            counted=now,
            parts=parts,
        )
    due = max(mark.due, mark.since + grace)
    if now - mark.counted < rules.interval:
        return replace(mark, due=due)
    return replace(mark, due=due, matches=mark.matches + 1, counted=now)


def waits_for(mark: Mark | None, now: datetime, rules: MarkRules) -> str | None:
    """Say what a mark still waits for, or None when its entity is due."""
    if mark is None:
        return "not marked yet"
    if mark.matches < rules.matches:
        return f"matched {mark.matches} of {rules.matches} times"
    if now < mark.due:
        return f"marked, due {mark.due:%Y-%m-%d %H:%M} UTC"
    if mark.announced is None:
        return "due, but its notice was not accepted by any channel that counts"
    return None


def in_order(found: Mapping[tuple[Identity, str], Placed]) -> list[Placed]:
    """Return all marks, or all that stands beside them, in one order."""
    return [found[place] for place in sorted(found)]
