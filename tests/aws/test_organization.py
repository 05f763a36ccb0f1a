"""Accounts of an organization: all that was read, and all that was not, is told."""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.clients import client_of

from sagewarden.adapters.aws.calls import CallCounter, Calls, Patience
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.organization import Wanted, read_members
from sagewarden.adapters.aws.session import AwsSession, Reach
from sagewarden.adapters.clock import wall_now
from sagewarden.errors import ReadFailed

if TYPE_CHECKING:
    from tests.aws.conftest import World


class Company:
    """An organization: `dev` and `test` in a unit, `prod` in a unit of that, `gone` suspended."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.client: Any = client_of("organizations", **world.box.client_config())
        self.client.create_organization(FeatureSet="ALL")
        self.root = self.client.list_roots()["Roots"][0]["Id"]
        self.upper = self.unit("upper", self.root)
        self.lower = self.unit("lower", self.upper)
        self.dev = self.account("dev", self.upper, env="dev")
        self.test = self.account("test", self.upper, env="test")
        self.prod = self.account("prod", self.lower)
        self.gone = self.account("gone", self.root)
        self.client.close_account(AccountId=self.gone)

    def unit(self, name: str, parent: str) -> str:
        made = self.client.create_organizational_unit(ParentId=parent, Name=name)
        return str(made["OrganizationalUnit"]["Id"])

    def account(self, name: str, unit: str, **tags: str) -> str:
        asked = self.client.create_account(
            AccountName=name,
            Email=f"{name}@example.com",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
        number = str(asked["CreateAccountStatus"]["AccountId"])
        self.client.move_account(
            AccountId=number, SourceParentId=self.root, DestinationParentId=unit
        )
        return number

    @property
    def calls(self) -> Calls:
        stop = threading.Event()
        return Calls(
            session=AwsSession(Reach(endpoint_url=self.world.box.url), "us-east-1", wall_now),
            limiters=Limiters(time.monotonic, stop),
            counter=CallCounter(),
            stop=stop,
            monotonic=time.monotonic,
            patience=Patience(attempts=2, pause=0.001),
        )

    def names(self, **wanted: Any) -> set[str]:
        return {each.name for each in read_members(self.calls, Wanted(**wanted)).members}


@pytest.fixture
def company(world: "World") -> Iterator[Company]:
    made = Company(world)
    yield made
    for number in (made.dev, made.test, made.prod, made.gone):
        made.client.remove_account_from_organization(AccountId=number)
    made.client.delete_organization()


def test_every_active_account_is_a_member_and_a_suspended_one_is_said(company: Company) -> None:
    found = read_members(company.calls, Wanted())
    assert {each.name for each in found.members} == {"master", "dev", "test", "prod"}
    assert found.left_out == [f"account {company.gone} (gone): SUSPENDED"]
    assert found.unread == []


def test_units_are_walked_to_the_bottom(company: Company) -> None:
    assert company.names(units=(company.upper,)) == {"dev", "test", "prod"}


def test_accounts_and_units_are_left_out(company: Company) -> None:
    assert company.names(units=(company.upper,), exclude=(company.dev,)) == {"test", "prod"}
    assert company.names(units=(company.upper,), exclude=(company.lower,)) == {"dev", "test"}


def test_whom_the_organization_does_not_know_need_not_be_left_out_and_is_said(
    company: Company,
) -> None:
    """A number with two digits changed leaves in whom it was to leave out."""
    found = read_members(company.calls, Wanted(exclude=("999999999999",)))
    assert "account 999999999999 is none of the organization's" in found.left_out


def test_an_accounts_tags_are_read_if_they_are_asked_for(company: Company) -> None:
    found = read_members(company.calls, Wanted(units=(company.upper,), tags=True))
    assert {each.name: each.tags for each in found.members} == {
        "dev": {"env": "dev"},
        "test": {"env": "test"},
        "prod": {},
    }


def test_a_unit_that_cannot_be_read_is_said_and_the_others_are_there(company: Company) -> None:
    company.world.fault("deny", "ListAccountsForParent", nth_match=2)
    found = read_members(company.calls, Wanted(units=(company.upper,)))
    assert {each.name for each in found.members} == {"dev", "test"}
    assert [company.lower in each.message for each in found.unread] == [True]


@pytest.mark.parametrize("action", ["deny", "error_500", "truncate", "drop_before"])
def test_an_organization_that_cannot_be_read_has_no_members(company: Company, action: str) -> None:
    company.world.fault(action, "ListAccounts")
    found = read_members(company.calls, Wanted())
    assert (found.members, len(found.unread)) == ([], 1)


def test_when_nobody_can_tell_whom_to_leave_out_nobody_is_a_member(company: Company) -> None:
    company.world.fault("deny", "ListAccountsForParent")
    with pytest.raises(ReadFailed, match="whom to leave out"):
        company.names(exclude=(company.lower,))


def test_an_account_whose_tags_cannot_be_read_is_no_member(company: Company) -> None:
    company.world.fault("deny", "ListTagsForResource", nth_match=1, times=1)
    found = read_members(company.calls, Wanted(units=(company.upper,), tags=True))
    assert (len(found.members), len(found.unread)) == (2, 1)
