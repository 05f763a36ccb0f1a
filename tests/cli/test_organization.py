"""Commands work on what could be read of an organization, and say what could not."""

from collections.abc import Iterator

import pytest
from tests.cli.user import User
from tests.clients import client_of

from sagewarden.sandbox import Fault

ACCOUNT = "123456789012"
ORGANIZATION = {
    "role_name": "warden",
    "regions": ["us-east-1"],
    "exclude": [ACCOUNT],
}


@pytest.fixture
def company(user: User) -> Iterator[str]:
    """Settings with an organization of one more account, and that account's number."""
    client = client_of("organizations", **user.box.client_config())
    client.create_organization(FeatureSet="ALL")
    made = client.create_account(AccountName="beta", Email="beta@example.com")
    number = str(made["CreateAccountStatus"]["AccountId"])
    user.settles(organization=ORGANIZATION)
    yield number
    client.remove_account_from_organization(AccountId=number)
    client.delete_organization()


def test_a_sweep_works_on_each_account_as_its_role(user: User, company: str) -> None:
    """And on what the settings name themselves."""
    ran = user("sweep", "--json")
    assert ran.code == 0, ran
    assert [each["account"] for each in ran.answer] == [ACCOUNT, company]
    roles = {call.role for call in user.box.admin.calls() if call.account == company}
    assert roles == {f"arn:aws:iam::{company}:role/warden"}


@pytest.mark.usefixtures("company")
def test_a_sweep_goes_on_without_what_could_not_be_read(user: User) -> None:
    """It ends as a failed read does, and names what it lacks first."""
    user.box.admin.add_fault(Fault(action="deny", operation="ListAccounts", times=None))
    ran = user("sweep", "--json")
    assert ran.code == 3
    assert [each.get("account") or each["target"] for each in ran.answer] == [
        ACCOUNT,
        "organization",
    ]
    assert "could not be read whole" in ran.answer[1]["message"]


def test_who_is_suspended_is_left_out_and_said(user: User, company: str) -> None:
    client = client_of("organizations", **user.box.client_config())
    client.close_account(AccountId=company)
    ran = user("plan")
    assert ran.code == 0, ran
    assert f"left out: account {company} (beta): SUSPENDED" in ran.words


@pytest.mark.usefixtures("company")
def test_nothing_of_a_target_that_nobody_read_is_a_failed_read(user: User) -> None:
    """Not a wrong name: nobody knows that."""
    user.box.admin.add_fault(Fault(action="deny", operation="ListAccounts", times=None))
    ran = user("explain", "old-one", "--target", "beta")
    assert ran.code == 3
    assert "could not be read whole" in ran.words
