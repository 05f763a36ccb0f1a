"""What policies ask of parameters and metrics, and what an entity then holds."""

from dataclasses import replace
from math import isnan
from typing import Any

import pytest
from tests.core.worlds import HERE, ago, policies, policy

from sagewarden.core.comparisons import parse_range
from sagewarden.core.entities import Kind, Quantity
from sagewarden.core.needs import NOTHING, Needs, needs
from sagewarden.core.observe import observe
from sagewarden.core.policy import (
    AllOf,
    AnyOf,
    Best,
    Idle,
    Keep,
    Metric,
    Not,
    Parameter,
    Protection,
)

OVER = (parse_range("> 0.1"),)
LAST, LEAST = Quantity("loss"), Quantity("loss", "min")
RECORD: dict[str, Any] = {
    "TrialComponentName": "c",
    "TrialComponentArn": "arn:c",
    "CreationTime": ago(9),
    "LastModifiedTime": ago(5),
    "Parameters": {
        "lr": {"NumberValue": 0.3},
        "epochs": {"NumberValue": 0},
        "optimizer": {"StringValue": "adam"},
    },
    "Metrics": [
        {"MetricName": "loss", "Last": 0.5, "Min": 0.25, "Count": 4},
        {"MetricName": "accuracy", "Last": 0.9},
    ],
}


def test_policies_without_such_conditions_ask_for_nothing() -> None:
    assert needs(policies(policy(match=Idle(ago(1) - ago(2))))) == NOTHING


def test_all_conditions_at_any_depth_are_asked_for() -> None:
    match = AnyOf(
        (AllOf((Parameter("lr", "present"),)), Not(AnyOf((Metric(LAST, "values", OVER),))))
    )
    found = needs(policies(policy(Kind.COMPONENT, match)))
    assert found == Needs(frozenset({"lr"}), frozenset({LAST}))


def test_several_policies_ask_together() -> None:
    some = (policy(Kind.COMPONENT, Parameter(name, "absent"), name=name) for name in ("a", "b"))
    assert needs(policies(*some)).parameters == {"a", "b"}


def test_a_keep_rule_asks_for_what_it_ranks_by() -> None:
    keep = Keep(best=Best(LEAST, "min", 3))
    assert needs(policies(policy(Kind.COMPONENT, keep=keep))).metrics == {LEAST}


def test_protections_ask_too() -> None:
    guarded = replace(policies(), protections=(Protection(Parameter("p", "present"), HERE),))
    assert needs(guarded).parameters == {"p"}


def observed(asked: Needs, **changes: Any) -> Any:
    return observe(Kind.COMPONENT, RECORD | changes, tags={}, asked=asked)


def test_an_entity_holds_nothing_that_nobody_asks_for() -> None:
    seen = observed(NOTHING)
    assert (seen.parameters, seen.metrics) == (None, None)


def test_an_entity_holds_the_parameters_that_are_asked_for() -> None:
    seen = observed(Needs(frozenset({"lr", "epochs", "optimizer", "seed"})))
    assert seen.parameters == {"lr": 0.3, "epochs": 0.0, "optimizer": "adam"}


def test_an_entity_holds_the_summaries_that_are_asked_for() -> None:
    seen = observed(Needs(metrics=frozenset({LAST, LEAST, Quantity("f1")})))
    assert seen.metrics == {LAST: (0.5,), LEAST: (0.25,)}


@pytest.mark.parametrize("none", [[], None])
def test_a_component_without_metrics_is_known_to_have_none(none: Any) -> None:
    assert observed(Needs(metrics=frozenset({LAST})), Metrics=none).metrics == {}


def test_a_summary_without_its_value_is_no_number() -> None:
    quantity = Quantity("accuracy", "std_dev")
    (value,) = observed(Needs(metrics=frozenset({quantity}))).metrics[quantity]
    assert isnan(value)


def test_sources_that_differ_are_all_held_and_equal_ones_once() -> None:
    several = [{"MetricName": "loss", "Last": each} for each in (1, 2, 1)]
    assert observed(Needs(metrics=frozenset({LAST})), Metrics=several).metrics == {LAST: (1, 2)}


def test_what_is_asked_for_changes_no_fingerprint() -> None:
    """A plan is applied under its policies, and an archive is read under none."""
    asked = Needs(frozenset({"lr"}), frozenset({LAST}))
    assert observed(asked).content == observed(NOTHING).content


def test_a_keep_rule_that_ranks_by_nothing_asks_for_nothing() -> None:
    assert needs(policies(policy(Kind.COMPONENT, keep=Keep(last=1)))) == NOTHING


@pytest.mark.parametrize("none", [{}, None])
def test_a_component_without_parameters_is_known_to_have_none(none: Any) -> None:
    assert observed(Needs(frozenset({"lr"})), Parameters=none).parameters == {}


@pytest.mark.parametrize(("asked", "held"), [(True, ("s3://b/m",)), (False, None)])
def test_an_entity_holds_its_artifacts_if_they_are_asked_for(asked: Any, held: Any) -> None:
    outputs = {"model": {"Value": "s3://b/m"}}
    assert observed(Needs(artifacts=asked), OutputArtifacts=outputs).artifacts == held
