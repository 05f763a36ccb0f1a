"""Keep rules: which of a group is newest, and what a group is."""

from dataclasses import replace

from tests.core.worlds import (
    after_grace,
    against,
    ago,
    component,
    days,
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
from sagewarden.core.policy import Action, GroupKey, Idle, Keep, Tagged

BY_TRIAL = (GroupKey("trial"),)
BY_EXPERIMENT = (GroupKey("experiment"),)
BY_PREFIX = (GroupKey("name-prefix"),)
BY_TEAM = (GroupKey("tag", "team"),)
TREE = (experiment("e"), trial("t", "e"), trial("u", "e"))


def stays(keep: Keep, *entities: Entity, kind: Kind = Kind.COMPONENT) -> set[str]:
    """What a policy that takes everything keeps of a kind."""
    world = seen(*entities)
    rules = policies(policy(kind, keep=keep))
    return {each.key for each in world.of(kind).values()} - deleted(planned(world, rules))


def test_the_newest_by_activity_stay() -> None:
    some = [component(f"c{age}", modified=ago(age)) for age in (9, 3, 7, 5)]
    assert stays(Keep(2), *some) == {"c3", "c5"}


def test_of_the_equally_active_the_later_created_stays() -> None:
    some = [component("old"), component("new", created=ago(100 - 0.0001))]
    level = [replace(each, modified=ago(9)) for each in some]
    assert stays(Keep(1), *level) == {"new"}


def test_of_equals_the_last_by_name_stays() -> None:
    assert stays(Keep(1), component("a"), component("b")) == {"b"}


def test_without_groups_there_is_one_group() -> None:
    assert stays(Keep(1), *TREE, component("a", "t"), component("b", "u")) == {"b"}


def test_each_trial_keeps_its_newest() -> None:
    some = [component("a", "t"), component("b", "t"), component("c", "u"), component("d")]
    assert stays(Keep(1, BY_TRIAL), *TREE, *some) == {"b", "c", "d"}


def test_a_shared_component_stays_when_one_of_its_trials_keeps_it() -> None:
    some = [component("a", "t", "u"), component("b", "t")]
    assert stays(Keep(1, BY_TRIAL), *TREE, *some) == {"a", "b"}


def test_each_experiment_keeps_its_newest_trial() -> None:
    some = (*TREE, experiment("f"), trial("v", "F"))
    assert stays(Keep(1, BY_EXPERIMENT), *some, kind=Kind.TRIAL) == {"u", "v"}


def test_components_are_grouped_by_the_experiments_of_their_trials() -> None:
    some = [component("a", "t"), component("b", "u"), component("c")]
    assert stays(Keep(1, BY_EXPERIMENT), *TREE, *some) == {"b", "c"}


def test_a_name_prefix_ends_at_the_last_hyphen() -> None:
    some = [component(name) for name in ("x-y-1", "x-y-2", "x-1", "plain")]
    assert stays(Keep(1, BY_PREFIX), *some) == {"x-y-2", "x-1", "plain"}


def test_components_without_the_tag_are_a_group() -> None:
    some = [component("a"), component("b"), component("c", tags={"team": "x"})]
    assert stays(Keep(1, BY_TEAM), *some) == {"b", "c"}


def test_several_keys_make_groups_of_all_of_them() -> None:
    some = [
        component("a", "t", tags={"team": "x"}),
        component("b", "t", tags={"team": "y"}),
        component("c", "t", tags={"team": "y"}),
    ]
    assert stays(Keep(1, BY_TRIAL + BY_TEAM), *TREE, *some) == {"a", "c"}


def test_what_is_not_idle_yet_still_counts() -> None:
    some = [component("old"), component("busy", modified=ago(1))]
    rules = policies(policy(Kind.COMPONENT, Idle(days(30)), keep=Keep(1)))
    assert deleted(planned(seen(*some), rules)) == {"old"}


def test_what_is_held_still_counts() -> None:
    some = seen(component("a"), component("b"))
    held = {some.components["b"].identity: ("a hold",)}
    rules = policies(policy(Kind.COMPONENT, keep=Keep(1)))
    assert deleted(planned(some, rules, holds=held)) == {"a"}


def test_what_was_not_seen_whole_takes_nobodys_place() -> None:
    """Its tags might put it into another group, or out of the match."""
    some = [component("a"), component("b", tags=None, modified=ago(1))]
    assert stays(Keep(1), *some) == {"a", "b"}


def test_what_may_not_match_takes_nobodys_place() -> None:
    some = seen(component("a"), component("b", tags=None, modified=ago(1)))
    rules = policies(policy(Kind.COMPONENT, Tagged("env", "absent"), keep=Keep(1)))
    assert deleted(planned(some, rules)) == set()


def test_a_time_in_the_future_takes_nobodys_place() -> None:
    some = [component("a"), component("b", modified=ago(-3))]
    assert stays(Keep(1), *some) == {"a", "b"}


def test_the_reason_tells_rank_and_group() -> None:
    rules = policies(policy(Kind.COMPONENT, keep=Keep(2, BY_TRIAL + BY_TEAM)))
    found = against(after_grace(seen(*TREE, component("a", "t")), rules))
    assert found == {"a": ("keep.last: newest 1 of 2 of trial t, tag:team (none)",)}


def test_without_groups_the_reason_tells_the_rank() -> None:
    found = against(
        after_grace(seen(component("a")), policies(policy(Kind.COMPONENT, keep=Keep(2))))
    )
    assert found == {"a": ("keep.last: newest 1 of 2",)}


def test_a_keep_rule_holds_for_reports_too() -> None:
    rule = policy(Kind.COMPONENT, action=Action.REPORT, keep=Keep(1))
    found = verdicts(judged(seen(component("a"), component("b")), policies(rule)))
    assert found == {"a": "report", "b": "keep"}
