"""`policy record`: an account frozen as a fixture is decided as `plan` decided it."""

from pathlib import Path
from typing import Any

from tests.cli.user import POLICIES, User

FROZEN = "policies/tests/frozen.yaml"
SEEDED = """\
version: 1
policies:
  - name: stale
    resource: experiment
    match: {tags: {keep: absent}, idle: 90d}
    keep: {last: 1, group_by: ["tag:owner"]}
    action: delete
    grace: 14d
  - name: finished-runs
    resource: trial-component
    match: {origin: run, status: [Completed, Failed], parameters: {learning_rate: present}}
    keep: {best: {metric: "validation:rmse", order: min, count: 2}, group_by: [trial]}
    action: delete
    grace: 7d
  - name: trials
    resource: trial
    match: {idle: 30d, children: "< 3"}
    action: report
  - name: tagged
    resource: experiment
    match: {name: "*-*"}
    require: {owner: present}
    action: tag
    escalate: {after: 1d, action: delete, grace: 7d}
protect:
  - tags: {legal-hold: present}
  - registered_models: true
"""


def records(user: User, *words: str) -> Any:
    ran = user("policy", "record", FROZEN, "--json", *words)
    assert ran.code == 0, ran
    return ran.answer


def decided(user: User) -> dict[tuple[str, str], str]:
    """What `plan` says of each tree, by its policy and name."""
    (answer,) = user("plan", "--json").answer
    rows = answer["report"]["judged"]
    return {(row["policy"], row["name"]): row["verdict"] for row in rows}


def expected(user: User) -> dict[tuple[str, str], str]:
    """What `policy test` decides where the fixture expects something of a policy."""
    ran = user("policy", "test", "policies", "--json")
    assert ran.code == 0, ran.out
    (fixture,) = ran.answer
    return {
        (each["policy"], each["name"]): each["decided"]
        for each in fixture["answers"]
        if each["policy"]
    }


def test_what_is_due_is_due_in_the_fixture(due: User) -> None:
    told = records(due)
    assert (told["recorded"]["experiments"], told["otherwise"]) == (3, [])
    assert (
        expected(due)
        == decided(due)
        == {
            ("old-trees", "old-one"): "delete",
            ("old-trees", "old-two"): "delete",
        }
    )


def test_the_seeded_account_is_decided_as_plan_decides_it(user: User) -> None:
    """Hostile texts, shared components, running ones, marks of a sweep: all come back."""
    user.box.admin.reset()
    user.box.seed(components=150, seed=7)
    user.governs(SEEDED)
    assert user("sweep").code in {0, 3, 4, 6}
    records(user, "--limit", "2000")
    live = decided(user)
    assert len(live) > 30
    again = expected(user)
    assert {
        key: verdict for key, verdict in again.items() if live.get(key, verdict) != verdict
    } == {}
    assert live.keys() <= again.keys()


def test_a_selection_is_recorded_with_what_is_above_it(due: User) -> None:
    told = records(due, "--select", "one-a")
    assert told["recorded"] == {"trial-components": 1, "trials": 1, "experiments": 1}
    assert expected(due) == {("old-trees", "old-one"): "delete"}


def test_more_than_the_limit_is_not_recorded(due: User) -> None:
    ran = due("policy", "record", "frozen.yaml", "--limit", "3")
    assert (ran.code, (due.folder / "frozen.yaml").exists()) == (2, False)
    assert "9 entities would be recorded, more than 3" in ran.words


def test_a_file_that_is_there_is_not_written_over(due: User) -> None:
    (due.folder / "frozen.yaml").write_text("mine")
    ran = due("policy", "record", "frozen.yaml")
    assert (ran.code, (due.folder / "frozen.yaml").read_text()) == (2, "mine")


def test_without_a_file_the_fixture_goes_to_standard_output(due: User, tmp_path: Path) -> None:
    ran = due("policy", "record")
    assert ran.out.startswith("# 123456789012/us-east-1, recorded ")
    (tmp_path / "frozen.yaml").write_text(ran.out)
    assert due("policy", "test", "frozen.yaml").code == 0


def test_a_name_of_nothing_is_refused(due: User) -> None:
    assert due("policy", "record", "frozen.yaml", "--select", "nobody").code == 2


def test_recording_writes_nothing_to_aws_or_the_vault(due: User) -> None:
    before = due.vault()
    records(due)
    assert (due.writes(), due.vault()) == ([], before)


def test_a_rule_that_changes_shows_in_the_recorded_fixture(due: User) -> None:
    records(due)
    due.governs(POLICIES.replace("old-*", "old-one"))
    ran = due("policy", "test", "policies")
    assert (ran.code, "experiment old-two" in ran.out) == (3, True)


def test_what_policy_test_would_refuse_to_read_is_not_written(due: User) -> None:
    """A fixture has its bounds, whatever --limit says."""
    for at in range(90):
        due.makes("CreateTrialComponent", TrialComponentName=f"c-{at}")
        arn = f"arn:aws:sagemaker:us-east-1:{due.box.account}:experiment-trial-component/c-{at}"
        tags = [{"Key": f"{number}-{'k' * 100}", "Value": "v" * 256} for number in range(45)]
        due.makes("AddTags", ResourceArn=arn, Tags=tags)
    ran = due("policy", "record", "frozen.yaml")
    assert (ran.code, (due.folder / "frozen.yaml").exists()) == (2, False)
    assert "more than a fixture may hold" in ran.words


def test_a_fixture_among_the_policies_is_refused(due: User) -> None:
    """It would be read as a policy file, and stop every run."""
    ran = due("policy", "record", "policies/frozen.yaml")
    assert (ran.code, "policies/tests/frozen.yaml" in ran.words) == (2, True)


def test_a_hold_by_command_is_recorded(due: User) -> None:
    held = due("hold", "add", "old-one", "--owner", "ana", "--reason", "paper")
    assert held.code == 0, held
    records(due)
    assert expected(due) == decided(due)
    assert decided(due)["old-trees", "old-one"] == "keep"
