"""Journal entries: what is about to be done, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sagewarden.core.entities import Identity
from sagewarden.core.plan import (
    PlannedEntity,
    Step,
    read_entity,
    read_identity,
    read_step,
    spell_entity,
    spell_identity,
    spell_step,
)
from sagewarden.errors import IntegrityError

JOURNAL_FORMAT = 1


class Result(StrEnum):
    """What came of one step."""

    DONE = "done"
    ALREADY_ABSENT = "already absent"
    REFUSED = "refused"
    UNDONE = "undone"
    NOT_ATTEMPTED = "not attempted"
    NEEDS_PERSON = "needs a person"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One step and what came of it, with the reason when it is not done."""

    step: Step
    result: Result
    detail: str = ""

    def spelled(self) -> list[Any]:
        """Return the outcome as it is stored."""
        return [spell_step(self.step), str(self.result), self.detail]

    @classmethod
    def read(cls, stored: list[Any]) -> "Outcome":
        """Read what `spelled` wrote."""
        step, result, detail = stored
        return cls(read_step(step), Result(result), detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What one bundle is about to do; durable before its first effect.

    `entities` are those that the steps name, `ancestors` stay; `touched` gives, for each entity
    whose LastModifiedTime our writes may move, that time before them (ms since 1970 UTC). `sent`
    is the server's time, spelled.
    """

    run: str
    sequence: int
    plan: str
    unit: str
    is_tree: bool
    archive_key: str
    archive_sha256: str
    entities: tuple[PlannedEntity, ...]
    ancestors: tuple[PlannedEntity, ...]
    steps: tuple[Step, ...]
    touched: Mapping[Identity, int]
    sent: str

    def spelled(self) -> dict[str, Any]:
        """Return the intent as it is stored."""
        return {
            "format": JOURNAL_FORMAT,
            "run": self.run,
            "sequence": self.sequence,
            "plan": self.plan,
            "unit": self.unit,
            "is_tree": self.is_tree,
            "archive": {"key": self.archive_key, "sha256": self.archive_sha256},
            "entities": [spell_entity(entity) for entity in self.entities],
            "ancestors": [spell_entity(entity) for entity in self.ancestors],
            "steps": [spell_step(step) for step in self.steps],
            "touched": [
                [spell_identity(identity), before]
                for identity, before in sorted(self.touched.items())
            ],
            "sent": self.sent,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Intent":
        """Read what `spelled` wrote; raise IntegrityError when it is broken."""
        try:
            check_format(stored["format"])
            return cls(
                run=stored["run"],
                sequence=stored["sequence"],
                plan=stored["plan"],
                unit=stored["unit"],
                is_tree=stored["is_tree"],
                archive_key=stored["archive"]["key"],
                archive_sha256=stored["archive"]["sha256"],
                entities=tuple(read_entity(entity) for entity in stored["entities"]),
                ancestors=tuple(read_entity(entity) for entity in stored["ancestors"]),
                steps=tuple(read_step(step) for step in stored["steps"]),
                touched={read_identity(who): before for who, before in stored["touched"]},
                sent=stored["sent"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"a journal intent lacks or garbles a field: {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The outcomes of one intent. `at` is the server's time, spelled."""

    run: str
    sequence: int
    settled_by: str
    outcomes: tuple[Outcome, ...]
    at: str

    def spelled(self) -> dict[str, Any]:
        """Return the outcomes as they are stored."""
        return {
            "format": JOURNAL_FORMAT,
            "run": self.run,
            "sequence": self.sequence,
            "settled_by": self.settled_by,
            "outcomes": [outcome.spelled() for outcome in self.outcomes],
            "at": self.at,
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Settled":
        """Read what `spelled` wrote; raise IntegrityError when it is broken."""
        try:
            check_format(stored["format"])
            return cls(
                run=stored["run"],
                sequence=stored["sequence"],
                settled_by=stored["settled_by"],
                outcomes=tuple(Outcome.read(outcome) for outcome in stored["outcomes"]),
                at=stored["at"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"a journal outcome lacks or garbles a field: {error}") from error


def check_format(found: int, known: int = JOURNAL_FORMAT) -> None:
    """Raise ValueError for another format: an entry of a newer version may mean something else."""
    if found != known:
        raise ValueError(f"it has format {found}, known is {known}")


def tally(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """Count outcomes by result; every result is there, with zero if none."""
    counts = {str(result): 0 for result in Result}
    for outcome in outcomes:
        counts[str(outcome.result)] += 1
    return counts
