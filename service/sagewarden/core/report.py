"""The report of one run: computed from confirmed outcomes and from what was judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Any

REPORT_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """One entity under one policy. `due` is spelled UTC or empty, `size` counts its whole tree."""

    kind: str
    name: str
    policy: str
    verdict: str
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    owner: str
    size: int
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """One step of the journal, settled. `run` is the run whose intent it was."""

    run: str
    unit: str
    effect: str
    kind: str
    name: str
    created_ms: int
    trial: str
    result: str
    detail: str
    policy: str
    rule: str
    archive_key: str
    archive_sha256: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TagRow:
    """One tag that was to be set (`after`) or taken off (None), and what came of it.

    `run` is the run whose intent it was, `policy` whose rule it served: empty for a mark's tag.
    """

    run: str
    kind: str
    name: str
    created_ms: int
    key: str
    before: str | None
    after: str | None
    policy: str
    reason: str
    result: str
    detail: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplianceRow:
    """How what one policy asks tags of stands, of one owner: entities by their worst tag.

    `left` could be repaired, but not now (see `TagGap`); `repair` is repaired by this run, or would
    be.
    """

    policy: str
    owner: str
    compliant: int
    repair: int
    left: int
    violation: int
    unknown: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TagGap:
    """A required tag that no run repairs by itself, and why. `since` is spelled UTC or empty."""

    kind: str
    name: str
    policy: str
    key: str
    value: str | None
    state: str
    reason: str
    owner: str
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """What one policy found: trees by verdict."""

    name: str
    description: str
    resource: str
    action: str
    grace: str
    place: str
    keep: int
    mark: int
    delete: int
    report: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """One earlier run, for the trend. Counts are entities (`inventory`) and components deleted."""

    run: str
    began: str
    experiments: int
    trials: int
    components: int
    deleted: int
    marked: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything one run has to tell. Times are spelled in UTC, ISO 8601.

    `inventory` and `deleted` count by kind (`experiment`, `trial`, `trial-component`), `tally`
    outcomes by result, `effects` confirmed effects by `effect kind`. `notes` are warnings in
    words, such as what was lowered for a demo or an endpoint that is not AWS's own. `advice` says
    what a person should do next. `owed` are journal intents without an outcome.
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

    def spelled(self) -> dict[str, Any]:
        """Return the report as its JSON."""
        return {"format": REPORT_FORMAT, **{name: _plain(getattr(self, name)) for name in _NAMES}}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Report":
        """Read a stored report; raise KeyError or TypeError when it is broken.

        One that an older version stored lacks what came later: that is empty.
        """
        rows: dict[str, Any] = {
            name: stored[name] for name in _NAMES if name in stored or name not in _LATER
        }
        for name, kind in _ROWS.items():
            rows[name] = tuple(kind(**_tuples(row)) for row in stored.get(name, ()))
        for name in ("policy_files", "gaps", "exceeded", "adopted", "notes", "advice"):
            rows[name] = tuple(stored[name])
        rows["idle_histogram"] = tuple((label, count) for label, count in stored["idle_histogram"])
        return cls(**rows)


_NAMES = tuple(Report.__dataclass_fields__)
_ROWS = {
    "policy_rows": PolicyRow,
    "judged": JudgedRow,
    "outcomes": OutcomeRow,
    "history": PastRun,
    "tags": TagRow,
    "compliance": ComplianceRow,
    "tag_gaps": TagGap,
}
_LATER = frozenset({"tags", "compliance", "tag_gaps"})
"""Fields that reports of older versions lack."""


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(each) if isinstance(each, list) else each for name, each in row.items()}
