"""Three-valued truth: what cannot be known is neither true nor false."""

from collections.abc import Iterable
from enum import Enum


class Truth(Enum):
    """True, false or unknown; `not unknown` is unknown, and unknown keeps."""

    FALSE = 0
    UNKNOWN = 1
    TRUE = 2

    @classmethod
    def of(cls, known: bool) -> "Truth":  # noqa: FBT001 -- the value is the point
        """Turn what is known into a truth."""
        return cls.TRUE if known else cls.FALSE

    def inverted(self) -> "Truth":
        """Return the opposite; the opposite of unknown is unknown."""
        return Truth(2 - self.value)


def all_of(truths: Iterable[Truth]) -> Truth:
    """False as soon as one is false, else unknown if one is unknown, else true."""
    answer = Truth.TRUE
    for truth in truths:
        if truth is Truth.FALSE:
            return truth
        if truth is Truth.UNKNOWN:
            answer = truth
    return answer


def any_of(truths: Iterable[Truth]) -> Truth:
    """True as soon as one is true, else unknown if one is unknown, else false."""
    answer = Truth.FALSE
    for truth in truths:
        if truth is Truth.TRUE:
            return truth
        if truth is Truth.UNKNOWN:
            answer = truth
    return answer
