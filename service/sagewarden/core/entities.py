"""What SageMaker Experiments is made of: experiments, trials and trial components."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from sagewarden.core.canonical import milliseconds
from sagewarden.core.models import Artifacts

OWN_TAGS = "sagewarden:"
"""Tags under this prefix are ours: they neither change a fingerprint nor count as a user's."""


class Kind(StrEnum):
    """The three kinds, in the order in which a tree is taken apart from the bottom."""

    COMPONENT = "trial-component"
    TRIAL = "trial"
    EXPERIMENT = "experiment"

    __hash__ = str.__hash__  # an enumeration's own is slow, and every identity holds one


class Origin(StrEnum):
    """Who made an entity, as far as its source and tags tell."""

    RUN = "run"
    JOB = "job"
    PIPELINE = "pipeline"
    TUNING = "tuning"
    AUTOML = "automl"
    MANUAL = "manual"


RUNNING = frozenset({"InProgress", "Stopping"})
"""Component states in which a job or a run may still write: never deleted."""

STATUSES = ("InProgress", "Completed", "Failed", "Stopping", "Stopped")
"""`TrialComponentPrimaryStatus` of the service model; a component may also have none."""


@dataclass(frozen=True, slots=True)
class Target:
    """An account and a region: the world of one run."""

    account: str
    region: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


class Identity(NamedTuple):
    """What stays the same about an entity: a name can be used again, so its birth belongs to it.

    `name` is lower case (names are case-insensitive at AWS), `created_ms` is CreationTime in
    milliseconds since 1970 UTC.
    """

    kind: Kind
    name: str
    created_ms: int

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Parent:
    """A trial that a component is associated with, and that trial's experiment if known."""

    trial: str
    experiment: str | None


Summary = Literal["last", "min", "max", "avg", "count", "std_dev"]
"""What AWS keeps of a metric's series, in the words of the policy language."""


class Quantity(NamedTuple):
    """One summary of one metric."""

    metric: str
    summary: Summary = "last"


Parameters = Mapping[str, str | float]
"""By name: a text or a number."""

Metrics = Mapping[Quantity, tuple[float, ...]]
"""Each value that was given for a summary: more than one when several sources differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """One experiment, trial or component as it was seen at one time. All times are UTC.

    `tags` and `parents` are None when they could not be read: unknown, which is not the same as
    none. `content` is the digest of everything users can change (see `fingerprint`), and empty when
    nothing but a listing is known. `modified` is the last sign of life at AWS; None when AWS gave
    none. `parameters` and `metrics` hold what some policy asks for, and are None when none asks.
    `artifacts` are a component's places in S3; None when no protection asks, or when unknown.

    `key` is the name in lower case: unique in a target and kind at any one time. `trials` are a
    component's trials by key, sorted; empty when there are none or unknown.
    """

    kind: Kind
    name: str
    arn: str
    created: datetime
    modified: datetime | None
    content: str
    tags: Mapping[str, str] | None
    display_name: str | None = None
    status: str | None = None
    origin: Origin = Origin.MANUAL
    source_arn: str | None = None
    created_by: str | None = None
    experiment: str | None = None
    parents: tuple[Parent, ...] | None = ()
    doubt: str | None = None
    parameters: Parameters | None = None
    metrics: Metrics | None = None
    artifacts: Artifacts | None = None
    key: str = field(init=False, repr=False, compare=False)
    trials: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", _lower(self.name))
        object.__setattr__(self, "trials", _trials(self.parents or ()))

    @property
    def identity(self) -> Identity:
        """The entity itself, not another one that took its name later."""
        return Identity(self.kind, self.key, milliseconds(self.created))

    @property
    def read(self) -> bool:
        """Whether its own record was read, and not only its line in a listing."""
        return bool(self.content)

    @property
    def running(self) -> bool:
        """Whether a job or a run may still be writing into it."""
        return self.status in RUNNING


class _Arn:
    """Holds a field's ARN as its beginning, which others share, if it ends like the entity's key.

    So do its own and that of a job that made it: a million of them would weigh as much as all else.
    """

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, entity: Entity | None, _owner: type) -> Any:
        """Return the whole ARN."""
        if entity is None:
            return self
        held = self._slot.__get__(entity)
        return held[0] + entity.key[: held[1]] if type(held) is tuple else held

    def __set__(self, entity: Entity, arn: str | None) -> None:
        """Take an ARN apart; the entity's name is set before."""
        self._slot.__set__(entity, arn and _apart(arn, _lower(entity.name)))


def _apart(arn: str, key: str) -> str | tuple[str, int]:
    beginning, slash, end = arn.rpartition("/")
    return _beginning(beginning + slash, len(end)) if slash and key.startswith(end) else arn


@lru_cache(1 << 12)
def _beginning(text: str, rest: int) -> tuple[str, int]:
    return text, rest


class _Digest:
    """Holds a field's SHA-256 as its bytes, half as long as what they are spelled as."""

    def __init__(self, slot: Any) -> None:
        self._slot = slot

    def __get__(self, entity: Entity | None, _owner: type) -> Any:
        """Return it as it was spelled."""
        if entity is None:
            return self
        held = self._slot.__get__(entity)
        return held.hex() if type(held) is bytes else held

    def __set__(self, entity: Entity, spelled: str) -> None:
        """Take it in; what is no digest is held as it is."""
        held = bytes.fromhex(spelled) if _SHA256.fullmatch(spelled) else spelled
        self._slot.__set__(entity, held)


_SHA256 = re.compile("[0-9a-f]{64}")

for _fields, _holder in ((("arn", "source_arn"), _Arn), (("content",), _Digest)):
    for _field in _fields:
        setattr(Entity, _field, _holder(getattr(Entity, _field)))


def _lower(name: str) -> str:
    """Return a name in lower case: the same text if it is so already, a million weigh much."""
    lower = name.lower()
    return name if name == lower else lower


def _trials(parents: tuple[Parent, ...]) -> tuple[str, ...]:
    if len(parents) == 1:
        return (_lower(parents[0].trial),)
    return tuple(sorted({_lower(parent.trial) for parent in parents}))
