"""Compares what CloudTrail logged with what the journal says: event by event, intent by intent."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from sagewarden.core.canonical import spell_time
from sagewarden.core.identities import principal

SLACK = timedelta(minutes=2)
"""How far CloudTrail's clock and the server's Date may lie apart, both being AWS's."""

WITHOUT_INTENT = "event without intent"
WITHOUT_EVENT = "intent without event"
BY_ANOTHER = "done by another identity"

_ROLE = re.compile(r"(arn:[a-z-]+):iam::(\d+):role/(?:.*/)?([^/]+)")

Act: TypeAlias = tuple[str, str, str]
"""Operation, name and trial (or nothing), names in lower case as AWS compares them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEvent:
    """One delete or disassociation that CloudTrail logged. `error` is empty if it succeeded.

    `caller` is the ARN of who called; `at` is when the request was completed (UTC).
    """

    event: str
    at: datetime
    act: Act
    caller: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One step of the journal: from its intent to its outcome (UTC; None while it is open)."""

    run: str
    act: Act
    since: datetime
    until: datetime | None
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What log files gave of one target. They cover `since` to `until` (UTC) if they cover any."""

    events: tuple[TrailEvent, ...]
    since: datetime | None
    until: datetime | None
    files: int
    records: int
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What does not agree. `at` is spelled UTC; `event` is CloudTrail's id, if there is one."""

    kind: str
    operation: str
    name: str
    trial: str
    at: str
    caller: str
    run: str
    event: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """CloudTrail against the journal; `identities` are the ARNs that we work as.

    `agreed` intents have their event; `uncovered` lie outside the time that the files cover.
    `others` are deletes by other identities, which are none of ours to explain. `unread` names
    files that could not be read: with one of them nothing is proved.
    """

    identities: tuple[str, ...]
    since: str
    until: str
    files: int
    records: int
    events: int
    agreed: int
    uncovered: int
    differences: tuple[Difference, ...]
    others: tuple[Difference, ...]
    unread: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether everything was read, and agrees."""
        return not self.differences and not self.unread


def reconcile(trail: Trail, claims: Iterable[Claim], identities: tuple[str, ...]) -> Reconciliation:
    """Compare a target's log files with all its intents; `identities` are ARNs that we work as."""
    ours = frozenset(filter(None, map(_whom, identities)))
    of_act: dict[Act, list[Claim]] = defaultdict(list)
    for claim in claims:
        of_act[claim.act].append(claim)
    happened: dict[Act, list[TrailEvent]] = defaultdict(list)
    for event in trail.events:
        happened[event.act].append(event)
    mine = [event for event in trail.events if _is_ours(event, ours)]
    foreign = [event for event in trail.events if not _is_ours(event, ours)]
    wanted = [claim for each in of_act.values() for claim in each if claim.result == "done"]
    covered = [claim for claim in wanted if _covered(claim, trail)]
    lacking = list(_lacking(covered, happened, ours))
    unintended = [event for event in mine if not _claimed(event, of_act)]
    return Reconciliation(
        identities=identities,
        since="" if trail.since is None else spell_time(trail.since),
        until="" if trail.until is None else spell_time(trail.until),
        files=trail.files,
        records=trail.records,
        events=len(mine),
        agreed=len(covered) - len(lacking),
        uncovered=len(wanted) - len(covered),
        differences=(*(_of_event(WITHOUT_INTENT, each) for each in unintended), *lacking),
        others=tuple(_of_event("delete by another", each) for each in foreign if not each.error),
        unread=trail.unread,
    )


def _whom(arn: str) -> str:
    """Return whom an ARN stands for: a role and its sessions are one, whatever path it has."""
    role = _ROLE.fullmatch(arn)
    return principal(arn if role is None else f"{role[1]}:sts::{role[2]}:assumed-role/{role[3]}/-")


def _is_ours(event: TrailEvent, ours: frozenset[str]) -> bool:
    """Whether an event is of a role of ours; an ARN that could be anybody's is nobody's here."""
    return _whom(event.caller) in ours


def _covered(claim: Claim, trail: Trail) -> bool:
    if trail.since is None or trail.until is None or claim.until is None:
        return False
    return trail.since <= claim.since and claim.until <= trail.until


def _fits(event: TrailEvent, claim: Claim) -> bool:
    after = claim.since - SLACK <= event.at
    return after and (claim.until is None or event.at <= claim.until + SLACK)


def _claimed(event: TrailEvent, claims: Mapping[Act, Sequence[Claim]]) -> bool:
    return any(_fits(event, claim) for claim in claims.get(event.act, ()))


def _lacking(
    claims: Iterable[Claim], happened: Mapping[Act, Sequence[TrailEvent]], ours: frozenset[str]
) -> Iterator[Difference]:
    """Yield what we say that we did, and CloudTrail does not say of us."""
    for claim in claims:
        events = [
            each for each in happened.get(claim.act, ()) if _fits(each, claim) and not each.error
        ]
        if any(_is_ours(each, ours) for each in events):
            continue
        operation, name, trial = claim.act
        yield Difference(
            kind=BY_ANOTHER if events else WITHOUT_EVENT,
            operation=operation,
            name=name,
            trial=trial,
            at=spell_time(claim.since),
            caller=events[0].caller if events else "",
            run=claim.run,
            event=events[0].event if events else "",
            detail="the journal says that it is done",
        )


def _of_event(kind: str, event: TrailEvent) -> Difference:
    operation, name, trial = event.act
    return Difference(
        kind=kind,
        operation=operation,
        name=name,
        trial=trial,
        at=spell_time(event.at),
        caller=event.caller,
        run="",
        event=event.event,
        detail=event.error or "it succeeded",
    )
