"""An index tells what the archives hold; they stay the truth, and what it garbles is found."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from tests.restore.account import RUN, Account, make_bench

from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application import indexing, restore_plan
from sagewarden.application.archives import deleted, newest
from sagewarden.application.archiving import read_back
from sagewarden.application.browsing import Wanted, browse
from sagewarden.application.indexing import noting, read_index, store_index
from sagewarden.application.restore_plan import plan_restore
from sagewarden.application.verify import verify
from sagewarden.core.archive_index import held
from sagewarden.core.entities import Kind
from sagewarden.core.keys import Family, index_key, index_prefix, prefix
from sagewarden.errors import IntegrityError, VaultAbsent
from sagewarden.sandbox import Sandbox

EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")
OTHER = "20260401T000000Z-ffff"


@pytest.fixture(scope="module")
def written(
    running_box: Sandbox, running_session: TargetSession, clients: tuple[Any, Any]
) -> Mapping[str, bytes]:
    """The vault after a run that deleted a tree of three, in three archives, with its index."""
    running_box.admin.reset(s3=False)
    bench, restoring = make_bench(running_session, MemoryVault())
    bench, noted = noting(bench)
    account = Account(running_box, *clients, bench, restoring, threading.Event())
    account.tree(Tri=["Comp"])
    account.log("Comp", "loss", [1.0, 0.5], steps=True)
    arn = account.sm.describe_trial_component(TrialComponentName="Comp")["TrialComponentArn"]
    tags = [{"Key": "owner", "Value": "ada"}, {"Key": "sagewarden:due", "Value": "soon"}]
    account.sm.add_tags(ResourceArn=arn, Tags=tags)
    account.erase(EXP, TRI, COMP)
    store_index(bench, noted, [RUN])
    return dict(account.vault.objects)


@pytest.fixture
def erased(
    account: Account, written: Mapping[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> Account:
    """That vault, and an empty account; plans read the index, though there are only a few."""
    monkeypatch.setattr(restore_plan, "FEW", 0)
    for key, body in written.items():
        account.vault.create(key, body)
    return account


def archives(account: Account) -> list[str]:
    return list(account.vault.list(prefix(account.bench.target, Family.ARCHIVE, RUN)))


def damage_archives(account: Account) -> None:
    for key in archives(account):
        account.damage(key)


def part(account: Account) -> str:
    return index_key(account.bench.target, RUN, 1)


def rewrite(account: Account, change: Callable[[list[Any]], object]) -> None:
    lines = account.bench.codec.lines(account.vault.get(part(account)).body)
    change(lines)
    account.rewrite(part(account), account.bench.codec.pack(lines))


def test_it_tells_of_every_archive_what_follows_from_its_records(erased: Account) -> None:
    """By its hash; nothing else goes into it."""
    read = [
        read_back(erased.bench, each.archive_key, each.sha256) for each in deleted(erased.bench)
    ]
    assert read_index(erased.bench, RUN) == {
        each.sha256: held(map(each.record, each.identities)) for each in read
    }


def test_a_plan_by_the_index_is_the_plan_by_the_archives(erased: Account) -> None:
    by_index = erased.plan("Exp")
    erased.lose(part(erased))
    assert by_index == erased.plan("Exp")
    assert by_index.entities[-1].points == 2
    assert len(by_index.entities[-1].left_out) == 1


def test_a_large_plan_reads_no_archive(erased: Account) -> None:
    """What comes of a restore is told all the same: it verifies each, and creates nothing."""
    before = erased.plan("Exp")
    damage_archives(erased)
    assert erased.plan("Exp") == before
    erased.box.admin.clear_calls()
    with pytest.raises(IntegrityError):
        erased.carry_out(before)
    assert erased.writes() == []


def test_a_small_plan_reads_and_verifies_the_archives(
    erased: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restore_plan, "FEW", 3)
    damage_archives(erased)
    with pytest.raises(IntegrityError):
        erased.plan("Exp")


def test_what_is_remembered_is_planned_from_the_archives(erased: Account) -> None:
    """Whether there is room for it, no index knows."""
    damage_archives(erased)
    with pytest.raises(IntegrityError):
        erased.plan("Exp", remember=True)


def test_an_archive_that_is_missing_stops_a_plan(erased: Account) -> None:
    """Though the index tells what it held."""
    erased.lose(newest(erased.bench, "comp").archive_key)
    with pytest.raises(VaultAbsent):
        erased.plan("Exp")


@pytest.mark.parametrize(
    "change",
    [
        list.clear,
        lambda lines: lines[0].update(sagewarden_index=2),
        lambda lines: lines[1].pop("archive"),
        lambda lines: lines[1]["entities"][0].update(kind="model"),
    ],
)
def test_a_broken_index_tells_nothing(
    erased: Account, change: Callable[[list[Any]], object]
) -> None:
    """The archives are read, and that it is broken is told here and by verify."""
    before = erased.plan("Exp")
    rewrite(erased, change)
    erased.heard.events.clear()
    assert erased.plan("Exp") == before
    assert [event for event, _ in erased.heard.events] == ["index.broken"]
    assert [each.key for each in verify(erased.bench).findings] == [part(erased)]


def test_an_owner_is_found_without_reading_an_archive(erased: Account) -> None:
    damage_archives(erased)
    assert [each.name for each in browse(erased.bench, Wanted(owner="ada"))] == ["Comp"]


def test_a_sound_index_is_verified(erased: Account) -> None:
    assert verify(erased.bench).findings == []


@pytest.mark.parametrize(
    ("field", "value"), [("points", 3), ("tags", {"owner": "bob"}), ("left_out", []), ("name", "x")]
)
def test_an_index_that_tells_anything_else_is_found(
    erased: Account, field: str, value: Any
) -> None:
    """Of the archive it names, whatever the chain says of its bytes."""
    archive = newest(erased.bench, "comp")

    def change(lines: list[Any]) -> None:
        (line,) = (each for each in lines[1:] if each["archive"] == archive.sha256)
        line["entities"][0][field] = value

    rewrite(erased, change)
    assert [(each.key, each.wrong) for each in verify(erased.bench).findings] == [
        (part(erased), f"it does not tell what the archive object {archive.archive_key} holds")
    ]


def test_an_index_that_tells_of_what_is_not_there_is_found(erased: Account) -> None:
    """Of an archive object that the run never wrote, or of one in two parts."""
    rewrite(erased, lambda lines: lines.append({"archive": "0" * 64, "entities": []}))
    erased.vault.create(index_key(erased.bench.target, RUN, 2), erased.vault.get(part(erased)).body)
    told = [each.wrong for each in verify(erased.bench).findings]
    assert f"it tells of an archive object {'0' * 64}, and the run has none like it" in told
    assert len([each for each in told if each.endswith(" once more")]) == 4


def test_the_index_of_a_run_that_died_is_written_by_another(erased: Account) -> None:
    """Its archives are read for that; what is no good is left out, and nothing is done twice."""
    before = read_index(erased.bench, RUN)
    erased.lose(part(erased))
    erased.damage(archives(erased)[0])
    bench, noted = noting(erased.bench)
    for _ in range(2):
        store_index(bench, noted, [OTHER, RUN])
    told = read_index(erased.bench, RUN)
    assert len(told) == 2
    assert told.items() <= before.items()
    assert list(erased.vault.list(index_prefix(bench.target, OTHER))) == []


def test_a_process_that_is_to_stop_reads_no_archive_for_an_index(erased: Account) -> None:
    erased.lose(part(erased))
    erased.stop.set()
    bench, noted = noting(erased.bench)
    store_index(bench, noted, [RUN])
    assert read_index(erased.bench, RUN) == {}


def test_what_would_take_too_much_room_is_left_out(
    erased: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that an index can be kept in memory; the archive is read for it."""
    before = erased.plan("Exp")
    erased.lose(part(erased))
    monkeypatch.setattr(indexing, "LONGEST", 300)
    monkeypatch.setattr(indexing, "PART", 2)
    bench, noted = noting(erased.bench)
    store_index(bench, noted, [RUN])
    assert 0 < len(read_index(erased.bench, RUN)) < 3
    assert len(list(erased.vault.list(index_prefix(bench.target, RUN)))) == 2
    assert erased.plan("Exp") == before


def test_of_two_runs_each_has_its_own(erased: Account) -> None:
    """A plan of both reads what each tells."""
    erased.component("Lone")
    erased.erase((Kind.COMPONENT, "Lone"), run=OTHER)
    plan = plan_restore(erased.bench, list(deleted(erased.bench)))
    assert [each.name for each in plan.entities] == ["Exp", "Tri", "Comp", "Lone"]
