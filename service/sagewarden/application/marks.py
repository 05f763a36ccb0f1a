"""Marks in the vault: one compressed snapshot a run, and a pointer to the one that counts.

Beside the marks it holds since when required tags are violated: both tell how long something lasts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.ports import Bench
from sagewarden.core.canonical import sha256
from sagewarden.core.escalation import Violated, Violations, read_violated
from sagewarden.core.keys import marks_key, snapshot_key
from sagewarden.core.marks import Mark, Marks, in_order, read_mark
from sagewarden.errors import IntegrityError, VaultExists


@dataclass(frozen=True, slots=True)
class MarkBook:
    """Marks as they were read, and the pointer's version that a write must still find."""

    marks: Marks
    version: str | None
    violations: Violations = field(default_factory=dict)


def read_marks(bench: Bench) -> MarkBook:
    """Read the marks that count; raise IntegrityError when the snapshot is not the one meant."""
    pointer = read_or_none(bench.vault, marks_key(bench.target))
    if pointer is None:
        return MarkBook({}, None)
    content, version = pointer
    body = bench.vault.get(content["snapshot"]).body
    if sha256(body) != content["sha256"]:
        raise IntegrityError("the snapshot of the marks is not the one that its pointer names")
    marks: list[Mark] = []
    violations: list[Violated] = []
    try:
        for line in bench.codec.snapshot_lines(body):
            if "violated" in line:
                violations.append(read_violated(line))
            else:
                marks.append(read_mark(line))
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrityError(f"the snapshot of the marks is broken: {error}") from error
    return MarkBook(
        {mark.place: mark for mark in marks}, version, {each.place: each for each in violations}
    )


@dataclass(frozen=True, slots=True)
class _Lines:
    """What a snapshot holds, spelled line by line, as often as it is gone through."""

    ordered: Sequence[Mark | Violated]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (each.spelled() for each in self.ordered)


def write_marks(
    bench: Bench, book: MarkBook, marks: Marks, run: str, violations: Violations | None = None
) -> MarkBook:
    """Make these the marks that count, unless someone else wrote since they were read.

    Without `violations` those of the book stay.
    """
    since = book.violations if violations is None else violations
    if marks == book.marks and since == book.violations:
        return book
    body = bench.codec.snapshot(_Lines((*in_order(marks), *in_order(since))))
    key = snapshot_key(bench.target, run, sha256(body))
    try:
        bench.vault.create(key, body)
    except VaultExists:
        bench.events("marks.snapshot-reused", key=key)
    content = {"snapshot": key, "sha256": sha256(body), "run": run, "count": len(marks)}
    version = put_document(bench.vault, marks_key(bench.target), content, book.version)
    return MarkBook(marks, version, since)
