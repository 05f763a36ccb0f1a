"""The report of one run: computed from confirmed outcomes and from what was judged.

Format 2 added plans with their approvals, limits, holds, and to each step its plan and owner;
format 3 how much lies in the vault, and what that costs.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from sagewarden.core.entities import Kind
from sagewarden.core.report_rows import (
    ComplianceRow,
    HoldRow,
    JudgedRow,
    LimitRow,
    OutcomeRow,
    PastRun,
    PlanRow,
    PolicyRow,
    TagGap,
    TagRow,
)
from sagewarden.core.storage import Storage

REPORT_FORMAT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one run has to tell. Times are spelled in UTC, ISO 8601.

    `inventory` and `deleted` count by kind (`experiment`, `trial`, `trial-component`), `tally`
    outcomes by result, `effects` confirmed effects by `effect kind`. `notes` are warnings in
    words, such as what was lowered for a demo or an endpoint that is not AWS's own. `advice` says
    what a person should do next. `storage` is what lay in the vault before this report, None of a
    plan.
    """

    run: str
    mode: str
    account: str
    region: str
    target_name: str
    identity: str
    endpoint: str
    vault: str
    began: str
    ended: str
    tool: str
    policies: str
    policy_files: tuple[Mapping[str, str], ...]
    plan: str
    complete: bool
    gaps: tuple[str, ...]
    inventory: Mapping[str, int]
    calls: Mapping[str, int]
    matched: Mapping[str, int]
    unknown: int
    limits: str
    exceeded: tuple[str, ...]
    policy_rows: tuple[PolicyRow, ...]
    judged: tuple[JudgedRow, ...]
    outcomes: tuple[OutcomeRow, ...]
    tally: Mapping[str, int]
    deleted: Mapping[str, int]
    adopted: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    history: tuple[PastRun, ...] = ()
    exit_code: int = 0
    statuses: Mapping[str, int] = field(default_factory=dict)
    origins: Mapping[str, int] = field(default_factory=dict)
    idle_histogram: tuple[tuple[str, int], ...] = ()
    tags: tuple[TagRow, ...] = ()
    compliance: tuple[ComplianceRow, ...] = ()
    tag_gaps: tuple[TagGap, ...] = ()
    plans: tuple[PlanRow, ...] = ()
    limit_rows: tuple[LimitRow, ...] = ()
    holds: tuple[HoldRow, ...] = ()
    storage: Storage | None = None

    def spelled(self) -> dict[str, Any]:
        """Return the report as its JSON."""
        return {"format": REPORT_FORMAT, **spelled_fields(self)}

    def unrolling(self) -> dict[str, Any]:
        """Return the same, but that each table spells one row after the other, and only once."""
        rows = {name: map(spelled_fields, getattr(self, name)) for name in _ROWS}
        rest = {name: _plain(getattr(self, name)) for name in _NAMES if name not in _ROWS}
        return {"format": REPORT_FORMAT, **rest, **rows}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Report":
        """Read a stored report; raise KeyError, TypeError or ValueError when it is broken.

        One that an older version stored lacks what came later: that is empty.
        """
        check_newest(stored, REPORT_FORMAT)
        rows: dict[str, Any] = {
            name: stored[name] for name in _NAMES if name in stored or name not in _LATER
        }
        for name, kind in _ROWS.items():
            rows[name] = tuple(kind(**_tuples(row)) for row in stored.get(name, ()))
        for name in ("policy_files", "gaps", "exceeded", "adopted", "notes", "advice"):
            rows[name] = tuple(stored[name])
        storage = stored.get("storage")
        rows["storage"] = None if storage is None else Storage.read(storage)
        rows["idle_histogram"] = tuple((label, count) for label, count in stored["idle_histogram"])
        return cls(**rows)

    @property
    def figures(self) -> PastRun:
        """What later runs compare themselves with."""
        verdicts = Counter(row.verdict for row in self.judged)
        inventory, compliance = self.inventory, self.compliance
        required = [row.repair + row.left + row.violation + row.unknown for row in compliance]
        compliant = sum(row.compliant for row in compliance)
        return PastRun(
            run=self.run,
            began=self.began,
            experiments=inventory.get(str(Kind.EXPERIMENT), 0),
            trials=inventory.get(str(Kind.TRIAL), 0),
            components=inventory.get(str(Kind.COMPONENT), 0),
            deleted=self.deleted.get(str(Kind.COMPONENT), 0),
            marked=verdicts["mark"],
            mode=self.mode,
            exit_code=self.exit_code,
            due=verdicts["delete"],
            kept=verdicts["keep"],
            held=sum(row.held for row in self.judged),
            gone=sum(self.deleted.values()),
            compliant=compliant,
            required=compliant + sum(required),
            stored=0 if self.storage is None else self.storage.size,
        )


_AS_THEY_ARE = frozenset({str, int, bool})
_NAMES = tuple(Report.__dataclass_fields__)
_ROWS = {
    "policy_rows": PolicyRow,
    "judged": JudgedRow,
    "outcomes": OutcomeRow,
    "history": PastRun,
    "tags": TagRow,
    "compliance": ComplianceRow,
    "tag_gaps": TagGap,
    "plans": PlanRow,
    "limit_rows": LimitRow,
    "holds": HoldRow,
}
_LATER = frozenset({"tags", "compliance", "tag_gaps", "plans", "limit_rows", "holds", "storage"})
"""Fields that reports of older versions lack."""


def check_newest(stored: Mapping[str, Any], known: int) -> None:
    """Raise ValueError for a format that a newer version wrote."""
    found = stored.get("format", 1)
    if not isinstance(found, int) or found > known:
        raise ValueError(f"it has format {found}, this version knows formats up to {known}")


def spelled_fields(value: Any) -> dict[str, Any]:
    """Return a frozen value's fields as its JSON."""
    return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}


def _plain(value: Any) -> Any:
    if value is None or type(value) in _AS_THEY_ARE:  # so are nearly all
        return value
    if is_dataclass(value):
        return spelled_fields(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in row.items()}
