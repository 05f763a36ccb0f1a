"""Trees, and when anything in them last moved."""

from datetime import timedelta

import pytest
from tests.core.worlds import ago, component, experiment, seen, trial

from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Entity, Kind
from sagewarden.core.forest import Forest, OwnWrite, last_activity
from sagewarden.core.inventory import Gap

SOME = (
    experiment("E"),
    trial("T", "e"),
    trial("u", "E"),
    trial("v", "other"),
    component("shared", "t", "u", "v"),
    component("lone"),
)
WORLD = seen(*SOME)
FOREST = Forest(WORLD, {})


def names(entities: object) -> list[str]:
    return [each.name for each in entities]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("root", "parts"),
    [
        (SOME[0], ["E", "T", "u", "shared"]),
        (SOME[1], ["T", "shared"]),
        (SOME[4], ["shared"]),
        (SOME[5], ["lone"]),
    ],
    ids=str,
)
def test_a_tree_has_each_part_once(root: Entity, parts: list[str]) -> None:
    assert names(FOREST.tree(root).parts) == parts


def test_a_tree_is_in_the_order_of_names_whatever_order_pages_came_in() -> None:
    some = (experiment("e"), trial("u", "e"), trial("t", "e"), component("d", "t"))
    forest = Forest(seen(*some, component("c", "t")), {})
    assert names(forest.tree(some[0]).parts) == ["e", "t", "u", "c", "d"]


@pytest.mark.parametrize("lost", [component("c", parents=None), trial("w", None)], ids=str)
def test_what_may_hang_anywhere_may_hang_in_every_experiment(lost: Entity) -> None:
    forest = Forest(seen(*SOME, lost), {})
    assert forest.subject(SOME[0]).hides
    assert not FOREST.subject(SOME[0]).hides


def test_nothing_hides_in_a_component() -> None:
    assert not Forest(seen(component("c", parents=None)), {}).subject(SOME[4]).hides


@pytest.mark.parametrize(
    ("entity", "above"),
    [
        (SOME[0], []),
        (SOME[1], ["E"]),
        (SOME[2], ["E"]),
        (SOME[3], []),
        (SOME[4], ["T", "u", "v", "E"]),
        (SOME[5], []),
        (trial("w", None), []),
        (component("d", "never-seen"), []),
    ],
    ids=str,
)
def test_what_is_above(entity: Entity, above: list[str]) -> None:
    assert names(FOREST.above(entity)) == above


def test_an_inventory_gives_everything_once() -> None:
    assert names(WORLD.everything()) == names(SOME)


def test_an_inventory_counts_each_kind() -> None:
    assert WORLD.counts == {Kind.EXPERIMENT: 1, Kind.TRIAL: 3, Kind.COMPONENT: 2}


@pytest.mark.parametrize(("name", "complete"), [(None, False), ("shared", True)])
def test_only_a_missing_kind_makes_an_inventory_incomplete(
    name: str | None,
    complete: bool,  # noqa: FBT001
) -> None:
    assert seen(*SOME, gaps=[Gap(Kind.COMPONENT, name, "why")]).complete is complete


def wrote(sent: float, answered: float, before: float) -> OwnWrite:
    """A write of ours, in days before now."""
    return OwnWrite(*(milliseconds(ago(each)) for each in (sent, answered, before)))


MINUTE = 1 / 24 / 60
LONGER = timedelta(minutes=1, milliseconds=1)


@pytest.mark.parametrize(
    ("modified", "activity"),
    [
        (ago(10), ago(90)),
        (ago(10 + MINUTE), ago(90)),
        (ago(9 - MINUTE), ago(90)),
        (ago(10 + 1.1 * MINUTE), ago(10 + 1.1 * MINUTE)),
        (ago(9 - 1.1 * MINUTE), ago(9 - 1.1 * MINUTE)),
        (ago(10) - LONGER, ago(10) - LONGER),
    ],
)
def test_a_write_of_ours_is_no_sign_of_life(modified: object, activity: object) -> None:
    entity = component("c", modified=modified)
    assert last_activity(entity, {entity.identity: wrote(10, 9, 90)}) == activity


def test_a_write_to_another_entity_explains_nothing() -> None:
    entity = component("c", modified=ago(10))
    assert last_activity(entity, {component("d").identity: wrote(10, 9, 90)}) == ago(10)


def test_nothing_is_older_than_its_creation() -> None:
    entity = component("c", created=ago(50), modified=ago(10))
    assert last_activity(entity, {entity.identity: wrote(10, 9, 90)}) == ago(50)


def test_without_a_time_of_change_the_creation_counts() -> None:
    assert last_activity(component("c", modified=None), {}) == ago(100)


def test_a_subject_knows_its_youngest_and_its_busiest_part() -> None:
    young = component("y", "t", created=ago(20), modified=ago(20))
    busy = component("b", "t", modified=ago(2))
    subject = Forest(seen(SOME[1], young, busy), {}).subject(SOME[1])
    assert (subject.age(ago(0)), subject.idle(ago(0))) == (timedelta(20), timedelta(2))
