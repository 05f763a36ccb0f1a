"""A whole run, other names, what AWS cannot bring back, the times of points."""

import json
import math
from typing import Any

import pytest
from tests.restore.account import RUN, Account

from sagewarden.application.archives import gone_by, newest
from sagewarden.application.rebuilding import Fate
from sagewarden.application.restore_plan import plan_restore
from sagewarden.core.canonical import milliseconds, read_time
from sagewarden.core.entities import Kind
from sagewarden.core.renaming import Rename
from sagewarden.core.unreturnable import COMPONENTS_ONLY
from sagewarden.errors import UsageError

EXP = (Kind.EXPERIMENT, "Exp")
TRI = (Kind.TRIAL, "Tri")
COMP = (Kind.COMPONENT, "Comp")
SHARED = (Kind.COMPONENT, "Shared")
LATER = "20260401T000000Z-ffff"
ALL_NEW = (Rename("exp", "Exp-Back"), Rename("tri", "Tri-Back"), Rename("comp", "Comp-Back"))


def names(account: Account) -> list[list[str]]:
    state = account.box.state
    return [sorted(table.rows) for table in (state.experiments, state.trials, state.components)]


@pytest.fixture
def erased(account: Account) -> Account:
    """A tree with a series, and a component of another tree that lives on, cut from it."""
    account.tree(Tri=["Comp", "Shared"])
    account.tree("Living", Home=["Shared"])
    account.log("Comp", "loss", [0.5, 0.25, 0.125], steps=False)
    account.erase(EXP, TRI, COMP, spared=["Shared"])
    account.box.admin.clear_calls()
    return account


def test_a_whole_run_comes_back(erased: Account) -> None:
    """All that it deleted, trees and single components, and nothing of another run."""
    erased.component("Alone")
    erased.erase((Kind.COMPONENT, "Alone"))
    erased.component("Later")
    erased.erase((Kind.COMPONENT, "Later"), run=LATER)

    restored = erased.carry_out(plan_restore(erased.bench, gone_by(erased.bench, RUN)))

    assert restored.complete
    assert names(erased) == [["exp", "living"], ["home", "tri"], ["alone", "comp", "shared"]]
    assert erased.seen(*SHARED)["trials"] == ["Home", "Tri"]


def test_a_run_that_deleted_nothing_is_a_mistake_of_the_caller(erased: Account) -> None:
    with pytest.raises(UsageError, match="no run '2099' deleted anything"):
        gone_by(erased.bench, "2099")


def test_a_tree_comes_back_under_other_names(erased: Account) -> None:
    """Beside what has the old names now; what hangs together hangs together again."""
    erased.tree(Tri=["Comp"])
    taken = [erased.seen(*each) for each in (EXP, TRI, COMP)]

    restored = erased.restore("Exp", renames=ALL_NEW)

    assert restored.complete
    assert erased.seen(Kind.TRIAL, "Tri-Back")["fields"]["ExperimentName"] == "Exp-Back"
    back = erased.seen(Kind.COMPONENT, "comp-back")
    assert (back["trials"], back["fields"]["DisplayName"]) == (["Tri-Back"], "Comp-Back")
    assert back["series"] == {"loss": [[], ["0.5", "0.25", "0.125"]]}
    assert erased.seen(*SHARED)["trials"] == ["Home", "Tri-Back"]
    assert [erased.seen(*each) for each in (EXP, TRI, COMP)] == taken


def test_a_second_call_under_the_same_names_writes_nothing(erased: Account) -> None:
    erased.restore("Exp", renames=ALL_NEW)
    erased.box.admin.clear_calls()
    again = erased.restore("Exp", renames=ALL_NEW)
    assert (again.counts, erased.writes()) == ({Fate.ALREADY: 3}, [])


def test_a_stop_and_a_second_call_put_each_point_under_the_new_name_once(erased: Account) -> None:
    stopped = erased.asked_to_stop_after(4).restore("Exp", renames=ALL_NEW)
    assert not stopped.complete
    assert erased.restore("Exp", renames=ALL_NEW).complete
    assert erased.seen(Kind.COMPONENT, "Comp-Back")["counts"] == {"loss": 3}


