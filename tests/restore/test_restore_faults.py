"""Whatever goes wrong on the way, nothing is created twice, and another call finishes the work."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.restore.account import RUN, Account, make_bench, open_session

from sagewarden.adapters.vault.directory import DirectoryVault
from sagewarden.application.archives import gone_by
from sagewarden.application.rebuilding import Fate
from sagewarden.application.restore_plan import Wishes, plan_restore
from sagewarden.core.entities import Kind
from sagewarden.core.rebirth import RESTORED_TAG
from sagewarden.core.renaming import Rename
from sagewarden.errors import ReadFailed

WORKER = Path(__file__).with_name("worker.py")
EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")
SHARED = (Kind.COMPONENT, "Shared")
WRITES = (
    "CreateExperiment",
    "CreateTrial",
    "CreateTrialComponent",
    "AssociateTrialComponent",
    "BatchPutMetrics",
)
PASSING = ("throttle", "error_500", "drop_before", "drop_after", "error_500_after", "truncate")


def grow(account: Account) -> list[dict[str, Any]]:
    """Make a tree with a shared component and series, delete it, return what it was."""
    account.tree(Tri=["Comp", "Shared"])
    account.tree("Living", Home=["Shared"])
    account.log("Comp", "loss", [1 / (1 + step) for step in range(25)], steps=True)
    account.log("Comp", "rmse", [0.5, 0.25, 0.125], steps=False)
    before = [account.seen(*each) for each in (EXP, TRI, COMP, SHARED)]
    account.age()
    account.erase(EXP, TRI, COMP, spared=["Shared"])
    account.box.admin.clear_calls()
    return before


def now(account: Account) -> list[dict[str, Any]]:
    """Return what the tree is now."""
    account.box.admin.clear_rules()
    return [account.seen(*each) for each in (EXP, TRI, COMP, SHARED)]


def created(account: Account) -> Counter[str]:
    """Count the names whose Create was applied since the tree was deleted."""
    calls = account.box.admin.calls(writes=True)
    return Counter(
        call.resource for call in calls if call.operation.startswith("Create") and call.applied
    )


@pytest.mark.parametrize("operation", WRITES)
@pytest.mark.parametrize("action", PASSING)
def test_a_passing_fault_of_a_write_leaves_no_trace(
    account: Account, operation: str, action: str
) -> None:
    """A write that was turned away, lost, or whose answer was lost is looked for, then repeated."""
    before = grow(account)
    account.fault(action, operation)

    restored = account.restore("Exp")

    assert restored.complete
    assert now(account) == before
    assert set(created(account).values()) == {1}


@pytest.mark.parametrize("operation", WRITES)
def test_a_lasting_refusal_is_told_and_another_call_goes_on(
    account: Account, operation: str
) -> None:
    """What lacks a permission is refused; once it is given, the same restore finishes."""
    before = grow(account)
    account.fault("deny", operation, times=None)

    refused = account.restore("Exp")

    assert not refused.complete
    told = [each.detail for each in refused.entities] + [each.detail for each in refused.edges]
    assert any(f"{operation}: AccessDeniedException" in detail for detail in told)
    account.box.admin.clear_rules()
    assert account.restore("Exp").complete
    assert now(account) == before
    assert set(created(account).values()) == {1}


@pytest.mark.parametrize("operation", WRITES)
def test_no_answer_for_good_is_unclear(account: Account, operation: str) -> None:
    """After the last attempt without an answer a restore says that it does not know."""
    grow(account)
    account.fault("drop_before", operation, times=None)

    restored = account.restore("Exp")

    assert not restored.complete
    fates = {each.fate for each in restored.entities} | {each.fate for each in restored.edges}
    unclear = any(operation in each.detail for each in restored.entities if each.missing)
    assert Fate.UNCLEAR in fates or unclear


@pytest.mark.parametrize("operation", ["ListTags", "DescribeTrialComponent"])
def test_no_plan_without_a_look(account: Account, operation: str) -> None:
    """When AWS does not say what exists, nothing is planned, let alone created."""
    grow(account)
    account.fault("error_500", operation, times=None)

    with pytest.raises(ReadFailed):
        account.restore("Exp")

    assert account.writes() == []


def test_a_lost_answer_and_no_look_is_unclear(account: Account) -> None:
    """Without a look it stays open whether the component is there; the next call finds out."""
    before = grow(account)
    plan = account.plan("Comp")
    account.fault("drop_after", "CreateTrialComponent")
    account.fault("error_500", "DescribeTrialComponent", times=None)

    restored = account.carry_out(plan)

    assert [each.fate for each in restored.entities] == [Fate.UNCLEAR]
    account.box.admin.clear_rules()
    assert account.restore("Exp").complete
    assert now(account) == before
    assert set(created(account).values()) == {1}


def test_a_create_that_arrives_late(account: Account) -> None:
    """A first attempt that is applied after the second cannot create anything twice."""
    before = grow(account)
    target = account.bench.target
    hasty = open_session(target.account, target.region, account.box.url, 0.3)
    bench, restoring = make_bench(hasty, account.vault)
    account.fault("delay_before", "CreateTrialComponent", seconds=0.6)

    restored = replace(account, bench=bench, restoring=restoring).restore("Exp")
    late = account.await_call("CreateTrialComponent", "delay_before")

    assert restored.complete
    assert (late.code, late.applied) == ("ValidationException", False)
    assert now(account) == before
    assert created(account)["Comp"] == 1


@pytest.mark.parametrize(
    ("operation", "number", "action"),
    [
        ("CreateExperiment", 1, "kill_after"),
        ("CreateTrial", 1, "kill_before"),
        ("CreateTrialComponent", 1, "kill_after"),
        ("AssociateTrialComponent", 1, "kill_before"),
        ("AssociateTrialComponent", 2, "kill_after"),
        ("BatchPutMetrics", 1, "kill_after"),
        ("BatchPutMetrics", 3, "kill_before"),
    ],
)
def test_killed_in_the_middle(
    account: Account, tmp_path: Path, operation: str, number: int, action: str
) -> None:
    """After kill -9 at any write the next restore goes on, and all is as if nothing had been."""
    account = keeping(account, tmp_path)
    before = grow(account)
    code = killed(account, tmp_path, operation, number, action)

    restored = account.restore("Exp")

    assert code == -9
    assert restored.complete
    assert now(account) == before
    assert set(created(account).values()) == {1}


@pytest.mark.parametrize(
    ("operation", "number", "action"),
    [
        ("CreateTrial", 2, "kill_after"),
        ("CreateTrialComponent", 1, "kill_after"),
        ("AssociateTrialComponent", 1, "kill_after"),
        ("BatchPutMetrics", 2, "kill_after"),
    ],
)
def test_killed_in_a_whole_run_under_other_names(
    account: Account, tmp_path: Path, operation: str, number: int, action: str
) -> None:
    """The next call of the same words goes on, and what has the old names stays as it is."""
    account = keeping(account, tmp_path)
    grow(account)
    account.tree("Second", Other=[])
    account.erase((Kind.EXPERIMENT, "Second"), (Kind.TRIAL, "Other"))
    account.tree("Exp", Tri=["Comp"])
    account.box.admin.clear_calls()
    wishes = [f"{name}*=Back-{name}*" for name in ("Exp", "Tri", "Comp")]
    code = killed(account, tmp_path, operation, number, action, *wishes)
    account.box.admin.clear_rules()

    asked = Wishes(renames=tuple(map(Rename.read, wishes)), remember=True)
    plan = plan_restore(account.bench, gone_by(account.bench, RUN), asked)
    restored = account.carry_out(plan)

    assert (code, restored.complete) == (-9, True)
    assert set(created(account).values()) == {1}
    back = account.seen(Kind.COMPONENT, "Back-Comp")
    assert (back["trials"], back["counts"]) == (["Back-Tri"], {"loss": 25, "rmse": 3})
    assert account.seen(Kind.COMPONENT, "Shared")["trials"] == ["Back-Tri", "Home"]
    assert account.seen(*COMP)["trials"] == ["Tri"]


def keeping(account: Account, folder: Path) -> Account:
    """The account, with its vault in a folder that another process can read."""
    vault = DirectoryVault(folder / "vault")
    return replace(account, bench=replace(account.bench, vault=vault))


def killed(
    account: Account, folder: Path, operation: str, number: int, action: str, *wishes: str
) -> int | None:
    """Let a process restore all that was deleted, until it is killed; return its exit code."""
    target = account.bench.target
    command = [sys.executable, str(WORKER), target.account, target.region]
    command += [account.box.url, str(folder / "vault"), RUN, *wishes]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
        account.fault(action, operation, nth_match=number, pid=worker.pid)
        worker.communicate("go\n", timeout=60)
    return worker.returncode


def test_points_that_aws_refuses_are_told_and_put_later(account: Account) -> None:
    """Refusals stand inside an HTTP 200; what was refused is put by the next call."""
    before = grow(account)
    account.box.admin.set_knobs(metric_max_age_days=45 / 86_400)

    restored = account.restore("Exp")

    (comp,) = [each for each in restored.entities if each.located.name == "Comp"]
    assert not restored.complete
    assert (comp.points, comp.missing) == (26, 2)
    assert comp.detail == "2 metric points are not back: VALIDATION_ERROR (2)"
    account.box.admin.set_knobs(metric_max_age_days=14.0)
    assert account.restore("Exp").complete
    assert now(account) == before


def test_refusals_in_an_answer_that_was_cut_off(account: Account) -> None:
    """A cut-off answer parses as empty, which must not pass for success."""
    grow(account)
    account.box.admin.set_knobs(metric_max_age_days=45 / 86_400)
    account.fault("truncate", "BatchPutMetrics", times=None)

    restored = account.restore("Exp")

    assert [each.missing for each in restored.entities if each.located.name == "Comp"] != [0]
    assert not restored.complete


def test_series_that_cannot_be_read_are_not_put_twice(account: Account) -> None:
    """A second call that cannot see which points are there puts none."""
    before = grow(account)
    account.fault("deny", "BatchPutMetrics", times=None)
    account.restore("Exp")
    account.box.admin.clear_rules()
    account.fault("error_500", "BatchGetMetrics", times=None)
    account.box.admin.clear_calls()

    restored = account.restore("Exp")

    assert not restored.complete
    assert "BatchPutMetrics" not in account.writes()
    account.box.admin.clear_rules()
    assert account.restore("Exp").complete
    assert now(account) == before


def test_a_stop_between_points(account: Account) -> None:
    """Asked to stop, not even the next ten points are put; the next call puts them."""
    before = grow(account)

    stopped = account.asked_to_stop_after(5).restore("Exp")

    assert not stopped.complete
    assert [each.points for each in stopped.entities] == [0, 0, 10]
    assert account.restore("Exp").complete
    assert now(account) == before


def test_what_lost_its_mark_is_left_alone(account: Account) -> None:
    """Someone who takes the mark off a restored component makes it theirs."""
    grow(account)
    account.restore("Exp")
    plan = account.plan("Exp")
    arn = account.box.state.arn("experiment-trial-component", "Comp")
    account.sm.delete_tags(ResourceArn=arn, TagKeys=[RESTORED_TAG])
    account.sm.disassociate_trial_component(TrialComponentName="Comp", TrialName="Tri")
    account.box.admin.clear_calls()

    restored = account.carry_out(plan)

    assert [each.fate for each in restored.entities] == [Fate.ALREADY, Fate.ALREADY, Fate.SKIPPED]
    assert account.writes() == []


def test_what_vanished_again_is_unclear(account: Account) -> None:
    """A component that someone deletes while it is being restored is told, and no edge put."""
    grow(account)
    account.restore("Exp")
    plan = account.plan("Exp")
    account.sm.disassociate_trial_component(TrialComponentName="Comp", TrialName="Tri")
    account.sm.delete_trial_component(TrialComponentName="Comp")

    restored = account.carry_out(plan)

    assert [each.fate for each in restored.entities] == [Fate.ALREADY, Fate.ALREADY, Fate.UNCLEAR]


def test_a_spared_component_waits_for_its_trial(account: Account) -> None:
    """While the trial cannot be created, nothing is tied to whatever has its name."""
    grow(account)
    account.fault("deny", "CreateTrial", times=None)

    restored = account.restore("Exp")

    spared = [each for each in restored.edges if each.edge.spared]
    assert [(each.fate, each.detail) for each in spared] == [
        (Fate.NOT_ATTEMPTED, "its trial was not restored")
    ]


def test_a_full_trial_takes_no_more(account: Account) -> None:
    """AWS's quota of components in a trial is a refusal of that edge alone."""
    grow(account)
    account.box.admin.set_knobs(components_per_trial=1)

    restored = account.restore("Exp")

    refused = [each for each in restored.edges if each.fate is Fate.REFUSED]
    assert [each.edge.name for each in refused] == ["Shared"]
    assert "ResourceLimitExceeded" in refused[0].detail


def test_it_only_ever_adds(account: Account) -> None:
    """No write but Create, Associate and BatchPutMetrics leaves a restore."""
    grow(account)

    account.restore("Exp")

    assert set(account.writes()) == set(WRITES)
