"""Plans, their approval and their application, as somebody types them."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.cli.user import PATIENCE, User

EVERYTHING = {
    "experiments": ["live", "old-one", "old-two"],
    "trials": ["live-trial", "old-one-trial", "old-two-trial"],
    "components": [
        "live-a on live-trial",
        "one-a on old-one-trial",
        "two-a on old-two-trial",
    ],
}
NARROW = PATIENCE | {"automatic": {"share": "10%"}, "hard": {"share": "100%"}}


def test_apply_does_the_plan_once_and_says_so_the_second_time(due: User) -> None:
    digest = due.plan()
    first, second = due("apply", digest[:12]), due("apply", digest[:12])
    assert (first.code, second.code) == (0, 0)
    assert "Deleted 2 experiments, 2 trials and 2 components." in first.out
    assert "All that was planned is gone already." in second.out
    assert due.account()["components"] == ["live-a on live-trial"]


def test_plan_writes_nothing_to_sagemaker(due: User) -> None:
    assert due("plan").code == 0
    assert (due.writes(), due.account()) == ([], EVERYTHING)


@pytest.mark.parametrize("command", ["apply", "approve"])
@pytest.mark.parametrize(
    ("digest", "told"),
    [
        ("0000", "'0000' is not a plan's digest do: Give at least 8 characters of it."),
        ("../../etc", "'../../etc' is not a plan's digest"),
        ("0123456789ab", "no stored plans of 123456789012/us-east-1 start with '0123456789ab'"),
    ],
)
def test_a_digest_of_no_plan_is_refused_before_the_lease_is_taken(
    due: User, command: str, digest: str, told: str
) -> None:
    before = due.vault()
    ran = due(command, digest)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.words
    assert (due.writes(), due.vault()) == ([], before)


def test_a_plan_that_was_made_with_other_policies_is_refused(due: User) -> None:
    digest = due.plan()
    policies = due.folder / "policies" / "all.yaml"
    policies.write_text(policies.read_text().replace("idle: 30d", "idle: 31d"))
    ran = due("apply", digest)
    assert ran.code == 2
    assert "was made with other policies than those loaded now" in ran.words
    assert (due.writes(), due.account()) == ([], EVERYTHING)


def test_an_approval_that_was_not_needed_is_told_as_such(due: User) -> None:
    ran = due("approve", due.plan())
    assert ran.code == 0
    assert "is inside the automatic limits and needed no approval" in ran.words


def test_an_approved_plan_begins(due: User) -> None:
    due.settles(limits=NARROW)
    digest = due.plan()
    approved = due("approve", digest)
    assert approved.code == 0
    assert "It deletes 2 experiments, 2 trials and 2 components." in approved.words
    assert "The next sweep applies it" in approved.words
    assert due("apply", digest).code == 0
    assert due.account()["experiments"] == ["live"]


def test_an_approval_is_over_after_three_days(due: User) -> None:
    due.settles(limits=NARROW)
    digest = due.plan()
    assert due("approve", digest).code == 0
    due.box.admin.set_offset(73 * 3600)
    ran = due("apply", digest)
    assert ran.code == 6
    assert "waits for approval, nothing was deleted" in ran.words
    assert (due.writes(), due.account()) == ([], EVERYTHING)


def test_a_plan_above_a_hard_limit_cannot_be_approved(due: User) -> None:
    due.settles(limits=PATIENCE | {"hard": {"share": "10%"}})
    ran = due("approve", due.plan())
    assert ran.code == 4
    assert "exceeds a hard limit and cannot be approved" in ran.words


def test_a_pause_stops_the_sweep_until_it_is_taken_back(due: User) -> None:
    assert "was not paused, so nothing changes." in due("unpause").words
    assert ": audit week. `sagewarden unpause`" in due("pause", "--reason", "audit week").words
    ran = due("sweep")
    assert ran.code == 3
    assert "audit week. `sagewarden unpause` lets it go on." in ran.words
    assert (due.writes(), due.account()) == ([], EVERYTHING)
    assert "no longer paused" in due("unpause").out
    assert due("sweep").code == 0


def test_a_day_to_come_can_be_played(due: User) -> None:
    """`live` matches nothing, whatever the day; nothing is stored, so nothing can be applied."""
    day = f"{datetime.now(UTC) + timedelta(days=200):%Y-%m-%d}"  # noqa: TID251 -- a test's day
    before = due.vault()
    ran = due("plan", "--at", day)
    assert ran.code == 0
    assert f"Judged as if it were {day} 00:00 UTC" in ran.words
    assert "sagewarden apply" not in ran.words
    assert (due.writes(), due.vault()) == ([], before)


@pytest.mark.parametrize(
    ("day", "told"), [("yesterday", "is not a date"), ("2020-01-01", "is over")]
)
def test_a_day_that_cannot_be_played_is_refused(user: User, day: str, told: str) -> None:
    ran = user("plan", "--at", day)
    assert (ran.code, user.calls()) == (2, [])
    assert f"--at {day} {told}" in ran.words


def test_a_held_tree_is_explained(due: User) -> None:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:experiment/old-one"
    due.makes("AddTags", ResourceArn=arn, Tags=[{"Key": "sagewarden:hold", "Value": "ana"}])
    ran = due("explain", "OLD-ONE")
    assert ran.code == 0
    assert "kept, whatever the policies say" in ran.words
    assert "held by its tag sagewarden:hold" in ran.words
    assert "yes idle 60d of 30d" in ran.words


def test_a_name_that_is_not_there_is_told(user: User) -> None:
    ran = user("explain", "nothing")
    assert ran.code == 2
    assert "no experiment, trial or trial component is called 'nothing'" in ran.words


def test_an_account_with_nothing_in_it_is_asked_about(user: User) -> None:
    """A region that was mistyped looks like one that is in order."""
    user.box.admin.reset()
    told = "is no experiment, trial or trial component on 123456789012/us-east-1: is it the right"
    assert told in user("plan").words


def test_an_empty_vault_has_no_report(user: User) -> None:
    ran = user("report")
    assert ran.code == 2
    assert "has no report on 123456789012/us-east-1 do: `sagewarden sweep` makes one." in ran.words


def test_a_report_can_be_written_to_a_file(due: User) -> None:
    ran = due("report", "--format", "html", "--output", "report.html")
    assert (ran.code, ran.err.count("error")) == (0, 0)
    assert "is written to report.html" in ran.words
    assert (due.folder / "report.html").read_text().startswith("<!doctype html>")


def test_a_report_that_cannot_be_written_is_told(due: User) -> None:
    ran = due("report", "--output", "no/such/place")
    assert ran.code == 2
    assert "no/such/place cannot be written: No such file or directory" in ran.words


def test_the_list_of_runs_says_how_each_ended(due: User) -> None:
    assert due("sweep").code == 0
    *_, run = due("report", "list", "--json").answer
    *_, line = due("report", "list").out.splitlines()
    assert line == f"{run}  sweep  Done: Deleted 2 experiments, 2 trials and 2 components."
