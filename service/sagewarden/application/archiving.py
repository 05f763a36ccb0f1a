"""Archives a bundle: reads everything, writes one object, fetches it back and verifies it."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Described, SeriesRequest
from sagewarden.core.archive import ArchiveHeader, ArchiveRecord, Receipt, VerifiedArchive
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

    `modified` is LastModifiedTime as it was read, in ms since 1970 UTC.
    """

    archive: VerifiedArchive | None
    left_out: dict[Identity, str]
    absent: frozenset[Identity]
    modified: dict[Identity, int]


class Archivist:
    """Makes verified archives on one target."""

    def __init__(self, bench: Bench, lanes: int) -> None:
        self._bench = bench
        self._lanes = lanes

    def archive(self, entities: Sequence[PlannedEntity], voucher: Voucher) -> Archived:
        """Archive entities that are as planned; what changed is left out, with the reason."""
        read = self._read(entities)
        left_out = {
            who: str(what)
            for who, what in read.items()
            if isinstance(what, WorldChanged | ReadFailed)
        }
        absent = frozenset(who for who, what in read.items() if isinstance(what, Absent))
        whole = {who: what for who, what in read.items() if isinstance(what, Described)}
        modified = {
            who: milliseconds(what.entity.modified or what.entity.created)
            for who, what in whole.items()
        }
        if not whole:
            return Archived(None, left_out, absent, modified)
        records = self._records([each for each in entities if each.identity in whole], whole)
        return Archived(self._written(records, voucher), left_out, absent, modified)

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

    def _records(
        self, entities: Sequence[PlannedEntity], read: dict[Identity, Described]
    ) -> list[ArchiveRecord]:
        components = [each for each in entities if each.identity.kind is Kind.COMPONENT]
        sources = self._bench.records.sources(
            [each.name for each in components if read[each.identity].entity.source_arn]
        )
        requests = list(_requests(components, read, self._bench))
        series = self._bench.records.series(requests) if requests else {}
        wanted = {request.arn for request in requests}
        if missing := wanted - series.keys():
            raise ReadFailed(f"no answer about the metric series of {min(missing)}")
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
                series=series.get(each.arn, ()),
                unread=tuple(_unread(each, read[each.identity], sources, series.get(each.arn, ()))),
            )
            for each in entities
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


def _requests(
    components: Iterable[PlannedEntity], read: dict[Identity, Described], bench: Bench
) -> Iterable[SeriesRequest]:
    for each in components:
        metrics = read[each.identity].record.get("Metrics") or ()
        if metrics:
            yield SeriesRequest(
                arn=each.arn,
                metrics=tuple(sorted({metric["MetricName"] for metric in metrics})),
                since=read[each.identity].entity.created,
                until=bench.looks.now(),
            )


def _unread(
    planned: PlannedEntity,
    described: Described,
    sources: Mapping[str, object],
    series: Iterable[Mapping[str, Any]],
) -> Iterable[str]:
    if described.entity.source_arn is not None and planned.identity.name not in sources:
        yield "the source job's record: Search gave none"
    for each in series:
        if each["status"] != "Complete":
            yield f"metric {each['metric']}: {each['status']}"
