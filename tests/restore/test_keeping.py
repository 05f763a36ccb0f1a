"""An archive may be gone once it has expired as the chain says; both verifiers agree on it."""

import importlib.util
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import jsonschema
import pytest
from tests.restore.account import PlainCodec

from sagewarden.adapters.vault.keeping_schema import retention_schema, tombstone_schema
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.chain import extend_chain, recording
from sagewarden.application.keeping import Keeping
from sagewarden.application.ports import Bench
from sagewarden.application.retention import state_retention
from sagewarden.application.verify import Scope, Verification, verify
from sagewarden.core.archive import ArchiveHeader
from sagewarden.core.canonical import sha256
from sagewarden.core.entities import Target
from sagewarden.core.erasure import ErasedObject, Tombstone
from sagewarden.core.keys import archive_key, report_key, retention_key, tombstone_key

TOOL = Path(__file__).parents[2] / "deploy" / "verify_chain.py"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
TARGET = Target("123456789012", "us-east-1")
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The verifier that needs Python alone."""
    spec = importlib.util.spec_from_file_location("verify_chain", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def empty(run: str) -> bytes:
    """A whole archive of nothing."""
    header = ArchiveHeader(
        target=str(TARGET), run=run, plan="p", unit="u", written="", counts={"trial": 0}
    )
    return PlainCodec.archive(header, [])


@dataclass
class Years:
    """A vault over the years, its time told by days since the beginning."""

    tool: ModuleType
    folder: Path
    vault: MemoryVault = field(default_factory=MemoryVault)
    day: int = 0
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def now(self) -> datetime:
        return BEGINNING + self.day * DAY

    @property
    def bench(self) -> Bench:
        """A bench without an account: nothing here asks AWS for more than its time."""
        nothing = cast("Any", None)
        return Bench(
            target=TARGET,
            vault=self.vault,
            codec=PlainCodec(),
            surveys=nothing,
            looks=cast("Any", self),
            records=nothing,
            effects=None,
            rest=nothing,
            stopping=nothing,
            monotonic=nothing,
            events=lambda event, **fields: self.told.append((event, fields)),
            progress=lambda *_: None,
        )

    def run(self, day: int, kept: int | None = None) -> str:
        """A run on that day which keeps archives for so many days; return its archive's key."""
        self.day = day
        name = f"run-{day:04}"
        bench, recorded = recording(self.bench)
        within = bench.vault
        body = empty(name)
        key = archive_key(TARGET, name, "unit", 1, sha256(body))
        within.create(key, body)
        within.create(report_key(TARGET, name, "report.json"), b"{}")
        state_retention(bench, name, None if kept is None else kept * DAY)
        extend_chain(bench, recorded, name)
        return key

    def lose(self, key: str) -> None:
        del self.vault._stored[key]

    def verified(self, day: int) -> tuple[Verification, list[str]]:
        """What each verifier finds on a day; of archives the hash alone is looked at."""
        until = BEGINNING + day * DAY
        for key, body in self.vault.objects.items():
            path = self.folder / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
        there = {str(self.folder / key) for key in self.vault.objects}
        for path in self.folder.rglob("*"):
            if path.is_file() and str(path) not in there:
                path.unlink()
        chain = self.tool.Chain(
            self.folder / "v1" / "123456789012" / "us-east-1", until.timestamp()
        )
        theirs = list(chain.faults(None))
        ours = verify(self.bench, Scope(until=until))
        assert ours.chain is not None
        assert (bool(ours.chain.findings), ours.chain.expired + ours.chain.erased) == (
            bool(theirs),
            chain.gone,
        )
        return ours, theirs

    def missing(self, day: int) -> list[str]:
        """The keys that both miss."""
        ours, _ = self.verified(day)
        assert ours.chain is not None
        return [each.key for each in ours.chain.findings]


@pytest.fixture
def years(tool: ModuleType, tmp_path: Path) -> Years:
    return Years(tool, tmp_path)


def test_without_a_statement_whatever_is_gone_is_missed(years: Years) -> None:
    first = years.run(0)
    years.lose(first)
    assert years.missing(9999) == [first]


def test_an_archive_expires_at_its_time_and_not_before(years: Years) -> None:
    first = years.run(0)
    years.run(1, kept=30)
    years.lose(first)
    assert years.missing(29) == [first]
    assert years.missing(30) == []
    ours, _ = years.verified(30)
    assert ours.chain is not None
    assert ours.chain.expired == 1


def test_what_was_lost_before_a_statement_is_missed_for_ever(years: Years) -> None:
    """It cannot be excused by a statement that comes afterwards."""
    first = years.run(0)
    years.run(50)
    years.lose(first)
    years.run(100, kept=30)
    years.run(101, kept=20)
    assert years.missing(9999) == [first]


