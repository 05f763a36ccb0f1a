"""Marked experiments carry their due date as a tag, and a run that writes it breaks nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.runs.enumerating import Points, Replay, calmed, dies
from tests.runs.stage import COMPONENT, DAY, EXPERIMENT, GRACE, Stage
from tests.runs.worlds import SMALL_LEFT

from sagewarden.adapters.vault.memory import MemoryVault
from sagewarden.application.marks import read_marks
from sagewarden.core.canonical import spell_time
from sagewarden.core.delete_after import DELETE_AFTER_TAG
from sagewarden.core.policy import PolicySet
from sagewarden.errors import LeaseHeld, VaultError

TAGS = frozenset({"tagging", "tag", "tagged"})


@pytest.fixture
def tagging(small: Stage) -> Stage:
    """The small account; nothing is marked yet, and marks will show as tags."""
    small.tag_marks = True
    return small


@pytest.fixture(params=["none", "self", "both"])
def touching(tagging: Stage, request: pytest.FixtureRequest) -> Stage:
    """The same, with each answer to whether tags move LastModifiedTime."""
    tagging.box.admin.set_knobs(touch_on_tags=request.param)
    return tagging


def shown(stage: Stage) -> dict[str, str]:
    """The due dates that experiments tell."""
    rows = stage.account()["experiments"]
    return {
        key: row.tags[DELETE_AFTER_TAG] for key, row in rows.items() if DELETE_AFTER_TAG in row.tags
    }


def dues(stage: Stage) -> dict[str, str]:
    """The due dates that the marks of experiments have."""
    marks = read_marks(stage.bench()).marks.values()
    return {
        mark.identity.name: spell_time(mark.due)
        for mark in marks
        if mark.identity.kind is EXPERIMENT
    }


def with_grace(policies: PolicySet, days: int) -> PolicySet:
    """The same policies with another grace period."""
    changed = (replace(each, grace=timedelta(days=days)) for each in policies.policies)
    return replace(policies, policies=tuple(changed))


def written(stage: Stage) -> list[str]:
    """The tag operations that arrived at AWS."""
    return [
        call.operation
        for call in stage.box.admin.calls(writes=True, service="sagemaker")
        if call.operation.endswith("Tags")
    ]


def test_a_marked_experiment_tells_its_due_date(tagging: Stage) -> None:
    report = tagging.sweep()
    assert shown(tagging) == dues(tagging)
    assert list(shown(tagging)) == ["old-small"]
    assert report.exit_code == 0


def test_without_the_setting_no_tag_is_written(small: Stage) -> None:
    small.sweep()
    assert written(small) == []


def test_plan_mode_writes_no_tag(tagging: Stage) -> None:
    tagging.judged()
    assert written(tagging) == []


def test_the_tag_is_written_once(tagging: Stage) -> None:
    """A second sweep finds it as it should be."""
    tagging.sweep()
    tagging.pass_time(DAY)
    tagging.sweep()
    assert written(tagging) == ["AddTags"]


def test_the_report_tells_each_tag_from_its_outcome(tagging: Stage) -> None:
    (row,) = tagging.sweep().tags
    assert (row.kind, row.name, row.key, row.before, row.result) == (
        "experiment",
        "Old-Small",
        DELETE_AFTER_TAG,
        None,
        "done",
    )
    assert row.after == dues(tagging)["old-small"]
    assert row.reason == "marked by policy old-trees"
    assert tagging.report().tags == (row,)


def test_the_tag_follows_a_due_date_that_moves(tagging: Stage) -> None:
    tagging.sweep()
    first = shown(tagging)
    tagging.policies = with_grace(tagging.policies, 20)
    tagging.sweep()
    assert shown(tagging) == dues(tagging)
    assert shown(tagging)["old-small"] > first["old-small"]


def test_the_tag_goes_with_the_mark(tagging: Stage) -> None:
    tagging.sweep()
    tagging.tag(COMPONENT, "alone")
    report = tagging.sweep()
    assert shown(tagging) == {}
    assert [(row.after, row.result, row.reason) for row in report.tags] == [
        (None, "done", "it is not marked any more")
    ]


def test_a_tag_that_somebody_took_off_is_set_again(tagging: Stage) -> None:
    tagging.sweep()
    arn = tagging.arn(EXPERIMENT, "old-small")
    tagging.make("DeleteTags", ResourceArn=arn, TagKeys=[DELETE_AFTER_TAG])
    tagging.sweep()
    assert shown(tagging) == dues(tagging)


def test_our_tag_neither_resets_an_age_nor_restarts_a_grace_period(touching: Stage) -> None:
    """Whether or not AWS moves LastModifiedTime for it."""
    touching.sweep()
    touching.pass_time(3 * DAY)
    touching.sweep()
    touching.pass_time(GRACE - 3 * DAY)
    report = touching.sweep()
    assert report.exit_code == 0
    assert touching.names() == SMALL_LEFT


def test_our_tag_voids_no_plan(touching: Stage) -> None:
    """The digest of what is due is the same before and after it."""
    touching.tag_marks = False
    touching.mark()
    before = touching.judged().plan.digest
    touching.tag_marks = True
    touching.at = lambda _when, _what: touching.stop.set()
    touching.sweep()
    touching.stop.clear()
    assert shown(touching) == dues(touching)
    assert touching.judged().plan.digest == before


def test_a_sign_of_life_long_after_our_tag_counts(touching: Stage) -> None:
    touching.box.admin.set_knobs(touch_on_tags="self")
    touching.sweep()
    touching.pass_time(DAY)
    touching.tag(EXPERIMENT, "old-small", "seen")
    arn = touching.arn(EXPERIMENT, "old-small")
    touching.make("DeleteTags", ResourceArn=arn, TagKeys=["seen"])
    touching.pass_time(GRACE - DAY)
    touching.sweep()
    assert "e old-small" in touching.names()
    assert shown(touching) == {}


def after_death(stage: Stage, point: int) -> dict[str, object]:
    """Sweep and die at a point, sweep again a day later, and once more when all is due."""
    died = dies(stage, Points(TAGS, point))
    stage.pass_time(DAY)
    calmed(stage)
    second = stage.sweep()
    agree = shown(stage) == dues(stage)
    stage.pass_time(GRACE - DAY)
    third = stage.sweep()
    return {
        "died": died,
        "exit codes": (second.exit_code, third.exit_code),
        "tags agree with marks": agree,
        "open": [entry for entry in stage.tag_entries() if entry.settled is None],
        "left": stage.names(),
    }


FINE = {
    "died": True,
    "exit codes": (0, 0),
    "tags agree with marks": True,
    "open": [],
    "left": SMALL_LEFT,
}


def points(replay: Replay) -> int:
    """How many places there are to die at."""
    stage, everywhere = replay.restart(), Points(TAGS)
    everywhere.watch(stage)
    stage.sweep()
    return len(everywhere.seen)


@pytest.mark.timeout(60)
def test_a_crash_around_the_first_tag_costs_nothing(touching: Stage) -> None:
    """Before and after the intent, the write and the outcome."""
    replay = Replay(touching)
    assert points(replay) == 6
    ends = [after_death(replay.restart(), point) for point in range(6)]
    assert ends == [FINE] * 6


@pytest.mark.timeout(60)
def test_a_crash_around_the_correction_of_a_tag_costs_nothing(touching: Stage) -> None:
    """A longer grace period moves the due date; then it is shortened again, which moves nothing."""
    touching.sweep()
    touching.policies = with_grace(touching.policies, 8)
    replay = Replay(touching)
    assert points(replay) == 6
    ends = [after_death(replay.restart(), point)["tags agree with marks"] for point in range(6)]
    assert ends == [True] * 6


@pytest.mark.timeout(60)
def test_a_crash_around_the_removal_of_a_tag_costs_nothing(touching: Stage) -> None:
    touching.sweep()
    touching.tag(COMPONENT, "alone")
    replay = Replay(touching)
    assert points(replay) == 6
    for point in range(6):
        end = after_death(replay.restart(), point)
        assert (end["exit codes"], end["tags agree with marks"], end["open"]) == ((0, 0), True, [])
        assert shown(replay.stage) == {}


def test_what_a_dead_run_wrote_is_told_by_the_next(tagging: Stage) -> None:
    dies(tagging, Points(TAGS, 3))
    calmed(tagging)
    report = tagging.sweep()
    assert len(report.adopted) == 1
    assert [(row.result, row.detail) for row in report.tags] == [("done", "found done")]
    assert written(tagging) == ["AddTags"]


def test_a_worker_that_lost_its_lease_writes_no_tag(tagging: Stage) -> None:
    def lost() -> None:
        raise LeaseHeld("someone else has it")

    tagging.guard = lost
    report = tagging.sweep()
    assert report.exit_code == 11
    assert written(tagging) == []
    tagging.guard = lambda: None
    tagging.sweep()
    assert shown(tagging) == dues(tagging)


def test_a_tag_that_somebody_sets_meanwhile_is_kept(tagging: Stage) -> None:
    """Between the inventory and our look."""
    tagging.at = lambda when, _what: (
        tagging.tag(EXPERIMENT, "old-small", DELETE_AFTER_TAG) if when == "look" else None
    )
    report = tagging.sweep()
    assert [(row.result, row.detail) for row in report.tags] == [
        ("not attempted", "somebody else changed this tag meanwhile")
    ]
    assert shown(tagging) == {"old-small": "x"}
    assert report.exit_code == 3


def test_an_experiment_that_went_meanwhile_is_told_as_absent(tagging: Stage) -> None:
    tagging.experiment("old-empty")
    tagging.pass_time(60 * DAY)
    tagging.at = lambda when, _what: (
        tagging.make("DeleteExperiment", ExperimentName="old-empty")
        if when == "look" and "e old-empty" in tagging.names()
        else None
    )
    report = tagging.sweep()
    assert {row.name: row.result for row in report.tags} == {
        "old-empty": "already absent",
        "Old-Small": "done",
    }
    assert report.exit_code == 0


def test_a_51st_tag_is_not_attempted(tagging: Stage) -> None:
    for number in range(50):
        tagging.tag(EXPERIMENT, "old-small", f"key-{number}")
    tagging.pass_time(60 * DAY)
    report = tagging.sweep()
    assert [(row.result, row.detail) for row in report.tags] == [
        ("not attempted", "experiment old-small has 50 tags, AWS takes no more")
    ]
    assert written(tagging) == []


@pytest.mark.parametrize(
    ("fault", "result"), [("deny", "refused"), ("throttle", "done"), ("error_500_after", "done")]
)
def test_what_aws_answers_once_decides(tagging: Stage, fault: str, result: str) -> None:
    """A refusal is told; after a throttle or no clear answer comes a look, then another try."""
    tagging.fault(fault, "AddTags")
    report = tagging.sweep()
    assert [row.result for row in report.tags] == [result]


@pytest.mark.parametrize("fault", ["throttle", "drop_before"])
def test_a_write_that_never_gets_through_is_told_as_refused(tagging: Stage, fault: str) -> None:
    tagging.fault(fault, "AddTags", times=None)
    report = tagging.sweep()
    assert ([row.result for row in report.tags], report.exit_code) == (["refused"], 3)


def test_an_entity_that_cannot_be_seen_is_not_tagged(tagging: Stage) -> None:
    tagging.fault("deny", "DescribeExperiment", times=None)
    report = tagging.sweep()
    assert ([row.result for row in report.tags], written(tagging)) == (["not attempted"], [])


def test_an_incomplete_inventory_moves_no_tag(tagging: Stage) -> None:
    tagging.fault("deny", "Search", resource="ExperimentTrial", times=None)
    assert not tagging.sweep().complete
    assert written(tagging) == []


def test_a_refused_tag_keeps_nothing_else_from_going(tagging: Stage) -> None:
    tagging.fault("deny", "AddTags", times=None)
    tagging.sweep()
    tagging.pass_time(GRACE)
    assert tagging.sweep().exit_code == 3
    assert tagging.names() == SMALL_LEFT


def test_a_vault_that_fails_at_the_intent_ends_the_run_without_a_tag(tagging: Stage) -> None:
    def full(operation: str, key: str) -> None:
        if operation == "create" and key.endswith("-tagging"):
            raise VaultError("the vault is full")

    assert isinstance(tagging.vault, MemoryVault)
    tagging.vault.before = full
    report = tagging.sweep()
    assert (report.exit_code, [row.result for row in report.tags]) == (3, ["not attempted"])
    assert written(tagging) == []
