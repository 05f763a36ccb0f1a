"""What must agree between an intent, its archive and its outcomes; each fault is said in words."""

from collections import Counter
from collections.abc import Iterator

from sagewarden.core.archive import VerifiedArchive
from sagewarden.core.journal import Intent, Settled
from sagewarden.core.plan import Effect, PlannedEntity


def holds_as_planned(archive: VerifiedArchive, planned: PlannedEntity) -> bool:
    """Whether the archive has a record of exactly this entity with the planned fingerprint."""
    held = archive.holds(planned.identity)
    return held and archive.record(planned.identity).fingerprint == planned.fingerprint


def archive_faults(archive: VerifiedArchive, intent: Intent) -> Iterator[str]:
    """Say what the intent rests on and the archive does not hold."""
    for planned in intent.entities:
        if not archive.holds(planned.identity):
            yield f"it does not hold {planned.identity}, which its intent names"
        elif not holds_as_planned(archive, planned):
            yield f"it holds {planned.identity} with another fingerprint than was planned"
    for step in intent.steps:
        if step.effect is not Effect.DISASSOCIATE or not archive.holds(step.identity):
            continue
        if step.trial not in archive.record(step.identity).parents:
            yield f"it does not hold the edge from {step.identity} to {step.trial}"


def outcome_faults(settled: Settled, intent: Intent) -> Iterator[str]:
    """Say where outcomes and intent differ: each step has exactly one outcome."""
    if (settled.run, settled.sequence) != (intent.run, intent.sequence):
        yield f"it belongs to bundle {settled.sequence} of run {settled.run}"
    told = Counter(outcome.step for outcome in settled.outcomes)
    for step in intent.steps:
        if told[step] != 1:
            yield f"it tells {told[step]} outcomes of: {step}"
    for step in told:
        if step not in intent.steps:
            yield f"it tells of a step that was never intended: {step}"