def test_what_had_expired_stays_excused_when_more_is_kept_from_then_on(years: Years) -> None:
    first = years.run(0, kept=30)
    years.run(40, kept=30)
    years.lose(first)
    years.run(50, kept=365)
    assert years.missing(51) == []


@pytest.mark.parametrize("kept", [365, None])
def test_what_was_there_when_more_was_kept_is_missed(years: Years, kept: int | None) -> None:
    first = years.run(0, kept=30)
    years.run(50, kept=kept)
    years.lose(first)
    assert years.missing(60) == [first]


def test_a_statement_that_no_link_names_excuses_nothing(years: Years) -> None:
    """A run that died before its link made it; the next one states it anew."""
    first = years.run(0)
    state_retention(years.bench, "run-0001", 30 * DAY)
    years.lose(first)
    assert years.missing(60) == [first]
    years.run(61, kept=30)
    assert years.missing(999) == [first]


def test_a_changed_statement_excuses_nothing(years: Years) -> None:
    first = years.run(0)
    years.run(1, kept=30)
    years.lose(first)
    key = retention_key(TARGET, "run-0001")
    stored = years.vault.get(key)
    years.vault.replace(key, stored.body.replace(b"2592000", b"2592"), stored.version)
    assert sorted(years.missing(60)) == sorted([first, key])


def test_nothing_but_an_archive_expires(years: Years) -> None:
    years.run(0, kept=30)
    years.run(1, kept=30)
    years.lose(report_key(TARGET, "run-0000", "report.json"))
    assert years.missing(60) == [report_key(TARGET, "run-0000", "report.json")]


def test_a_statement_is_made_when_the_setting_changes_and_not_again(years: Years) -> None:
    for day, kept in enumerate([None, 30, 30, 60, None, None]):
        years.run(day, kept)
    assert [fields["seconds"] for event, fields in years.told if event == "retention.stated"] == [
        30 * 86400,
        60 * 86400,
        None,
    ]


def test_a_broken_chain_lets_nothing_be_stated(years: Years) -> None:
    """A run ends all the same; `verify` has to come first."""
    years.run(0)
    (link,) = [key for key in years.vault.objects if "/chain/" in key]
    years.vault.replace(link, b"{}", years.vault.get(link).version)
    years.run(1, kept=30)
    assert [event for event, _ in years.told] == ["retention.unstated"]


def erase(years: Years, key: str, hashed: str, day: int = 10) -> None:
    """Chain a tombstone of an object, as an erasure does."""
    years.day = day
    bench, recorded = recording(years.bench)
    told = ErasedObject(key=key, sha256=hashed, entities=1, kept=0)
    tombstone = Tombstone(
        account=TARGET.account,
        region=TARGET.region,
        erasure="erasure-1",
        at="2026-01-11T00:00:00.000Z",
        by="arn:aws:iam::123456789012:user/ana",
        reason="case 7",
        objects=(told,),
    )
    bench.vault.create(tombstone_key(TARGET, "erasure-1"), tombstone.body())
    extend_chain(bench, recorded, "erasure-1")


def test_an_erased_object_may_be_gone_and_is_told_while_it_is_there(years: Years) -> None:
    first = years.run(0)
    erase(years, first, sha256(empty("run-0000")))
    ours, theirs = years.verified(11)
    assert ours.chain is not None
    assert (ours.chain.remaining, ours.chain.findings, theirs) == ([first], [], [])
    years.lose(first)
    ours, theirs = years.verified(11)
    assert ours.chain is not None
    assert (ours.chain.erased, ours.chain.remaining, theirs) == (1, [], [])


def test_a_tombstone_of_other_bytes_excuses_nothing(years: Years) -> None:
    first = years.run(0)
    erase(years, first, "0" * 64)
    years.lose(first)
    assert years.missing(11) == [first]


def test_a_tombstone_of_other_evidence_than_an_archive_excuses_nothing(years: Years) -> None:
    """Whoever forges one cannot have a report, a journal or an approval forgotten."""
    years.run(0)
    report = report_key(TARGET, "run-0000", "report.json")
    erase(years, report, sha256(b"{}"))
    years.lose(report)
    assert years.missing(11) == [report]


def test_without_anything_stated_nothing_is_excused() -> None:
    assert Keeping(BEGINNING).excuse("v1/a/b/archive/run/unit/1") is None


def test_statements_and_tombstones_are_as_their_schemas_say(years: Years) -> None:
    first = years.run(0, kept=30)
    erase(years, first, sha256(empty("run-0000")))
    statement = json.loads(years.vault.get(retention_key(TARGET, "run-0000")).body)
    jsonschema.validate(statement, retention_schema())
    tombstone = json.loads(years.vault.get(tombstone_key(TARGET, "erasure-1")).body)
    jsonschema.validate(tombstone, tombstone_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tombstone | {"who": "ana"}, tombstone_schema())
