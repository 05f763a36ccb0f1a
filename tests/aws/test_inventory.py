"""A whole target: seen with few calls, and nothing missing without a word."""

import math
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.core.entities import Kind, Parent
from sagewarden.core.inventory import Gap, Inventory

if TYPE_CHECKING:
    from tests.aws.conftest import World

SEARCH_TAGS = "Results.TrialComponent.Tags"
SEARCH_PARENTS = "Results.TrialComponent.Parents"


def fill(world: "World", components: int) -> None:
    for number in range(components):
        world.component(f"bulk-{number:05}")


def account(world: "World") -> dict[Kind, set[str]]:
    """What there really is."""
    state = world.box.state
    return {
        Kind.EXPERIMENT: set(state.experiments.rows),
        Kind.TRIAL: set(state.trials.rows),
        Kind.COMPONENT: set(state.components.rows),
    }


def keys(inventory: Inventory) -> dict[Kind, set[str]]:
    return {kind: set(inventory.of(kind)) for kind in Kind}


def test_a_seeded_account_is_seen_whole(world: "World") -> None:
    """Experiments, trials, components, with tags, parents and status; no doubts, no gaps."""
    world.box.seed(components=1_500, seed=3)
    inventory = world.survey()
    assert inventory.gaps == ()
    assert keys(inventory) == account(world)
    assert {entity.doubt for entity in inventory.everything()} == {None}


def test_it_costs_two_calls_for_each_hundred(world: "World") -> None:
    """A page of Search and a page of List, and one call of STS; nothing for each entity."""
    world.box.seed(components=1_500, seed=3)
    world.box.admin.clear_calls()
    inventory = world.survey()
    pages = {kind: math.ceil(count / 100) for kind, count in inventory.counts.items()}
    assert Counter(world.sent()) == {
        "Search": sum(pages.values()),
        "ListExperiments": pages[Kind.EXPERIMENT],
        "ListTrials": pages[Kind.TRIAL],
        "ListTrialComponents": pages[Kind.COMPONENT],
    }
    assert inventory.calls == Counter(world.sent()) | {"GetCallerIdentity": 1}


def test_a_search_that_ends_at_its_depth_is_sliced(world: "World") -> None:
    """With a depth of 250 all 1,500 are seen, for a call or so more a slice."""
    world.box.seed(components=1_500, seed=3)
    world.box.knobs.search_depth = 250
    world.box.admin.clear_calls()
    inventory = world.survey()
    assert (inventory.gaps, keys(inventory)) == ((), account(world))
    pages = sum(math.ceil(count / 100) for count in inventory.counts.values())
    assert len(world.sent()) <= 2 * pages * 1.05 + 10


def test_more_than_the_depth_in_one_second_is_a_gap(tree: "World") -> None:
    """A slice cannot begin in the middle of a second: what lies behind is not silently left out."""
    tree.box.admin.freeze()
    fill(tree, 30)
    tree.age()
    tree.box.knobs.search_depth = 20
    inventory = tree.survey()
    assert [(gap.kind, gap.name) for gap in inventory.gaps] == [(Kind.COMPONENT, None)]


def test_an_entity_is_seen_with_all_that_search_gives(tree: "World") -> None:
    component = tree.survey().components["comp"]
    assert component.tags == {"owner": "ada"}
    assert component.parents == (Parent("Tri", "Exp"),)


def test_an_empty_account_is_empty_and_complete(world: "World") -> None:
    inventory = world.survey()
    assert inventory.complete
    assert sum(inventory.counts.values()) == 0


def test_what_search_hides_is_read_by_itself(tree: "World") -> None:
    """A visibility condition takes nothing away from us without a word."""
    tree.box.knobs.hidden_names = ["Comp", "Tri"]
    inventory = tree.survey()
    assert inventory.gaps == ()
    assert inventory.trials["tri"].experiment == "Exp"
    assert inventory.components["comp"].parents == (Parent("tri", "Exp"),)
    assert inventory.components["comp"].tags == {"owner": "ada"}


def test_too_much_hidden_is_a_gap_of_the_kind(tree: "World") -> None:
    """Nothing is then due on this target, and no flood of single reads is sent."""
    fill(tree, 15)
    tree.age()
    tree.box.knobs.hidden_names = ["bulk-*"]
    tree.box.admin.clear_calls()
    inventory = tree.survey()
    assert [(gap.kind, gap.name) for gap in inventory.gaps] == [(Kind.COMPONENT, None)]
    assert not inventory.complete
    assert tree.sent("DescribeTrialComponent") == []


