"""Since when required tags are violated: what nobody mends in time comes to be deleted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sagewarden.core.canonical import read_time, spell_time
from sagewarden.core.entities import Identity
from sagewarden.core.plan import read_identity, spell_identity
from sagewarden.core.policy import Policy
from sagewarden.core.tagging import Inspected


@dataclass(frozen=True, slots=True)
class Violated:
    """An entity that violates a policy with an escalation, and since when (UTC) we know."""

    identity: Identity
    policy: str
    rule: str
    since: datetime

    @property
    def place(self) -> tuple[Identity, str]:
        """What it is found by."""
        return (self.identity, self.policy)

    def spelled(self) -> dict[str, Any]:
        """Return it as it is stored."""
        return {
            "violated": self.policy,
            "identity": spell_identity(self.identity),
            "rule": self.rule,
            "since": spell_time(self.since),
        }


def read_violated(stored: Mapping[str, Any]) -> Violated:
    """Read what `Violated.spelled` wrote; raise KeyError, TypeError or ValueError if broken."""
    return Violated(
        identity=read_identity(stored["identity"]),
        policy=stored["violated"],
        rule=stored["rule"],
        since=read_time(stored["since"]),
    )


Violations = Mapping[tuple[Identity, str], Violated]


def advance_violations(
    known: Violations, inspected: Iterable[Inspected], now: datetime
) -> dict[tuple[Identity, str], Violated]:
    """Return the violations after one complete run.

    One that was mended starts anew if it comes again, and so does one of another rule. One of an
    entity that could not be read, or of which nobody knows whether it matches, stays.
    """
    after: dict[tuple[Identity, str], Violated] = {}
    for each in inspected:
        if each.policy.escalate is None:
            continue
        for who in each.violating:
            after[who, each.policy.name] = _kept(known, who, each.policy) or Violated(
                who, each.policy.name, each.policy.rule, now
            )
        for who in each.unknown:
            if (before := _kept(known, who, each.policy)) is not None:
                after.setdefault(before.place, before)
    return after


def _kept(known: Violations, who: Identity, policy: Policy) -> Violated | None:
    before = known.get((who, policy.name))
    return before if before is not None and before.rule == policy.rule else None


def overdue(violated: Violated | None, policy: Policy, now: datetime) -> bool:
    """Whether a violation lasts so long that its entity is to go."""
    return (
        violated is not None
        and policy.escalate is not None
        and now - violated.since >= policy.escalate.after
    )
