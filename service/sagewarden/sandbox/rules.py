"""Rules that single out calls: faults to inject, and adversaries that act before a call."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Literal, TypeVar
from zlib import crc32

Action = Literal[
    "throttle",
    "error_500",
    "deny",
    "not_found",
    "drop_before",
    "kill_before",
    "delay_before",
    "delay",
    "drop_after",
    "kill_after",
    "stop_after",
    "error_500_after",
    "truncate",
    "empty_page",
    "repeat_token",
    "missing_field",
    "stale",
]
"""The first six keep the call from being applied; `delay_before` holds it up in the network and
applies it late, unless its signature is too old by then; the rest let it be applied and spoil the
answer."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at: one call. `number` counts every call since the log was last cleared."""

    number: int
    service: str
    operation: str
    account: str
    resource: str


@dataclass(slots=True, kw_only=True)
class Rule:
    """Which calls. Globs are case-sensitive; `nth_match` counts from 1; `times=None`: for ever.

    Of those that match, the rule acts on a `share`, drawn by their number: the same each time.
    """

    service: str = "*"
    operation: str = "*"
    resource: str = "*"
    account: str = "*"
    nth_call: int | None = None
    nth_match: int | None = None
    times: int | None = 1
    share: float = 1.0
    matched: int = 0
    fired: int = 0

    def fires(self, subject: Subject) -> bool:
        """Count a call if it matches, and say whether the rule acts on it."""
        if self.times is not None and self.fired >= self.times:
            return False
        if not self._matches(subject):
            return False
        self.matched += 1
        if self.nth_match is not None and self.matched < self.nth_match:
            return False
        if crc32(str(self.matched).encode()) >= self.share * 2**32:
            return False
        self.fired += 1
        return True

    def _matches(self, subject: Subject) -> bool:
        if self.nth_call is not None and subject.number != self.nth_call:
            return False
        return (
            _fits(subject.operation, self.operation)
            and _fits(subject.resource, self.resource)
            and _fits(subject.service, self.service)
            and _fits(subject.account, self.account)
        )


def _fits(text: str, glob: str) -> bool:
    return glob == "*" or fnmatchcase(text, glob)


@dataclass(slots=True, kw_only=True)
class Fault(Rule):
    """What goes wrong with the calls of a rule."""

    action: Action
    seconds: float = 30.0
    """For `delay` and `delay_before` machine time; for `stale` how far back, sandbox time."""
    pid: int | None = None
    """For `kill_before` and `kill_after` the process that gets SIGKILL; for `stop_after` the one
    that gets SIGSTOP, and then its answer."""
    name: str | None = None
    """For `missing_field`: dots lead inwards, through lists too; None: the first of the answer."""
    keep: float = 0.5
    """For `truncate`: the share of the body that is sent."""


@dataclass(slots=True, kw_only=True)
class Hook(Rule):
    """An adversary: what it does right before the calls of a rule, unlogged and unlimited."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    """Each `{"operation": …, "params": …}`; `service`, `account`, `region` if they differ."""
    knobs: dict[str, Any] = field(default_factory=dict)
    """Settings that change at that moment, such as a permission that is lost (`denied`)."""


RuleT = TypeVar("RuleT", bound=Rule)


def rule_from(kind: type[RuleT], settings: Mapping[str, Any]) -> RuleT:
    """Build a rule from JSON; an unknown key is a TypeError."""
    return kind(**settings)


def rule_to_json(rule: Rule) -> dict[str, Any]:
    """Write a rule with its counts."""
    return asdict(rule)
