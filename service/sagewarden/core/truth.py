"""Three-valued truth: what cannot be known is neither true nor false."""

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final, TypeVar


class Truth(Enum):
    """True, false or unknown; `not unknown` is unknown, and unknown keeps."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    @classmethod
    def of(cls, known: bool) -> "Truth":  # noqa: FBT001 -- the value is the point
        """Turn what is known into a truth."""
        return TRUE if known else FALSE

    def inverted(self) -> "Truth":
        """Return the opposite; the opposite of unknown is unknown."""
        if self is UNKNOWN:
            return self
        return Truth.of(self is FALSE)


FALSE: Final = Truth.FALSE
UNKNOWN: Final = Truth.UNKNOWN
TRUE: Final = Truth.TRUE
"""The same by plain names: Python 3.11 takes ten times as long to find a member of a class."""

S = TypeVar("S")
T = TypeVar("T")


def all_of(tests: Sequence[Callable[[S, T], Truth]]) -> Callable[[S, T], Truth]:
    """False as soon as one is false, else unknown if one is unknown, else true."""
    return _joined(tests, deciding=FALSE, otherwise=TRUE)


def any_of(tests: Sequence[Callable[[S, T], Truth]]) -> Callable[[S, T], Truth]:
    """True as soon as one is true, else unknown if one is unknown, else false."""
    return _joined(tests, deciding=TRUE, otherwise=FALSE)


def _joined(
    tests: Sequence[Callable[[S, T], Truth]], *, deciding: Truth, otherwise: Truth
) -> Callable[[S, T], Truth]:
    if not tests:
        return lambda _subject, _at: otherwise
    first, *others = tests

    def test(subject: S, at: T) -> Truth:
        answer = first(subject, at)
        if answer is deciding:  # so it is of nearly all
            return answer
        for each in others:
            truth = each(subject, at)
            if truth is deciding:
                return truth
            if truth is UNKNOWN:
                answer = truth
        return answer

    return test
