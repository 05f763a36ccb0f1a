"""What a bucket's settings are worth to a vault."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sagewarden.core.checkup import (
    Area,
    BucketFacts,
    ExpiringRule,
    Finding,
    State,
    judged_bucket,
)

SOUND = BucketFacts(versioned=True, locked=True, lock="COMPLIANCE 400 days", expiring=())


def found(about: str, **changes: object) -> Finding:
    """What is said of one setting."""
    (told,) = (
        each
        for each in judged_bucket(replace(SOUND, **changes))  # type: ignore[arg-type]  # a test's own
        if each.about == about
    )
    return told


def test_a_sound_bucket_simply_works() -> None:
    """Of each setting it says so, and there is nothing to do."""
    told = [(each.area, each.about, each.state, each.advice) for each in judged_bucket(SOUND)]
    assert told == [
        (Area.VAULT, about, State.WORKS, "") for about in ("versioning", "object lock", "lifecycle")
    ]


@pytest.mark.parametrize(
    ("about", "changes", "state", "told"),
    [
        ("versioning", {"versioned": False}, State.WEAK, "keeps no versions"),
        ("object lock", {"locked": False, "lock": ""}, State.WEAK, "Object Lock is off"),
        ("object lock", {"locked": False}, State.WEAK, "Object Lock is off"),
        ("object lock", {"lock": ""}, State.WEAK, "Object Lock has no default retention"),
        (
            "lifecycle",
            {"expiring": (ExpiringRule("a"), ExpiringRule("b"))},
            State.FAILS,
            "delete objects of the vault: a, b",
        ),
        ("lifecycle", {"cooling": ("a", "b")}, State.WEAK, "to an archive tier: a, b;"),
        (
            "lifecycle",
            {"expiring": (ExpiringRule("a"),), "cooling": ("b",)},
            State.FAILS,
            "vault: a",
        ),
    ],
)
def test_what_is_not_as_it_should_be_is_told_with_what_to_do(
    about: str, changes: dict[str, object], state: State, told: str
) -> None:
    finding = found(about, **changes)
    assert (finding.state, told in finding.told, bool(finding.advice)) == (state, True, True)


@pytest.mark.parametrize(
    ("about", "changes", "action"),
    [
        ("versioning", {"versioned": None}, "s3:GetBucketVersioning"),
        ("object lock", {"locked": None}, "s3:GetBucketObjectLockConfiguration"),
        ("lifecycle", {"expiring": None, "cooling": ("a",)}, "s3:GetLifecycleConfiguration"),
    ],
)
def test_an_answer_that_was_refused_is_unknown_and_not_well(
    about: str, changes: dict[str, object], action: str
) -> None:
    finding = found(about, **changes)
    assert (finding.area, finding.state) == (Area.VAULT, State.UNKNOWN)
    assert f"Allow {action};" in finding.advice


@pytest.mark.parametrize(
    ("rule", "spared"),
    [
        (ExpiringRule("r", "v1/1/eu-west-1/archive/", 407), True),
        (ExpiringRule("r", "v1/1/eu-west-1/archive/", 399), False),
        (ExpiringRule("r", "v1/1/eu-west-1/archive/"), False),
        (ExpiringRule("r", "v1/1/eu-west-1/", 999), False),
        (ExpiringRule("r", "v1/1/eu-west-1/journal/", 999), False),
        (ExpiringRule("r", "", 999), False),
    ],
)
def test_a_rule_may_take_archives_that_are_kept_no_more(rule: ExpiringRule, spared: bool) -> None:  # noqa: FBT001
    assert (rule.spares(timedelta(days=400)), rule.spares(None)) == (spared, False)
