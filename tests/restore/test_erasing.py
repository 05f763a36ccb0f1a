"""One person's entities leave the archives; what is others' restores, and the chain stays valid."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.restore.account import RUN, Account

from sagewarden.application.archives import deleted
from sagewarden.application.chain import extend_chain, recording
from sagewarden.application.erasing import (
    ErasurePlan,
    Order,
    Request,
    erase,
    plan_erasure,
    remaining,
)
from sagewarden.application.ports.erasing import Copy
from sagewarden.application.retention import state_retention
from sagewarden.application.verify import verify
from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.erasure import Tombstone
from sagewarden.core.keys import report_key
from sagewarden.errors import UsageError, VaultAbsent, VaultError

ORDER = Order(erasure="erasure-1", by="arn:aws:iam::123456789012:user/dpo", reason="case 7")
COMPONENTS = [(Kind.COMPONENT, name) for name in ("Anas", "Bobs")]


def owned(account: Account, name: str, owner: str) -> None:
    account.component(name, "Tri", Tags=[{"Key": "owner", "Value": owner}])


@pytest.fixture
def archived(account: Account) -> Account:
    """Two components of two people in one archive, by a run that a link names."""
    account.tree(Tri=[])
    owned(account, "Anas", "ana")
    owned(account, "Bobs", "bob")
    account.erase(*COMPONENTS)
    chain(account)
    return account


def chain(account: Account, run: str = RUN) -> None:
    bench, recorded = recording(account.bench)
    bench.vault.create(report_key(bench.target, run, "report.json"), b"{}")
    extend_chain(bench, recorded, run)


def erased(account: Account, **request: Any) -> tuple[ErasurePlan, Tombstone]:
    plan = plan_erasure(account.bench, Request(**request))
    return plan, erase(account.bench, plan, ORDER)[0]


def names(account: Account) -> list[str]:
    return [each.name for each in deleted(account.bench)]


class Shelf:
    """Copies of objects in a vault in memory, some of which nobody may remove."""

    removes = True

    def __init__(self, account: Account, kept: tuple[str, ...] = ()) -> None:
        self.account = account
        self.kept = kept

    def of(self, key: str) -> tuple[Copy, ...]:
        return (Copy(key=key),) if key in self.account.vault.objects else ()

    def remove(self, copy: Copy) -> None:
        if copy.key in self.kept:
            raise VaultError("it is locked")
        self.account.lose(copy.key)


def test_a_plan_writes_nothing_and_names_what_goes(archived: Account) -> None:
    before = dict(archived.vault.objects)
    plan = plan_erasure(archived.bench, Request(owner="ana"))
    assert [str(each) for each in plan.entities] == ["trial-component anas"]
    assert [each.kept for each in plan.objects] == [1]
    assert archived.vault.objects == before


def test_what_was_erased_is_listed_and_restored_no_more_and_the_rest_is(archived: Account) -> None:
    """From then on, though the old object is there still."""
    erased(archived, owner="ana")
    assert names(archived) == ["Bobs"]
    assert archived.restore("Bobs").complete
    with pytest.raises(UsageError, match="'Anas' was deleted"):
        archived.restore("Anas")


def test_verify_is_content_before_and_after_the_old_object_is_gone(archived: Account) -> None:
    plan, _ = erased(archived, owner="ana")
    old = plan.objects[0].key
    first = verify(archived.bench)
    assert first.chain is not None
    assert (first.findings, first.chain.remaining) == ([], [old])
    assert remaining(archived.bench, Shelf(archived), remove=True) == ()
    second = verify(archived.bench)
    assert second.chain is not None
    assert (second.findings, second.chain.erased, second.gone) == ([], 1, 1)
    assert not any(b"anas" in body for body in bodies(archived))


def bodies(account: Account) -> list[bytes]:
    """Every archive, unpacked."""
    packed = [body for key, body in account.vault.objects.items() if "/archive/" in key]
    return [repr(account.bench.codec.lines(body)).lower().encode() for body in packed]


def test_a_tombstone_names_hashes_who_did_it_and_why_and_nobody_else(archived: Account) -> None:
    plan, tombstone = erased(archived, owner="ana")
    assert (tombstone.by, tombstone.reason) == (ORDER.by, "case 7")
    assert [(each.key, each.sha256) for each in tombstone.objects] == [
        (each.key, each.sha256) for each in plan.objects
    ]
    assert b"ana" not in tombstone.body()


def test_an_archive_of_nothing_else_has_no_successor(archived: Account) -> None:
    _, tombstone = erased(archived, names=("*s",))
    assert [each.successor for each in tombstone.objects] == [""]
    assert names(archived) == []


def test_a_second_person_is_erased_from_the_successor(archived: Account) -> None:
    erased(archived, owner="ana")
    plan = plan_erasure(archived.bench, Request(owner="bob"))
    assert [each.key.split("/")[4] for each in plan.objects] == ["erasure-1"]
    erase(archived.bench, plan, replace(ORDER, erasure="erasure-2"))
    assert names(archived) == []
    assert verify(archived.bench).findings == []


def test_the_same_twice_finds_nothing(archived: Account) -> None:
    erased(archived, owner="ana")
    assert plan_erasure(archived.bench, Request(owner="ana")).objects == ()


def test_what_no_link_names_is_not_erased(account: Account) -> None:
    account.component("Anas")
    account.erase((Kind.COMPONENT, "Anas"))
    with pytest.raises(UsageError, match="no link of the chain names"):
        plan_erasure(account.bench, Request(names=("anas",)))


def test_a_copy_that_cannot_be_removed_is_told_with_the_reason(archived: Account) -> None:
    plan, _ = erased(archived, owner="ana")
    shelf = Shelf(archived, kept=(plan.objects[0].key,))
    (left,) = remaining(archived.bench, shelf, remove=True)
    assert (left.copy.key, left.refused) == (plan.objects[0].key, "it is locked")


def test_without_a_link_a_tombstone_lets_nothing_be_removed(archived: Account) -> None:
    """An erasure that died before its link erased nothing."""
    plan, _ = erased(archived, owner="ana")
    for key in [key for key in archived.vault.objects if key.endswith("/chain/000000000002")]:
        archived.lose(key)
    assert remaining(archived.bench, Shelf(archived), remove=True) == ()
    assert plan.objects[0].key in archived.vault.objects


def by(creator: str, changed: str) -> ArchiveRecord:
    described = {
        "CreatedBy": {"UserProfileName": creator},
        "LastModifiedBy": {"UserProfileName": changed},
    }
    identity = Identity(Kind.COMPONENT, "c", 1)
    return ArchiveRecord(
        identity=identity, arn="", fingerprint="", described=described, tags={}, parents=()
    )


def test_a_creator_is_taken_off_what_others_made() -> None:
    request = Request(creator="ana")
    assert request.fits(by("ana", "bob"))
    assert not request.fits(by("bob", "ana"))
    assert "LastModifiedBy" not in request.without(by("bob", "ana")).described
    assert request.without(by("bob", "bob")) == by("bob", "bob")


def test_a_restore_of_what_has_expired_says_so(archived: Account) -> None:
    """Its archive is gone, lawfully; until a link says that, it is merely absent."""
    (old,) = [key for key in archived.vault.objects if "/archive/" in key]
    body = archived.vault.get(old).body
    archived.lose(old)
    with pytest.raises(VaultAbsent):
        archived.restore("Anas")
    archived.vault.create(old, body)
    for run in ("run-2", "run-3"):
        bench, recorded = recording(archived.bench)
        state_retention(bench, run, timedelta(days=10))
        bench.vault.create(report_key(bench.target, run, "report.json"), b"{}")
        extend_chain(bench, recorded, run)
        archived.age()
    archived.lose(old)
    with pytest.raises(UsageError, match=r"has expired, as vault\.archive_retention let it"):
        archived.restore("Anas")
    assert names(archived) == ["Bobs", "Anas"]
