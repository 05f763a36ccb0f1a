"""Keep rules: which of a group is newest, and what a group is."""

from dataclasses import replace
from datetime import UTC, datetime, timezone
from math import nan
from typing import Literal

import pytest
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

from sagewarden.core.comparisons import parse_range
from sagewarden.core.entities import Entity, Kind, Quantity
from sagewarden.core.inventory import Gap
from sagewarden.core.keep import rules_of
from sagewarden.core.policy import Action, Best, GroupKey, Idle, Keep, Metric, Tagged

BY_TRIAL = (GroupKey("trial"),)
BY_EXPERIMENT = (GroupKey("experiment"),)
BY_PREFIX = (GroupKey("name-prefix"),)
BY_TEAM = (GroupKey("tag", "team"),)
ACCURACY = Quantity("accuracy")
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


def test_an_experiment_is_the_same_however_a_trial_spells_it() -> None:
    some = [trial("v", "E"), component("a", "t"), component("b", "v")]
    rule = Keep(1, BY_EXPERIMENT)
    assert stays(rule, *TREE, *some, kind=Kind.TRIAL) == {"v"}
    assert stays(rule, *TREE, *some) == {"b"}


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


def test_what_is_active_within_the_span_of_the_newest_stays() -> None:
    some = [component(f"c{age}", modified=ago(age)) for age in (60, 80, 90, 91)]
    assert stays(Keep(within=days(30)), *some) == {"c60", "c80", "c90"}


def test_within_counts_from_the_newest_and_not_from_now() -> None:
    """So a group that nobody touches any more is not emptied as time goes by."""
    assert stays(Keep(within=days(1)), component("a", modified=ago(99))) == {"a"}


def at(*moments: str) -> list[Entity]:
    """Components named after their last activity, created long before."""
    return [
        component(each, created=ago(4000), modified=datetime.fromisoformat(each + "+00:00"))
        for each in moments
    ]


def test_the_newest_of_each_of_the_last_days_that_have_one_stays() -> None:
    some = at("2026-02-20T23:59", "2026-02-20T00:00", "2026-02-18T12:00", "2026-02-10T12:00")
    found = stays(Keep(periods=(("daily", 2),)), *some)
    assert found == {"2026-02-20t23:59", "2026-02-18t12:00"}


def test_days_are_days_of_utc() -> None:
    late = component("late", modified=datetime(2026, 2, 20, 23, tzinfo=timezone(-days(0.2))))
    early = component("early", modified=datetime(2026, 2, 21, 1, tzinfo=UTC))
    assert stays(Keep(periods=(("daily", 9),)), late, early) == {"late"}


def test_the_newest_of_each_of_the_last_weeks_stays() -> None:
    """ISO weeks begin on Monday; 2026-02-16 is one."""
    some = at("2026-02-22T12:00", "2026-02-16T00:00", "2026-02-15T23:59", "2026-02-01T00:00")
    found = stays(Keep(periods=(("weekly", 2),)), *some)
    assert found == {"2026-02-22t12:00", "2026-02-15t23:59"}


def test_a_week_across_new_year_is_one_week() -> None:
    some = at("2026-01-01T12:00", "2025-12-31T12:00")
    assert stays(Keep(periods=(("weekly", 9),)), *some) == {"2026-01-01t12:00"}


def test_the_newest_of_each_of_the_last_months_and_years_stays() -> None:
    some = at("2026-02-22T12:00", "2026-02-01T00:00", "2026-01-31T12:00", "2024-12-31T12:00")
    found = stays(Keep(periods=(("monthly", 2), ("yearly", 2))), *some)
    assert found == {"2026-02-22t12:00", "2026-01-31t12:00", "2024-12-31t12:00"}


def scored(name: str, *values: float) -> Entity:
    return component(name, metrics={ACCURACY: values} if values else {})


def best(count: int, order: Literal["min", "max"] = "max") -> Keep:
    return Keep(best=Best(ACCURACY, order, count))


def test_the_best_by_a_metric_stay() -> None:
    some = [scored("a", 0.1), scored("b", 0.9), scored("c", 0.5), scored("d")]
    assert stays(best(2), *some) == {"b", "c"}


def test_the_smallest_are_the_best_when_less_is_better() -> None:
    some = [scored("a", 0.1), scored("b", 0.9), scored("c", 0.5), scored("d")]
    assert stays(best(1, "min"), *some) == {"a"}


def test_ties_at_the_edge_all_stay() -> None:
    some = [scored("a", 0.9), scored("b", 0.5), scored("c", 0.5), scored("d", 0.4)]
    assert stays(best(2), *some) == {"a", "b", "c"}


