"""Patterns that cannot be slow: a text is read once, whatever the pattern says.

A pattern becomes an automaton whose states are followed all at once, so the steps never exceed
the number of states times the length of the text (https://swtch.com/~rsc/regexp/regexp1.html).
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from sagewarden.core.pattern_syntax import (
    Chars,
    Choice,
    PatternRefused,
    Repeat,
    Row,
    Shape,
    parse_pattern,
)

__all__ = ["Pattern", "PatternRefused"]

MOST_STATES: Final = 2_000
"""States of a pattern's automaton; repetitions of repetitions multiply them."""

_REMEMBERED: Final = 4_096

_States = frozenset[int]


class Pattern:
    """A pattern, compiled: `matches` compares a whole text, and upper and lower case differ."""

    def __init__(self, text: str) -> None:
        """Compile a pattern; raise PatternRefused when it is none, or too large."""
        self.text = text
        self._machine = _Machine()
        start = self._machine.built(parse_pattern(text), _END)
        self._start = self._machine.closure([start])
        self._step = lru_cache(_REMEMBERED)(self._machine.step)

    def matches(self, text: str) -> bool:
        """Whether the whole text is one that the pattern means."""
        states = self._start
        for character in text:
            states = self._step(states, character)
            if not states:
                return False
        return _END in states


_END: Final = 0


class _Machine:
    """States by number: each takes a character and goes on, or only goes on, to several."""

    def __init__(self) -> None:
        self._takes: list[Chars | None] = [None]
        self._next: list[tuple[int, ...]] = [()]

    def _state(self, takes: Chars | None, *following: int) -> int:
        if len(self._next) >= MOST_STATES:
            raise PatternRefused("repetitions that multiply to too many", 0)
        self._takes.append(takes)
        self._next.append(following)
        return len(self._next) - 1

    def built(self, shape: Shape, following: int) -> int:
        """Add the states of a shape; return the first, from which the last leads on."""
        match shape:
            case Chars():
                return self._state(shape, following)
            case Row(parts):
                for part in reversed(parts):
                    following = self.built(part, following)
                return following
            case Choice(parts):
                return self._state(None, *(self.built(part, following) for part in parts))
            case Repeat():
                return self._repeated(shape, following)

    def _repeated(self, shape: Repeat, following: int) -> int:
        if shape.most is None:
            loop = self._state(None, following)
            self._next[loop] = (self.built(shape.part, loop), following)
            following = loop
        else:
            leave = following
            for _ in range(shape.most - shape.least):
                following = self._state(None, self.built(shape.part, following), leave)
        for _ in range(shape.least):
            following = self.built(shape.part, following)
        return following

    def closure(self, states: Iterable[int]) -> _States:
        """Return all states that are reached without taking a character, these included."""
        reached: set[int] = set()
        waiting = list(states)
        while waiting:
            state = waiting.pop()
            if state not in reached:
                reached.add(state)
                if self._takes[state] is None:
                    waiting.extend(self._next[state])
        return frozenset(
            state for state in reached if state == _END or self._takes[state] is not None
        )

    def step(self, states: _States, character: str) -> _States:
        """Return all states after one more character."""
        return self.closure(
            following
            for state in states
            if (takes := self._takes[state]) is not None and takes.holds(character)
            for following in self._next[state]
        )
