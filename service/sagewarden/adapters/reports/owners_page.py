"""The owners' reports: what is theirs, when it goes or why it stays, which tags are missing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sagewarden.adapters.reports.csv_report import csv_table
from sagewarden.adapters.reports.page import render_page
from sagewarden.core.owned import Owned, Owners
from sagewarden.core.report_rows import JudgedRow

ROWS = 10_000
"""Rows of one owner's table on a page; CSV and JSON have all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One line of an owner's table: what becomes of a thing, or what it lacks."""

    owner: str
    what: str
    kind: str
    name: str
    policy: str
    when: str
    why: str
    entities: int


def render_owners_html(owners: Owners) -> bytes:
    """Return one page with all the owners that are given; of several, an overview first."""
    return render_page(
        "owners.html.j2",
        view=owners,
        owners=tuple((each, *_split(each)) for each in owners.owners),
        most=ROWS,
    )


def render_owners_json(owners: Owners) -> bytes:
    """Return the owners' view as ASCII JSON with a newline at its end."""
    text = json.dumps(owners.spelled(), ensure_ascii=True, allow_nan=False, indent=1)
    return f"{text}\n".encode("ascii")


def render_owners_csv(owners: Owners) -> bytes:
    """Return one line for each thing and each missing tag, safe to open in a spreadsheet."""
    return csv_table(Thing, (thing for each in owners.owners for thing in things(each)))


def things(owned: Owned) -> Iterator[Thing]:
    """Yield all that one owner has to know, the most urgent first."""
    for row in owned.due:
        yield _thing(row, "due now", "; ".join(row.reasons))
    for row in owned.marked:
        yield _thing(row, "marked", "; ".join((*row.against, *row.reasons)))
    for gap in owned.gaps:
        yield Thing(
            owner=gap.owner,
            what=f"tag {gap.key} {gap.state}",
            kind=gap.kind,
            name=gap.name,
            policy=gap.policy,
            when=gap.since,
            why=gap.reason,
            entities=1,
        )
    for row in owned.kept:
        yield _thing(row, "kept", "; ".join(row.against))
    for row in owned.reported:
        yield _thing(row, "reported", "; ".join(row.reasons))
    for gone in owned.deleted:
        yield Thing(
            owner=gone.owner,
            what="deleted",
            kind=gone.kind,
            name=gone.name,
            policy=gone.policy,
            when=gone.at,
            why=f"archived in {gone.archive_key}",
            entities=1,
        )


def _thing(row: JudgedRow, what: str, why: str) -> Thing:
    return Thing(
        owner=row.owner,
        what=what,
        kind=row.kind,
        name=row.name,
        policy=row.policy,
        when=row.due,
        why=why,
        entities=row.size,
    )


def _split(owned: Owned) -> tuple[tuple[JudgedRow, ...], int]:
    """Return what is due or will be, and how many entities that is."""
    going = (*owned.due, *owned.marked)
    return going, sum(row.size for row in going)
