"""Sees a target and judges it: what `plan`, `explain` and every sweep begin with. Reads only."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from sagewarden.application.baseline import drifted, past_of, read_baseline
from sagewarden.application.cycles import without_cycles
from sagewarden.application.holds import read_holds
from sagewarden.application.marks import MarkBook, read_marks
from sagewarden.application.models import models_in_use
from sagewarden.application.notice import Channels
from sagewarden.application.plans import ApprovalRules
from sagewarden.application.ports import Bench
from sagewarden.application.writes import own_writes
from sagewarden.core.baseline import Census, Tolerance, census_of
from sagewarden.core.bundles import LARGEST, MOST
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Entity
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Circumstances, Judgements, Select, judge
from sagewarden.core.limits import Extent, Measure, measure
from sagewarden.core.marks import MarkRules
from sagewarden.core.needs import needs
from sagewarden.core.owners import OwnerRules, owner_of
from sagewarden.core.plan import Plan
from sagewarden.core.planner import make_plan
from sagewarden.core.policy import PolicySet
from sagewarden.core.storage import FREE, Price
from sagewarden.errors import PolicyError, WrongIdentity

BLIND = Tolerance(1.0, 1.0)
"""Believes every inventory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Governance:
    """What governs a target, from settings and policy files.

    `tag_marks` lets tags of experiments tell of their marks; `repairs` is how many entities' tags
    one run may repair. `notes` are told in every report: what is lowered, an endpoint that is not
    AWS's own. `price` is what a gigabyte in the vault costs.
    """

    policies: PolicySet
    rules: MarkRules
    approvals: ApprovalRules
    tolerance: Tolerance = BLIND
    channels: Channels
    tag_marks: bool = False
    repairs: int = 1000
    owners: OwnerRules = field(default_factory=OwnerRules)
    lanes: int
    lease_seconds: float
    bundle: int = MOST
    bundle_bytes: int = LARGEST
    endpoint: str = ""
    price: Price = FREE
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A target, judged at one time (UTC).

    `drift` says how the inventory fell behind the last good one: then it is not believed.
    """

    now: datetime
    inventory: Inventory
    judgements: Judgements
    book: MarkBook
    plan: Plan
    measure: Measure
    extent: Extent
    census: Census
    drift: tuple[str, ...]
    owners: OwnerRules = field(default_factory=OwnerRules)

    def owner(self, entity: Entity) -> str:
        """Whose an entity is; empty if nobody's."""
        return owner_of(entity, self.judgements.forest, self.owners)

    @property
    def trusted(self) -> bool:
        """Whether anything may be done on the word of this inventory."""
        return self.inventory.complete and not self.drift


def check_identity(bench: Bench) -> str:
    """Return our AWS identity's ARN; raise WrongIdentity unless it is in the target's account."""
    caller = bench.surveys.caller()
    if caller.account != bench.target.account:
        raise WrongIdentity(
            f"STS says this is account {caller.account}, the target is {bench.target}",
            advice="Nothing was read. Check the credentials, or account_id and role_arn.",
        )
    return caller.arn


def check_match_all(bench: Bench, policies: PolicySet) -> None:
    """Refuse a policy that matches everything unless it names this very account."""
    for policy in policies.policies:
        confirmed = policy.confirm_match_all
        if confirmed is not None and confirmed != bench.target.account:
            raise PolicyError(
                f"{policy.place}: policy {policy.name} deletes everything it finds and confirms "
                f"account {confirmed}, but this target is {bench.target}",
                advice="Name the account in confirm_match_all, or narrow the match.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a judging is for: a future day (UTC) that is played, a smaller plan, who makes it."""

    at: datetime | None = None
    select: Select = frozenset()
    maker: str = ""


def judge_target(bench: Bench, governance: Governance, asked: Asked = Asked()) -> Judged:
    """Take the inventory and judge it."""
    check_match_all(bench, governance.policies)
    book = read_marks(bench)
    writes = own_writes(bench)
    inventory = bench.surveys.take(bench.progress, needs(governance.policies))
    holds = read_holds(bench.vault, bench.target)  # one that was added meanwhile counts
    models = models_in_use(bench, governance.policies)
    now = asked.at or bench.looks.now()
    given = Circumstances(
        now=now,
        marks=book.marks,
        rules=governance.rules,
        holds=holds.reasons(inventory, now),
        freed=holds.freed(inventory, now),
        writes=writes,
        select=asked.select,
        violations=book.violations,
        owners=governance.owners,
        models=models,
    )
    with without_cycles():
        judgements = judge(inventory, governance.policies, given)
    plan = replace(
        make_plan(bench.target, governance.policies.digest, judgements),
        made=spell_time(inventory.began),
        maker=asked.maker,
    )
    extent, census = Extent(judgements.matched, inventory.counts), census_of(inventory)
    baseline = read_baseline(bench)
    past = past_of(bench, baseline, bench.looks.now(), plan.digest)
    if asked.select:
        past = past.without_growth()
    return Judged(
        now=now,
        inventory=inventory,
        judgements=judgements,
        book=book,
        plan=plan,
        measure=measure(extent, governance.approvals.limits, past),
        extent=extent,
        census=census,
        drift=drifted(bench, baseline, census, governance.tolerance),
        owners=governance.owners,
    )