def test_a_display_name_of_its_own_stays(account: Account) -> None:
    account.component("Comp", DisplayName="shown")
    account.erase(COMP)
    account.restore("Comp", renames=ALL_NEW[2:])
    assert account.seen(Kind.COMPONENT, "Comp-Back")["fields"]["DisplayName"] == "shown"


def remembered(account: Account, name: str = "Comp") -> dict[str, str]:
    parameters = account.seen(Kind.COMPONENT, name)["fields"].get("Parameters", {})
    return {key: value["StringValue"] for key, value in parameters.items()}


def test_what_aws_cannot_bring_back_is_remembered_when_asked(erased: Account) -> None:
    """As parameters: when it was created, and what AWS had computed of its metrics."""
    assert erased.restore("Exp", remember=True).complete
    told = remembered(erased)
    assert sorted(told) == [
        f"sagewarden:{field}"
        for field in ("CreationTime", "LastModifiedTime", "LineageGroupArn", "Metrics:loss")
    ]
    born = newest(erased.bench, "Comp").identity.created_ms
    assert milliseconds(read_time(told["sagewarden:CreationTime"])) == born
    summary = json.loads(told["sagewarden:Metrics:loss"])
    assert (summary["Count"], summary["Min"], summary["Max"]) == (3, 0.125, 0.5)


def test_nothing_is_remembered_unless_asked(erased: Account) -> None:
    erased.restore("Exp")
    assert remembered(erased) == {}


def test_an_earlier_life_is_remembered_before_a_later_one(account: Account) -> None:
    """What was restored, deleted and restored again tells when it was created first."""
    account.component("Comp")
    account.erase(COMP, run="20260101T000000Z-aaaa")
    account.restore("Comp", remember=True)
    first = remembered(account)["sagewarden:CreationTime"]
    account.age()
    account.erase(COMP, run=LATER)
    account.restore("Comp", remember=True)
    assert remembered(account)["sagewarden:CreationTime"] == first


def test_the_plan_says_who_remembers_nothing(erased: Account) -> None:
    """AWS has parameters for components only."""
    assert COMPONENTS_ONLY in erased.plan("Exp", remember=True).never
    assert COMPONENTS_ONLY not in erased.plan("Comp", remember=True).never


def test_what_has_no_room_is_told_and_not_remembered(account: Account) -> None:
    """The 301st parameter would be refused with all the others."""
    parameters = {f"p{number}": {"NumberValue": number / 7} for number in range(299)}
    account.component("Comp", Parameters=parameters)
    account.erase(COMP)
    left_out = account.plan("Comp", remember=True).entities[0].left_out
    assert [each.partition(": ")[0] for each in left_out] == [
        "parameter sagewarden:LastModifiedTime",
        "parameter sagewarden:LineageGroupArn",
    ]
    assert account.restore("Comp", remember=True).complete
    assert len(account.seen(*COMP)["fields"]["Parameters"]) == 300


def series_of(account: Account) -> list[list[Any]]:
    query = {
        "MetricName": "loss",
        "ResourceArn": account.sm.describe_trial_component(TrialComponentName="Comp")[
            "TrialComponentArn"
        ],
        "MetricStat": "Last",
        "Period": "OneMinute",
        "XAxisType": "Timestamp",
    }
    (found,) = account.metrics.batch_get_metrics(MetricQueries=[query])["MetricQueryResults"]
    return [found["XAxisValues"], found["MetricValues"]]


@pytest.mark.parametrize(("days", "same"), [(0, True), (13, True), (14, False), (30, False)])
def test_times_come_back_as_long_as_aws_takes_them(
    account: Account, days: int, *, same: bool
) -> None:
    """Of values by the minute; older ones keep their distances, and end when it is restored."""
    account.component("Comp")
    account.log("Comp", "loss", [0.5, 0.25, math.pi], steps=False)
    before = series_of(account)
    account.erase(COMP)
    account.box.admin.advance(days * 86_400)
    account.bench.looks.components_in()

    assert account.restore("Comp").complete

    after = series_of(account)
    assert (after == before, after[1]) == (same, before[1])
