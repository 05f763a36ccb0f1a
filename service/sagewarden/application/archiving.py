"""Archives a bundle: reads everything, writes one object, fetches it back and verifies it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import FAILED_SERIES, Described, SeriesRequest
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord, Receipt, VerifiedArchive
from sagewarden.core.bundles import LARGEST, Bundle, fitting, too_large
from sagewarden.core.canonical import milliseconds, sha256, spell_time
from sagewarden.core.deletion import FreshLook, WorldChanged
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.keys import archive_key
from sagewarden.core.plan import PlannedEntity
from sagewarden.errors import Absent, ReadFailed, VaultExists


@dataclass(frozen=True, slots=True)
class Voucher:
    """Which run, plan, unit and bundle an archive belongs to."""

    run: str
    plan: str
    unit: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Archived:
    """A verified archive, what could not go into it with the reason, and times of last change.

    It is of `bundle`; what did not fit into one archive with it is left to bundles of the `rest`.
    `modified` is LastModifiedTime as it was read, in ms since 1970 UTC.
    """

    archive: VerifiedArchive | None
    left_out: dict[Identity, str]
    absent: frozenset[Identity]
    modified: dict[Identity, int]
    bundle: Bundle
    rest: tuple[Bundle, ...] = ()


POINT = 80
"""Bytes of one metric point at most: its place and value, along both axes if need be."""


class Archivist:
    """Makes verified archives on one target, of at most `largest` bytes before compression."""

    def __init__(self, bench: Bench, lanes: int, largest: int = LARGEST) -> None:
        self._bench = bench
        self._lanes = lanes
        self._largest = largest

    def archive(self, bundle: Bundle, voucher: Voucher) -> Archived:
        """Archive entities that are as planned; what changed is left out, with the reason.

        How large a bundle is shows only now; metric points are counted by what Describe tells
        before any is read, so that memory is bounded too.
        """
        read = self._read(bundle.entities)
        whole = {who: what for who, what in read.items() if isinstance(what, Described)}
        bare = self._bare([each for each in bundle.entities if each.identity in whole], whole)
        sizes = {record.identity: self._size(record) for record in bare}
        taken, rest = bundle.cut(fitting(bundle.turns, sizes, self._largest))
        inside = {each.identity for each in taken.entities}
        huge = too_large({who: size for who, size in sizes.items() if who in inside})
        filled = self._with_series(
            [each for each in bare if each.identity in inside - huge.keys()], whole
        )
        failed = dict(_failed(filled))
        records = [each for each in filled if each.identity not in failed]
        return Archived(
            self._written(records, voucher) if records else None,
            huge
            | failed
            | {
                who: str(what)
                for who, what in read.items()
                if isinstance(what, WorldChanged | ReadFailed) and who in inside
            },
            frozenset(inside.intersection(_absent(read))),
            {
                who: milliseconds(what.entity.modified or what.entity.created)
                for who, what in whole.items()
                if who in inside
            },
            taken,
            rest,
        )

    def _size(self, record: ArchiveRecord) -> int:
        points = sum(each.get("Count") or 0 for each in record.described.get("Metrics") or ())
        return self._bench.codec.size(record.spelled()) + POINT * int(points)

    def _read(
        self, entities: Sequence[PlannedEntity]
    ) -> dict[Identity, Described | WorldChanged | Absent | ReadFailed]:
        with ThreadPoolExecutor(self._lanes) as pool:
            read = list(pool.map(self._one, entities))
        return {entity.identity: what for entity, what in zip(entities, read, strict=True)}

    def _one(self, planned: PlannedEntity) -> Described | WorldChanged | Absent | ReadFailed:
        try:
            described = self._bench.looks.describe(planned.identity.kind, planned.name)
            FreshLook(planned, described.entity)
        except (WorldChanged, Absent, ReadFailed) as reason:
            return reason
        return described

    def _bare(
        self, entities: Sequence[PlannedEntity], read: Mapping[Identity, Described]
    ) -> list[ArchiveRecord]:
        """Make records of all but metric series."""
        components = [each for each in entities if each.identity.kind is Kind.COMPONENT]
        sources = self._bench.records.sources(
            [each.name for each in components if read[each.identity].entity.source_arn]
        )
        with ThreadPoolExecutor(self._lanes) as pool:
            arns = [each.arn for each in components]
            edges = dict(zip(arns, pool.map(self._bench.records.associations, arns), strict=True))
        return [
            ArchiveRecord(
                identity=each.identity,
                arn=each.arn,
                fingerprint=each.fingerprint,
                described=read[each.identity].record,
                tags=read[each.identity].entity.tags or {},
                parents=each.parents,
                associations=edges.get(each.arn, ()),
                source=sources.get(each.identity.name),
                unread=tuple(_sourceless(each, read[each.identity], sources)),
            )
            for each in entities
        ]

    def _with_series(
        self, bare: Sequence[ArchiveRecord], read: Mapping[Identity, Described]
    ) -> list[ArchiveRecord]:
        """Read the metric series that records lack."""
        requests = list(_requests(bare, read, self._bench))
        series = self._bench.records.series(requests) if requests else {}
        wanted = {request.arn for request in requests}
        if missing := wanted - series.keys():
            raise ReadFailed(f"no answer about the metric series of {min(missing)}")
        return [
            replace(
                each,
                series=series.get(each.arn, ()),
                unread=(*each.unread, *_partial(series.get(each.arn, ()))),
            )
            for each in bare
        ]

    def _written(self, records: Sequence[ArchiveRecord], voucher: Voucher) -> VerifiedArchive:
        counts = {str(kind): 0 for kind in Kind}
        for record in records:
            counts[str(record.identity.kind)] += 1
        header = ArchiveHeader(
            target=str(self._bench.target),
            run=voucher.run,
            plan=voucher.plan,
            unit=voucher.unit,
            written=spell_time(self._bench.looks.now()),
            counts=counts,
        )
        body = self._bench.codec.archive(header, records)
        key = archive_key(
            self._bench.target, voucher.run, voucher.unit, voucher.sequence, sha256(body)
        )
        receipt = Receipt.of(key, body, records)
        try:
            self._bench.vault.create(key, body)
        except VaultExists:
            self._bench.events("archive.exists", key=key)
        return read_back(self._bench, receipt.key, receipt.sha256)


def read_back(bench: Bench, key: str, expected_sha256: str) -> VerifiedArchive:
    """Fetch an archive object and verify it; raise IntegrityError unless it is whole."""
    body = bench.vault.get(key).body
    return VerifiedArchive(key, expected_sha256, body, bench.codec.lines(body))


def _absent(read: Mapping[Identity, object]) -> Iterable[Identity]:
    return (who for who, what in read.items() if isinstance(what, Absent))


def _requests(
    bare: Iterable[ArchiveRecord], read: Mapping[Identity, Described], bench: Bench
) -> Iterable[SeriesRequest]:
    for each in bare:
        metrics = each.described.get("Metrics") or ()
        if metrics:
            yield SeriesRequest(
                arn=each.arn,
                metrics=tuple(sorted({metric["MetricName"] for metric in metrics})),
                since=read[each.identity].entity.created,
                until=bench.looks.now(),
            )


def _sourceless(
    planned: PlannedEntity, described: Described, sources: Mapping[str, object]
) -> Iterable[str]:
    if described.entity.source_arn is not None and planned.identity.name not in sources:
        yield "the source job's record: Search gave none"


def _failed(records: Iterable[ArchiveRecord]) -> Iterator[tuple[Identity, str]]:
    """Say of what AWS failed to give a series of that it is kept until it can be read."""
    for record in records:
        for each in record.series:
            if each["status"].startswith(FAILED_SERIES):
                yield record.identity, f"metric {each['metric']} of it: {each['status']}"


def _partial(series: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for each in series:
        if each["status"] != "Complete":
            yield f"metric {each['metric']}: {each['status']}"
