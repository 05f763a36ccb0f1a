"""Calls that the type checker must refuse: each ignore is an error when it is not needed.

Nothing here runs; mypy (strict, with `warn_unused_ignores`) is the test.
"""

from sagewarden.application.ports.aws import Effects
from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.deletion import Deletion, Disassociation, DurableIntent, FreshLook
from sagewarden.core.entities import Entity, Identity, Kind
from sagewarden.core.fingerprint import fingerprint
from sagewarden.core.judge import Judgement
from sagewarden.core.plan import Effect, Plan, PlannedEntity, Step


def effects_take_no_names(effects: Effects, planned: PlannedEntity, entity: Entity) -> None:
    effects.delete("name")  # type: ignore[arg-type]
    effects.delete(planned)  # type: ignore[arg-type]
    effects.delete(planned.identity)  # type: ignore[arg-type]
    effects.delete(entity)  # type: ignore[arg-type]
    effects.disassociate("component", "trial")  # type: ignore[arg-type,call-arg]


def effects_are_not_mixed_up(effects: Effects, delete: Deletion, cut: Disassociation) -> None:
    effects.delete(cut)  # type: ignore[arg-type]
    effects.disassociate(delete)  # type: ignore[arg-type]
    effects.associate(cut)  # type: ignore[arg-type]


def a_deletion_needs_all_its_evidence(
    planned: PlannedEntity, archive: VerifiedArchive, look: FreshLook, intent: DurableIntent
) -> None:
    Deletion(planned)  # type: ignore[call-arg]
    Deletion(planned, archive, look)  # type: ignore[call-arg]
    Deletion(planned, archive, None, intent)  # type: ignore[arg-type]
    Deletion(planned, None, look, intent)  # type: ignore[arg-type]
    Deletion(planned, archive.key, look, intent)  # type: ignore[arg-type]
    Deletion(planned, archive, look, intent.key)  # type: ignore[arg-type]
    Deletion(planned.identity, archive, look, intent)  # type: ignore[arg-type]


def a_look_is_at_a_plan_and_an_entity(planned: PlannedEntity, seen: Entity) -> None:
    FreshLook(seen, planned)  # type: ignore[arg-type]
    FreshLook(planned)  # type: ignore[call-arg]
    FreshLook(planned, planned)  # type: ignore[arg-type]


def an_archive_is_verified_from_its_bytes(body: bytes) -> None:
    VerifiedArchive("key", "hash")  # type: ignore[call-arg]
    VerifiedArchive("key", "hash", body)  # type: ignore[call-arg]


def decisions_stay_as_they_were_made(
    plan: Plan, step: Step, judgement: Judgement, deletion: Deletion
) -> None:
    plan.units = ()  # type: ignore[misc]
    step.trial = "another"  # type: ignore[misc]
    judgement.against = ()  # type: ignore[misc]
    deletion.look = deletion.look  # type: ignore[misc]


def a_step_names_a_whole_identity(name: str) -> None:
    Step(Effect.DELETE, name)  # type: ignore[arg-type]
    Step("delete", Identity(Kind.TRIAL, name, 0))  # type: ignore[arg-type]
    Identity("trial", name, 0)  # type: ignore[arg-type]
    Identity(Kind.TRIAL, name)  # type: ignore[call-arg]


def unknown_is_not_none(entity: Entity) -> None:
    """Tags and parents may be unknown: whoever reads them has to say what that means."""
    entity.tags["env"]  # type: ignore[index]
    len(entity.parents)  # type: ignore[arg-type]
    fingerprint(entity.content, entity.parents)  # type: ignore[arg-type]
