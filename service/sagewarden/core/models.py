"""Which models are in use, and whether what a component left stands behind one of them.

Places are compared, not names: an artifact counts as a model's when both are the same place in S3,
or one lies below the other. So a model's directory protects who wrote a part of it, and the archive
in a training's output directory protects the training.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

from sagewarden.core.places import is_s3, locate

Artifacts = tuple[str, ...]
"""What a component left in S3, as URIs, sorted."""

NOT_A_MODEL = frozenset({"SageMaker.DebugHookOutput"})
"""Outputs that AWS itself names and that hold no model: often they name a whole bucket."""

TRAINING_JOB = ":training-job/"


class Role(IntEnum):
    """What a model is used for, the strongest first."""

    DEPLOYED = 1
    REGISTERED = 2
    MODEL = 3


_TOLD: Mapping[Role, str] = {
    Role.DEPLOYED: "its model is deployed",
    Role.REGISTERED: "its model is registered",
    Role.MODEL: "its model is in use",
}


@dataclass(frozen=True, slots=True, order=True)
class ModelUse:
    """One place in S3 that something rests on; `by` names that, with its ARN."""

    role: Role
    by: str
    uri: str

    def __str__(self) -> str:
        return f"{_TOLD[self.role]}: {self.by}"


@dataclass(frozen=True)
class Models:
    """Every use of every model of a target at one time; with `unread` it is not known which."""

    uses: tuple[ModelUse, ...] = ()
    unread: str = ""

    @classmethod
    def of(cls, uses: Iterable[ModelUse]) -> "Models":
        """Gather uses; one whose place cannot be compared makes all of it unknown."""
        known = sorted(set(uses))
        for use in known:
            if locate(use.uri) is None:
                return cls(unread=f"{use.by} rests on {use.uri}, which names no bucket")
        return cls(tuple(known))

    def behind(self, artifacts: Artifacts | None) -> tuple[str, ...]:
        """Say what rests on these artifacts, or may; None: nobody knows what they are."""
        if artifacts == ():
            return ()
        if self.unread:
            return (f"which models are in use could not be read: {self.unread}",)
        if not self.uses:
            return ()
        if artifacts is None:
            return ("its model may be in use: what it left in S3 could not be read",)
        found = sorted({use for uri in artifacts for use in self._resting_on(uri)})
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        return (f"{found[0]}{more}",) if found else ()

    def _resting_on(self, uri: str) -> Iterator[ModelUse]:
        place = locate(uri)
        if place is None:
            return
        yield from self._below.get(place, ())
        for above in _upwards(place):
            yield from self._at.get(above, ())

    @cached_property
    def _at(self) -> Mapping[str, Sequence[ModelUse]]:
        """Uses by their own place."""
        return _grouped((locate(use.uri) or "", use) for use in self.uses)

    @cached_property
    def _below(self) -> Mapping[str, Sequence[ModelUse]]:
        """Uses by every place above theirs."""
        return _grouped(
            (above, use)
            for use in self.uses
            for above in _upwards(locate(use.uri) or "")
            if above != locate(use.uri)
        )


UNREAD = Models(unread="nobody asked")
"""What is known before anything was read."""


def artifacts_of(record: Mapping[str, Any]) -> Artifacts | None:
    """Return what a component left in S3, from Search's or Describe's record of it.

    That is its outputs, and the model of the training job behind it: AWS notes it among the
    outputs, and Search gives the job's own record. None when a training job is behind it of which
    neither tells, or an output lies behind an access point.
    """
    outputs = record.get("OutputArtifacts") or {}
    uris = {str(given.get("Value") or "") for name, given in outputs.items() if _counts(name)}
    trained = _trained(record)
    source = (record.get("Source") or {}).get("SourceArn") or ""
    if TRAINING_JOB in source and "SageMaker.ModelArtifact" not in outputs and trained is None:
        return None
    placed = {uri for uri in (*uris, trained or "") if is_s3(uri)}
    if any(locate(uri) is None for uri in placed):
        return None
    return tuple(sorted(placed))


def _counts(name: str) -> bool:
    return name not in NOT_A_MODEL


def _trained(record: Mapping[str, Any]) -> str | None:
    """Return where a training job put its model; empty when its record says that it has none."""
    job = (record.get("SourceDetail") or {}).get("TrainingJob")
    if job is None:
        return None
    return str((job.get("ModelArtifacts") or {}).get("S3ModelArtifacts") or "")


def _upwards(place: str) -> Iterator[str]:
    """Yield a place and every place above it, up to its bucket."""
    while place:
        yield place
        place = place.rpartition("/")[0]


def _grouped(pairs: Iterable[tuple[str, ModelUse]]) -> Mapping[str, Sequence[ModelUse]]:
    groups: dict[str, list[ModelUse]] = defaultdict(list)
    for place, use in pairs:
        groups[place].append(use)
    return groups
