"""How fast archives are written and verified, and a restore is planned: `archiving.py [N]`.

N components (100,000) of 20 parameters and 5 series of 100 points go through the archivist of a
run, bundle by bundle, into a vault in a directory, and are fetched back and verified, and the run's
index is written; then a restore of all of them is planned. What AWS answers is made up between the
measurements and is no part of them. The bounds are of processor time: 5,000 components a second of
two cores is 40 seconds of one core for 100,000. Prints figures, bounds and ratios; nothing fails on
a time.
"""

import resource
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from telling import at_most, say  # type: ignore[import-not-found]  # it stands beside this script

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.application.archives import Located, deleted
from sagewarden.application.archiving import Archivist, Voucher
from sagewarden.application.indexing import noting, store_index
from sagewarden.application.journal import Journal
from sagewarden.application.ports import Bench
from sagewarden.application.ports.aws import Described, SeriesRequest
from sagewarden.application.restore_plan import plan_restore
from sagewarden.bootstrap import VaultCodec
from sagewarden.core.bundles import Bundle, turns_of
from sagewarden.core.canonical import spell_time
from sagewarden.core.entities import Entity, Kind, Target
from sagewarden.core.fingerprint import fingerprint
from sagewarden.core.journal import Intent, Outcome, Result, Settled
from sagewarden.core.observe import observe
from sagewarden.core.plan import Effect, PlannedEntity, Step
from sagewarden.errors import Absent

MOST = 100_000
BUNDLE = 100
A_SECOND = 5_000.0
CORES = 2
BOUND_MEBIBYTES = 400.0
BOUND_PLAN = 5.0
NOW = datetime(2026, 6, 1, tzinfo=UTC)
BORN = datetime(2026, 1, 1, tzinfo=UTC)
TARGET = Target("123456789012", "eu-west-1")
RUN = "20260601t000000z-benchmark"
METRICS = tuple(f"metric-{number}" for number in range(5))


@dataclass
class Account:
    """What AWS would answer about one bundle; nothing is there any more once it is gone."""

    described: dict[str, Described] = field(default_factory=dict)
    points: dict[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)

    def describe(self, _kind: Kind, name: str) -> Described:
        if name not in self.described:
            raise Absent(f"there is no {name}")
        return self.described[name]

    def now(self) -> datetime:
        return NOW

    def sources(self, _names: Sequence[str]) -> Mapping[str, Any]:
        return {}

    def associations(self, _arn: str) -> tuple[Mapping[str, Any], ...]:
        return ()

    def series(
        self, requests: Sequence[SeriesRequest]
    ) -> Mapping[str, tuple[Mapping[str, Any], ...]]:
        return {request.arn: self.points[request.arn] for request in requests}

    def holds(self, numbers: range) -> tuple[PlannedEntity, ...]:
        """Let these components be there, and return them as a plan has them."""
        self.described.clear()
        self.points.clear()
        return tuple(self._holds(number) for number in numbers)

    def _holds(self, number: int) -> PlannedEntity:
        record = _record(number)
        entity = observe(Kind.COMPONENT, record, tags={"team": "a"}, parents=())
        self.described[entity.name] = Described(entity, record)
        self.points[entity.arn] = _series(number)
        return _planned(entity)


def _record(number: int) -> dict[str, Any]:
    name = f"component-{number:07}"
    return {
        "TrialComponentName": name,
        "TrialComponentArn": f"arn:aws:sagemaker:eu-west-1:123456789012:experiment-trial/{name}",
        "DisplayName": name,
        "CreationTime": BORN,
        "LastModifiedTime": BORN,
        "Status": {"PrimaryStatus": "Completed"},
        "Parameters": {
            f"parameter-{place}": {"NumberValue": (number + 1) / (place + 3)} for place in range(20)
        },
        "Metrics": [
            {"MetricName": metric, "Count": 100, "Min": 0.0, "Max": 1.0, "Last": number / 7}
            for metric in METRICS
        ],
    }


def _series(number: int) -> tuple[Mapping[str, Any], ...]:
    return tuple(
        {
            "metric": metric,
            "x_axis": "IterationNumber",
            "period": "IterationNumber",
            "stat": "Last",
            "status": "Complete",
            "points": [[step, (number % 997 + 1) / (step + place + 1)] for step in range(100)],
        }
        for place, metric in enumerate(METRICS)
    )


