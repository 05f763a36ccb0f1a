"""What policies ask of entities beyond what every inventory holds.

Parameters, metric summaries and artifacts are most of what Search gives, and few policies ask for
any: an inventory holds those that its policies ask for, and no others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import nan
from sys import intern
from typing import Any

from sagewarden.core.entities import Metrics, Parameters, Quantity, Summary
from sagewarden.core.models import Artifacts, artifacts_of
from sagewarden.core.packed import packed, packed_ones
from sagewarden.core.policy import (
    AllOf,
    AnyOf,
    Condition,
    Metric,
    ModelsInUse,
    Not,
    Parameter,
    PolicySet,
)

FIELDS: Mapping[Summary, str] = {
    "last": "Last",
    "min": "Min",
    "max": "Max",
    "avg": "Avg",
    "count": "Count",
    "std_dev": "StdDev",
}
"""What `TrialComponentMetricSummary` calls each summary (service model)."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Names of parameters, summaries of metrics, and whether places in S3 are asked for."""

    parameters: frozenset[str] = frozenset()
    metrics: frozenset[Quantity] = frozenset()
    artifacts: bool = False

    def parameters_of(self, record: Mapping[str, Any]) -> Parameters | None:
        """Pick what is asked for from Search's or Describe's record; None when nothing is."""
        if not self.parameters:
            return None
        given = record.get("Parameters")
        if not given:
            return _NO_PARAMETERS
        return packed({name: _value(given[name]) for name in self.parameters if name in given})

    def metrics_of(self, record: Mapping[str, Any]) -> Metrics | None:
        """Pick what is asked for from a record; a summary that lacks its value gives NaN."""
        if not self.metrics:
            return None
        if not record.get("Metrics"):
            return _NO_METRICS
        found: dict[Quantity, tuple[float, ...]] = {}
        for given in record["Metrics"]:
            for quantity in self.metrics:
                if quantity.metric == given.get("MetricName"):
                    value = given.get(FIELDS[quantity.summary])
                    before = found.get(quantity, ())
                    number = nan if value is None else float(value)
                    found[quantity] = before if number in before else (*before, number)
        return packed_ones(found)

    def artifacts_of(self, record: Mapping[str, Any]) -> Artifacts | None:
        """Pick what a component left in S3; None when nothing is asked for, or nobody knows."""
        return artifacts_of(record) if self.artifacts else None


def _value(given: Mapping[str, Any]) -> str | float:
    if given.get("NumberValue") is not None:
        return float(given["NumberValue"])
    return intern(str(given.get("StringValue", "")))


_NO_PARAMETERS: Parameters = {}
_NO_METRICS: Metrics = {}

NOTHING = Needs()
"""Asks for nothing."""


def needs(policies: PolicySet) -> Needs:
    """Collect what all policies and protections ask for."""
    conditions = [each.match for each in policies.policies]
    conditions += [
        each.condition
        for each in policies.protections
        if not isinstance(each.condition, ModelsInUse)
    ]
    leaves = [leaf for condition in conditions for leaf in _leaves(condition)]
    best = {
        policy.keep.best.quantity
        for policy in policies.policies
        if policy.keep is not None and policy.keep.best is not None
    }
    return Needs(
        frozenset(leaf.name for leaf in leaves if isinstance(leaf, Parameter)),
        frozenset(leaf.quantity for leaf in leaves if isinstance(leaf, Metric)) | best,
        policies.asks_for_models,
    )


def _leaves(condition: Condition) -> Iterator[Condition]:
    match condition:
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _leaves(part)
        case Not(part):
            yield from _leaves(part)
        case _:
            yield condition