def test_a_failed_own_read_is_a_gap_of_that_name(tree: "World") -> None:
    """It is known to be there, below its trial, and that it could not be read."""
    tree.box.knobs.hidden_names = ["Comp"]
    tree.fault("deny", "DescribeTrialComponent")
    inventory = tree.survey()
    assert [(gap.kind, gap.name) for gap in inventory.gaps] == [(Kind.COMPONENT, "Comp")]
    assert inventory.complete
    assert inventory.components["comp"].trials == ("tri",)
    assert inventory.components["comp"].doubt is not None


def test_what_is_deleted_before_its_own_read_is_no_gap(tree: "World") -> None:
    tree.box.knobs.hidden_names = ["Lone"]
    tree.fault("not_found", "DescribeTrialComponent")
    inventory = tree.survey()
    assert inventory.gaps == ()
    assert "lone" not in inventory.components


def test_what_search_does_not_show_yet_is_left_out(tree: "World") -> None:
    """It is younger than the lag: nothing about it can be due."""
    tree.box.knobs.search_lag_seconds = 60.0
    tree.box.knobs.list_lag_seconds = 0.0
    tree.component("Young")
    inventory = tree.survey()
    assert inventory.gaps == ()
    assert "young" not in inventory.components


def test_what_search_still_shows_is_doubted(tree: "World") -> None:
    """It was deleted a moment ago: List knows, the index does not."""
    tree.box.knobs.search_lag_seconds = 60.0
    tree.box.knobs.list_lag_seconds = 0.0
    tree.make("DeleteTrialComponent", TrialComponentName="Lone")
    tree.age(30.0)
    inventory = tree.survey()
    assert inventory.components["lone"].doubt == "Search shows it, List does not"


def test_a_name_used_again_is_doubted_until_search_knows(tree: "World") -> None:
    tree.box.knobs.search_lag_seconds = 60.0
    tree.box.knobs.list_lag_seconds = 0.0
    tree.make("DeleteTrialComponent", TrialComponentName="Lone")
    tree.component("Lone")
    doubt = tree.survey().components["lone"].doubt
    assert doubt == "Search and List differ on its CreationTime"


@pytest.mark.parametrize("member", [SEARCH_TAGS, SEARCH_PARENTS])
def test_a_member_that_search_dropped_is_read_again(tree: "World", member: str) -> None:
    """A consistent read shows that a missing list is a hole, not "none"."""
    tree.fault("missing_field", "Search", name=member)
    inventory = tree.survey()
    assert inventory.components["comp"].tags == {"owner": "ada"}
    assert inventory.components["comp"].trials == ("tri",)


def test_a_dropped_member_that_cannot_be_read_again_stays_unknown(tree: "World") -> None:
    tree.fault("missing_field", "Search", name=SEARCH_TAGS)
    tree.fault("error_500", "ListTags")
    inventory = tree.survey()
    assert inventory.components["comp"].tags is None
    assert Gap(Kind.COMPONENT, "Comp", inventory.gaps[0].reason) in inventory.gaps


def test_one_hole_among_spelled_lists_is_no_none(tree: "World") -> None:
    """The first page lost its tags, a later one spells an empty list: the lost ones are unknown."""
    tree.box.knobs.page_cap = 1
    tree.fault("missing_field", "Search", name=SEARCH_TAGS, nth_match=1, times=4)
    tree.component("Last")
    tree.age()
    assert tree.survey().components["comp"].tags == {"owner": "ada"}


def test_a_service_that_omits_empty_lists_is_understood(tree: "World") -> None:
    """Nobody has tags, none are spelled: consistent reads show that this means "none"."""
    tree.make("DeleteTags", ResourceArn=tree.survey().components["comp"].arn, TagKeys=["owner"])
    tree.fault("missing_field", "Search", name=SEARCH_TAGS)
    tree.box.admin.clear_calls()
    inventory = tree.survey()
    assert {entity.tags is None for entity in inventory.components.values()} == {False}
    assert len(tree.sent("ListTags")) == 2


@pytest.mark.parametrize("kind", ["Experiment", "ExperimentTrial", "ExperimentTrialComponent"])
def test_a_stream_that_fails_is_a_gap_of_its_kind(tree: "World", kind: str) -> None:
    tree.fault("throttle", "Search", resource=f"*{kind}")
    inventory = tree.survey()
    assert any(gap.name is None for gap in inventory.gaps)


def test_progress_is_told_for_each_stream(tree: "World") -> None:
    told: list[tuple[str, int, int | None]] = []
    SageMakerSurveys(tree.reads(), tree.looks).take(lambda *one: told.append(one))
    assert ("trial-components", 2, None) in told
    assert ("trial-components listed", 2, None) in told
