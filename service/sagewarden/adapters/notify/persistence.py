"""How often a channel tries, and when it leaves an address alone for the rest of a run."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sagewarden.errors import NoticeRefused

PAUSE = 1.0
"""Seconds between the first attempt and the second; doubled after each."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an attempt was in vain, and whether the next may well end otherwise."""

    told: str
    may_change: bool


@dataclass(slots=True)
class Persistence:
    """Tries at most `attempts` times; `rest` waits for so many seconds between them.

    After an address gave no useful answer to the last attempt, nothing more is sent there: a
    thousand owners must not wait for it one after the other.
    """

    shown: str
    attempts: int
    rest: Callable[[float], None]
    _gave_up: str = field(default="", init=False)

    def deliver(self, attempt: Callable[[], Refusal | None]) -> None:
        """Try until it is taken; raise NoticeRefused when it is not."""
        if self._gave_up:
            raise NoticeRefused(self._gave_up)
        refusal = attempt()
        for number in range(1, self.attempts):
            if refusal is None or not refusal.may_change:
                break
            self.rest(PAUSE * 2 ** (number - 1))
            refusal = attempt()
        if refusal is None:
            return
        told = f"{self.shown} did not take it: {refusal.told}"
        if refusal.may_change:
            self._gave_up = told
        raise NoticeRefused(told)
