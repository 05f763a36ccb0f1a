"""Required tags in whole runs: repaired once, looked at right before, never a sign of life."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.core.test_tagging import tagging
from tests.runs.enumerating import Points, Replay, calmed, dies
from tests.runs.stage import COMPONENT, DAY, EXPERIMENT, GRACE, Stage
from tests.runs.test_delete_after import TAGS, written

from sagewarden.application.report_building import build_report
from sagewarden.application.story import PLAN, Story
from sagewarden.core.policy import Escalation, Named, Policy, Required
from sagewarden.core.report import Report

RULES = (
    Required(key="owner", rename=("Owner",)),
    Required(key="env", default="dev", normalise=(("Prod", "prod"),)),
)
LIVE = replace(tagging(*RULES, name="required"), match=Named(("live",)))
TEAMS = tagging(Required(key="team", inherit=True), name="teams", resource=COMPONENT)


def with_policies(stage: Stage, *policies: Policy) -> Stage:
    """Let these policies join those of the stage."""
    both = (*stage.policies.policies, *policies)
    stage.policies = replace(stage.policies, policies=both)
    return stage


def set_tags(stage: Stage, name: str, **tags: str) -> None:
    """Tag an experiment as somebody would."""
    wire = [{"Key": key, "Value": value} for key, value in tags.items()]
    stage.make("AddTags", ResourceArn=stage.arn(EXPERIMENT, name), Tags=wire)


def tags_of(stage: Stage, name: str) -> dict[str, str]:
    return dict(stage.account()["experiments"][name].tags)


@pytest.fixture
def ruled(small: Stage) -> Stage:
    """The small account, where the live experiment has to have an owner and an environment."""
    set_tags(small, "live", Owner="ana", env="Prod", other="x")
    small.pass_time(60 * DAY)
    small.box.admin.clear_calls()
    return with_policies(small, LIVE)


@pytest.fixture(params=["none", "self", "above", "both"])
def touching(ruled: Stage, request: pytest.FixtureRequest) -> Stage:
    """The same, with each answer to whether tags move LastModifiedTime."""
    ruled.box.admin.set_knobs(touch_on_tags=request.param)
    return ruled


MENDED = {"owner": "ana", "env": "prod", "other": "x"}


def told(report: Report) -> list[tuple[str, str | None, str]]:
    """What was to be written, and what came of it."""
    return [(row.key, row.after, row.result) for row in report.tags]


def test_what_can_be_repaired_is(ruled: Stage) -> None:
    """In two writes: what is set, then what was renamed."""
    report = ruled.sweep()
    assert tags_of(ruled, "live") == MENDED
    assert written(ruled) == ["AddTags", "DeleteTags"]
    assert sorted(told(report)) == [
        ("Owner", None, "done"),
        ("env", "prod", "done"),
        ("owner", "ana", "done"),
    ]
    assert report.exit_code == 0


def test_a_plan_shows_what_would_be_set_and_sets_nothing(ruled: Stage) -> None:
    judged = ruled.judged()
    story = Story(run="(plan)", mode=PLAN, began=judged.now, judged=judged)
    report = build_report(ruled.bench(), ruled.governance(), story)
    assert sorted(told(report)) == [
        ("Owner", None, "planned"),
        ("env", "prod", "planned"),
        ("owner", "ana", "planned"),
    ]
    assert (report.exit_code, written(ruled)) == (0, [])


def test_the_next_run_finds_nothing_to_repair(ruled: Stage) -> None:
    ruled.sweep()
    ruled.box.admin.clear_calls()
    report = ruled.sweep()
    assert (told(report), written(ruled)) == ([], [])
    assert [(row.compliant, row.violation) for row in report.compliance] == [(1, 0)]


def test_what_is_left_is_told_by_owner(ruled: Stage) -> None:
    strict = replace(LIVE, require=(Required(key="cost-center"),), name="costs")
    set_tags(ruled, "live", owner="eva")
    report = with_policies(ruled, strict).sweep()
    (gap,) = [each for each in report.tag_gaps if each.policy == "costs"]
    assert (gap.name, gap.key, gap.owner, gap.reason) == (
        "Live",
        "cost-center",
        "eva",
        "it is missing",
    )


def test_more_repairs_than_allowed_are_refused_all(ruled: Stage) -> None:
    ruled.repairs = 0
    report = ruled.sweep()
    assert written(ruled) == []
    assert {row.result for row in report.tags} == {"not attempted"}
    assert report.exit_code == 4
    assert "limits.repairs allows 0" in report.advice[-1]


def test_a_refusal_of_repairs_stops_no_deletion(ruled: Stage) -> None:
    ruled.repairs = 0
    ruled.swept_after_grace()
    assert "e old-small" not in ruled.names()


def test_what_is_marked_is_not_repaired(small: Stage) -> None:
    every = tagging(Required(key="env", default="dev"), name="all")
    report = with_policies(small, every).sweep()
    assert {row.name for row in report.tags} == {"Live"}
    assert [(gap.name, gap.reason) for gap in report.tag_gaps] == [
        ("Old-Small", "it is marked for deletion")
    ]


def test_a_repair_restarts_no_age(touching: Stage) -> None:
    """Of the repaired one, and of what is above it."""
    touching.policies = replace(
        touching.policies,
        policies=(*touching.policies.policies, TEAMS),
    )
    set_tags(touching, "live", team="vision")
    touching.pass_time(60 * DAY)
    before = touching.judged()
    touching.sweep()
    after = touching.judged()
    forest, then = after.judgements.forest, before.judgements.forest
    live = after.inventory.experiments["live"]
    old = before.inventory.experiments["live"]
    assert forest.subject(live).activity == then.subject(old).activity


def test_what_somebody_sets_meanwhile_is_kept(ruled: Stage) -> None:
    ruled.at = lambda when, _what: set_tags(ruled, "live", env="stage") if when == "look" else None
    report = ruled.sweep()
    assert tags_of(ruled, "live")["env"] == "stage"
    assert ("env", "prod", "not attempted") in told(report)


def test_a_rename_whose_new_key_could_not_be_set_removes_nothing(ruled: Stage) -> None:
    ruled.fault("deny", "AddTags", times=None)
    report = ruled.sweep()
    assert tags_of(ruled, "live") == {"Owner": "ana", "env": "Prod", "other": "x"}
    assert (("Owner", None, "not attempted") in told(report), report.exit_code) == (True, 3)


@pytest.mark.timeout(90)
def test_a_crash_anywhere_among_the_repairs_costs_nothing(touching: Stage) -> None:
    """Before and after the intent, both writes and the outcome."""
    replay = Replay(touching)
    everywhere = Points(TAGS)
    everywhere.watch(replay.restart())
    touching.sweep()
    assert len(everywhere.seen) == 8
    ends = []
    for point in range(8):
        stage = replay.restart()
        died = dies(stage, Points(TAGS, point))
        calmed(stage).pass_time(DAY)
        ends.append((died, stage.sweep().exit_code, tags_of(stage, "live")))
    assert ends == [(True, 0, MENDED)] * 8


def test_what_nobody_mends_goes_in_the_end(small: Stage) -> None:
    """First found, marked after 30 days, gone a grace period later; the rest stays."""
    rule = replace(
        tagging(Required(key="cost-center"), name="costs"),
        match=Named(("live",)),
        escalate=Escalation(timedelta(days=30), timedelta(days=7)),
    )
    with_policies(small, rule)
    small.sweep()
    small.pass_time(29 * DAY)
    assert [row for row in small.sweep().judged if row.policy == "costs"] == []
    small.pass_time(2 * DAY)
    assert [row.verdict for row in small.sweep().judged if row.policy == "costs"] == ["mark"]
    small.pass_time(GRACE)
    small.sweep()
    assert "e live" not in small.names()


def test_what_is_mended_in_time_stays(small: Stage) -> None:
    rule = replace(
        tagging(Required(key="cost-center"), name="costs"),
        match=Named(("live",)),
        escalate=Escalation(timedelta(days=30), timedelta(days=7)),
    )
    with_policies(small, rule)
    small.sweep()
    small.pass_time(31 * DAY)
    small.sweep()
    set_tags(small, "live", **{"cost-center": "ml-100"})
    small.pass_time(GRACE)
    small.sweep()
    assert "e live" in small.names()
