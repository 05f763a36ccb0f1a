"""Search against List: what is believed, what is doubted, what is read again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sagewarden.core.entities import Entity, Kind
from sagewarden.core.reconcile import Births, Listing, confirms, own_reads_allowed, reconcile

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAG = timedelta(seconds=120)
OLD = BEGAN - timedelta(days=30)


def entity(created: datetime = OLD, status: str | None = None) -> Entity:
    return Entity(
        kind=Kind.COMPONENT,
        name="C",
        arn="arn:c",
        created=created,
        modified=created,
        content="",
        tags={},
        status=status,
    )


def births(*entities: Entity) -> Births:
    return entities


def listing(created: datetime = OLD, **more: str | datetime) -> Listing:
    return Listing(**{"name": "C", "arn": "arn:c", "created": created, **more})  # type: ignore[arg-type]


def settled(found: Births, listed: Listing | None) -> Entity:
    names = {} if listed is None else {listed.key: listed}
    return reconcile({"c": found}, names, BEGAN, LAG).entities["c"]


def test_what_both_show_alike_is_not_doubted() -> None:
    assert settled(births(entity()), listing()) == entity()


def test_what_search_alone_shows_is_doubted() -> None:
    """It was deleted, or List lags: either way it is kept."""
    assert settled(births(entity()), None).doubt == "Search shows it, List does not"


def test_what_was_made_meanwhile_need_not_be_listed() -> None:
    assert settled(births(entity(BEGAN + timedelta(seconds=1))), None).doubt is None


def test_another_creation_time_is_doubted() -> None:
    """Someone deleted it and used its name again."""
    seen = settled(births(entity()), listing(OLD + timedelta(days=1)))
    assert seen.doubt == "Search and List differ on its CreationTime"


def test_of_two_that_search_shows_list_decides() -> None:
    """The index still has the dead one."""
    reborn = OLD + timedelta(days=1)
    seen = settled(births(entity(), entity(reborn)), listing(reborn))
    assert (seen.created, seen.doubt) == (reborn, None)


def test_of_two_that_list_does_not_show_neither_is_believed() -> None:
    later = OLD + timedelta(days=1)
    seen = settled(births(entity(later), entity()), None)
    assert (seen.created, seen.doubt) == (
        later,
        "Search shows two of this name, List shows none; Search shows it, List does not",
    )


def test_another_status_is_doubted() -> None:
    """A run that was entered again shows in one of the two first."""
    seen = settled(births(entity(status="Completed")), listing(status="InProgress"))
    assert seen.doubt == "its status is Completed by Search, InProgress by List"


def test_the_later_sign_of_life_counts() -> None:
    late = OLD + timedelta(days=3)
    assert settled(births(entity()), listing(modified=late)).modified == late


def test_what_list_alone_shows_is_read_by_itself() -> None:
    assert reconcile({}, {"c": listing()}, BEGAN, LAG).unseen == (listing(),)


def test_what_is_younger_than_the_lag_is_not() -> None:
    young = listing(BEGAN - timedelta(seconds=119))
    assert reconcile({}, {"c": young}, BEGAN, LAG).unseen == ()


@pytest.mark.parametrize(("count", "allowed"), [(0, 10), (199, 10), (220, 11), (100_000, 5_000)])
def test_own_reads_are_ten_or_a_twentieth(count: int, allowed: int) -> None:
    assert own_reads_allowed(count) == allowed


@pytest.mark.parametrize(
    ("line", "same"),
    [
        (listing(), True),
        (listing(modified=OLD), True),
        (listing(modified=OLD + timedelta(days=3)), False),
        (listing(OLD + timedelta(days=1)), False),
        (listing(status="InProgress"), False),
    ],
)
def test_a_line_confirms_a_record_that_it_would_not_change(line: Listing, *, same: bool) -> None:
    assert confirms(line, entity()) is same
    assert (settled(births(entity()), line) == entity()) is same


def test_what_a_line_confirmed_is_taken_as_it_is() -> None:
    settled_all = reconcile({"c": births(entity())}, {"c": None}, BEGAN, LAG)
    assert (settled_all.entities["c"], settled_all.unseen) == (entity(), ())


def test_what_was_made_as_it_began_need_not_be_listed() -> None:
    assert settled(births(entity(BEGAN)), None).doubt is None
    assert settled(births(entity(BEGAN - timedelta(milliseconds=1))), None).doubt is not None


def test_what_is_as_old_as_the_lag_may_not_be_in_search_yet() -> None:
    edge, older = listing(BEGAN - LAG), listing(BEGAN - LAG - timedelta(milliseconds=1))
    assert reconcile({}, {"c": edge}, BEGAN, LAG).unseen == ()
    assert reconcile({}, {"c": older}, BEGAN, LAG).unseen == (older,)


def test_what_both_show_is_not_read_by_itself() -> None:
    assert reconcile({"c": births(entity())}, {"c": listing()}, BEGAN, LAG).unseen == ()


def test_only_components_have_a_status_to_differ_on() -> None:
    seen = replace(entity(), kind=Kind.EXPERIMENT)
    assert settled(births(seen), listing(status="Completed")).doubt is None


def test_a_sign_of_life_that_search_lacks_is_taken_from_the_list() -> None:
    late = OLD + timedelta(days=3)
    unknown = replace(entity(), modified=None)
    assert settled(births(unknown), listing(modified=late)).modified == late
    assert settled(births(unknown), listing()).modified is None


def test_an_earlier_sign_of_life_does_not_count() -> None:
    early = OLD - timedelta(days=3)
    assert settled(births(entity()), listing(modified=early)).modified == OLD


def test_a_listing_says_of_an_entity_what_list_would() -> None:
    seen = entity(status="Failed")
    assert Listing.of(seen) == listing(modified=OLD, status="Failed")
    assert Listing.of(seen).key == "c"
