"""The plan: immutable, ordered, named by its digest, complete before the first effect."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from sagewarden.core.canonical import canonical_pieces, digest, digest_of
from sagewarden.core.entities import Identity, Kind, Target
from sagewarden.core.models import Artifacts
from sagewarden.errors import IntegrityError

PLAN_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEntity:
    """One entity as the plan saw it.

    `parents` are keys: a component's trials, a trial's experiment. `content` and `fingerprint`
    are what every later look must still find. `policy` and `rule` say why it goes, or for a
    spared component or an ancestor are empty. `artifacts` are a component's places in S3, compared
    anew with the models in use before anything is done; None when nobody asked or knew.
    """

    identity: Identity
    name: str
    arn: str
    content: str
    fingerprint: str
    parents: tuple[str, ...]
    policy: str = ""
    rule: str = ""
    reasons: tuple[str, ...] = ()
    artifacts: Artifacts | None = None


class Effect(StrEnum):
    """What a step does at AWS."""

    DISASSOCIATE = "disassociate"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Step:
    """One effect: delete an entity, or take a component from a trial (by key)."""

    effect: Effect
    identity: Identity
    trial: str = ""

    def __str__(self) -> str:
        where = f" from {self.trial}" if self.trial else ""
        return f"{self.effect} {self.identity}{where}"


@dataclass(frozen=True, kw_only=True)
class Unit:
    """What stands or falls together: trees joined by shared components, or a batch.

    In a tree, one surprise stops the whole unit; in a batch each component stands for itself.
    `entities` go, `spared` only lose an edge to a trial that goes, `ancestors` stay and are
    looked at because a hold on them counts.
    """

    kind: str
    entities: tuple[PlannedEntity, ...]
    spared: tuple[PlannedEntity, ...]
    ancestors: tuple[PlannedEntity, ...]
    steps: tuple[Step, ...]

    @property
    def is_tree(self) -> bool:
        """Whether one surprise stops it all."""
        return self.kind == "tree"

    @cached_property
    def identity(self) -> str:
        """A digest that names the unit."""
        return digest(_unit_core(self))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Exactly what will be done on one target, unit by unit, and nothing else.

    `made` (UTC, spelled) and `run` tell its story; `digest` leaves them out, so that the same
    world and policies give the same digest on another day.
    """

    target: Target
    policies: str
    units: tuple[Unit, ...]
    made: str = ""
    run: str = ""
    maker: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 over target, policies, entities, fingerprints, steps and rules."""
        return digest_of(
            canonical_pieces(
                {
                    "format": PLAN_FORMAT,
                    "target": str(self.target),
                    "policies": self.policies,
                    "units": (_unit_core(unit) for unit in self.units),
                }
            )
        )

    def unit(self, identity: str) -> Unit:
        """Return the unit of this digest; raise IntegrityError when the plan has none."""
        for unit in self.units:
            if unit.identity == identity:
                return unit
        raise IntegrityError(f"plan {self.digest[:12]} has no unit {identity[:12]}")

    @property
    def counts(self) -> dict[Kind, int]:
        """How many of each kind go."""
        counts = dict.fromkeys(Kind, 0)
        for unit in self.units:
            for entity in unit.entities:
                counts[entity.identity.kind] += 1
        return counts

    def spelled(self) -> dict[str, Any]:
        """Return the plan as it is stored; `read_plan` is the way back."""
        return self.unrolling() | {"units": [_unit_whole(unit) for unit in self.units]}

    def unrolling(self) -> dict[str, Any]:
        """Return the same, but that `units` spells one after the other, and only once."""
        return {
            "format": PLAN_FORMAT,
            "digest": self.digest,
            "target": {
                "account": self.target.account,
                "region": self.target.region,
                "name": self.target.name,
            },
            "policies": self.policies,
            "made": self.made,
            "run": self.run,
            "maker": self.maker,
            "units": (_unit_whole(unit) for unit in self.units),
        }


def read_plan(stored: Mapping[str, Any]) -> Plan:
    """Read a stored plan; raise IntegrityError unless its content has the digest it claims."""
    try:
        plan = Plan(
            target=Target(**stored["target"]),
            policies=stored["policies"],
            units=tuple(_read_unit(unit) for unit in stored["units"]),
            made=stored["made"],
            run=stored["run"],
            maker=stored["maker"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"a stored plan lacks or garbles a field: {error}") from error
    if stored.get("format") != PLAN_FORMAT or plan.digest != stored.get("digest"):
        raise IntegrityError("a stored plan does not have the digest that names it")
    return plan


def spell_identity(identity: Identity) -> list[Any]:
    """Spell an identity as `[kind, name, created_ms]`."""
    return [str(identity.kind), identity.name, identity.created_ms]


def read_identity(spelled: list[Any]) -> Identity:
    """Read what `spell_identity` wrote."""
    kind, name, created_ms = spelled
    return Identity(Kind(kind), name, created_ms)


def _entity_core(entity: PlannedEntity) -> list[Any]:
    return [
        spell_identity(entity.identity),
        entity.name,
        entity.arn,
        entity.content,
        entity.fingerprint,
        list(entity.parents),
        entity.policy,
        entity.rule,
        *([] if entity.artifacts is None else [list(entity.artifacts)]),
    ]


def _unit_core(unit: Unit) -> dict[str, Any]:
    return {
        "kind": unit.kind,
        "entities": [_entity_core(entity) for entity in unit.entities],
        "spared": [_entity_core(entity) for entity in unit.spared],
        "ancestors": [spell_identity(entity.identity) for entity in unit.ancestors],
        "steps": [spell_step(step) for step in unit.steps],
    }


def spell_entity(entity: PlannedEntity) -> dict[str, Any]:
    """Spell a planned entity whole, its reasons too."""
    return {
        "identity": spell_identity(entity.identity),
        "name": entity.name,
        "arn": entity.arn,
        "content": entity.content,
        "fingerprint": entity.fingerprint,
        "parents": list(entity.parents),
        "policy": entity.policy,
        "rule": entity.rule,
        "reasons": list(entity.reasons),
        "artifacts": None if entity.artifacts is None else list(entity.artifacts),
    }


def _unit_whole(unit: Unit) -> dict[str, Any]:
    return {
        "kind": unit.kind,
        "entities": [spell_entity(entity) for entity in unit.entities],
        "spared": [spell_entity(entity) for entity in unit.spared],
        "ancestors": [spell_entity(entity) for entity in unit.ancestors],
        "steps": [spell_step(step) for step in unit.steps],
    }


def spell_step(step: Step) -> list[Any]:
    """Spell a step as `[effect, identity, trial]`."""
    return [str(step.effect), spell_identity(step.identity), step.trial]


def read_step(spelled: list[Any]) -> Step:
    """Read what `spell_step` wrote."""
    effect, identity, trial = spelled
    return Step(Effect(effect), read_identity(identity), trial)


def read_entity(stored: Mapping[str, Any]) -> PlannedEntity:
    """Read what `spell_entity` wrote."""
    return PlannedEntity(
        identity=read_identity(stored["identity"]),
        name=stored["name"],
        arn=stored["arn"],
        content=stored["content"],
        fingerprint=stored["fingerprint"],
        parents=tuple(stored["parents"]),
        policy=stored["policy"],
        rule=stored["rule"],
        reasons=tuple(stored["reasons"]),
        artifacts=None if stored.get("artifacts") is None else tuple(stored["artifacts"]),
    )


def _read_unit(stored: Mapping[str, Any]) -> Unit:
    return Unit(
        kind=stored["kind"],
        entities=tuple(read_entity(entity) for entity in stored["entities"]),
        spared=tuple(read_entity(entity) for entity in stored["spared"]),
        ancestors=tuple(read_entity(entity) for entity in stored["ancestors"]),
        steps=tuple(read_step(step) for step in stored["steps"]),
    )
