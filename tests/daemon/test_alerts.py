"""The alert rules and the dashboard in `deploy/` rest on metrics that there are."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from sagewarden.adapters.aws.errors import Fault
from sagewarden.adapters.telemetry.metrics import METRICS
from sagewarden.core.journal import Result
from sagewarden.core.standing import Inspection, RunResult

DEPLOY = Path(__file__).parents[2] / "deploy"
OF_THE_PROCESS = {
    "process_resident_memory_bytes": (),
    "process_cpu_seconds_total": (),
    "process_start_time_seconds": (),
}
LABELS = {name: each.labels for name, each in METRICS.items()} | OF_THE_PROCESS
VALUES = {
    ("sagewarden_runs_total", "result"): set(map(str, RunResult)),
    ("sagewarden_inspections_total", "result"): set(map(str, Inspection)),
    ("sagewarden_effects_total", "outcome"): set(map(str, Result)),
    ("sagewarden_api_calls_total", "result"): {"ok", *(each.name.lower() for each in Fault)},
}
"""What a label that an expression names can be."""


def rules() -> list[dict[str, Any]]:
    read = YAML(typ="safe").load(DEPLOY / "alerts.yaml")
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEPLOY / "grafana.json").read_text())["panels"]
    return found


def expressions() -> Iterator[tuple[str, str]]:
    yield from ((rule["alert"], rule["expr"]) for rule in rules())
    yield from (
        (panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]
    )


def selectors(expression: str) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Each metric of an expression with the labels that it is chosen by: name, sign, value."""
    found = re.findall(r"\b((?:sagewarden|process)_\w+)(?:\{([^}]*)\})?", expression)
    return [(name, re.findall(r'(\w+)\s*(=~|!=|=)\s*"([^"]*)"', inside)) for name, inside in found]


def grouped(expression: str) -> set[str]:
    """The labels that an expression is summed by."""
    groups = re.findall(r"\bby \(([^)]*)\)", expression)
    return {label.strip() for group in groups for label in group.split(",")}


def shown(texts: str) -> set[str]:
    """The labels that a text shows."""
    return set(re.findall(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}", texts))


@pytest.mark.parametrize(("title", "expression"), list(expressions()), ids=lambda each: each[:40])
def test_an_expression_names_metrics_and_labels_that_exist(title: str, expression: str) -> None:
    """Else it is silent for ever."""
    chosen = selectors(expression)
    assert chosen, title
    for name, labels in chosen:
        assert name in LABELS
        assert {label for label, _, _ in labels} | grouped(expression) <= set(LABELS[name])
        for label, sign, value in labels:
            known = VALUES.get((name, label))
            assert known is None or sign == "!=" or set(value.split("|")) <= known


def test_every_metric_is_on_the_dashboard_or_in_an_alert() -> None:
    """Nothing is told that nobody would look at; a target's name is chosen by."""
    used = {name for _, expression in expressions() for name, _ in selectors(expression)}
    variables = json.loads((DEPLOY / "grafana.json").read_text())["templating"]["list"]
    used |= {name for each in variables for name, _ in selectors(str(each["query"]))}
    assert set(METRICS) - used == set()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_where_it_is_told_what_to_do(rule: dict[str, Any]) -> None:
    """A sentence with labels that the expression leaves, a severity, an anchor in the runbook."""
    name = rule["alert"]
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert rule["annotations"]["runbook_url"] == f"deploy/README.md#alert-{name}"
    assert f'<a id="alert-{name}"></a>' in (DEPLOY / "README.md").read_text()
    summary = rule["annotations"]["summary"]
    left = grouped(rule["expr"]) or {
        label for metric, _ in selectors(rule["expr"]) for label in LABELS[metric]
    }
    assert summary.endswith(".")
    assert shown(summary) <= left


def test_a_legend_shows_labels_that_its_expression_leaves() -> None:
    """Else it is empty."""
    for panel in panels():
        for target in panel["targets"]:
            expression = target["expr"]
            summed = re.match(r"(sum|min|max)\b", expression)
            left = grouped(expression) if summed else set(LABELS[selectors(expression)[0][0]])
            assert shown(target["legendFormat"]) <= left, panel["title"]


def test_no_two_panels_lie_on_each_other() -> None:
    """Each place of the grid belongs to one."""
    places = [
        (x, y)
        for each in (panel["gridPos"] for panel in panels())
        for x in range(each["x"], each["x"] + each["w"])
        for y in range(each["y"], each["y"] + each["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24
