"""Limits: how much of a target one plan may take, checked before its first effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sagewarden.core.entities import Kind


@dataclass(frozen=True, slots=True)
class Limit:
    """At most this share (0..1) of each kind, and this many components; zero means none."""

    share: float
    components: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Above `automatic` a plan waits for approval; above `hard` it is refused even then."""

    automatic: Limit
    hard: Limit


class Room(StrEnum):
    """Where a plan stands against the limits."""

    INSIDE = "inside"
    NEEDS_APPROVAL = "needs approval"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Measure:
    """A plan against the limits, with each limit that is exceeded in words."""

    room: Room
    exceeded: tuple[str, ...]


def measure(matched: Mapping[Kind, int], population: Mapping[Kind, int], limits: Limits) -> Measure:
    """Compare all that matches, before holds and keeps, with the full inventory."""
    hard = tuple(_exceeded("hard", limits.hard, matched, population))
    if hard:
        return Measure(Room.REFUSED, hard)
    automatic = tuple(_exceeded("automatic", limits.automatic, matched, population))
    if automatic:
        return Measure(Room.NEEDS_APPROVAL, automatic)
    return Measure(Room.INSIDE, ())


def _exceeded(
    name: str, limit: Limit, matched: Mapping[Kind, int], population: Mapping[Kind, int]
) -> list[str]:
    told = []
    for kind in Kind:
        count, of = matched.get(kind, 0), population.get(kind, 0)
        if count > Fraction(str(limit.share)) * of:  # 0.29 * 100 is 28.999… in floats
            told.append(
                f"{name} limit: {count} of {of} {kind}s match ({_percent(count, of)}), "
                f"allowed are {100 * limit.share:.4g}%"
            )
    components = matched.get(Kind.COMPONENT, 0)
    if limit.components is not None and components > limit.components:
        told.append(
            f"{name} limit: {components} trial-components match, allowed are {limit.components}"
        )
    return told


def _percent(count: int, of: int) -> str:
    return f"{100 * count / of:.4g}%" if of else "of nothing"
