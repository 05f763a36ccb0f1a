"""Every record of a kind by Search, in slices that stay below its depth.

Search may end after 10,000 hits without saying so (the SageMaker SDK stops there too). Hits come
by CreationTime, oldest first; where a slice ends, the next one starts with the second in which
the last hit was created, and hits that come twice count once.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sagewarden.adapters.aws.answers import Answer
from sagewarden.adapters.aws.calls import PAGE, Reads
from sagewarden.adapters.aws.vocabulary import WORDS
from sagewarden.core.entities import Entity, Kind, Parent
from sagewarden.core.needs import NOTHING, Needs
from sagewarden.core.observe import observe
from sagewarden.core.reconcile import Births, Listing, confirms
from sagewarden.errors import Absent, ReadFailed

DEPTH = 10_000
"""Hits after which a slice is ended."""


@dataclass(slots=True)
class Found:
    """What Search gave of one kind.

    Of parameters and metrics, records hold what is `asked` for. `records` are by key, one for each
    CreationTime. `without` names the keys of records that lack `Tags` or `Parents`, `spells_empty`
    which of the two the service has spelled as an empty list. `failed` says why this is not all.

    `listed` is what List gave meanwhile, by key, and `unlisted` why that is not all. Where both say
    the same, as of nearly all, there is None: a million lines weigh as much as what they confirm.
    """

    kind: Kind
    asked: Needs = NOTHING
    records: dict[str, Births] = field(default_factory=dict)
    listed: dict[str, Listing | None] = field(default_factory=dict)
    without: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    spells_empty: set[str] = field(default_factory=set)
    count: int = 0
    failed: str | None = None
    unlisted: str | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, record: Mapping[str, Any]) -> None:
        """Take one record in; one that came before counts once."""
        tags = self._read(record, "Tags", tags_of)
        parents: Any = ()
        if self.kind is Kind.COMPONENT:
            parents = self._read(record, "Parents", _parents_of)
        entity = observe(self.kind, record, tags=tags, parents=parents, asked=self.asked)
        for member in ("Tags", "Parents") if self.kind is Kind.COMPONENT else ("Tags",):
            if record.get(member) is None:
                self.without[member].append(entity.key)
        with self.lock:
            self._take(entity)

    def list(self, listing: Listing) -> None:
        """Take in one line of List; of several of one name, the last counts."""
        with self.lock:
            births = self.records.get(listing.key, ())
            key = births[0].key if births else listing.key
            same = len(births) == 1 and confirms(listing, births[0])
            self.listed[key] = None if same else listing

    def _take(self, entity: Entity) -> None:
        key = entity.key
        before = self.records.get(key, ())
        others = tuple([each for each in before if each.identity != entity.identity])
        self.count += len(others) == len(before)
        self.records[key] = (*others, entity)
        if key in self.listed:
            listing = self.listed[key] or Listing.of(before[0])
            same = not others and confirms(listing, entity)
            self.listed[key] = None if same else listing

    def _read(self, record: Mapping[str, Any], member: str, read: Callable[[Any], Any]) -> Any:
        given = record.get(member)
        if given is not None and not given:
            self.spells_empty.add(member)
        return read(given or [])


def search_all(reads: Reads, found: Found, tell: Callable[[int], None]) -> None:
    """Read a whole kind; `tell` hears how many there are so far."""
    since: datetime | None = None
    try:
        while True:
            since = _slice(reads, found, since, tell)
            if since is None:
                return
    except (ReadFailed, Absent) as error:
        found.failed = error.message


def _slice(
    reads: Reads, found: Found, since: datetime | None, tell: Callable[[int], None]
) -> datetime | None:
    """Read one slice; return where the next one starts, or None after the last."""
    words = WORDS[found.kind]
    before, hits, last = found.count, 0, since
    page: Answer = {}
    for page in reads.pages("Search", "Results", **_request(words.resource, since)):
        for hit in page["Results"]:
            found.add(hit[words.prefix])
            last = hit[words.prefix]["CreationTime"]
        hits += len(page["Results"])
        tell(found.count)
        if hits >= DEPTH:
            break
    if not _goes_on(hits, page.get("TotalHits")):
        return None
    if found.count == before:
        raise ReadFailed(f"Search stops at {found.count} {found.kind}s, though it counts more")
    return last


def _request(resource: str, since: datetime | None) -> dict[str, Any]:
    request: dict[str, Any] = {
        "Resource": resource,
        "SortBy": "CreationTime",
        "SortOrder": "Ascending",
        "MaxResults": PAGE,
    }
    if since is not None:
        request["SearchExpression"] = {
            "Filters": [
                {
                    "Name": "CreationTime",
                    "Operator": "GreaterThanOrEqualTo",
                    "Value": f"{since.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
                }
            ]
        }
    return request


def _goes_on(hits: int, total: Mapping[str, Any] | None) -> bool:
    """Whether there may be more than a slice gave.

    TotalHits is not relied on when it is missing: then only the depth counts, and List shows
    whether anything was left out.
    """
    if hits >= DEPTH:
        return True
    if not total or "Value" not in total:
        return False
    return total.get("Relation") == "GreaterThanOrEqualTo" or hits < total["Value"]


def tags_of(members: Iterable[Mapping[str, str]]) -> dict[str, str] | None:
    """Turn AWS's list of tags into a mapping; None when one of them is cut off."""
    try:
        return {tag["Key"]: tag["Value"] for tag in members}
    except KeyError:
        return None


def _parents_of(members: Iterable[Mapping[str, str]]) -> tuple[Parent, ...] | None:
    try:
        return tuple(Parent(each["TrialName"], each.get("ExperimentName")) for each in members)
    except KeyError:
        return None
