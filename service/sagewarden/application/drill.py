"""A drill: a sample of what was deleted is restored into an empty account, and compared.

It is the only proof that archives restore which does not wait for the day on which they must. The
target's own account is not even looked at.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from sagewarden.application.archives import Located, deleted
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import SeriesRequest
from sagewarden.application.ports.restoring import Restoring
from sagewarden.application.rebuilding import Fate
from sagewarden.application.restore import restore
from sagewarden.application.restore_plan import plan_restore, records_of
from sagewarden.application.walk import Finding
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Kind
from sagewarden.core.likeness import Difference, count, differences
from sagewarden.core.rebirth import Rebirth
from sagewarden.core.redaction import NOTHING_IS_SECRET, REDACTED, Redaction
from sagewarden.errors import SageWardenError


@dataclass(frozen=True, slots=True)
class Arena:
    """An empty account that nobody minds: its looks and records, and what creates there."""

    bench: Bench
    restoring: Restoring


Fresh = Callable[[], AbstractContextManager[Arena]]
"""Opens a new arena for one drill, and closes it."""


@dataclass(frozen=True, slots=True)
class Drilled:
    """How many entities came back, how many fields were compared, and every difference.

    `of` is how many deleted entities the sample was drawn from.
    """

    of: int = 0
    entities: int = 0
    fields: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether all that was drawn came back as it was archived."""
        return not self.findings


def drill(
    bench: Bench, fresh: Fresh, most: int, salt: str, redaction: Redaction = NOTHING_IS_SECRET
) -> Drilled:
    """Restore at most so many deleted entities, chosen by the salt, and what they hang on.

    A finding names a secret without its values.

    Raise IntegrityError when an archive is not whole, VaultError when it cannot be read.
    """
    gone = list(deleted(bench))
    chosen = _drawn(gone, most, salt)
    if not chosen:
        return Drilled(len(gone))
    with fresh() as arena:
        stage = replace(arena.bench, vault=bench.vault, codec=bench.codec, progress=bench.progress)
        return replace(_Drill(stage, arena.restoring, chosen, redaction).run(), of=len(gone))


def _drawn(gone: Iterable[Located], most: int, salt: str) -> tuple[Located, ...]:
    """Draw a sample with the parents that went too; of each name one life."""
    newest_first = list(gone)
    by_name: dict[tuple[Kind, str], list[Located]] = {}
    for each in newest_first:
        by_name.setdefault((each.identity.kind, each.identity.name), []).append(each)
    taken: dict[tuple[Kind, str], Located] = {}

    def take(each: Located) -> None:
        place = (each.identity.kind, each.identity.name)
        if place in taken:
            return
        taken[place] = each
        above = Kind.TRIAL if each.identity.kind is Kind.COMPONENT else Kind.EXPERIMENT
        for parent in each.parents if each.identity.kind is not Kind.EXPERIMENT else ():
            lives = by_name.get((above, parent), [])
            same = [life for life in lives if life.identity.created_ms <= each.identity.created_ms]
            for life in (same or lives)[:1]:
                take(life)

    for each in sorted(newest_first, key=lambda one: _place(one, salt))[:most]:
        take(each)
    return tuple(taken.values())


def _place(each: Located, salt: str) -> str:
    return hashlib.sha256(f"{salt}\n{each.identity!r}".encode()).hexdigest()


class _Drill:
    """One drill in one arena."""

    def __init__(
        self,
        stage: Bench,
        restoring: Restoring,
        chosen: tuple[Located, ...],
        redaction: Redaction,
    ) -> None:
        self._stage = stage
        self._redaction = redaction
        self._restoring = restoring
        self._chosen = chosen
        self._archives = {each.identity: each.archive_key for each in chosen}

    def run(self) -> Drilled:
        """Restore, read everything anew, compare."""
        self._stage.looks.components_in()  # the arena's time is known from now on
        records = dict(records_of(self._stage, self._chosen))
        self._stand_in(records)
        restored = restore(self._stage, self._restoring, plan_restore(self._stage, self._chosen))
        findings = [
            Finding(each.located.archive_key, f"{each.located.identity}: {each.fate} {each.detail}")
            for each in restored.entities
            if each.fate is not Fate.DONE or each.missing
        ]
        for located, record in records.items():
            findings += self._compared(located, record)
        for each in findings:
            self._stage.events("verify.finding", key=each.key, wrong=each.wrong)
        fields = sum(count(record) for record in records.values())
        return Drilled(0, len(records), fields, tuple(findings))

    def _stand_in(self, records: Mapping[Located, ArchiveRecord]) -> None:
        """Create what lives on in the real account, bare, so that edges to it can come back."""
        there = {(each.identity.kind, each.identity.name) for each in records}
        above = "stand-in"
        wanted: dict[tuple[Kind, str], str] = {}
        for located, record in records.items():
            if located.identity.kind is Kind.TRIAL:
                name = record.described["ExperimentName"]
                wanted.setdefault((Kind.EXPERIMENT, name.lower()), name)
            elif located.identity.kind is Kind.COMPONENT:
                wanted |= {(Kind.TRIAL, trial): trial for trial in located.parents}
        missing = {place: name for place, name in wanted.items() if place not in there}
        if any(kind is Kind.TRIAL for kind, _ in missing):
            self._create(Kind.EXPERIMENT, above, {"ExperimentName": above})
        for (kind, _), name in sorted(missing.items()):
            if kind is Kind.TRIAL:
                self._create(kind, name, {"TrialName": name, "ExperimentName": above})
            else:
                self._create(kind, name, {"ExperimentName": name})

    def _create(self, kind: Kind, name: str, fields: Mapping[str, str]) -> None:
        self._restoring.create(Rebirth(kind=kind, name=name, fields=fields, tags={}, left_out=()))

    def _compared(self, located: Located, before: ArchiveRecord) -> Iterator[Finding]:
        try:
            after = self._again(before, located.name)
        except SageWardenError as error:
            yield Finding(located.archive_key, f"{located.identity}: {error.message}")
            return
        for each in differences(before, after):
            told = each
            if self._redaction.is_secret(each.field.removeprefix("Parameters.")):
                told = Difference(each.field, REDACTED, "another value")
            yield Finding(located.archive_key, f"{located.identity}: {told}")

    def _again(self, before: ArchiveRecord, name: str) -> ArchiveRecord:
        """Read an entity as an archive would have it."""
        kind, looks = before.identity.kind, self._stage.looks
        seen = looks.describe(kind, name)
        parents: tuple[str, ...] = ()
        if kind is Kind.TRIAL:
            parents = ((seen.entity.experiment or "").lower(),)
        elif kind is Kind.COMPONENT:
            parents = looks.trials_of(name)
        metrics = tuple(sorted(each["MetricName"] for each in seen.record.get("Metrics") or ()))
        request = SeriesRequest(seen.entity.arn, metrics, seen.entity.created, looks.now())
        series = self._stage.records.series([request]) if metrics else {}
        return replace(
            before,
            described=seen.record,
            tags=seen.entity.tags or {},
            parents=parents,
            series=series.get(seen.entity.arn, ()),
        )
