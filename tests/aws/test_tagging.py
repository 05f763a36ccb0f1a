"""Tags: written once, guarded last, and never taken for written without an answer."""

from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.tagging import SageMakerTagging
from sagewarden.core.entities import Kind
from sagewarden.core.tags import DurableTags, TagEffect, TagStep, TagWrite
from sagewarden.errors import (
    Absent,
    EffectRefused,
    EffectThrottled,
    EffectUnclear,
    LeaseHeld,
    SageWardenError,
)

if TYPE_CHECKING:
    from tests.aws.conftest import World

OPERATIONS = {"AddTags": "prod", "DeleteTags": None}


def write(world: "World", *changes: tuple[str, str | None]) -> TagWrite:
    """Tags of experiment `Exp`, looked at a moment ago."""
    seen = world.looks.describe(Kind.EXPERIMENT, "Exp").entity
    tags = seen.tags or {}
    steps = tuple(
        TagStep(seen.identity, seen.name, key, tags.get(key), after) for key, after in changes
    )
    return TagWrite(steps, seen, DurableTags("journal/1", "0" * 64, frozenset(steps)))


def tags(world: "World") -> dict[str, str]:
    return dict(world.looks.describe(Kind.EXPERIMENT, "Exp").entity.tags or {})


def test_tags_are_added_and_replaced(tree: "World") -> None:
    """What is not named stays."""
    tree.tagging().write(write(tree, ("env", "prod"), ("tier", "1")))
    tree.tagging().write(write(tree, ("env", "dev")))
    assert tags(tree) == {"team": "vision", "env": "dev", "tier": "1"}


def test_tags_are_taken_off(tree: "World") -> None:
    tree.tagging().write(write(tree, ("team", None)))
    assert tags(tree) == {}


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("throttle", EffectThrottled),
        ("deny", EffectRefused),
        ("not_found", Absent),
        ("error_500", EffectUnclear),
        ("error_500_after", EffectUnclear),
        ("drop_before", EffectUnclear),
        ("drop_after", EffectUnclear),
    ],
)
def test_whatever_goes_wrong_it_is_sent_once(
    tree: "World", operation: str, action: str, kind: type[SageWardenError]
) -> None:
    step = write(tree, ("team", OPERATIONS[operation]))
    tree.fault(action, operation)
    with pytest.raises(kind) as caught:
        tree.tagging().write(step)
    assert type(caught.value) is kind
    assert tree.sent(operation) == [operation]


def test_an_answer_that_was_cut_off_is_unclear(tree: "World") -> None:
    """AddTags answers what it added; DeleteTags has no answer that could be cut."""
    step = write(tree, ("team", "prod"))
    tree.fault("truncate", "AddTags")
    with pytest.raises(EffectUnclear):
        tree.tagging().write(step)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_the_guard_raises_keeps_the_write_from_leaving(tree: "World", operation: str) -> None:
    error = LeaseHeld("lost")

    def guard() -> None:
        raise error

    step = write(tree, ("team", OPERATIONS[operation]))
    with pytest.raises(LeaseHeld) as caught:
        tree.tagging(guard).write(step)
    assert caught.value is error
    assert tree.sent(operation) == []


def test_waiting_for_a_turn_sends_nothing(tree: "World") -> None:
    tagging = tree.tagging()
    tagging.turn(TagEffect.ADD)
    tagging.turn(TagEffect.REMOVE)
    assert tree.sent() == []


@pytest.mark.parametrize(
    ("effect", "operation"), [(TagEffect.ADD, "AddTags"), (TagEffect.REMOVE, "DeleteTags")]
)
def test_a_turn_is_one_of_its_own_operation(
    tree: "World", effect: TagEffect, operation: str
) -> None:
    """On a clock that stands still, the next such call would have to wait, and no other."""
    limiters = Limiters(lambda: 0.0, tree.stop, tree.pace)
    SageMakerTagging(tree.session, limiters, tree.counter, lambda: None).turn(effect)
    waiting = {name for name, each in limiters._limiters.items() if each._next_slot > 0}
    assert waiting == {operation}
