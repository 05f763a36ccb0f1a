"""Policies as values: what matches, what is kept all the same, what is done, how long to wait."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Literal, TypeAlias

from sagewarden.core.comparisons import Ranges
from sagewarden.core.entities import Kind, Origin, Quantity


@dataclass(frozen=True, slots=True)
class Named:
    """The name or the display name matches one of these globs; case does not matter."""

    globs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag: `present`, `absent`, or with one of `values` (exact case; globs allowed)."""

    tag: str
    want: Literal["present", "absent", "values"]
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InStatus:
    """Every component of the tree is in one of these states; `absent` stands for no status."""

    statuses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OfOrigin:
    """Made by one of these."""

    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True)
class Idle:
    """At least this long since the last activity anywhere in the tree."""

    at_least: timedelta


@dataclass(frozen=True, slots=True)
class Aged:
    """At least this long since the youngest part of the tree was created."""

    at_least: timedelta


@dataclass(frozen=True, slots=True)
class Unassigned:
    """Whether a component hangs on no trial."""

    wanted: bool


@dataclass(frozen=True, slots=True)
class CreatedBy:
    """The Studio user who made it: `present`, `absent`, or like one of `globs` (exact case)."""

    want: Literal["present", "absent", "values"]
    globs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Displayed:
    """The display name alone: `present`, `absent`, or like one of `globs`; case does not matter."""

    want: Literal["present", "absent", "values"]
    globs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A component's parameter: `present`, `absent`, or one of `values` (globs) or `ranges`.

    A number compares as a number, and so does a text that spells one. Of a `secret` one the value
    is compared and told to nobody.
    """

    name: str
    want: Literal["present", "absent", "values"]
    values: tuple[str, ...] = ()
    ranges: Ranges = ()
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """A summary of a component's metric: `present`, `absent`, or in one of `ranges`.

    A component without the metric is known not to be in any range.
    """

    quantity: Quantity
    want: Literal["present", "absent", "values"]
    ranges: Ranges = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """How many children (trials, or a trial's components) or parents (trials) it has."""

    what: Literal["children", "parents"]
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class AllOf:
    """Each of these holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of these holds."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """This does not hold; when it is unknown, so is the opposite."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class Everything:
    """`match: all`, spelled out."""


Condition: TypeAlias = (
    Named
    | Tagged
    | InStatus
    | OfOrigin
    | Idle
    | Aged
    | Unassigned
    | CreatedBy
    | Displayed
    | Parameter
    | Metric
    | Counted
    | AllOf
    | AnyOf
    | Not
    | Everything
)


class Action(StrEnum):
    """What a policy does with what it matched and did not keep."""

    DELETE = "delete"
    TAG = "tag"
    REPORT = "report"


class Receiver(StrEnum):
    """Who gets the notices of a policy's marks: it is marked for somebody to hear of it."""

    OWNER = "owner"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class GroupKey:
    """What entities are grouped by before a keep rule counts: one spelling for each.

    `by` is `experiment`, `trial`, `name-prefix` (the name up to its last hyphen) or `tag`, then
    `tag` names it.
    """

    by: Literal["experiment", "trial", "name-prefix", "tag"]
    tag: str = ""

    def __str__(self) -> str:
        return f"tag:{self.tag}" if self.by == "tag" else self.by


@dataclass(frozen=True, slots=True)
class Best:
    """The `count` members of a group whose metric is largest (`max`) or smallest (`min`)."""

    quantity: Quantity
    order: Literal["min", "max"]
    count: int


Period = Literal["daily", "weekly", "monthly", "yearly"]


@dataclass(frozen=True, slots=True)
class Keep:
    """What stays of each group, whatever else matched: all that one of these rules names.

    `last` are the most recently active, `within` those active no longer than this before the
    newest, `periods` the newest of each of the last so many days, weeks, months or years (UTC) that
    have one, `tags` those that carry all of these.
    """

    last: int | None = None
    group_by: tuple[GroupKey, ...] = ()
    best: Best | None = None
    within: timedelta | None = None
    periods: tuple[tuple[Period, int], ...] = ()
    tags: tuple[Tagged, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Required:
    """A tag that an entity must carry, and how one that is missing or misspelt is repaired.

    `pattern` and `allowed` say which values are right; without them any is that is not blank.
    `rename` are other keys whose value this one takes over, `normalise` pairs of a value and what
    it becomes. What is missing comes from above (`inherit`), else it is `default`.
    """

    key: str
    pattern: str | None = None
    allowed: tuple[str, ...] = ()
    default: str | None = None
    inherit: bool = False
    normalise: tuple[tuple[str, str], ...] = ()
    rename: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Escalation:
    """What is violated for `after` since it was first found is deleted, `grace` after its mark."""

    after: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file something stands; lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy. `rule` is the digest of what decides (resource, match, keep, action, require).

    The grace period is not part of `rule`: changing it neither restarts nor shortens a running
    mark; nor is whom to `notify`. `place` says where it stands.
    """

    name: str
    resource: Kind
    match: Condition
    action: Action
    rule: str
    place: Place
    grace: timedelta | None = None
    keep: Keep | None = None
    description: str = ""
    confirm_match_all: str | None = None
    require: tuple[Required, ...] = ()
    escalate: Escalation | None = None
    notify: tuple[Receiver, ...] = (Receiver.OWNER,)

    @property
    def deletes(self) -> bool:
        """Whether anything can come to be deleted by it."""
        return self.action is Action.DELETE or self.escalate is not None


@dataclass(frozen=True, slots=True)
class ModelsInUse:
    """Its model stands behind a registered model package, a deployed endpoint or a model."""


@dataclass(frozen=True, slots=True)
class Protection:
    """What no policy of any file may delete."""

    condition: Condition | ModelsInUse
    place: Place


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file as it was read: its path as given and the SHA-256 of its bytes.

    `version` is the bucket's own name for these bytes; empty where files have none.
    """

    path: str
    sha256: str
    version: str = ""

    def spelled(self) -> dict[str, str]:
        """Return it as plans and reports hold it."""
        told = {"path": self.path, "sha256": self.sha256}
        return told | {"version": self.version} if self.version else told


@dataclass(frozen=True, slots=True)
class PolicySet:
    """All policies and protections of a directory. `digest` names exactly this content."""

    policies: tuple[Policy, ...]
    protections: tuple[Protection, ...]
    files: tuple[PolicyFile, ...]
    digest: str

    @property
    def asks_for_models(self) -> bool:
        """Whether it must be known which models are in use."""
        return any(isinstance(each.condition, ModelsInUse) for each in self.protections)
