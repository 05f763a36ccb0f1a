"""Effects that cannot be built without their evidence.

The module at AWS's door takes only these, never names: a verified archive that holds exactly this
entity, a fresh look that found it as planned, and an intent that is durable in the vault.
"""

from dataclasses import dataclass

from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.fingerprint import fingerprint
from sagewarden.core.plan import Effect, PlannedEntity, Step
from sagewarden.core.protection import HOLD_TAG
from sagewarden.errors import IntegrityError


@dataclass(frozen=True, slots=True)
class DurableIntent:
    """The journal's word that an intent of these steps lies in the vault.

    Only the journal writer makes one, after its create was answered.
    """

    key: str
    sha256: str
    steps: frozenset[Step]


class FreshLook:
    """Proof that an entity, described a moment ago, is the planned one and unchanged."""

    __slots__ = ("identity", "seen")

    def __init__(self, planned: PlannedEntity, seen: Entity) -> None:
        """Compare what was just described with the plan; raise `WorldChanged` if they differ.

        A component's trials are not part of Describe's answer; they were listed before its first
        effect and are taken from the plan, so that edges that we removed ourselves do not count.
        """
        if seen.identity != planned.identity:
            raise CreatedAnew(f"{planned.identity} was created anew by someone else")
        if seen.running:
            raise WorldChanged(f"{planned.identity} is {seen.status} again")
        if seen.tags is None:
            raise WorldChanged(f"the tags of {planned.identity} could not be read")
        if HOLD_TAG in seen.tags:
            raise WorldChanged(f"{planned.identity} is held by its tag {HOLD_TAG}")
        parents = (
            ((seen.experiment or "").lower(),)
            if planned.identity.kind is Kind.TRIAL
            else planned.parents
        )
        if fingerprint(seen.content, parents) != planned.fingerprint:
            raise WorldChanged(f"{planned.identity} changed since the plan was made")
        self.identity = planned.identity
        self.seen = seen


class WorldChanged(Exception):  # noqa: N818 -- a finding, caught where the unit is stopped
    """The world is not what the plan says: the entity is kept."""


class CreatedAnew(WorldChanged):
    """The name belongs to another entity by now; the planned one is gone."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """Delete one entity."""

    planned: PlannedEntity
    archive: VerifiedArchive
    look: FreshLook
    intent: DurableIntent

    def __post_init__(self) -> None:
        """Refuse to exist without matching evidence."""
        _check(self.planned, self.archive, self.look)
        _check_intended(self.intent, Step(Effect.DELETE, self.planned.identity))


@dataclass(frozen=True, slots=True)
class Disassociation:
    """Take one component from one trial (by key)."""

    planned: PlannedEntity
    trial: str
    archive: VerifiedArchive
    look: FreshLook
    intent: DurableIntent

    def __post_init__(self) -> None:
        """Refuse to exist unless the archive also holds the edge."""
        _check(self.planned, self.archive, self.look)
        _check_edge(self.planned.identity, self.trial, self.archive, self.intent)


@dataclass(frozen=True, slots=True)
class Reassociation:
    """Put an edge back that we removed: component and trial as the archive knows them."""

    identity: Identity
    trial: str
    archive: VerifiedArchive
    intent: DurableIntent

    def __post_init__(self) -> None:
        """Refuse to exist unless the archive holds the edge and we intended to remove it."""
        _check_edge(self.identity, self.trial, self.archive, self.intent)


def _check(planned: PlannedEntity, archive: VerifiedArchive, look: FreshLook) -> None:
    if archive.record(planned.identity).fingerprint != planned.fingerprint:
        raise IntegrityError(f"the archive of {planned.identity} is not of what was planned")
    if look.identity != planned.identity:
        raise IntegrityError(f"the look was at {look.identity}, not at {planned.identity}")


def _check_edge(who: Identity, trial: str, archive: VerifiedArchive, intent: DurableIntent) -> None:
    if trial not in archive.record(who).parents:
        raise IntegrityError(f"the archive holds no edge from {who} to {trial}")
    _check_intended(intent, Step(Effect.DISASSOCIATE, who, trial))


def _check_intended(intent: DurableIntent, step: Step) -> None:
    if step not in intent.steps:
        raise IntegrityError(f"no durable intent says: {step}")
