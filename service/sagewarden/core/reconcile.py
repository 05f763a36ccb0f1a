"""Settles what Search and List say of the same kind, when they differ.

Search gives whole records but lags, may stop early and may hide objects
(`sagemaker:SearchVisibilityCondition`); List gives every name but no tags and no parents. Neither
is believed against the other: what they disagree on is kept.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Entity, Kind

LEAST_OWN_READS = 10
"""So many entities may always be read one by one, however small the account."""

OWN_READS_PER_HUNDRED = 5
"""Share of a kind that may be read one by one; more means that Search cannot be relied on."""

Births = tuple[Entity, ...]
"""What Search gave for one name: one for each CreationTime."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What List says of one entity. Times are UTC; only components have a status."""

    name: str
    arn: str
    created: datetime
    modified: datetime | None = None
    status: str | None = None

    @property
    def key(self) -> str:
        """The name in lower case."""
        return self.name.lower()

    @classmethod
    def of(cls, entity: Entity) -> "Listing":
        """Say of an entity what List would."""
        return cls(entity.name, entity.arn, entity.created, entity.modified, entity.status)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One entity for each name, and what List alone shows: that is to be read by itself."""

    entities: dict[str, Entity]
    unseen: tuple[Listing, ...]


def newest(births: Births) -> Entity:
    """Return what was created last under a name."""
    return max(births, key=lambda each: each.created)


def confirms(listing: Listing, entity: Entity) -> bool:
    """Whether List says nothing of an entity that Search does not."""
    same = milliseconds(listing.created) == milliseconds(entity.created)
    return same and _doubted(_touched(entity, listing), _status(entity, listing)) is entity


def reconcile(
    found: Mapping[str, Births],
    listed: Mapping[str, Listing | None],
    began: datetime,
    lag: timedelta,
) -> Reconciled:
    """Compare both, by key. `began` is the server's time (UTC) before the first call.

    `listed` has None where a line `confirms` the one record of its name.

    What was created within `lag` before `began` may not be in Search yet: it is left out, for
    nothing of that age can be due.
    """
    entities = {
        key: births[0]
        if key in listed and listed[key] is None
        else _settled(births, listed.get(key), began)
        for key, births in found.items()
    }
    unseen = tuple(
        listing
        for key, listing in listed.items()
        if listing is not None and key not in found and listing.created < began - lag
    )
    return Reconciled(entities, unseen)


def own_reads_allowed(count: int) -> int:
    """How many of `count` entities may be read one by one."""
    return max(LEAST_OWN_READS, count * OWN_READS_PER_HUNDRED // 100)


def _settled(births: Births, listing: Listing | None, began: datetime) -> Entity:
    last = newest(births)
    if listing is None:
        doubts = [*_twice(births), *_unlisted(last, began)]
        return _doubted(last, doubts)
    born = milliseconds(listing.created)
    same = next((each for each in births if milliseconds(each.created) == born), None)
    if same is None:
        return _doubted(last, ["Search and List differ on its CreationTime"])
    return _doubted(_touched(same, listing), _status(same, listing))


def _twice(births: Births) -> Iterator[str]:
    if len(births) > 1:
        yield "Search shows two of this name, List shows none"


def _unlisted(entity: Entity, began: datetime) -> Iterator[str]:
    if entity.created < began:
        yield "Search shows it, List does not"


def _status(entity: Entity, listing: Listing) -> Iterator[str]:
    if entity.kind is Kind.COMPONENT and entity.status != listing.status:
        yield f"its status is {entity.status} by Search, {listing.status} by List"


def _touched(entity: Entity, listing: Listing) -> Entity:
    if listing.modified is None or (entity.modified and entity.modified >= listing.modified):
        return entity
    return replace(entity, modified=listing.modified)


def _doubted(entity: Entity, doubts: Iterator[str] | list[str]) -> Entity:
    told = "; ".join(doubts)
    return replace(entity, doubt=told) if told else entity
