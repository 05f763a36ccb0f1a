"""A plan says what a restore will do, what stands in its way and what AWS keeps to itself."""

import pytest
from tests.restore.account import RUN, Account

from sagewarden.application.archives import deleted, newest
from sagewarden.application.rebuilding import Fate
from sagewarden.application.restore_place import Standing
from sagewarden.application.restore_plan import Existing, plan_restore
from sagewarden.core.entities import Kind
from sagewarden.errors import IntegrityError, UsageError
from sagewarden.sandbox.state import changed

EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")


@pytest.fixture
def erased(account: Account) -> Account:
    """A tree of three, deleted."""
    account.tree(Tri=["Comp"])
    account.log("Comp", "loss", [1.0, 0.5], steps=True)
    account.erase(EXP, TRI, COMP)
    account.box.admin.clear_calls()
    return account


def test_lists_from_the_top_down_and_writes_nothing(erased: Account) -> None:
    """Experiment, trial, component, edge: each absent, each to be created."""
    plan = erased.plan("Exp")

    assert [(each.located.name, each.standing) for each in plan.entities] == [
        ("Exp", Standing.ABSENT),
        ("Tri", Standing.ABSENT),
        ("Comp", Standing.ABSENT),
    ]
    assert [(each.name, each.trial, each.obstacle) for each in plan.edges] == [("Comp", "tri", "")]
    assert [each.points for each in plan.entities] == [0, 0, 2]
    assert erased.writes() == []


def test_says_what_aws_cannot_bring_back(erased: Account) -> None:
    """Times, people and computed figures are named, each with its reason."""
    never = erased.plan("Exp").never

    assert [each.partition(":")[0] for each in never] == [
        "CreationTime",
        "LastModifiedTime",
        "LineageGroupArn",
        "Metrics",
        "the times of metric points",
    ]


def test_what_exists_is_skipped(erased: Account) -> None:
    """Something else under the name stays as it is, and nothing is tied to it from below."""
    erased.component("COMP", Parameters={"new": {"NumberValue": 1.0}})
    before = dict(erased.box.state.components.rows)

    restored = erased.restore("Exp")

    assert [each.fate for each in restored.entities] == [Fate.DONE, Fate.DONE, Fate.SKIPPED]
    assert restored.edges == ()
    assert erased.box.state.components.rows == before


def test_what_exists_above_takes_the_rest(erased: Account) -> None:
    """An experiment created anew by someone else stays as it is; its trial comes back into it."""
    erased.sm.create_experiment(ExperimentName="exp", Description="someone else's")

    restored = erased.restore("Exp")

    assert [each.fate for each in restored.entities] == [Fate.SKIPPED, Fate.DONE, Fate.DONE]
    assert erased.seen(*EXP)["fields"]["Description"] == "someone else's"
    assert erased.seen(*TRI)["fields"]["ExperimentName"] == "exp"


def test_what_exists_fails_the_whole_plan_on_demand(erased: Account) -> None:
    """With `fail` nothing is created at all."""
    erased.component("Comp")
    plan = erased.plan("Exp", existing=Existing.FAIL)
    erased.box.admin.clear_calls()

    with pytest.raises(UsageError, match="trial-component comp"):
        erased.carry_out(plan)

    assert [each.located.name for each in plan.conflicts] == ["Comp"]
    assert erased.writes() == []


def test_what_this_restore_created_never_fails_it(erased: Account) -> None:
    """A second call with `fail` meets only its own work."""
    erased.restore("Exp")

    plan = erased.plan("Exp", existing=Existing.FAIL)

    assert plan.conflicts == ()
    assert len(plan.standing(Standing.RESTORED)) == 3


def test_a_name_taken_between_plan_and_restore_is_left_alone(erased: Account) -> None:
    """Create refuses a taken name; what took it is not touched, nor tied to the trial."""
    plan = erased.plan("Exp")
    erased.component("Comp", Parameters={"new": {"NumberValue": 1.0}})

    restored = erased.carry_out(plan)

    assert [each.fate for each in restored.entities] == [Fate.DONE, Fate.DONE, Fate.SKIPPED]
    assert [each.fate for each in restored.edges] == [Fate.NOT_ATTEMPTED]
    assert erased.seen(*COMP)["trials"] == []


