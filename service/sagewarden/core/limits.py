"""Limits: how much of a target one plan may take, checked before its first effect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from sagewarden.core.entities import Kind

Counts = Mapping[Kind, int]

DAY = timedelta(hours=24)
"""What was deleted within this time counts as if the plan took it too."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How much one plan may take, together with what was deleted within the last 24 hours.

    At most this `share` (0..1) of each kind and this many `components`; of what matches, at most
    `growth` (1.0 is as much again) more than at the last plan. Zero means none, None no limit.
    """

    share: float
    components: int | None = None
    growth: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Above `automatic` a plan waits for approval; above `hard` it is refused even then.

    Of a kind with fewer than `smallest` entities nothing goes without approval: a share says
    little of so few.
    """

    automatic: Limit
    hard: Limit
    smallest: int = 0


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


@dataclass(frozen=True, slots=True)
class Extent:
    """All that matches, before holds, keeps and unknowns, and the full inventory it is of."""

    matched: Counts
    population: Counts


@dataclass(frozen=True, slots=True)
class Past:
    """What counts besides the plan: deleted within 24 hours, and what matched at the last plan.

    `matched` is None when there was no plan yet.
    """

    deleted: Counts = field(default_factory=dict)
    matched: Counts | None = None

    def without_growth(self) -> "Past":
        """Leave out the last plan: one that was made smaller on purpose is no measure."""
        return Past(self.deleted)


def measure(extent: Extent, limits: Limits, past: Past) -> Measure:
    """Compare what would go with what is there."""
    hard = tuple(_exceeded("hard", limits.hard, limits.smallest, extent, past))
    if hard:
        return Measure(Room.REFUSED, hard)
    automatic = (
        *_exceeded("automatic", limits.automatic, limits.smallest, extent, past),
        *_too_few(limits.smallest, extent),
    )
    if automatic:
        return Measure(Room.NEEDS_APPROVAL, automatic)
    return Measure(Room.INSIDE, ())


def _exceeded(name: str, limit: Limit, smallest: int, extent: Extent, past: Past) -> Iterator[str]:
    for kind in Kind:
        yield from _beyond_share(name, limit.share, kind, extent, past)
    if limit.components is not None:
        yield from _beyond_count(name, limit.components, extent, past)
    if limit.growth is not None and past.matched is not None:
        for kind in Kind:
            yield from _beyond_growth(name, limit.growth, kind, smallest, extent, past.matched)


def _beyond_share(name: str, share: float, kind: Kind, extent: Extent, past: Past) -> Iterator[str]:
    gone = past.deleted.get(kind, 0)
    count = extent.matched.get(kind, 0) + gone
    of = extent.population.get(kind, 0) + gone
    if extent.matched.get(kind, 0) and count > _exact(share) * of:
        yield (
            f"{name} limit: {count} of {of} {kind}s match{_deleted(gone)} ({_percent(count, of)}), "
            f"allowed are {100 * share:.4g}% (limits.{name}.share)"
        )


def _beyond_count(name: str, most: int, extent: Extent, past: Past) -> Iterator[str]:
    gone = past.deleted.get(Kind.COMPONENT, 0)
    matched = extent.matched.get(Kind.COMPONENT, 0)
    if matched and matched + gone > most:
        yield (
            f"{name} limit: {matched + gone} trial-components match{_deleted(gone)}, "
            f"allowed are {most} (limits.{name}.components)"
        )


def _beyond_growth(
    name: str, growth: float, kind: Kind, smallest: int, extent: Extent, before: Counts
) -> Iterator[str]:
    """Compare with the last plan; a few more, or less than a hundredth of all, are no jump."""
    then, now = before.get(kind, 0), extent.matched.get(kind, 0)
    few = max(smallest, extent.population.get(kind, 0) // 100) if growth else 0
    allowed = max(_exact(growth) * then, Fraction(few))
    if now - then > allowed:
        yield (
            f"{name} limit: {now} {kind}s match, {then} did at the last plan; "
            f"allowed are {100 * growth:.4g}% more (limits.{name}.growth)"
        )


def _too_few(smallest: int, extent: Extent) -> Iterator[str]:
    for kind in Kind:
        matched, of = extent.matched.get(kind, 0), extent.population.get(kind, 0)
        if matched and of < smallest:
            yield (
                f"automatic limit: {matched} of only {of} {kind}s match, "
                f"of fewer than {smallest} nothing goes without approval "
                "(limits.smallest_population)"
            )


def _exact(share: float) -> Fraction:
    return Fraction(str(share))  # 0.29 * 100 is 28.999… in floats


def _deleted(gone: int) -> str:
    return f" or were deleted within 24 hours ({gone})" if gone else ""


def _percent(count: int, of: int) -> str:
    return f"{100 * count / of:.4g}%" if of else "of nothing"
