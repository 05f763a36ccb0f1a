"""Why an entity is kept, marked or due: every rule for and against, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from sagewarden.application.judging import Governance, Judged
from sagewarden.core.conditions import Finding, explain
from sagewarden.core.entities import Entity
from sagewarden.core.forest import Forest
from sagewarden.core.judge import Judgement
from sagewarden.core.policy import Policy
from sagewarden.core.protection import shields


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What one policy says of an entity, or of a tree that it belongs to.

    `root` is the entity that the policy judged; `judgement` is None when it did not match.
    """

    policy: Policy
    root: Entity
    findings: tuple[Finding, ...]
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Explained:
    """One entity with everything that is said of it. `shields` keep it whatever policies say."""

    entity: Entity
    above: tuple[Entity, ...]
    parts: int
    shields: tuple[str, ...]
    views: tuple[PolicyView, ...]


def explain_name(judged: Judged, governance: Governance, name: str) -> list[Explained]:
    """Explain every entity of this name (case does not matter), display names included."""
    forest = judged.judgements.forest
    wanted = name.lower()
    return [
        _explained(entity, judged, governance, forest)
        for entity in judged.inventory.everything()
        if entity.key == wanted or (entity.display_name or "").lower() == wanted
    ]


def _explained(entity: Entity, judged: Judged, governance: Governance, forest: Forest) -> Explained:
    tree = forest.tree(entity)
    above = forest.above(entity)
    return Explained(
        entity=entity,
        above=above,
        parts=sum(1 for _ in tree.parts),
        shields=shields(tree, forest, judged.judgements.protected),
        views=tuple(_views((entity, *above), judged, governance, forest)),
    )


def _views(
    roots: Iterable[Entity], judged: Judged, governance: Governance, forest: Forest
) -> Iterable[PolicyView]:
    given = {
        (judgement.policy.name, judgement.entity.identity): judgement
        for judgement in judged.judgements.given
    }
    for root in roots:
        subject = forest.subject(root)
        for policy in governance.policies.policies:
            if policy.resource is root.kind:
                yield PolicyView(
                    policy,
                    root,
                    tuple(explain(policy.match, subject, judged.now)),
                    given.get((policy.name, root.identity)),
                )
