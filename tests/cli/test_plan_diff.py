"""`plan --diff`: what became due since the last plan, what ceased to be, which rules changed."""

from typing import Any

from tests.cli.user import POLICIES, User

WIDER = POLICIES.replace('"old-*"', '["old-*", live]').replace("idle: 30d", "idle: 20d")


def difference(user: User, *words: str) -> Any:
    (answer,) = user("plan", "--diff", "--json", *words).answer
    return answer["diff"]


def named(changes: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(each["name"], each["parts"]) for each in changes]


def test_without_a_plan_before_there_is_nothing_to_compare_with(user: User) -> None:
    assert difference(user) is None


def test_the_same_again_differs_in_nothing(due: User) -> None:
    due.plan()
    told = difference(due)
    assert (told["became_due"], told["ceased_to_be_due"], told["rules"]) == ([], [], [])
    assert (told["still_due"], told["then"]["policies"]) == (6, told["policies"])


def test_what_became_due_has_its_reasons(due: User) -> None:
    due.governs(POLICIES.replace("idle: 30d", "idle: 300d"))
    due.plan()  # nothing is due
    due.governs(POLICIES)
    told = difference(due)
    assert named(told["became_due"]) == [("old-one", 3), ("old-two", 3)]
    assert told["became_due"][0]["why"] == ["name old-one", "idle 60d of 30d"]


def test_what_ceased_to_be_due_says_why(due: User) -> None:
    due.plan()
    arn = f"arn:aws:sagemaker:us-east-1:{due.box.account}:experiment/old-one"
    due.makes("AddTags", ResourceArn=arn, Tags=[{"Key": "sagewarden:hold", "Value": "x"}])
    due.makes("CreateTrialComponent", TrialComponentName="two-b")
    due.makes("AssociateTrialComponent", TrialComponentName="two-b", TrialName="old-two-trial")
    told = difference(due)
    assert named(told["ceased_to_be_due"]) == [("old-one", 3), ("old-two", 3)]
    assert told["ceased_to_be_due"][0]["why"] == ["held by its tag sagewarden:hold: x"]
    (why,) = told["ceased_to_be_due"][1]["why"]
    assert why.endswith("s of 30d")


def test_what_a_sweep_deleted_is_gone(due: User) -> None:
    assert due("sweep").code == 0
    told = difference(due)
    assert {tuple(each["why"]) for each in told["ceased_to_be_due"]} == {("it is gone",)}


def test_a_policy_that_says_other_things_is_told_line_by_line(due: User) -> None:
    due.plan()
    due.governs(WIDER.replace("grace: 1s", "grace: 2s"))
    told = difference(due)
    assert told["then"]["policies"] != told["policies"]
    (rule,) = told["rules"]
    assert rule == {
        "policy": "old-trees",
        "lines": [
            "- grace 1s",
            "- match idle 30d",
            "- match name [old-*]",
            "+ grace 2s",
            "+ match idle 20d",
            "+ match name [live, old-*]",
        ],
    }


def test_policies_that_came_and_went_are_told(due: User) -> None:
    due.plan()
    due.governs(POLICIES.replace("old-trees", "stale"))
    told = difference(due)
    assert told["rules"] == [
        {"policy": "old-trees", "lines": ["no longer there"]},
        {"policy": "stale", "lines": ["a new policy"]},
    ]
    assert told["ceased_to_be_due"][0]["why"] == ["there is no policy old-trees any more"]


def test_a_smaller_plan_is_compared_with_its_like(due: User) -> None:
    due("plan", "--select", "old-one")
    due.plan()
    told = difference(due, "--select", "old-one")
    assert (told["still_due"], told["became_due"], told["ceased_to_be_due"]) == (3, [], [])


def test_a_person_sees_signs_and_names(due: User) -> None:
    due.plan()
    due.governs(WIDER.replace("old-trees", "stale"))
    ran = due("plan", "--diff")
    assert ran.code == 0
    for told in (
        "Against the last plan",
        "Policies changed:",
        "Became due: nothing",
        "Ceased to be due: 2 trees, 6 entities",
        "- experiment old-one (3) old-trees: there is no policy old-trees any more",
    ):
        assert told in ran.words


def test_a_day_that_is_played_is_compared_and_not_noted(due: User) -> None:
    due.plan()
    before = due.vault()
    assert difference(due, "--at", "2099-01-01")["still_due"] == 6
    assert due.vault() == before
