"""`sweep` over several targets: side by side, one that fails stops no other."""

import json

import pytest
from tests.cli.user import User

from sagewarden.sandbox import Sandbox

OTHER = "210987654321"
ROLE = f"arn:aws:iam::{OTHER}:role/sagewarden"


@pytest.fixture
def two(user: User) -> User:
    """Somebody with two accounts, the second by a role."""
    here = {"account_id": user.box.account, "region": "us-east-1", "name": "here"}
    there = {"account_id": OTHER, "region": "us-east-1", "name": "there", "role_arn": ROLE}
    user.settles(targets=[there, here])
    return user


def test_reports_come_in_the_order_of_the_settings(two: User) -> None:
    """However long each took."""
    ran = two("sweep", "--json")
    assert ran.code == 0
    assert [each["account"] for each in ran.answer] == [OTHER, two.box.account]


def test_one_that_fails_stops_no_other(two: User) -> None:
    """The exit code is the worst, the error is told beside the report."""
    two.box.admin.set_knobs(denied={"*": ["sts:AssumeRole"]})
    ran = two("sweep", "--json")
    two.box.admin.set_knobs(denied={})
    report, error = ran.answer
    assert (ran.code, report["account"], report["exit_code"]) == (3, two.box.account, 0)
    assert (error["error"], error["target"]) == ("AccessDenied", f"{OTHER}/us-east-1")


def test_each_line_says_whose_it_is(two: User) -> None:
    """Though they come from several threads."""
    ran = two("sweep")
    lines = [json.loads(line) for line in ran.err.splitlines() if line.startswith("{")]
    begun = [each for each in lines if each.get("event") in {"run.began", "run.ended"}]
    runs = {(each["run"], each["account"], each["target"]) for each in begun}
    assert (len(begun), len(runs)) == (4, 2)


def test_they_are_worked_on_side_by_side(two: User, box: Sandbox) -> None:
    """The second's first call comes before the first one's last."""
    box.admin.set_knobs(latency_ms={"Search": 500.0})
    assert two("sweep").code == 0
    accounts = [each.account for each in box.admin.calls() if each.operation != "AssumeRole"]
    assert accounts not in (sorted(accounts), sorted(accounts, reverse=True))