def test_a_trial_without_its_experiment(erased: Account) -> None:
    """A trial cannot stand alone; the plan says what to restore instead."""
    restored = erased.restore("Tri")

    assert [(each.fate, each.detail) for each in restored.entities] == [
        (Fate.NOT_ATTEMPTED, "its experiment exp is gone; restore that"),
        (Fate.DONE, ""),
    ]
    assert [each.fate for each in restored.edges] == [Fate.NOT_ATTEMPTED]
    assert not restored.complete


def test_an_edge_to_a_trial_created_anew_is_noted(account: Account) -> None:
    """The trial has the name only; the reader is told."""
    account.tree(Tri=["Comp"])
    account.erase(TRI, COMP)
    account.box.admin.advance(60)
    account.sm.create_trial(TrialName="Tri", ExperimentName="Exp")

    plan = account.plan("Comp")

    assert [each.note for each in plan.edges] == ["the trial tri was created anew after the delete"]


def test_tags_that_cannot_come_back_are_told(account: Account) -> None:
    """AWS's own, those of SageWarden's, and one too many stay in the archive."""
    tags = [{"Key": f"k{number:02d}", "Value": "v"} for number in range(48)]
    account.component("Comp", Tags=[*tags, {"Key": "sagewarden:due", "Value": "soon"}])
    row = account.box.state.components.rows["comp"]
    more = {"aws:cloudformation:stack-name": "s", "y": "last to fit", "z": "too many"}
    account.box.state.components.put(changed(row, tags={**row.tags, **more}))
    account.erase(COMP)

    left_out = account.plan("Comp").entities[0].left_out

    assert [each.partition(":")[0] for each in sorted(left_out)] == [
        "tag aws",
        "tag sagewarden",
        "tag z=too many",
    ]
    assert account.restore("Comp").complete
    assert sorted(account.seen(*COMP)["tags"]) == [*(each["Key"] for each in tags), "y"]


@pytest.mark.parametrize("order", [1, -1], ids=["newest first", "oldest first"])
def test_of_two_lives_that_were_chosen_the_last_comes_back(account: Account, order: int) -> None:
    """In whatever order they were chosen."""
    for run in ("20260101T000000Z-aaaa", "20260201T000000Z-aaaa"):
        account.component("Comp")
        account.erase(COMP, run=run)
        account.box.admin.advance(60)
    newest_first = [*deleted(account.bench)]
    (planned,) = plan_restore(account.bench, newest_first[::order]).entities
    assert (len(newest_first), planned.located) == (2, newest_first[0])


def test_a_broken_archive_is_no_plan(erased: Account) -> None:
    """A byte that flipped is found before anything is promised."""
    located = newest(erased.bench, "Comp")
    erased.damage(located.archive_key)
    erased.box.admin.clear_calls()

    with pytest.raises(IntegrityError):
        erased.plan("Exp")

    assert erased.writes() == []


def test_nothing_chosen(account: Account) -> None:
    """An empty choice is a mistake of the caller."""
    with pytest.raises(UsageError, match="nothing was chosen"):
        plan_restore(account.bench, [])


def test_a_name_never_deleted(account: Account) -> None:
    """What is not in the journal cannot be found."""
    with pytest.raises(UsageError, match="no entity called 'Exp'"):
        newest(account.bench, "Exp")


def test_a_name_of_two_kinds(account: Account) -> None:
    """Kinds have names of their own, so the caller has to say which."""
    account.tree("Same", Same=[])
    account.erase((Kind.EXPERIMENT, "Same"), (Kind.TRIAL, "Same"))

    with pytest.raises(UsageError, match="experiment and a trial"):
        newest(account.bench, "same")

    assert newest(account.bench, "same", Kind.TRIAL).run == RUN
