"""A plan's digest and its stored form."""

from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from typing import Any

import pytest
from tests.core.worlds import (
    TARGET,
    component,
    experiment,
    planned,
    policies,
    policy,
    seen,
    through_json,
    trial,
)

from sagewarden.core.canonical import canonical, canonical_pieces
from sagewarden.core.entities import Kind, Target
from sagewarden.core.plan import Plan, read_plan
from sagewarden.core.policy import Named
from sagewarden.errors import IntegrityError

WORLD = seen(
    experiment("e"),
    experiment("f"),
    trial("t", "e"),
    trial("u", "f"),
    component("own", "t"),
    component("shared", "t", "u"),
)
PLAN = planned(WORLD, policies(policy(match=Named(("e",)))))
UNIT = PLAN.units[0]


def with_first(**changes: Any) -> Plan:
    """The plan with its first entity changed."""
    first, *rest = UNIT.entities
    return replace(PLAN, units=(replace(UNIT, entities=(replace(first, **changes), *rest)),))


def test_counts_are_of_what_goes() -> None:
    assert PLAN.counts == {Kind.COMPONENT: 1, Kind.TRIAL: 1, Kind.EXPERIMENT: 1}


@pytest.mark.parametrize(
    "same",
    [
        replace(PLAN, made="2026-03-02T12:00:00.000Z"),
        replace(PLAN, run="r2"),
        replace(PLAN, maker="ada"),
        replace(PLAN, target=replace(TARGET, name="renamed")),
        with_first(reasons=("other words",)),
    ],
    ids=["made", "run", "maker", "target's name", "reasons"],
)
def test_time_run_and_prose_are_no_part_of_the_digest(same: Plan) -> None:
    assert same.digest == PLAN.digest


OTHERS = {
    "target": replace(PLAN, target=Target("210987654321", "eu-west-1")),
    "policies": replace(PLAN, policies="other"),
    "no units": replace(PLAN, units=()),
    "content": with_first(content="x"),
    "fingerprint": with_first(fingerprint="x"),
    "arn": with_first(arn="x"),
    "name": with_first(name="OWN"),
    "policy": with_first(policy="x"),
    "rule": with_first(rule="x"),
    "parents": with_first(parents=("t", "v")),
    "identity": with_first(identity=UNIT.entities[0].identity._replace(created_ms=1)),
    "kind of unit": replace(PLAN, units=(replace(UNIT, kind="batch"),)),
    "steps": replace(PLAN, units=(replace(UNIT, steps=UNIT.steps[1:]),)),
    "order of steps": replace(PLAN, units=(replace(UNIT, steps=UNIT.steps[::-1]),)),
    "spared": replace(PLAN, units=(replace(UNIT, spared=()),)),
    "ancestors": replace(PLAN, units=(replace(UNIT, ancestors=()),)),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS.keys())
def test_everything_else_is(other: Plan) -> None:
    assert other.digest != PLAN.digest


def test_a_unit_is_named_by_what_it_does() -> None:
    assert replace(UNIT, steps=UNIT.steps[1:]).identity != UNIT.identity
    assert replace(UNIT).identity == UNIT.identity


def test_a_stored_plan_reads_back_whole() -> None:
    plan = replace(PLAN, made="2026-03-01T12:00:00.000Z", run="r", maker="m")
    assert read_plan(through_json(plan.spelled())) == plan


def spoilt(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    stored: dict[str, Any] = through_json(PLAN.spelled())
    change(stored)
    return stored


SPOILT: dict[str, Callable[[dict[str, Any]], object]] = {
    "another format": lambda plan: plan.update(format=2),
    "no format": lambda plan: plan.pop("format"),
    "another digest": lambda plan: plan.update(digest="0" * 64),
    "no digest": lambda plan: plan.pop("digest"),
    "no units": lambda plan: plan.pop("units"),
    "units that are none": lambda plan: plan.update(units=5),
    "a target with more": lambda plan: plan["target"].update(zone="x"),
    "another account": lambda plan: plan["target"].update(account="210987654321"),
    "another policy set": lambda plan: plan.update(policies="x"),
    "another name": lambda plan: plan["units"][0]["entities"][0].update(name="victim"),
    "another arn": lambda plan: plan["units"][0]["entities"][0].update(arn="arn:victim"),
    "a step more": lambda plan: plan["units"][0]["steps"].append(
        ["delete", ["trial-component", "shared", 1], ""]
    ),
    "an effect unheard of": lambda plan: plan["units"][0]["steps"][0].__setitem__(0, "obliterate"),
    "a kind unheard of": lambda plan: plan["units"][0]["steps"][0][1].__setitem__(0, "model"),
    "a short identity": lambda plan: plan["units"][0]["entities"][0]["identity"].pop(),
    "a lost reason": lambda plan: plan["units"][0]["entities"][0].pop("reasons"),
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT.keys())
def test_a_spoilt_plan_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(IntegrityError):
        read_plan(spoilt(change))


def test_a_step_reads_as_a_sentence() -> None:
    assert [str(step) for step in UNIT.steps[:2]] == [
        "disassociate trial-component own from t",
        "delete trial-component own",
    ]


def test_a_plan_is_immutable() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAN.units = ()  # type: ignore[misc]


def test_a_unit_is_found_by_its_digest() -> None:
    other = replace(UNIT, kind="batch")
    plan = replace(PLAN, units=(UNIT, other))
    assert [plan.unit(each.identity).kind for each in (other, UNIT)] == ["batch", "tree"]


def test_a_unit_that_a_plan_has_not_is_refused() -> None:
    with pytest.raises(IntegrityError, match="has no unit abc"):
        PLAN.unit("abc")


def test_a_tree_is_told_from_a_batch() -> None:
    assert (UNIT.is_tree, replace(UNIT, kind="batch").is_tree) == (True, False)


@pytest.mark.parametrize("artifacts", [None, (), ("s3://bucket/model",)], ids=str)
def test_the_artifacts_of_a_component_are_stored(artifacts: tuple[str, ...] | None) -> None:
    plan = with_first(artifacts=artifacts)
    assert read_plan(through_json(plan.spelled())) == plan


def test_artifacts_are_part_of_the_digest() -> None:
    plans = [with_first(artifacts=each) for each in (None, (), ("s3://bucket/model",))]
    assert len({plan.digest for plan in plans}) == len(plans)


def test_a_plan_that_is_stored_unit_by_unit_is_stored_whole() -> None:
    assert b"".join(canonical_pieces(PLAN.unrolling())) == canonical(PLAN.spelled())