def test_what_cannot_be_ranked_stays_and_takes_nobodys_place() -> None:
    """Sources that differ, a value that is no number, metrics that were not read."""
    some = [scored("a", 0.9, 0.8), scored("b", nan), component("c"), scored("d", 0.1), scored("e")]
    assert stays(best(1), *some) == {"a", "b", "c", "d"}


def test_where_nobody_has_the_metric_all_stay() -> None:
    assert stays(best(1), scored("a"), scored("b")) == {"a", "b"}


def test_where_nobody_has_the_metric_all_stay_beside_other_rules() -> None:
    """A slip in the metric's name must not cost the best."""
    assert stays(replace(best(1), last=1), scored("a"), scored("b")) == {"a", "b"}


def test_carriers_of_a_tag_stay() -> None:
    keep = Keep(tags=(Tagged("pinned", "present"), Tagged("env", "values", ("p*",))))
    some = [
        component("a", tags={"pinned": "", "env": "prod"}),
        component("b", tags={"pinned": ""}),
        component("c"),
    ]
    assert stays(keep, *some) == {"a"}


def test_where_nobody_carries_the_tag_all_stay() -> None:
    keep = Keep(tags=(Tagged("pined", "present"),), group_by=BY_TRIAL)
    some = [component("a", "t", tags={"pined": ""}), component("b", "t"), component("c", "u")]
    assert stays(keep, *TREE, *some) == {"a", "c"}


def test_what_one_of_several_rules_keeps_stays() -> None:
    some = [scored("a", 0.9), scored("b", 0.1), replace(scored("c", 0.2), modified=ago(9))]
    assert stays(replace(best(1), last=1), *some) == {"a", "c"}


def test_reasons_are_in_the_order_of_groups_whatever_order_pages_came_in() -> None:
    rules = policies(policy(Kind.COMPONENT, keep=Keep(2, BY_TRIAL)))
    found = against(after_grace(seen(*TREE, component("a", "u"), component("b", "t", "u")), rules))
    assert found["b"] == (
        "keep.last: newest 1 of 2 of trial t",
        "keep.last: newest 1 of 2 of trial u",
    )


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ("last: 2", Keep(2)),
        ("within: 3d", Keep(within=days(3))),
        ("daily: 4", Keep(periods=(("daily", 4),))),
        ("best: 5 by max accuracy last", best(5)),
        ("tags: pinned", Keep(tags=(Tagged("pinned", "present"),))),
    ],
)
def test_a_rule_by_itself_is_told_in_words(told: str, rule: Keep) -> None:
    grouped = replace(rule, group_by=BY_TRIAL + BY_TEAM)
    assert rules_of(rule) == ((f"keep.{told}", rule),)
    assert rules_of(grouped) == ((f"keep.{told} of each trial, tag:team", grouped),)


def test_the_reasons_of_all_rules_are_told() -> None:
    keep = Keep(
        last=1,
        best=Best(ACCURACY, "max", 2),
        within=days(2),
        periods=(("daily", 3), ("weekly", 4), ("monthly", 5), ("yearly", 6)),
        tags=(Tagged("pinned", "present"),),
        group_by=BY_PREFIX,
    )
    one = replace(scored("run-1", 0.25), tags={"pinned": "yes"})
    rules = policies(policy(Kind.COMPONENT, keep=keep))
    assert against(after_grace(seen(one), rules))["run-1"] == (
        "keep.last: newest 1 of 1 of name-prefix run",
        "keep.within: active within 2d of the newest of name-prefix run",
        "keep.daily: newest of 2025-11-21, 1 of 3 of name-prefix run",
        "keep.weekly: newest of 2025-W47, 1 of 4 of name-prefix run",
        "keep.monthly: newest of 2025-11, 1 of 5 of name-prefix run",
        "keep.yearly: newest of 2025, 1 of 6 of name-prefix run",
        "keep.best: accuracy last 0.25, rank 1 of 2 (max) of name-prefix run",
        "keep.tags: tag pinned is yes of name-prefix run",
    )


@pytest.mark.parametrize(
    ("keep", "entity", "reason"),
    [
        (best(1), scored("a"), "keep.best: nobody has accuracy last, so nothing goes"),
        (best(1), scored("a", 1, 2), "keep.best: its accuracy last cannot be ranked"),
        (
            Keep(tags=(Tagged("pinned", "present"),)),
            component("a"),
            "keep.tags: nobody carries pinned as wanted, so nothing goes",
        ),
    ],
)
def test_a_rule_that_finds_nobody_says_so(keep: Keep, entity: Entity, reason: str) -> None:
    rules = policies(policy(Kind.COMPONENT, keep=keep))
    assert reason in against(after_grace(seen(entity), rules))["a"]


def test_a_group_of_which_a_member_was_not_seen_whole_stays_whole() -> None:
    some = [
        component("a", "t"),
        component("b", "t"),
        component("c", "t", doubt="cut off"),
        component("d", "u"),
        component("e", "u"),
    ]
    assert stays(Keep(1, BY_TRIAL), *TREE, *some) == {"a", "b", "c", "e"}