def _planned(entity: Entity) -> PlannedEntity:
    return PlannedEntity(
        identity=entity.identity,
        name=entity.name,
        arn=entity.arn,
        content=entity.content,
        fingerprint=fingerprint(entity.content, ()),
        parents=(),
        policy="stale",
        rule="r",
    )


def bench_on(folder: Path, account: Account) -> Bench:
    """A bench whose vault is the folder; what nobody asks for is not there."""
    return Bench(
        target=TARGET,
        vault=DirectoryVault(folder),
        codec=VaultCodec(),
        surveys=cast("Any", None),
        looks=cast("Any", account),
        records=cast("Any", account),
        effects=None,
        rest=lambda _: None,
        stopping=threading.Event().is_set,
        monotonic=time.monotonic,
        events=_unheard,
        progress=lambda *_: None,
    )


def _unheard(event: str, **fields: object) -> None:
    """Take no notice."""


def archive_all(bench: Bench, account: Account, count: int) -> tuple[float, float, int]:
    """Archive so many components; return processor seconds, seconds, and bytes in the vault."""
    archivist, journal = Archivist(bench, 4), Journal(bench.vault, bench.target)
    spent, waited, size = 0.0, 0.0, 0
    for sequence, start in enumerate(range(0, count, BUNDLE), 1):
        entities = account.holds(range(start, min(start + BUNDLE, count)))
        steps = tuple(Step(Effect.DELETE, each.identity) for each in entities)
        bundle = Bundle(Kind.COMPONENT, entities, turns_of(entities, steps))
        began = time.process_time(), time.perf_counter()
        archived = archivist.archive(bundle, Voucher(RUN, "p" * 64, "u" * 64, sequence))
        spent += time.process_time() - began[0]
        waited += time.perf_counter() - began[1]
        if archived.archive is None or archived.left_out:
            raise AssertionError(f"not all is archived: {archived.left_out}")
        _journal(journal, archived.archive.key, archived.archive.sha256, sequence, entities, steps)
    for key, bytes_of in bench.vault.sizes("v1/"):
        size += bytes_of if "/archive/" in key else 0
    return spent, waited, size


def archive_and_index(bench: Bench, account: Account, count: int) -> tuple[float, float, int]:
    """Do so with the index that a run writes at its end."""
    bench, noted = noting(bench)
    spent, waited, size = archive_all(bench, account, count)
    account.holds(range(0))
    more = timed(lambda: store_index(bench, noted, [RUN]))
    return spent + more[0], waited + more[1], size


def _journal(
    journal: Journal,
    key: str,
    sha256: str,
    sequence: int,
    entities: tuple[PlannedEntity, ...],
    steps: tuple[Step, ...],
) -> None:
    journal.intend(
        Intent(
            run=RUN,
            sequence=sequence,
            plan="p" * 64,
            unit="u" * 64,
            is_tree=False,
            archive_key=key,
            archive_sha256=sha256,
            entities=entities,
            ancestors=(),
            steps=steps,
            touched={},
            sent=spell_time(NOW),
        )
    )
    outcomes = tuple(Outcome(step, Result.DONE) for step in steps)
    journal.settle(
        Settled(run=RUN, sequence=sequence, settled_by=RUN, outcomes=outcomes, at=spell_time(NOW))
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return processor seconds and seconds of some work."""
    began = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - began[0], time.perf_counter() - began[1]


def peak_mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told(count: int, folder: Path) -> Iterator[str]:
    """Archive, verify and plan, and tell what it took."""
    account = Account()
    bench = bench_on(folder, account)
    spent, waited, size = archive_and_index(bench, account, count)
    peak = peak_mebibytes()
    yield f"archived and verified {count} components: {size / 2**20:.0f} MiB in the vault"
    yield at_most("processor time", spent, CORES * count / A_SECOND, "s")
    yield f"components a second of one core: {count / spent:.0f}; by the clock {count / waited:.0f}"
    yield at_most("peak memory of archiving", peak, BOUND_MEBIBYTES, "MiB")
    gone: list[Located] = []
    spent, waited = timed(lambda: gone.extend(deleted(bench)))
    yield f"what was deleted, from the journal: processor time {spent:.1f} s"
    spent, waited = timed(lambda: plan_restore(bench, gone))
    yield at_most("restore plan, processor time", spent, BOUND_PLAN * count / MOST, "s")
    yield f"restore plan by the clock: {waited:.1f} s"
    yield f"peak memory with the plan of all: {peak_mebibytes():.0f} MiB"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else MOST
    folder = Path(tempfile.mkdtemp())
    try:
        for line in told(count, folder):
            say(line)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
