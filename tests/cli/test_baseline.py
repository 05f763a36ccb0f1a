"""`baseline show` and `baseline accept`, and `plan --select`, as somebody types them."""

from tests.cli.user import PATIENCE, User

FEW = ("--reason", "team B moved away")


def shrink(user: User) -> None:
    """Somebody deletes two of the three experiments with all that is in them."""
    for name, component in (("old-one", "one-a"), ("live", "live-a")):
        trial = f"{name}-trial"
        edge = {"TrialComponentName": component, "TrialName": trial}
        user.makes("DisassociateTrialComponent", **edge)
        user.makes("DeleteTrialComponent", TrialComponentName=component)
        user.makes("DeleteTrial", TrialName=trial)
        user.makes("DeleteExperiment", ExperimentName=name)


def test_before_the_first_sweep_there_is_none(user: User) -> None:
    ran = user("baseline", "show")
    assert (ran.code, ran.words) == (
        0,
        "123456789012/us-east-1 has no baseline yet: the first good sweep makes one.",
    )


def test_the_baseline_is_shown_with_its_counts(due: User) -> None:
    ran = due("baseline", "show")
    assert ran.code == 0
    assert "123456789012/us-east-1 is compared with the inventory of run 20" in ran.words
    assert "experiments 3 0.0% trials 3 0.0% trial-components 3 0.0%" in ran.words


def test_an_account_that_shrank_is_worked_on_once_it_is_accepted(due: User) -> None:
    shrink(due)
    stopped = due("sweep")
    assert stopped.code == 4
    assert "`sagewarden baseline accept` says so." in stopped.words
    ran = due("baseline", "accept", *FEW)
    assert ran.code == 0
    assert "is compared from now on with what arn:aws:" in ran.words
    assert "team B moved away" in ran.words
    assert "experiments 3 1 0.0% 0.0%" in ran.words
    assert due("sweep").code == 0
    assert due.account()["experiments"] == []
    shown = due("baseline", "show")
    assert "accepted 20" in shown.words


def test_json_has_who_accepted_what(due: User) -> None:
    answer = due("baseline", "accept", *FEW, "--json").answer
    assert answer.keys() == {"target", "before", "accepted"}
    assert answer["before"]["counts"] == answer["accepted"]["counts"]
    assert answer["accepted"]["by"].startswith("arn:aws:")
    (shown,) = due("baseline", "show", "--json").answer
    assert shown["baseline"] == answer["accepted"]
    assert [each["reason"] for each in shown["accepted"]] == ["team B moved away"]


def test_nothing_is_accepted_without_a_reason(due: User) -> None:
    before = due.vault()
    assert due("baseline", "accept").code == 2
    ran = due("baseline", "accept", "--reason", "")
    assert (ran.code, due.vault()) == (2, before)
    assert "Say why the account is as it should be, with --reason." in ran.words


def test_an_incomplete_inventory_is_not_accepted(due: User) -> None:
    due.breaks("deny", "ListTrials")
    ran = due("baseline", "accept", *FEW)
    assert ran.code == 3
    assert "the inventory is incomplete, so nothing was accepted" in ran.words


# --- plan --select ------------------------------------------------------------------------------


def test_a_selected_tree_is_applied_and_the_rest_is_still_due(due: User) -> None:
    (answer,) = due("plan", "--select", "OLD-ONE", "--json").answer
    assert due("apply", answer["plan"]["digest"]).code == 0
    assert due.account()["experiments"] == ["live", "old-two"]
    assert due("sweep").code == 0
    assert due.account()["experiments"] == ["live"]


def test_a_selection_begins_where_the_whole_is_above_a_hard_limit(due: User) -> None:
    share = {"share": "40%"}
    due.settles(limits=PATIENCE | {"automatic": share, "hard": share, "smallest_population": 0})
    assert "A hard limit refuses this plan" in due("plan").words
    (answer,) = due("plan", "--select", "old-one", "--json").answer
    assert answer["report"]["limits"] == "inside"
    assert due("apply", answer["plan"]["digest"]).code == 0
    assert due.account()["experiments"] == ["live", "old-two"]


def test_a_word_that_selects_nothing_is_refused(due: User) -> None:
    ran = due("plan", "--select", "old-one", "--select", "one-a")
    assert (ran.code, ran.out) == (2, "")
    assert "--select one-a: no policy has this name" in ran.words
