"""Why an entity is kept, marked or due: every rule for and against, and when that will change."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property

from sagewarden.application.judging import Governance, Judged
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.forest import Forest
from sagewarden.core.judge import Judgement, Verdict, population_of
from sagewarden.core.keep import Population, kept_by, rules_of
from sagewarden.core.outlook import Outlook, Seen, Standing, outlook, see
from sagewarden.core.policy import Policy
from sagewarden.core.protection import shields
from sagewarden.core.tagging import State

STRENGTH = (Verdict.DELETE, Verdict.MARK, Verdict.REPORT, Verdict.KEEP)


@dataclass(frozen=True, slots=True)
class KeepView:
    """What one keep rule says: the reasons by which it keeps the entity; none, and it does not."""

    rule: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TagView:
    """How one required tag stands; `state` is None when it is as it should be."""

    key: str
    value: str | None
    state: State | None
    reason: str


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What one policy says of an entity, or of a tree that it belongs to.

    `root` is the entity that the policy judged; `judgement` is None when it did not match.
    """

    policy: Policy
    root: Entity
    findings: tuple[Seen, ...]
    judgement: Judgement | None
    keeps: tuple[KeepView, ...]
    tags: tuple[TagView, ...]
    outlook: Outlook

    @property
    def verdict(self) -> Verdict | None:
        """What the policy decided; None when it did not match."""
        return None if self.judgement is None else self.judgement.verdict


@dataclass(frozen=True, slots=True)
class Explained:
    """One entity with everything that is said of it. `shields` keep it whatever policies say."""

    entity: Entity
    above: tuple[Entity, ...]
    parts: int
    owner: str
    shields: tuple[str, ...]
    views: tuple[PolicyView, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The strongest verdict of all policies on it, and on the trees that it belongs to."""
        given = [view.verdict for view in self.views if view.verdict is not None]
        return min(given, key=STRENGTH.index, default=None)

    @property
    def next_change(self) -> PolicyView | None:
        """The policy by which something changes first, if time alone changes anything."""
        dated = [view for view in self.views if view.outlook.when is not None]
        return min(dated, key=lambda view: str(view.outlook.when), default=None)


def explain_name(
    judged: Judged, governance: Governance, name: str, kind: Kind | None = None
) -> list[Explained]:
    """Explain every entity of this name (case does not matter), display names included."""
    wanted = name.lower()
    found = [
        entity
        for entity in judged.inventory.everything()
        if entity.key == wanted or (entity.display_name or "").lower() == wanted
    ]
    explainer = _Explainer(judged, governance)
    return [explainer.explained(each) for each in found if kind in {None, each.kind}]


def resembling(judged: Judged, name: str) -> list[str]:
    """Return names that a name may have been meant for."""
    keys = [entity.key for entity in judged.inventory.everything()]
    return get_close_matches(name.lower(), sorted(set(keys)), n=3)


class _Explainer:
    def __init__(self, judged: Judged, governance: Governance) -> None:
        self._judged = judged
        self._governance = governance
        self._populations: dict[str, Population] = {}

    @property
    def _forest(self) -> Forest:
        return self._judged.judgements.forest

    @cached_property
    def _given(self) -> Mapping[tuple[str, Identity], Judgement]:
        given = self._judged.judgements.given
        return {(each.policy.name, each.entity.identity): each for each in given}

    def explained(self, entity: Entity) -> Explained:
        tree, above = self._forest.tree(entity), self._forest.above(entity)
        return Explained(
            entity=entity,
            above=above,
            parts=len(tree.parts),
            owner=self._judged.owner(entity),
            shields=shields(tree, self._forest, self._judged.judgements.protected),
            views=tuple(self._views((entity, *above))),
        )

    def _views(self, roots: Iterable[Entity]) -> Iterator[PolicyView]:
        for root in roots:
            for policy in self._governance.policies.policies:
                if policy.resource is root.kind:
                    yield self._view(policy, root)

    def _view(self, policy: Policy, root: Entity) -> PolicyView:
        subject, now = self._forest.subject(root), self._judged.now
        whole = see(policy.match, subject, now)
        standing = Standing(
            policy=policy,
            subject=subject,
            judgement=self._given.get((policy.name, root.identity)),
            now=now,
            rules=self._governance.rules,
            floor=self._floor(root),
            violated=self._judged.judgements.violations.get((root.identity, policy.name)),
        )
        return PolicyView(
            policy=policy,
            root=root,
            findings=whole.parts if whole.text == "all of" else (whole,),
            judgement=standing.judgement,
            keeps=tuple(self._keeps(policy, root)),
            tags=tuple(self._tags(policy, root)),
            outlook=outlook(standing),
        )

    def _floor(self, root: Entity) -> timedelta:
        least, owners = self._governance.rules.min_grace, self._governance.owners
        return least if self._judged.owner(root) else max(least, owners.ownerless_grace)

    def _keeps(self, policy: Policy, root: Entity) -> Iterator[KeepView]:
        """Ask each keep rule by itself."""
        if policy.keep is None:
            return
        for words, rule in rules_of(policy.keep):
            kept = kept_by(rule, self._population(policy), self._forest)
            yield KeepView(words, kept.get(root.identity, ()))

    def _population(self, policy: Policy) -> Population:
        """Gather what the keep rules of a policy count over, once."""
        if policy.name not in self._populations:
            self._populations[policy.name] = population_of(
                policy, self._forest, self._judged.judgements.protected, self._judged.now
            )
        return self._populations[policy.name]

    def _tags(self, policy: Policy, root: Entity) -> Iterator[TagView]:
        """Say how each required tag stands, if the policy matched."""
        found = next(
            (each for each in self._judged.judgements.inspected if each.policy is policy), None
        )
        if found is None or root not in found.entities:
            return
        wrong = {each.key: each for each in found.findings if each.entity is root}
        for required in policy.require:
            finding = wrong.get(required.key)
            value = (root.tags or {}).get(required.key)
            if finding is None:
                yield TagView(required.key, value, None, "as it should be")
            else:
                yield TagView(required.key, value, finding.state, finding.reason)
