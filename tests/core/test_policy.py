"""Policies as they are held: what is so unless a file says otherwise."""

from dataclasses import replace

import pytest
from tests.core.worlds import HERE, days, policies, policy

from sagewarden.core.policy import (
    Action,
    Escalation,
    GroupKey,
    ModelsInUse,
    Parameter,
    PolicyFile,
    Protection,
    Receiver,
    Required,
    Tagged,
)


def test_nothing_is_secret_or_inherited_unless_said() -> None:
    assert not Parameter("p", "present").secret
    assert not Required(key="owner").inherit
    assert policy().notify == (Receiver.OWNER,)


@pytest.mark.parametrize(
    ("key", "spelled"),
    [(GroupKey("tag", "team"), "tag:team"), (GroupKey("name-prefix"), "name-prefix")],
)
def test_a_group_is_spelled_as_it_is_written(key: GroupKey, spelled: str) -> None:
    assert str(key) == spelled


def test_a_place_is_a_file_a_line_and_a_column() -> None:
    assert str(HERE) == "policies/stale.yaml:3:5"


def test_what_deletes_or_escalates_may_delete() -> None:
    report = policy(action=Action.REPORT)
    late = replace(policy(action=Action.TAG), escalate=Escalation(days(30), days(14)))
    assert [each.deletes for each in (policy(), report, late)] == [True, False, True]


def test_a_file_of_a_bucket_tells_its_version() -> None:
    assert PolicyFile("p", "0").spelled() == {"path": "p", "sha256": "0"}
    assert PolicyFile("p", "0", "v").spelled() == {"path": "p", "sha256": "0", "version": "v"}


def test_one_protection_of_models_is_enough_to_ask_for_them() -> None:
    plain, models = Protection(Tagged("a", "present"), HERE), Protection(ModelsInUse(), HERE)
    asks = [
        replace(policies(), protections=some).asks_for_models
        for some in ((), (plain,), (plain, models))
    ]
    assert asks == [False, False, True]
