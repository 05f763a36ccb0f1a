"""What keeps an entity whatever the policies say, and where its keeping reaches."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.core.worlds import (
    NOW,
    RULES,
    after_grace,
    against,
    ago,
    component,
    deleted,
    experiment,
    judged,
    planned,
    policies,
    policy,
    seen,
    trial,
    verdicts,
)

from sagewarden.core.entities import Entity, Kind
from sagewarden.core.forest import Forest
from sagewarden.core.inventory import Gap, Inventory
from sagewarden.core.policy import Action
from sagewarden.core.protection import Protections, Reasons, protect
from sagewarden.core.rebirth import RESTORED_TAG

HELD = {"sagewarden:hold": ""}


def account(**changes: dict[str, Any]) -> dict[str, Entity]:
    """Two experiments, one component shared by trials of both, one of its own in each."""
    plain = {
        "e": experiment("e"),
        "f": experiment("f"),
        "t": trial("t", "e"),
        "u": trial("u", "f"),
        "mine": component("mine", "t"),
        "shared": component("shared", "t", "u"),
        "yours": component("yours", "u"),
    }
    return {name: replace(each, **changes.get(name, {})) for name, each in plain.items()}


EVERYTHING = policies(*(policy(kind, name=f"all-{kind}") for kind in Kind), protect=["legal-hold"])


def kept(world: Inventory, holds: Reasons | None = None) -> set[str]:
    """What stays when policies take everything of every kind."""
    return {each.key for each in world.everything()} - deleted(
        planned(world, EVERYTHING, holds=holds)
    )


def stays(**changes: dict[str, Any]) -> set[str]:
    return kept(seen(*account(**changes).values()))


def test_without_a_reason_nothing_stays() -> None:
    assert stays() == set()


@pytest.mark.parametrize("tags", [HELD, {"sagewarden:hold": "until we know"}, {"legal-hold": "x"}])
@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("e", {"e", "t", "mine", "shared", "u", "f"}),
        ("t", {"e", "t", "mine", "shared", "u", "f"}),
        ("mine", {"e", "t", "mine"}),
        ("shared", {"e", "t", "shared", "u", "f"}),
    ],
)
def test_a_hold_reaches_above_and_below(tags: dict[str, str], where: str, kept: set[str]) -> None:
    """A tree that shares a part with what is held stays as well."""
    assert stays(**{where: {"tags": tags}}) == kept


def test_a_hold_from_the_vault_reaches_as_far_as_a_tag() -> None:
    world = seen(*account().values())
    holds = {world.trials["t"].identity: ("held by ada: audit",)}
    assert kept(world, holds) == {"e", "t", "mine", "shared", "u", "f"}


def test_a_hold_of_an_earlier_entity_of_that_name_holds_nothing() -> None:
    world = seen(*account().values())
    earlier = replace(world.trials["t"], created=ago(900)).identity
    assert kept(world, {earlier: ("held",)}) == set()


@pytest.mark.parametrize("tags", [{"Legal-Hold": "x"}, {"hold": ""}, {"sagewarden:hold-off": ""}])
def test_a_similar_tag_holds_nothing(tags: dict[str, str]) -> None:
    assert stays(e={"tags": tags}) == set()


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_a_running_component_keeps_what_is_above_it(status: str) -> None:
    assert stays(mine={"status": status}) == {"e", "t", "mine"}


@pytest.mark.parametrize("status", [None, "Completed", "Failed", "Stopped"])
def test_a_component_that_does_not_run_keeps_nothing(status: str | None) -> None:
    assert stays(mine={"status": status}) == set()


def test_a_component_in_doubt_keeps_what_is_above_it() -> None:
    assert stays(mine={"doubt": "Search and List differ"}) == {"e", "t", "mine"}


def test_an_experiment_in_doubt_keeps_what_is_below_it() -> None:
    """Its tags may be those of another, so a hold may be on it."""
    assert stays(e={"doubt": "it could not be read"}) == {"e", "t", "mine", "shared", "u", "f"}


@pytest.mark.parametrize(
    ("where", "kept"),
    [("e", {"e", "t", "mine", "shared", "u", "f"}), ("mine", {"e", "t", "mine"})],
)
def test_unknown_tags_may_be_a_hold(where: str, kept: set[str]) -> None:
    assert stays(**{where: {"tags": None}}) == kept


def test_unknown_tags_may_be_a_hold_where_no_file_protects_anything() -> None:
    unread = seen(component("c", tags=None))
    assert deleted(planned(unread, policies(policy(Kind.COMPONENT)))) == set()


@pytest.mark.parametrize("times", [{"modified": ago(-1)}, {"created": ago(-1)}, {"modified": None}])
def test_a_time_that_cannot_be_keeps_what_is_above_it(times: dict[str, Any]) -> None:
    assert stays(mine=times) == {"e", "t", "mine"}


@pytest.mark.parametrize(
    "changes", [{"modified": None}, {"created": ago(-1)}, {"tags": None}, {"doubt": "hidden"}]
)
def test_what_was_not_seen_whole_loses_no_mark_for_it(changes: dict[str, Any]) -> None:
    mine = component("mine", **changes)
    found = protect(Forest(seen(mine), {}), Protections(EVERYTHING), {}, NOW)
    assert set(found.unread) == set(found.unsure) == {mine.identity}


def test_a_minute_ahead_is_no_future() -> None:
    assert stays(mine={"modified": ago(-1 / 24 / 60)}) == set()


def test_more_than_a_minute_ahead_is_one() -> None:
    assert stays(mine={"modified": ago(-1.02 / 24 / 60)}) == {"e", "t", "mine"}


def test_a_component_of_unknown_trials_may_hang_below_any_tree() -> None:
    assert stays(mine={"parents": None}) == {"e", "f", "t", "u", "mine"}


def test_a_trial_of_an_unknown_experiment_may_hang_below_any() -> None:
    """Its components may be under a hold of that experiment."""
    assert stays(t={"experiment": None}) == {"e", "f", "t", "u", "mine", "shared"}


def test_names_above_are_found_in_any_case() -> None:
    world = seen(experiment("Exp"), trial("Tri", "EXP"), component("c", "TRI"))
    assert kept(world) == set()


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (Kind.EXPERIMENT, set()),
        (Kind.TRIAL, {"e", "f"}),
        (Kind.COMPONENT, {"e", "f", "t", "u"}),
    ],
)
def test_what_was_never_seen_may_hang_below_any_tree(kind: Kind, kept: set[str]) -> None:
    world = seen(*account().values(), gaps=[Gap(kind, "Never-Seen", "it could not be read")])
    stay = {each.key for each in world.everything()} - deleted(planned(world, EVERYTHING))
    assert stay == kept


def test_below_a_trial_that_was_not_seen_nothing_goes() -> None:
    """A hold may be on it."""
    some = account()
    del some["t"]
    assert kept(seen(*some.values())) == {"mine", "shared", "u", "f"}


def test_below_an_experiment_that_was_not_seen_nothing_goes() -> None:
    some = account()
    del some["e"]
    assert kept(seen(*some.values())) == {"t", "mine", "shared", "u", "f"}


def test_a_gap_that_names_an_entity_keeps_it_and_what_is_above_it() -> None:
    world = seen(*account().values(), gaps=[Gap(Kind.COMPONENT, "Mine", "denied")])
    assert kept(world) == {"e", "t", "mine"}


@pytest.mark.parametrize("kind", Kind)
def test_nothing_goes_when_a_kind_was_not_seen_whole(kind: Kind) -> None:
    world = seen(*account().values(), gaps=[Gap(kind, None, "Search ended early")])
    assert kept(world) == {each.key for each in world.everything()}


def test_reasons_name_the_part_they_are_about() -> None:
    world = seen(*account(mine={"status": "InProgress", "doubt": "unsure"}).values())
    told = against(after_grace(world, policies(policy(Kind.EXPERIMENT))))
    assert told["e"] == (
        "trial-component mine: unsure",
        "trial-component mine: is InProgress",
    )


def test_a_reason_of_the_entity_itself_needs_no_name() -> None:
    world = seen(*account(e={"tags": HELD}).values())
    told = against(after_grace(world, policies(policy(Kind.EXPERIMENT))))
    assert told["e"] == ("held by its tag sagewarden:hold",)


def test_of_two_that_may_hang_below_one_is_named() -> None:
    world = seen(*account(mine={"parents": None}, yours={"parents": None}).values())
    told = against(after_grace(world, policies(policy(Kind.TRIAL))))
    assert told["t"] == (
        "trial-component mine (and 1 more) may hang below: its place could not be read",
    )


def test_of_many_that_may_hang_below_one_is_named() -> None:
    world = seen(
        *account(mine={"parents": None}, yours={"parents": None}).values(),
        gaps=[Gap(Kind.COMPONENT, "Gone", "denied")],
    )
    told = against(after_grace(world, policies(policy(Kind.TRIAL))))
    assert told["t"] == (
        "trial-component gone (and 2 more) may hang below: its place could not be read",
    )


def test_a_protection_says_what_it_found_and_where_it_stands() -> None:
    world = seen(*account(e={"tags": {"legal-hold": "x"}}).values())
    told = against(after_grace(world, policies(policy(Kind.EXPERIMENT), protect=["legal-hold"])))
    assert told["e"] == ("protected: tag legal-hold is x (policies/stale.yaml:3:5)",)


def test_a_protection_that_cannot_be_known_holds() -> None:
    protections = Protections(policies(policy(), protect=["legal-hold"]))
    held = protections.held_alone(experiment("e", tags=None), NOW)
    assert held == ("protected: tag legal-hold unknown, wanted present (policies/stale.yaml:3:5)",)


def test_what_is_only_reported_needs_no_protection() -> None:
    world = seen(*account(e={"tags": HELD}).values())
    rules = policies(policy(action=Action.REPORT))
    assert verdicts(judged(world, rules)) == {"e": "report", "f": "report"}


RESTED = replace(RULES, restored_rest=timedelta(days=30))


def resting(days: int, **tags: str) -> dict[str, tuple[str, ...]]:
    """Why nothing of an account goes, one component of which was created so many days ago."""
    born = {"created": ago(days), "modified": ago(days), "tags": tags or {RESTORED_TAG: "0badcafe"}}
    world = seen(*account(mine=born).values())
    return against(judged(world, EVERYTHING, patience=RESTED))


def test_what_was_restored_rests_with_what_is_above_it() -> None:
    """For as long as the settings say, and no longer; what hangs beside it does not rest."""
    told = "was restored on 2026-02-01, rests until 2026-03-03 12:00 UTC"
    kept = resting(28)
    above = f"trial-component mine: {told}"
    assert (kept["mine"], kept["t"], kept["e"]) == ((told,), (above,), (above,))
    assert "restored" not in str([kept["shared"], kept["u"], kept["yours"]])


@pytest.mark.parametrize(("days", "tags"), [(30, {}), (28, {"env": "dev"})])
def test_nothing_else_rests(days: int, tags: dict[str, str]) -> None:
    """Neither after its rest, nor what nobody restored."""
    assert "restored" not in str(resting(days, **tags))


def test_unless_a_rest_is_set_what_came_back_just_now_is_not_kept() -> None:
    mine = component("mine", created=ago(0.5), tags={RESTORED_TAG: "x"})
    assert protect(Forest(seen(mine), {}), Protections(EVERYTHING), {}, NOW).own == {}
