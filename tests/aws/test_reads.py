"""The path of every read: attempts, pages, counts."""

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.aws.calls import Patience
from sagewarden.adapters.aws.limiter import Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.errors import AccessDenied, ReadFailed, Throttled

if TYPE_CHECKING:
    from tests.aws.conftest import World


def test_a_read_outlives_a_throttle(tree: "World") -> None:
    tree.fault("throttle", "DescribeTrial", times=2)
    assert tree.reads().ask("DescribeTrial", TrialName="Tri")["TrialName"] == "Tri"
    assert tree.counter.by_result() == {
        ("DescribeTrial", "throttled"): 2,
        ("DescribeTrial", "ok"): 1,
    }


def test_a_read_outlives_a_cut_off_answer(tree: "World") -> None:
    """The first answer is empty behind botocore, the second one is whole."""
    tree.fault("truncate", "ListTrials", times=1)
    assert tree.looks.trials_of("Comp") == ("tri",)


def test_patience_ends(tree: "World") -> None:
    tree.fault("throttle", "DescribeTrial")
    with pytest.raises(Throttled, match="DescribeTrial"):
        tree.reads().ask("DescribeTrial", TrialName="Tri")
    assert tree.sent() == ["DescribeTrial"] * 3


def test_a_denial_is_not_tried_again(tree: "World") -> None:
    tree.fault("deny", "DescribeTrial")
    with pytest.raises(AccessDenied):
        tree.reads().ask("DescribeTrial", TrialName="Tri")
    assert tree.sent() == ["DescribeTrial"]


def test_nothing_is_read_once_we_stop(tree: "World") -> None:
    tree.stop.set()
    with pytest.raises(ReadFailed, match="stopped"):
        tree.reads().ask("DescribeTrial", TrialName="Tri")
    assert tree.sent() == []


def test_looks_of_a_unit_in_work_go_on_after_a_stop(tree: "World") -> None:
    """An edge that we removed is put back during a shutdown, and that takes looks."""
    tree.stop.set()
    assert SageMakerLooks(tree.reads().to_the_end()).trials_of("Comp") == ("tri",)


def test_pages_are_followed_to_the_end(tree: "World") -> None:
    """Pages of one, as a service under load may give."""
    for number in range(4):
        tree.component(f"more-{number}", "Tri")
    tree.box.knobs.page_cap = 1
    keys = {each.key for each in tree.looks.components_in(trial="Tri")}
    assert keys == {"comp", "more-0", "more-1", "more-2", "more-3"}


def test_one_empty_page_with_a_token_is_no_end(tree: "World") -> None:
    """AWS may answer an empty page and go on after it."""
    tree.fault("empty_page", "ListTrialComponents", times=2)
    assert [each.key for each in tree.looks.components_in(trial="Tri")] == ["comp"]


def test_empty_pages_without_end_are_a_failure(tree: "World") -> None:
    tree.fault("empty_page", "ListTrialComponents")
    with pytest.raises(ReadFailed, match="circle or nowhere"):
        tree.looks.components_in(trial="Tri")


def test_times_are_in_utc(tree: "World") -> None:
    """Wherever the machine stands."""
    answer = tree.reads().ask("DescribeTrial", TrialName="Tri")
    assert answer["CreationTime"].tzinfo is UTC


def test_an_inventory_outlives_a_slow_service(world: "World") -> None:
    """Throttles cost time and a few calls, and leave no gap."""
    world.box.seed(components=600, seed=3)
    world.box.admin.set_knobs(rates={"*": 8.0})
    patient = replace(world, patience=Patience(pause=0.1, longest=2.0), pace=Pace(start=8.0))
    assert patient.survey().gaps == ()
    assert patient.counter.by_result()["Search", "throttled"] > 0
