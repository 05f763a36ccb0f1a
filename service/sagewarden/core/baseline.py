"""The last good inventory, and whether the next one can be believed beside it.

A read that lost most of an account without an error (a permission, a visibility condition, another
account's endpoint) looks like an account that was emptied: then nothing is deleted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from sagewarden.core.canonical import read_time, spell_time
from sagewarden.core.entities import OWN_TAGS, Entity, Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.limits import Counts
from sagewarden.errors import IntegrityError

BASELINE_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Census:
    """How many of each kind there are, and how many of them carry a tag that is not ours.

    `unread` counts those whose tags are unknown: they are no part of the coverage.
    """

    counts: Counts
    tagged: Counts
    unread: Counts

    def coverage(self, kind: Kind) -> Fraction:
        """Return the share (0..1) of a kind that is tagged; 1 when there is nothing to tag."""
        of = self.counts.get(kind, 0) - self.unread.get(kind, 0)
        return Fraction(self.tagged.get(kind, 0), of) if of else Fraction(1)


def census_of(inventory: Inventory) -> Census:
    """Count an inventory."""
    return Census(
        counts=inventory.counts,
        tagged={kind: sum(map(_is_tagged, inventory.of(kind).values())) for kind in Kind},
        unread={
            kind: sum(each.tags is None for each in inventory.of(kind).values()) for kind in Kind
        },
    )


def _is_tagged(entity: Entity) -> bool:
    return any(not key.startswith((OWN_TAGS, "aws:")) for key in entity.tags or ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the last good inventory counted, `at` the server's time (UTC) when it began.

    `by` and `reason` say who accepted it, when a person did. `matched` is what matched at the
    last plan that began, named by its digest `plan`; None before the first.
    """

    at: datetime
    run: str
    census: Census
    by: str = ""
    reason: str = ""
    plan: str = ""
    matched: Counts | None = None

    def planned(self, plan: str, matched: Counts) -> "Baseline":
        """Return it with another last plan."""
        return replace(self, plan=plan, matched=matched)

    @property
    def told(self) -> str:
        """Say whose baseline it is."""
        if not self.by:
            return f"the inventory of run {self.run}, {self.at:%Y-%m-%d %H:%M} UTC"
        return f"what {self.by} accepted at {self.at:%Y-%m-%d %H:%M} UTC: {self.reason}"

    def spelled(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "format": BASELINE_FORMAT,
            "at": spell_time(self.at),
            "run": self.run,
            "counts": spell_counts(self.census.counts),
            "tagged": spell_counts(self.census.tagged),
            "unread": spell_counts(self.census.unread),
            "by": self.by,
            "reason": self.reason,
            "plan": self.plan,
            "matched": None if self.matched is None else spell_counts(self.matched),
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Baseline":
        """Read what `spelled` wrote; raise IntegrityError when it is broken."""
        try:
            _check_format(stored["format"])
            matched = stored["matched"]
            return cls(
                at=read_time(stored["at"]),
                run=stored["run"],
                census=Census(
                    *(read_counts(stored[name]) for name in ("counts", "tagged", "unread"))
                ),
                by=stored["by"],
                reason=stored["reason"],
                plan=stored["plan"],
                matched=None if matched is None else read_counts(matched),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"the baseline lacks or garbles a field: {error}") from error


def _check_format(found: int) -> None:
    if found != BASELINE_FORMAT:
        raise ValueError(f"it has format {found}, known is {BASELINE_FORMAT}")


def spell_counts(counts: Counts) -> dict[str, int]:
    """Spell counts by kind."""
    return {str(kind): count for kind, count in counts.items()}


def read_counts(stored: Mapping[str, Any]) -> dict[Kind, int]:
    """Read what `spell_counts` wrote; raise ValueError when it is broken."""
    return {Kind(kind): int(count) for kind, count in stored.items()}


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far an inventory may fall behind the last good one (shares, 0..1).

    `fall` of its entities, `tag_fall` of the share that is tagged. Kinds of which fewer than
    `smallest` were there are compared only together with all others.
    """

    fall: float
    tag_fall: float
    smallest: int = 0


def drift(before: Baseline, now: Census, deleted: Counts, tolerance: Tolerance) -> tuple[str, ...]:
    """Say how an inventory fell behind the baseline minus what we `deleted` since."""
    return (
        *_falls(before, now, deleted, tolerance),
        *_tag_falls(before, now, deleted, tolerance),
    )


def _falls(before: Baseline, now: Census, deleted: Counts, tolerance: Tolerance) -> Iterator[str]:
    left = {kind: _left(before.census, deleted, kind) for kind in Kind}
    least = 1 - Fraction(str(tolerance.fall))
    for kind in Kind:
        there = now.counts.get(kind, 0)
        if left[kind] >= tolerance.smallest and there < least * left[kind]:
            yield (
                f"{there} {kind}s are there, at the last good run {left[kind]} were left "
                "(limits.fall)"
            )
    total = sum(now.counts.values())
    if total < least * sum(left.values()):
        yield (
            f"{total} entities are there in all, at the last good run {sum(left.values())} were "
            "(limits.fall)"
        )


def _left(before: Census, deleted: Counts, kind: Kind) -> int:
    return max(0, before.counts.get(kind, 0) - deleted.get(kind, 0))


def _tag_falls(
    before: Baseline, now: Census, deleted: Counts, tolerance: Tolerance
) -> Iterator[str]:
    """Compare the shares that are tagged; for all we know, what we deleted was tagged."""
    for kind in Kind:
        there = now.counts.get(kind, 0)
        if not there or there < tolerance.smallest:
            continue
        gone = deleted.get(kind, 0)
        left = replace(
            before.census,
            counts={kind: before.census.counts.get(kind, 0) - gone},
            tagged={kind: max(0, before.census.tagged.get(kind, 0) - gone)},
        )
        then = left.coverage(kind) if left.counts[kind] > 0 else Fraction(0)
        if now.coverage(kind) < then - Fraction(str(tolerance.tag_fall)):
            yield (
                f"{100 * float(now.coverage(kind)):.4g}% of the {kind}s are tagged, "
                f"at the last good run {100 * float(then):.4g}% were (limits.tag_fall)"
            )
