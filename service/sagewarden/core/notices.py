"""Which notices owners get of marks that nobody was told of yet, and what stands in them.

A notice's id follows from its target, its owner and its marks alone: a run that died between
sending a notice and noting that it was taken is followed by one that sends it under the same id.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sagewarden.core.canonical import canonical, digest, spell_time
from sagewarden.core.entities import Target
from sagewarden.core.judge import Judgement, Verdict
from sagewarden.core.marks import Mark, Marks
from sagewarden.core.plan import spell_identity
from sagewarden.core.policy import Receiver

MOST_MARKS = 500
"""Marks in one notice: a channel takes no message of any size."""

MOST_BYTES = 100_000
"""What their lines may take together, as they are stored: no channel has to leave any out."""

KEEP = "tag it `sagewarden:hold`, run `sagewarden hold add NAME`, or use it"


@dataclass(frozen=True, slots=True)
class Told:
    """A mark that a notice tells of, and what it is about."""

    judgement: Judgement
    mark: Mark


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of one owner's `marks` that were made at the same time, and to whom."""

    target: Target
    owner: str
    marks: tuple[Told, ...]
    to: tuple[Receiver, ...] = (Receiver.OWNER,)

    @property
    def name(self) -> str:
        """Its id."""
        marks = [
            [spell_identity(each.mark.identity), each.mark.policy, each.mark.rule, each.mark.due]
            for each in self.marks
        ]
        return digest([str(self.target), self.owner, marks])[:32]

    def spelled(self, run: str, now: datetime, chain: str = "") -> dict[str, Any]:
        """Return its text as a run first stores it, and as every channel gets it ever after.

        `chain` is the chain's head before this run: whoever keeps notices can anchor it.
        """
        return {
            "id": self.name,
            "owner": self.owner,
            "target": str(self.target),
            "run": run,
            "chain": chain,
            "sent": spell_time(now),
            "how_to_keep": KEEP,
            "marked": [_line(each) for each in self.marks],
        }


def notices(target: Target, judgements: Iterable[Judgement], marks: Marks) -> Iterator[Notice]:
    """Yield a notice for each owner, time of marking and receivers, or several of many marks."""
    groups: dict[tuple[str, datetime, tuple[Receiver, ...]], list[Told]] = defaultdict(list)
    for judgement in judgements:
        mark = marks.get((judgement.entity.identity, judgement.policy.name))
        if judgement.verdict is Verdict.MARK and mark is not None and mark.announced is None:
            place = (judgement.owner, mark.since, judgement.policy.notify)
            groups[place].append(Told(judgement, mark))
    for (owner, _, to), told in sorted(groups.items()):
        told.sort(key=lambda each: each.mark.place)
        for part in _parts(told):
            yield Notice(target, owner, part, to)


def _parts(told: Sequence[Told]) -> Iterator[tuple[Told, ...]]:
    part: list[Told] = []
    size = 0
    for each in told:
        length = len(canonical(_line(each)))
        if part and (len(part) == MOST_MARKS or size + length > MOST_BYTES):
            yield tuple(part)
            part, size = [], 0
        part.append(each)
        size += length
    if part:
        yield tuple(part)


def _line(each: Told) -> dict[str, Any]:
    return {
        "kind": str(each.mark.identity.kind),
        "name": each.judgement.entity.name,
        "policy": each.mark.policy,
        "due": spell_time(each.mark.due),
        "because": list(each.judgement.reasons),
    }
