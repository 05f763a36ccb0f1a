"""Accidents of judging: what is unknown, shared, running or without a time stays."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.worlds import (
    after_grace,
    ago,
    component,
    deleted,
    experiment,
    planned,
    policies,
    policy,
    seen,
    told,
    trial,
    verdicts,
)

from sagewarden.core.entities import Entity, Kind, Quantity
from sagewarden.core.limits import Extent, Limit, Limits, Past, Room, measure
from sagewarden.core.policy import Best, Idle, Keep, Tagged

MONTH = policies(policy(match=Idle(timedelta(days=30))))
RUNS = policy(Kind.COMPONENT, Idle(timedelta(days=30)))
OPEN = Limits(automatic=Limit(1.0, growth=1.0), hard=Limit(1.0))


def test_a_protection_that_could_not_be_evaluated_counted_as_absent() -> None:
    """Its tags could not be read: a hold may be among them."""
    tree = [experiment("e"), trial("t", "e"), component("c", "t", tags=None)]
    guarded = policies(policy(), protect=["legal-hold"])
    assert verdicts(after_grace(seen(*tree), guarded)) == {"e": "keep"}
    read = [*tree[:2], replace(tree[2], tags={})]
    assert verdicts(after_grace(seen(*read), guarded)) == {"e": "delete"}


@pytest.mark.parametrize(
    "keep",
    [
        Keep(best=Best(Quantity("acuracy"), "max", 3)),
        Keep(tags=(Tagged("pined", "present"),)),
        Keep(last=1, best=Best(Quantity("acuracy"), "max", 3)),
    ],
    ids=["metric", "tag", "beside another"],
)
def test_a_keep_rule_that_matched_nothing_emptied_its_group(keep: Keep) -> None:
    """A name that is misspelt inside a keep rule keeps the group whole."""
    runs = [component(f"r-{at}", metrics={Quantity("accuracy"): (0.5,)}) for at in range(5)]
    careful = policies(replace(RUNS, keep=keep))
    assert set(verdicts(after_grace(seen(*runs), careful)).values()) == {"keep"}


@pytest.mark.parametrize("modified", [None, ago(-1)], ids=["missing", "in the future"])
def test_a_missing_timestamp_was_taken_for_old(modified: object) -> None:
    odd: Entity = experiment("e", modified=modified)
    assert verdicts(after_grace(seen(odd), policies(policy()))) == {"e": "keep"}


def test_a_shared_child_was_destroyed() -> None:
    """It leaves the trial that goes, and stays in the one that stays."""
    world = seen(
        experiment("old"),
        trial("t-old", "old"),
        experiment("live", modified=ago(1)),
        trial("t-live", "live"),
        component("shared", "t-old", "t-live"),
    )
    plan = planned(world, MONTH)
    assert deleted(plan) == {"t-old", "old"}
    assert "disassociate trial-component shared from t-old" in told(plan)[0]


@pytest.mark.parametrize(
    "changes", [{"status": "InProgress"}, {"status": "Stopping"}, {"modified": ago(1)}], ids=str
)
def test_a_running_thing_was_reaped(changes: dict[str, object]) -> None:
    """One running component, or one recent sign of life, keeps the whole tree."""
    busy = component("c", "t", **changes)
    world = seen(experiment("e"), trial("t", "e"), busy, component("done", "t"))
    assert deleted(planned(world, MONTH)) == set()


def test_twenty_became_three_hundred_and_nobody_asked() -> None:
    """A jump against the last plan waits for a person."""
    population = dict.fromkeys(Kind, 1000)
    jump = Extent({**dict.fromkeys(Kind, 0), Kind.COMPONENT: 334}, population)
    last = Past({}, {**dict.fromkeys(Kind, 0), Kind.COMPONENT: 20})
    assert measure(jump, OPEN, last).room is Room.NEEDS_APPROVAL


@pytest.mark.parametrize("kind", Kind)
def test_zero_percent_meant_unlimited(kind: Kind) -> None:
    """Zero means none."""
    one = Extent({**dict.fromkeys(Kind, 0), kind: 1}, dict.fromkeys(Kind, 1_000))
    none = Limits(automatic=Limit(1.0), hard=Limit(0.0))
    assert measure(one, none, Past({}, None)).room is Room.REFUSED


def test_a_cap_whose_counter_never_moved() -> None:
    """What was deleted within the last day counts, so the cap is reached."""
    ten = Extent({**dict.fromkeys(Kind, 0), Kind.COMPONENT: 10}, dict.fromkeys(Kind, 1_000))
    cap = Limits(automatic=Limit(1.0), hard=Limit(1.0, components=15))
    before = {**dict.fromkeys(Kind, 0), Kind.COMPONENT: 6}
    assert measure(ten, cap, Past({}, None)).room is Room.INSIDE
    assert measure(ten, cap, Past(before, None)).room is Room.REFUSED
