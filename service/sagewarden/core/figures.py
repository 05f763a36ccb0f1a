"""The figures of runs, small enough to read those of all of them: what a trend is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sagewarden.core.report import Report, check_newest, spelled_fields
from sagewarden.core.report_rows import ComplianceRow, PastRun, PolicyRow

FIGURES_FORMAT = 2

TREND_FORMAT = 2


@dataclass(frozen=True, slots=True)
class Figures:
    """One run in numbers: as a whole, by policy, and of required tags by policy and owner."""

    run: PastRun
    policies: tuple[PolicyRow, ...] = ()
    compliance: tuple[ComplianceRow, ...] = ()

    @classmethod
    def of(cls, report: Report) -> "Figures":
        """Return what a report comes down to."""
        return cls(report.figures, report.policy_rows, report.compliance)

    def spelled(self) -> dict[str, Any]:
        """Return the figures as their JSON."""
        return {"format": FIGURES_FORMAT, **spelled_fields(self)}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Figures":
        """Read what `spelled` wrote; raise KeyError, TypeError or ValueError if it is broken."""
        check_newest(stored, FIGURES_FORMAT)
        return cls(
            PastRun(**stored["run"]),
            tuple(PolicyRow(**row) for row in stored["policies"]),
            tuple(ComplianceRow(**row) for row in stored["compliance"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The figures of every run on a target, oldest first.

    `unread` names runs whose report could not be read, and why.
    """

    account: str
    region: str
    target_name: str
    runs: tuple[Figures, ...]
    unread: tuple[str, ...] = ()

    def spelled(self) -> dict[str, Any]:
        """Return the history as its JSON."""
        return {"format": TREND_FORMAT, **spelled_fields(self)}
