"""Holds by command: what they bind, when they end, and that none is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.core.worlds import NOW, ago, component, experiment, seen, through_json, trial

from sagewarden.core.entities import Kind
from sagewarden.core.holds import Hold, Holds, HoldState, Release
from sagewarden.errors import IntegrityError, UsageError

LATER = NOW + timedelta(days=1)
RELEASE = Release("arn:eva", NOW, "the audit is over")


def hold(name: str = "Exp-1", /, **changes: Any) -> Hold:
    """A hold on an experiment that never expires."""
    plain: dict[str, Any] = {
        "kind": Kind.EXPERIMENT,
        "name": name,
        "owner": "ada",
        "reason": "audit",
        "by": "arn:ada",
        "added": ago(10),
    }
    return Hold(**plain | changes)


def holds(*names: str) -> Holds:
    return Holds(tuple(hold(name) for name in names))


def test_a_hold_without_an_end_never_expires() -> None:
    assert hold().state(NOW + timedelta(days=36_500)) is HoldState.IN_FORCE


def test_a_hold_ends_at_its_very_moment() -> None:
    ending = hold(until=NOW)
    before = NOW - timedelta(milliseconds=1)
    assert (ending.state(before), ending.state(NOW)) == (HoldState.IN_FORCE, HoldState.EXPIRED)


def test_a_release_ends_a_hold_at_any_time() -> None:
    assert hold(until=LATER, release=RELEASE).state(NOW) is HoldState.RELEASED


@pytest.mark.parametrize(
    ("ending", "ended"),
    [
        (hold(), None),
        (hold(until=LATER), None),
        (hold(until=ago(1)), ago(1)),
        (hold(release=RELEASE), NOW),
        (hold(until=ago(1), release=RELEASE), ago(1)),
        (hold(until=LATER, release=RELEASE), NOW),
    ],
    ids=["endless", "in force", "expired", "released", "released later", "released before"],
)
def test_a_hold_ended_when_it_first_ceased_to_hold(ending: Hold, ended: datetime | None) -> None:
    assert ending.ended(NOW) == ended


def test_a_hold_says_whose_it_is_why_and_until_when() -> None:
    assert (hold().told, hold(until=LATER).told) == (
        "held by ada: audit (until it is released)",
        "held by ada: audit (until 2026-03-02 12:00 UTC)",
    )


@pytest.mark.parametrize("what", ["name", "owner", "reason"])
@pytest.mark.parametrize("text", ["", "  ", "x" * 1_001])
def test_a_hold_says_who_and_why(what: str, text: str) -> None:
    with pytest.raises(UsageError, match=f"the {what} of a hold is empty or longer"):
        hold(**{what: text})


def test_a_thousand_characters_are_a_reason() -> None:
    assert hold(reason="x" * 1_000).reason == "x" * 1_000


def test_all_that_was_ever_on_a_name_is_found() -> None:
    known = Holds((hold("a", release=RELEASE), hold("b"), hold("A")))
    assert known.ever_on(Kind.EXPERIMENT, "a") == (known.all[0], known.all[2])


def test_what_is_added_comes_last() -> None:
    assert holds("a").added(hold("b")) == holds("a", "b")


def test_a_release_says_why() -> None:
    with pytest.raises(UsageError, match="the reason of a hold is empty"):
        Release("arn:eva", NOW, " ")


def test_a_hold_that_would_be_over_at_once_is_refused() -> None:
    with pytest.raises(UsageError, match="would be over already"):
        hold(until=ago(10))


def test_a_hold_binds_a_name_of_a_kind_in_any_case() -> None:
    known = holds("Exp-1")
    assert known.on(Kind.EXPERIMENT, "exp-1", NOW) == known.all
    assert known.on(Kind.TRIAL, "exp-1", NOW) == known.on(Kind.EXPERIMENT, "exp-2", NOW) == ()


def test_what_is_created_anew_under_a_held_name_is_held() -> None:
    known = holds("e")
    for born in (ago(100), ago(1)):
        world = seen(experiment("E", created=born))
        (who,) = known.reasons(world, NOW)
        assert who == world.experiments["e"].identity


def test_reasons_name_only_what_is_held_now() -> None:
    world = seen(experiment("e"), experiment("f"), trial("e", "e"), component("e", "e"))
    ended = (hold("f", until=ago(1)), hold("f", release=RELEASE), hold("gone"))
    known = Holds((*holds("E").all, *ended))
    assert known.reasons(world, NOW) == {
        world.experiments["e"].identity: ("held by ada: audit (until it is released)",)
    }


def test_two_holds_on_a_name_hold_until_both_end() -> None:
    world = seen(experiment("e"))
    one, other = hold("e", until=ago(1)), hold("e", owner="legal", until=LATER)
    (told,) = Holds((one, other)).reasons(world, NOW).values()
    assert told == (other.told,)
    assert Holds((one, other)).reasons(world, LATER) == {}


def test_who_is_freed_and_since_when_is_told() -> None:
    """By the last hold that ended, whatever holds still; what is not there is not told of."""
    world = seen(experiment("e"), experiment("f"), experiment("g"), trial("e", "e"))
    known = Holds(
        (
            hold("E", until=ago(3)),
            hold("e", until=ago(1)),
            hold("e", until=ago(2)),
            hold("e"),
            hold("f"),
            hold("gone", until=ago(1)),
        )
    )
    assert known.freed(world, NOW) == {world.experiments["e"].identity: ago(1)}


def test_a_released_hold_stays_on_record() -> None:
    known = holds("a", "b")
    after = known.released(known.all[:1], RELEASE)
    assert [each.release for each in after.all] == [RELEASE, None]
    assert [each.name for each in after.all] == ["a", "b"]


def test_holds_come_back_as_they_were_stored() -> None:
    known = Holds((hold("ä", until=LATER), hold(kind=Kind.COMPONENT, release=RELEASE)))
    assert Holds.read(through_json(known.spelled())) == known


BROKEN = {
    "format": {"format": 2},
    "no list": {"holds": {}},
    "nothing": {"holds": None},
    "a text": {"holds": ["exp-1"]},
}


@pytest.mark.parametrize("wrong", BROKEN.values(), ids=BROKEN)
def test_holds_that_cannot_be_read_are_never_none(wrong: dict[str, Any]) -> None:
    stored = through_json(holds("e").spelled()) | wrong
    with pytest.raises(IntegrityError, match="cannot be read"):
        Holds.read(stored)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "pipeline"},
        {"name": ""},
        {"name": 7},
        {"until": "soon"},
        {"until": "2026-03-01"},
        {"added": None},
        {"untill": "2026-03-01T12:00:00Z"},
        {"release": {"by": "eva"}},
        {"release": "eva"},
    ],
    ids=str,
)
def test_one_broken_hold_breaks_all(wrong: dict[str, Any]) -> None:
    """A hold that nobody can read may be on anything."""
    stored = through_json(holds("e", "f").spelled())
    stored["holds"][0] |= wrong
    with pytest.raises(IntegrityError, match="cannot be read"):
        Holds.read(stored)


def test_a_hold_that_lacks_a_field_breaks_all() -> None:
    for field in hold().spelled():
        stored = through_json(holds("e").spelled())
        del stored["holds"][0][field]
        with pytest.raises(IntegrityError, match="cannot be read"):
            Holds.read(stored)
