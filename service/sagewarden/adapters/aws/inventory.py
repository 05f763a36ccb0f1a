"""Sees a whole target: three Search and three List streams side by side, then reconciled."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sagewarden.adapters.aws.absent import unknown_members
from sagewarden.adapters.aws.alone import Alone, AloneReader
from sagewarden.adapters.aws.calls import Patience, Reads
from sagewarden.adapters.aws.identity import caller, pinned
from sagewarden.adapters.aws.listing import list_all
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.aws.search import Found, search_all
from sagewarden.application.ports.aws import Caller, Progress
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.needs import NOTHING, Needs
from sagewarden.core.reconcile import Listing, own_reads_allowed, reconcile

USUAL_LAG = timedelta(seconds=120)
"""How long Search may take to show something new."""

_TOP_DOWN = (Kind.EXPERIMENT, Kind.TRIAL, Kind.COMPONENT)
_THREADS = 2 * len(_TOP_DOWN)


FIRST_CALL = Patience(attempts=3)
"""For the first call of a run: someone may be waiting to hear that the endpoint is wrong."""


class SageMakerSurveys:
    """Implements the port `Surveys` for one target."""

    def __init__(
        self, reads: Reads, looks: SageMakerLooks, *, search_lag: timedelta = USUAL_LAG
    ) -> None:
        self._reads = reads
        self._looks = looks
        self._lag = search_lag

    def caller(self) -> Caller:
        """Ask STS who we are; raise ReadFailed when it does not say."""
        return caller(replace(self._reads, patience=FIRST_CALL))

    def take(self, progress: Progress, asked: Needs = NOTHING) -> Inventory:
        """Read every experiment, trial and component; what could not be seen becomes a gap.

        Of parameters and metrics, the inventory holds what is `asked` for.
        Raise WrongIdentity when STS names another account than the target, ReadFailed when it
        names none. `progress` may be called from several threads, one at a time.
        """
        counter = self._reads.counter
        before = counter.by_operation()
        pinned(self._reads)
        began = self._reads.session.clock.now()
        with ThreadPoolExecutor(_THREADS, "inventory") as pool:
            survey = _Survey(self._reads, self._looks, pool, began, self._lag, asked)
            survey.read(_Teller(progress))
        return Inventory(
            target=self._reads.session.target,
            began=began,
            experiments=survey.seen[Kind.EXPERIMENT],
            trials=survey.seen[Kind.TRIAL],
            components=survey.seen[Kind.COMPONENT],
            gaps=tuple(survey.gaps),
            calls=dict(sorted((counter.by_operation() - before).items())),
        )


class _Teller:
    """Passes progress on, one thread at a time."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()

    def of(self, what: str) -> Callable[[int], None]:
        """Return what a stream tells its count to."""

        def tell(count: int) -> None:
            with self._lock:
                self._progress(what, count, None)

        return tell


@dataclass(slots=True)
class _Survey:
    """One inventory while it is being taken."""

    reads: Reads
    looks: SageMakerLooks
    pool: ThreadPoolExecutor
    began: datetime
    lag: timedelta
    asked: Needs
    seen: dict[Kind, dict[str, Entity]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def read(self, teller: _Teller) -> None:
        """Start all six streams, then settle each kind, from the top."""
        streams: dict[Kind, tuple[Found, Future[None], Future[None]]] = {}
        for kind in Kind:
            found = Found(kind, self.asked)
            search = self.pool.submit(search_all, self.reads, found, teller.of(f"{kind}s"))
            listing = self.pool.submit(list_all, self.reads, found, teller.of(f"{kind}s listed"))
            streams[kind] = (found, search, listing)
        for kind in _TOP_DOWN:
            found, *both = streams.pop(kind)  # once it is settled, it has to be no more
            for each in both:
                each.result()
            self._settle(found)

    def _settle(self, found: Found) -> None:
        kind = found.kind
        for failed in (found.failed, found.unlisted):
            if failed is not None:
                self.gaps.append(Gap(kind, None, failed))
        unknown = unknown_members(found, self.looks)
        settled = reconcile(found.records, found.listed, self.began, self.lag)
        self.seen[kind] = settled.entities
        partial = tuple(Listing.of(settled.entities[key]) for key in sorted(unknown))
        if not (found.failed or found.unlisted):
            self._read_alone(kind, (*settled.unseen, *partial))

    def _read_alone(self, kind: Kind, wanted: tuple[Listing, ...]) -> None:
        allowed = own_reads_allowed(len(self.seen[kind]))
        if len(wanted) > allowed:
            self.gaps.append(
                Gap(kind, None, f"Search does not show {len(wanted)} whole that List shows")
            )
            return
        reader = AloneReader(self.looks, self.asked, self.seen.get(Kind.TRIAL, {}))
        for listing, alone in zip(
            wanted,
            self.pool.map(lambda each: reader.read(kind, each), wanted),
            strict=True,
        ):
            self._take(kind, listing, alone)

    def _take(self, kind: Kind, listing: Listing, alone: Alone) -> None:
        if alone.gap is not None:
            self.gaps.append(alone.gap)
        if alone.entity is not None:
            self.seen[kind][listing.key] = alone.entity
        else:
            self.seen[kind].pop(listing.key, None)
