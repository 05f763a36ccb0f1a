"""What an account's past runs left behind, as a fixture tells it: marks, and missing tags."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sagewarden.core.entities import Identity
from sagewarden.core.escalation import Violated, Violations
from sagewarden.core.forest import Forest
from sagewarden.core.inventory import Inventory
from sagewarden.core.marks import Candidate, Mark, MarkRules, Marks
from sagewarden.core.policy import PolicySet


@dataclass(frozen=True, slots=True)
class Patience:
    """What a fixture says of `limits` in the settings; None: as usual."""

    min_grace: timedelta | None = None
    matches: int | None = None
    match_interval: timedelta | None = None
    restored_rest: timedelta | None = None

    def over(self, usual: MarkRules) -> MarkRules:
        """Return the usual rules with what is said here."""
        return replace(
            usual,
            min_grace=usual.min_grace if self.min_grace is None else self.min_grace,
            matches=usual.matches if self.matches is None else self.matches,
            interval=usual.interval if self.match_interval is None else self.match_interval,
            restored_rest=(
                usual.restored_rest if self.restored_rest is None else self.restored_rest
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedSince:
    """A mark of an entity that was marked as it stands, by the policy as it is now.

    `matches` are those that counted up to now; `announced` is when its notice was accepted.
    """

    identity: Identity
    policy: str
    since: datetime
    due: datetime
    matches: int
    announced: datetime | None


@dataclass(frozen=True, slots=True)
class ViolatedSince:
    """An entity that lacks what the policy requires, since a time (UTC)."""

    identity: Identity
    policy: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Past:
    """What past runs left behind."""

    marks: tuple[MarkedSince, ...] = ()
    violated: tuple[ViolatedSince, ...] = ()


def marks_of(past: Past, inventory: Inventory, policies: PolicySet, now: datetime) -> Marks:
    """Return marks as a run at `now` finds them; those of policies that are gone are left out."""
    rules = {each.name: each.rule for each in policies.policies}
    forest = Forest(inventory, {})
    marks: dict[tuple[Identity, str], Mark] = {}
    for each in past.marks:
        entity = inventory.of(each.identity.kind).get(each.identity.name)
        rule = rules.get(each.policy)
        if entity is not None and rule is not None:
            candidate = Candidate(forest.tree(entity), each.policy, rule, timedelta(0))
            marks[candidate.place] = Mark(
                identity=each.identity,
                policy=each.policy,
                rule=rule,
                since=each.since,
                due=each.due,
                matches=each.matches,
                counted=now,
                parts=candidate.parts,
                announced=each.announced,
            )
    return marks


def violations_of(past: Past, policies: PolicySet) -> Violations:
    """Return since when required tags are violated, by the policies as they are now."""
    rules = {each.name: each.rule for each in policies.policies}
    found: Iterable[Violated] = (
        Violated(each.identity, each.policy, rules[each.policy], each.since)
        for each in past.violated
        if each.policy in rules
    )
    return {each.place: each for each in found}