def test_what_may_belong_anywhere_keeps_every_group_whole() -> None:
    some = [component("a", "t"), component("b", "t"), component("c", parents=None)]
    assert stays(Keep(1, BY_TRIAL), *TREE, *some) == {"a", "b", "c"}


def test_without_its_tags_an_entity_may_belong_to_every_group_of_a_tag() -> None:
    """But not to another trial: what is known of its place still counts."""
    some = [
        component("a", "t", tags={"team": "x"}),
        component("b", "t", tags={"team": "x"}),
        component("c", "u", tags={"team": "x"}),
        component("d", "u", tags={"team": "x"}),
        component("e", "u", tags=None),
    ]
    assert stays(Keep(1, BY_TRIAL + BY_TEAM), *TREE, *some) == {"b", "c", "d", "e"}


def test_what_was_not_read_at_all_keeps_the_groups_that_its_name_allows() -> None:
    gaps = [Gap(Kind.COMPONENT, "X-9", "it could not be read")]
    world = seen(*(component(name) for name in ("x-1", "x-2", "y-1", "y-2")), gaps=gaps)
    rules = policies(policy(Kind.COMPONENT, keep=Keep(1, BY_PREFIX)))
    assert deleted(planned(world, rules)) == {"y-1"}


def test_what_was_not_read_at_all_may_belong_to_every_trial() -> None:
    """Its name tells nothing of where it hangs."""
    gaps = [Gap(Kind.COMPONENT, "x-9", "it could not be read")]
    world = seen(*TREE, *(component(name, "t") for name in ("a", "b")), gaps=gaps)
    rules = policies(policy(Kind.COMPONENT, keep=Keep(1, BY_TRIAL)))
    assert deleted(planned(world, rules)) == set()


def test_a_trial_without_experiment_keeps_every_experiment_whole() -> None:
    some = (*TREE, trial("lost", None))
    assert stays(Keep(1, BY_EXPERIMENT), *some, kind=Kind.TRIAL) == {"t", "u", "lost"}


def test_a_component_of_a_trial_that_was_not_seen_keeps_every_experiment_whole() -> None:
    some = [component("a", "t"), component("b", "t"), component("c", "ghost")]
    assert stays(Keep(1, BY_EXPERIMENT), *TREE, *some) == {"a", "b", "c"}


def test_of_all_that_was_not_seen_whole_a_group_names_the_first() -> None:
    some = [
        component("a", "t"),
        component("b", "t", doubt="cut off"),
        component("bb", "t", doubt="cut off"),
        component("c", parents=None),
        component("d", "u"),
    ]
    rules = policies(policy(Kind.COMPONENT, keep=Keep(1, BY_TRIAL)))
    found = against(after_grace(seen(*TREE, *some), rules))
    assert [found["a"], found["d"]] == [
        ("keep: trial-component b was not seen whole, so all of trial t stays",),
        ("keep: trial-component c was not seen whole, so all of trial u stays",),
    ]


def test_a_component_under_a_trial_without_experiment_keeps_every_experiment_whole() -> None:
    """Which experiment it belongs to is not known, so it may be the newest of any."""
    rules = policies(policy(Kind.COMPONENT, keep=Keep(1, BY_EXPERIMENT)))
    world = seen(
        *TREE, trial("lost", None), component("a", "t"), component("b", "t"), component("c", "lost")
    )
    found = against(after_grace(world, rules))
    told = "keep: trial-component c was not seen whole, so all of experiment e stays"
    assert [found["a"], found["b"]] == [(told,), (told,)]


def test_a_group_says_what_was_not_seen() -> None:
    rules = policies(policy(Kind.COMPONENT, keep=Keep(1)))
    world = seen(component("a"), component("b", tags=None))
    assert against(after_grace(world, rules)) == {
        "a": ("keep: trial-component b was not seen whole, so all that matches stays",),
        "b": ("keep: it was not seen whole", "its tags could not be read"),
    }


def test_a_keep_rule_counts_over_what_measured_something_else() -> None:
    """The best of all stay, not the best of the bad."""
    some = seen(scored("a", 0.1), scored("b", 0.2), scored("c", 0.9))
    bad = Metric(ACCURACY, "values", (parse_range("< 0.5"),))
    rules = policies(policy(Kind.COMPONENT, bad, keep=best(1)))
    assert deleted(planned(some, rules)) == {"a", "b"}


def test_a_keep_rule_holds_for_reports_too() -> None:
    rule = policy(Kind.COMPONENT, action=Action.REPORT, keep=Keep(1))
    found = verdicts(judged(seen(component("a"), component("b")), policies(rule)))
    assert found == {"a": "report", "b": "keep"}
