"""What was deleted is found again by whose it was, in the archives themselves."""

import pytest
from tests.restore.account import Account

from sagewarden.application.archives import newest
from sagewarden.application.browsing import Wanted, archived, browse
from sagewarden.core.entities import Kind
from sagewarden.errors import IntegrityError

COMP = (Kind.COMPONENT, "Comp")
OTHER = (Kind.COMPONENT, "Other")


@pytest.fixture
def erased(account: Account) -> Account:
    """Two components are gone: Ada's, and one that no tag says anything of."""
    account.component("Comp", Tags=[{"Key": "owner", "Value": "ada"}])
    account.component("Other", Tags=[{"Key": "team", "Value": "ada"}])
    account.erase(COMP, OTHER)
    return account


@pytest.mark.parametrize(
    ("owner", "keys", "names"),
    [
        ("ada", ("owner",), ["Comp"]),
        ("ada", ("owner", "team"), ["Other", "Comp"]),
        ("ada", ("team",), ["Other"]),
        ("bob", ("owner",), []),
        ("Ada", ("owner",), []),
    ],
)
def test_an_owner_is_whom_the_archived_tags_name(
    erased: Account, owner: str, keys: tuple[str, ...], names: list[str]
) -> None:
    found = browse(erased.bench, Wanted(owner=owner, owner_keys=keys))
    assert sorted(each.name for each in found) == sorted(names)


def test_what_was_archived_is_all_that_was_read(erased: Account) -> None:
    record = archived(erased.bench, newest(erased.bench, "comp"))
    assert (record.tags, record.described["TrialComponentName"]) == ({"owner": "ada"}, "Comp")


def test_an_archive_that_was_changed_tells_nothing(erased: Account) -> None:
    """Neither whose something was, nor what it was."""
    located = newest(erased.bench, "comp")
    erased.damage(located.archive_key)
    with pytest.raises(IntegrityError):
        archived(erased.bench, located)
    with pytest.raises(IntegrityError):
        list(browse(erased.bench, Wanted(owner="ada")))
