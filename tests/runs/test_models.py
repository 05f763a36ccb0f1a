"""Models in use: read before judging and again before each unit; what is in use stays whole."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.runs.stage import DAY, POLICIES, SimulatedCrash, Stage

from sagewarden.adapters.policyfiles import load_policies
from sagewarden.core.report import Report

GUARD = "protect:\n  - registered_models: true\n"
TREE = {"e old-tree", "t old-1", "c made", "c beside"}
READS = {"ListModels", "ListEndpoints", "ListModelPackageGroups", "ListModelPackages"}


def output(key: str) -> dict[str, Any]:
    return {"OutputArtifacts": {"model": {"Value": f"s3://ml/{key}/model.tar.gz"}}}


def package(key: str) -> dict[str, Any]:
    """What registers the model of a component."""
    container = {"Image": "1.dkr.ecr/x", "ModelDataUrl": f"s3://ml/{key}/model.tar.gz"}
    specification = {
        "Containers": [container],
        "SupportedContentTypes": ["text/csv"],
        "SupportedResponseMIMETypes": ["text/csv"],
    }
    return {"ModelPackageName": f"package-{key}", "InferenceSpecification": specification}


def register(stage: Stage, key: str) -> None:
    """Somebody registers the model of a component."""
    stage.make("CreateModelPackage", **package(key))


@pytest.fixture
def guarded(stage: Stage, tmp_path: Path) -> Stage:
    """A tree of two components of which one left a model, and two strays of which one did."""
    (tmp_path / "all.yaml").write_text(POLICIES + GUARD, "utf-8")
    stage.policies = load_policies(tmp_path)
    stage.experiment("old-tree", old_1=[])
    stage.component("made", "old-1", **output("made"))
    stage.component("beside", "old-1")
    stage.component("stray-made", **output("stray"))
    stage.component("stray-bare")
    stage.pass_time(60 * DAY)
    return stage


@pytest.fixture
def due(guarded: Stage) -> Stage:
    """All of it marked, its grace period over."""
    return guarded.mark()


def once(act: Callable[[], None], when: str, what: str) -> Callable[[str, str], None]:
    """Act at the first point of this name."""
    points = itertools.count()

    def at(moment: str, name: str) -> None:
        if (moment, name) == (when, what) and next(points) == 0:
            act()

    return at


def crash() -> None:
    raise SimulatedCrash


def told(report: Report, name: str) -> str:
    """What a report says of what became of something."""
    return "; ".join(each.detail for each in report.outcomes if each.name.lower() == name)


def test_without_models_all_that_is_due_goes(due: Stage) -> None:
    due.sweep()
    assert due.names() == set()


def test_a_model_in_use_keeps_its_component_and_its_tree(due: Stage) -> None:
    register(due, "made")
    due.sweep()
    assert due.names() == TREE


def test_the_report_says_who_rests_on_it(due: Stage) -> None:
    register(due, "made")
    (kept,) = [each for each in due.sweep().judged if each.name == "old-tree"]
    reasons = " ".join(kept.against)
    assert "trial-component made: protected: its model is registered: model package" in reasons
    assert "arn:aws:sagemaker:us-east-1:123456789012:model-package/package-made" in reasons


def test_models_that_cannot_be_read_keep_all_that_left_something(due: Stage) -> None:
    """Only who left nothing in S3 goes."""
    due.box.admin.set_knobs(denied={"*": ["sagemaker:ListModels"]})
    due.sweep()
    assert due.names() == {*TREE, "c stray-made"}


def test_the_report_says_that_models_could_not_be_read(due: Stage) -> None:
    due.box.admin.set_knobs(denied={"*": ["sagemaker:ListModels"]})
    (note,) = [each for each in due.sweep().notes if "models" in each]
    assert "which models are in use could not be read" in note
    assert "ListModels" in note


def test_models_that_could_not_be_read_once_restart_no_clock(due: Stage) -> None:
    due.box.admin.set_knobs(denied={"*": ["sagemaker:ListModels"]})
    due.sweep()
    due.box.admin.set_knobs(denied={})
    due.sweep()
    assert due.names() == set()


@pytest.mark.parametrize("nth", [2, 3], ids=["unit", "bundle"])
def test_a_model_registered_since_the_plan_stops_its_tree(due: Stage, nth: int) -> None:
    """The first read judges, the second begins the unit, the third its bundle."""
    made = {"operation": "CreateModelPackage", "params": package("made")}
    due.hook("ListEndpoints", made, nth_match=nth)
    report = due.sweep()
    assert due.names() == TREE
    assert "its model is registered" in told(report, "old-tree")
    assert [step for step in due.effects() if "stray" not in step] == []


def test_a_model_registered_since_the_plan_stops_only_its_stray(due: Stage) -> None:
    """In a batch each component stands for itself."""
    due.at = once(lambda: register(due, "stray"), "before", "disassociate")
    due.sweep()
    assert due.names() == {"c stray-made"}


def test_models_that_cannot_be_read_again_stop_every_unit_that_left_something(due: Stage) -> None:
    due.fault("deny", "ListModels", nth_match=2, times=None)
    report = due.sweep()
    assert due.names() == {*TREE, "c stray-made", "c stray-bare"}
    assert "could not be read" in told(report, "stray-made")


def test_a_model_registered_in_the_midst_of_a_unit_keeps_what_is_left(due: Stage) -> None:
    due.bundle = 1
    due.at = once(lambda: register(due, "made"), "after", "delete")
    due.sweep()
    assert due.names() == TREE - {"c beside"}


def test_a_dead_run_is_undone_when_a_model_was_registered_since(due: Stage) -> None:
    """The edge that it had cut comes back."""
    due.at = once(crash, "after", "disassociate")
    with pytest.raises(SimulatedCrash):
        due.sweep()
    due.at = lambda _when, _what: None
    register(due, "made")
    due.sweep()
    assert due.names() == TREE
    assert due.trials_of("beside") == {"old-1"}


def test_no_model_is_read_when_no_file_asks(due: Stage) -> None:
    """A good neighbour asks for nothing that it does not need."""
    due.policies = replace(due.policies, protections=())
    due.sweep()
    assert not {call.operation for call in due.calls()} & READS
