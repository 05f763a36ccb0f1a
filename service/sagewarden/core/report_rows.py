"""The rows of a report: what it tells of one entity, step, tag, policy, plan or run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """One entity under one policy. `due` is spelled UTC or empty, `size` counts its whole tree.

    `held` says that a hold or a protection is among what keeps it.
    """

    kind: str
    name: str
    policy: str
    verdict: str
    reasons: tuple[str, ...]
    against: tuple[str, ...]
    owner: str
    size: int
    due: str = ""
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """One step of the journal, settled. `run` is the run whose intent it was.

    `plan` is the digest of the plan that it belongs to. `owner` is whose the entity was when the
    run judged it: empty if nobody's, or if the run did not judge it anew.
    """

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
    plan: str = ""
    owner: str = ""


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
class PlanRow:
    """A plan that a run applied, or made, and who let it begin.

    `policies` is the digest of the policy set that made it, `maker` the ARN of who planned.
    `approval` is `not needed` (inside the automatic limits), `given` or `not known`; with `given`
    the rest says by whom (ARN), when and until when (UTC, spelled).
    """

    digest: str
    made: str
    maker: str
    policies: str
    units: int
    entities: int
    approval: str
    approved_by: str = ""
    approved_at: str = ""
    approval_expires: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitRow:
    """One limit that was in force, by the setting that says so, and its value in words."""

    setting: str
    allowed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One entity that was held. `source` is `command` or `tag`, `told` the hold in words."""

    kind: str
    name: str
    owner: str
    source: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """The figures of one run, for the trend.

    `experiments`, `trials` and `components` count the inventory, all zero of a run that took none.
    `deleted` counts components, `gone` entities of every kind; `due`, `marked`, `kept` and, of
    these, `held` count trees; `compliant` of `required` entities have the tags that they must have.
    `stored` is how many bytes lay in the vault, 0 where nobody measured.
    """

    run: str
    began: str
    experiments: int
    trials: int
    components: int
    deleted: int
    marked: int
    mode: str = ""
    exit_code: int = 0
    due: int = 0
    kept: int = 0
    held: int = 0
    gone: int = 0
    compliant: int = 0
    required: int = 0
    stored: int = 0
