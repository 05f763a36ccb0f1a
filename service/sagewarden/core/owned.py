"""A report by owner: what is theirs, what becomes of it and when, which tags are missing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sagewarden.core.journal import Result
from sagewarden.core.plan import Effect
from sagewarden.core.report import Report, spelled_fields
from sagewarden.core.report_rows import ComplianceRow, HoldRow, JudgedRow, OutcomeRow, TagGap

OWNERS_FORMAT = 1

NOBODY = "nobody"
"""Stands for the owner of what has none, wherever people read or type it."""


class _OfOwner(Protocol):
    @property
    def owner(self) -> str: ...


T = TypeVar("T", bound=_OfOwner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """One owner's things in one run; `owner` is empty for what is nobody's.

    `due`, `marked`, `kept` and `reported` are trees by verdict, `deleted` what is confirmed gone;
    what was due and is gone stands there alone.
    """

    owner: str
    due: tuple[JudgedRow, ...] = ()
    marked: tuple[JudgedRow, ...] = ()
    kept: tuple[JudgedRow, ...] = ()
    reported: tuple[JudgedRow, ...] = ()
    deleted: tuple[OutcomeRow, ...] = ()
    gaps: tuple[TagGap, ...] = ()
    holds: tuple[HoldRow, ...] = ()
    compliance: tuple[ComplianceRow, ...] = ()

    @property
    def next_due(self) -> str:
        """When the next of what is marked becomes due (UTC, spelled); empty if nothing does."""
        return min((row.due for row in self.marked if row.due), default="")

    @property
    def compliant(self) -> tuple[int, int]:
        """How many entities have the tags that they must have, and how many must have some."""
        fine = sum(row.compliant for row in self.compliance)
        rest = sum(row.repair + row.left + row.violation + row.unknown for row in self.compliance)
        return fine, fine + rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Owners:
    """A run as its owners see it, in the order of their names, nobody's things last."""

    run: str
    mode: str
    account: str
    region: str
    target_name: str
    endpoint: str
    began: str
    judged: bool
    owners: tuple[Owned, ...]

    def spelled(self) -> dict[str, Any]:
        """Return it as its JSON."""
        return {"format": OWNERS_FORMAT, **spelled_fields(self)}

    def only(self, who: str) -> tuple[Owned, ...]:
        """Return what is this owner's, any case; nothing if the report knows no such owner."""
        wanted = "" if who.casefold() == NOBODY else who.casefold()
        return tuple(each for each in self.owners if each.owner.casefold() == wanted)


def by_owner(report: Report) -> Owners:
    """Sort a report's rows by owner."""
    gone = [row for row in report.outcomes if _is_gone(row)]
    names_gone = {(row.kind, row.name) for row in gone}
    there = [row for row in report.judged if (row.kind, row.name) not in names_gone]
    verdicts = {
        verdict: _sorted(row for row in there if row.verdict == verdict)
        for verdict in ("delete", "mark", "keep", "report")
    }
    deleted = _sorted(gone)
    gaps, holds = _sorted(report.tag_gaps), _sorted(report.holds)
    compliance = _sorted(report.compliance)
    names = {*deleted, *gaps, *holds, *compliance}.union(*verdicts.values())
    return Owners(
        run=report.run,
        mode=report.mode,
        account=report.account,
        region=report.region,
        target_name=report.target_name,
        endpoint=report.endpoint,
        began=report.began,
        judged=bool(report.inventory),
        owners=tuple(
            Owned(
                owner=who,
                due=verdicts["delete"].get(who, ()),
                marked=tuple(sorted(verdicts["mark"].get(who, ()), key=lambda row: row.due)),
                kept=verdicts["keep"].get(who, ()),
                reported=verdicts["report"].get(who, ()),
                deleted=deleted.get(who, ()),
                gaps=gaps.get(who, ()),
                holds=holds.get(who, ()),
                compliance=compliance.get(who, ()),
            )
            for who in sorted(names, key=lambda who: (not who, who.casefold(), who))
        ),
    )


def _is_gone(row: OutcomeRow) -> bool:
    return row.effect == str(Effect.DELETE) and row.result == str(Result.DONE)


def _sorted(rows: Iterable[T]) -> dict[str, tuple[T, ...]]:
    found: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        found[row.owner].append(row)
    return {who: tuple(theirs) for who, theirs in found.items()}
