"""What is secret is in no archive, and the archive says that something is missing."""

from dataclasses import replace
from typing import Any

import pytest
from tests.core.worlds import component

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.redaction import REDACTED, Redaction

RECORD = ArchiveRecord(
    identity=Identity(Kind.COMPONENT, "comp", 1),
    arn="arn",
    fingerprint="f",
    described={
        "TrialComponentName": "Comp",
        "Parameters": {
            "rate": {"NumberValue": 0.1},
            "API_KEY": {"StringValue": "hunter2"},
            "db-password": {"NumberValue": 4711.0},
        },
    },
    tags={},
    parents=(),
    source={
        "TrainingJob": {
            "HyperParameters": {"epochs": "5", "api_key": "hunter2"},
            "Channels": [{"Environment": {"MY_PASSWORD": "hunter2", "PATH": "/bin"}}],
        }
    },
    unread=("before",),
)
SECRETS = Redaction(("api?key", "*password"))


def test_values_of_secrets_are_gone_and_their_names_stay() -> None:
    """Numbers too; of a job's record, hyperparameters and variables wherever they stand."""
    kept = SECRETS.redacted(RECORD)
    assert kept.described["Parameters"] == {
        "rate": {"NumberValue": 0.1},
        "API_KEY": {"StringValue": REDACTED},
        "db-password": {"StringValue": REDACTED},
    }
    assert kept.source == {
        "TrainingJob": {
            "HyperParameters": {"epochs": "5", "api_key": REDACTED},
            "Channels": [{"Environment": {"MY_PASSWORD": REDACTED, "PATH": "/bin"}}],
        }
    }
    assert "hunter2" not in str(kept)


def test_the_archive_says_what_was_left_out() -> None:
    """Beside what could not be read; and so does whoever restores from it."""
    assert SECRETS.redacted(RECORD).unread == (
        "before",
        *(
            f"{what}: its value was redacted before it was archived"
            for what in (
                "parameter API_KEY",
                "parameter db-password",
                "the job's api_key",
                "the job's MY_PASSWORD",
            )
        ),
    )


@pytest.mark.parametrize(
    "change",
    [{"described": {"TrialComponentName": "Comp"}, "source": None}, {}],
    ids=["nothing to redact", "no rule"],
)
def test_what_holds_no_secret_stays_the_same_record(change: dict[str, Any]) -> None:
    record = replace(RECORD, **change)
    rules = SECRETS if change else Redaction()
    assert rules.redacted(record) is record


def test_everything_else_of_a_record_stays() -> None:
    kept = SECRETS.redacted(RECORD)
    again = replace(kept, described=RECORD.described, source=RECORD.source, unread=RECORD.unread)
    assert again == RECORD


def test_what_was_redacted_twice_is_told_once() -> None:
    once = SECRETS.redacted(RECORD)
    assert SECRETS.redacted(once) is once


def test_what_was_seen_of_an_entity_has_no_secret() -> None:
    some = component("c", parameters={"rate": 0.1, "API_KEY": "hunter2"})
    assert SECRETS.seen(some).parameters == {"rate": 0.1, "API_KEY": REDACTED}


@pytest.mark.parametrize("parameters", [None, {}, {"rate": 0.1}])
def test_what_was_seen_without_a_secret_stays_the_same_entity(parameters: Any) -> None:
    some = component("c", parameters=parameters)
    assert SECRETS.seen(some) is some


def test_a_record_without_parameters_has_none_after() -> None:
    record = replace(RECORD, described={"TrialComponentName": "Comp"})
    assert SECRETS.redacted(record).described == record.described
