"""Writes of tags: what is to be set or taken off, and the evidence without which none is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sagewarden.core.deletion import CreatedAnew, WorldChanged
from sagewarden.core.entities import Entity, Identity
from sagewarden.core.journal import Result, check_format
from sagewarden.core.plan import read_identity, spell_identity
from sagewarden.core.protection import HOLD_TAG
from sagewarden.core.tag_words import AWS_TAGS, MOST_TAGS, is_key, is_value
from sagewarden.errors import IntegrityError

TAGS_FORMAT = 1


class TagEffect(StrEnum):
    """What a write does to tags at AWS."""

    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, order=True)
class TagStep:
    """One tag of one entity, to be set to `after` or (None) taken off while it still is `before`.

    `before` is None while there is no such tag. `policy` is whose rule it serves, empty for what
    tells of a mark; `reason` is for people.
    """

    identity: Identity
    name: str
    key: str
    before: str | None
    after: str | None
    policy: str = ""
    reason: str = ""

    @property
    def effect(self) -> TagEffect:
        """What the step does."""
        return TagEffect.REMOVE if self.after is None else TagEffect.ADD

    def spelled(self) -> list[Any]:
        """Return the step as it is stored."""
        who = spell_identity(self.identity)
        return [who, self.name, self.key, self.before, self.after, self.policy, self.reason]

    @classmethod
    def read(cls, stored: list[Any]) -> "TagStep":
        """Read what `spelled` wrote."""
        who, *rest = stored
        return cls(read_identity(who), *rest)

    def __str__(self) -> str:
        told = "" if self.after is None else f"={self.after}"
        return f"{self.effect} tag {self.key}{told} of {self.identity}"


@dataclass(frozen=True, slots=True)
class DurableTags:
    """The journal's word that an intent of these steps lies in the vault."""

    key: str
    sha256: str
    steps: frozenset[TagStep]


@dataclass(frozen=True, slots=True)
class TagWrite:
    """Steps of one effect on one entity, which was described a moment ago."""

    steps: tuple[TagStep, ...]
    seen: Entity
    intent: DurableTags

    def __post_init__(self) -> None:
        """Refuse to exist unless the entity is the planned one and its tags are as planned.

        Raise WorldChanged when the world is another one, IntegrityError for a step that no
        durable intent names or that AWS would not take.
        """
        if len({(step.identity, step.effect) for step in self.steps}) != 1:
            raise IntegrityError("a write of tags is about one entity and does one thing")
        for step in self.steps:
            self._check(step)
        if len(self.after) > MOST_TAGS:
            raise WorldChanged(f"{self.seen.identity} has {MOST_TAGS} tags, AWS takes no more")

    @property
    def effect(self) -> TagEffect:
        """What the write does."""
        return self.steps[0].effect

    @property
    def after(self) -> Mapping[str, str]:
        """The tags that will be there then, without AWS's own."""
        tags = {step.key: step.after for step in self.steps}
        merged = {**(self.seen.tags or {}), **tags}
        kept = {key: value for key, value in merged.items() if value is not None}
        return {key: v for key, v in kept.items() if not key.lower().startswith(AWS_TAGS)}

    def _check(self, step: TagStep) -> None:
        if step not in self.intent.steps:
            raise IntegrityError(f"no durable intent says: {step}")
        if not is_key(step.key) or not is_value(step.after or ""):
            raise IntegrityError(f"AWS would not take it: {step}")
        if self.seen.identity != step.identity:
            raise CreatedAnew(f"{step.identity} was created anew by someone else")
        if self.seen.tags is None:
            raise WorldChanged(f"the tags of {step.identity} could not be read")
        if HOLD_TAG in self.seen.tags:
            raise WorldChanged(f"{step.identity} is held by its tag {HOLD_TAG}")
        if self.seen.tags.get(step.key) != step.before:
            raise WorldChanged(f"tag {step.key} of {step.identity} was changed by someone else")


@dataclass(frozen=True, slots=True)
class TagOutcome:
    """One step and what came of it, with the reason when it is not done."""

    step: TagStep
    result: Result
    detail: str = ""

    def spelled(self) -> list[Any]:
        """Return the outcome as it is stored."""
        return [self.step.spelled(), str(self.result), self.detail]

    @classmethod
    def read(cls, stored: list[Any]) -> "TagOutcome":
        """Read what `spelled` wrote."""
        step, result, detail = stored
        return cls(TagStep.read(step), Result(result), detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class TagIntent:
    """Tags that are about to be written; durable before the first of them.

    `touched` gives, for each entity whose LastModifiedTime our writes may move, that time before
    them (ms since 1970 UTC). `sent` is the server's time, spelled.
    """

    run: str
    sequence: int
    steps: tuple[TagStep, ...]
    touched: Mapping[Identity, int]
    sent: str

    def spelled(self) -> dict[str, Any]:
        """Return the intent as it is stored."""
        return {
            "format": TAGS_FORMAT,
            "run": self.run,
            "sequence": self.sequence,
            "steps": [step.spelled() for step in self.steps],
            "touched": [[spell_identity(who), at] for who, at in sorted(self.touched.items())],
            "sent": self.sent,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "TagIntent":
        """Read what `spelled` wrote; raise IntegrityError when it is broken."""
        try:
            check_format(stored["format"], TAGS_FORMAT)
            return cls(
                run=stored["run"],
                sequence=stored["sequence"],
                steps=tuple(TagStep.read(step) for step in stored["steps"]),
                touched={read_identity(who): before for who, before in stored["touched"]},
                sent=stored["sent"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"a journal intent of tags is garbled: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TagsSettled:
    """The outcomes of one intent of tags. `at` is the server's time, spelled."""

    run: str
    sequence: int
    settled_by: str
    outcomes: tuple[TagOutcome, ...]
    at: str

    def spelled(self) -> dict[str, Any]:
        """Return the outcomes as they are stored."""
        return {
            "format": TAGS_FORMAT,
            "run": self.run,
            "sequence": self.sequence,
            "settled_by": self.settled_by,
            "outcomes": [outcome.spelled() for outcome in self.outcomes],
            "at": self.at,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "TagsSettled":
        """Read what `spelled` wrote; raise IntegrityError when it is broken."""
        try:
            check_format(stored["format"], TAGS_FORMAT)
            return cls(
                run=stored["run"],
                sequence=stored["sequence"],
                settled_by=stored["settled_by"],
                outcomes=tuple(TagOutcome.read(outcome) for outcome in stored["outcomes"]),
                at=stored["at"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"a journal outcome of tags is garbled: {error}") from error
