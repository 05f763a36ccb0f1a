"""A frozen account, spelled and read again, is decided as the account itself."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.core.strategies import broken_accounts, some_policies
from tests.core.worlds import (
    NOW,
    RULES,
    after_grace,
    ago,
    component,
    experiment,
    judged,
    policies,
    policy,
    seen,
    trial,
)

from sagewarden.adapters.policyfiles.fixtures import load_fixtures
from sagewarden.adapters.policyfiles.spelling import spell_fixture
from sagewarden.core.entities import Entity, Kind, Origin, Quantity
from sagewarden.core.inventory import Inventory
from sagewarden.core.judge import Judgements
from sagewarden.core.marks import MarkRules
from sagewarden.core.policy import PolicySet
from sagewarden.core.recording import Scene, cut, freeze
from sagewarden.core.rehearsal import Fixture, decide

USUAL = MarkRules(matches=2, interval=timedelta(hours=1), min_grace=timedelta(days=7))
TEXTS = (
    "no",
    "010",
    "unknown",
    "absent",
    " ",
    "",
    "a: b",
    '"',
    "\\",
    "\u202e\n\t",
    "#x",
    "😀",
    "null",
)


def scene(judgements: Judgements) -> Scene:
    return Scene(now=NOW, judgements=judgements, rules=RULES, usual=USUAL, writes={})


def reread(fixture: Fixture, folder: Path) -> Fixture:
    """Spell a fixture and read it back."""
    file = folder / "frozen.yaml"
    file.write_text(spell_fixture(replace(fixture, policies="."), "frozen"))
    (again,) = load_fixtures(file)
    return again


def verdicts(judgements: Judgements) -> Any:
    given = [
        (each.entity.identity, each.policy.name, each.verdict, len(each.against), each.size)
        for each in judgements.given
    ]
    marks = {place: mark.due for place, mark in judgements.marks.items()}
    return (given, marks, judgements.matched, judgements.unknown)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(world=broken_accounts(), rules=some_policies(), ripe=st.booleans())
def test_a_frozen_account_is_decided_as_the_account(
    tmp_path: Path, *, world: Inventory, rules: PolicySet, ripe: bool
) -> None:
    live = after_grace(world, rules) if ripe else judged(world, rules)
    again = reread(freeze(scene(live)), tmp_path)
    assert verdicts(decide(again, rules, USUAL)) == verdicts(live)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back_as_it_was(text: str, tmp_path: Path) -> None:
    strange = component(
        "c",
        display_name=text or None,
        tags={f"k{text}": text},
        parameters={f"p{text}": text, "n": 1e-7},
        metrics={Quantity(f"m{text}", "last"): (0.5, 2.0), Quantity("inf", "max"): (float("inf"),)},
    )
    again = reread(freeze(scene(judged(seen(strange), policies(policy())))), tmp_path)
    (found,) = again.inventory.components.values()
    for name in ("display_name", "tags", "parameters"):
        assert getattr(found, name) == getattr(strange, name)
    assert strange.metrics is not None
    assert found.metrics is not None
    assert {each: found.metrics[each] for each in strange.metrics} == strange.metrics


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), -0.0])
def test_a_parameter_that_is_no_usual_number_comes_back_as_a_number(
    number: float, tmp_path: Path
) -> None:
    """As a text, `nan` would be known to lie in no range."""
    odd = component("c", parameters={"rate": number})
    again = reread(freeze(scene(judged(seen(odd), policies(policy())))), tmp_path)
    (found,) = again.inventory.components.values()
    assert found.parameters is not None
    assert repr(found.parameters["rate"]) == repr(number)


def test_times_to_the_millisecond_and_all_that_is_unknown_come_back(tmp_path: Path) -> None:
    odd: list[Entity] = [
        experiment("e", created=ago(3.00000123), modified=None, origin=Origin.PIPELINE),
        trial("t", None, tags=None, created_by="ana"),
        component("c", parents=None, status=None, doubt="Search and List differ", content=""),
    ]
    again = reread(freeze(scene(judged(seen(*odd), policies(policy())))), tmp_path)
    for was in odd:
        found = again.inventory.of(was.kind)[was.key]
        assert (found.identity, found.read) == (was.identity, was.read)
        for name in ("tags", "status", "origin", "parents", "experiment", "doubt", "created_by"):
            assert getattr(found, name) == getattr(was, name)
        assert (found.modified is None) == (was.modified is None)


def test_a_selection_takes_trees_whole_and_what_is_above_them() -> None:
    world = seen(
        experiment("e-1"),
        experiment("e-2"),
        experiment("e-3"),
        trial("t-1", "e-1"),
        trial("t-2", "e-2"),
        component("shared", "t-1", "t-2"),
        component("alone"),
    )
    some = cut(world, frozenset({"e-1"}))
    assert {each.name for each in some.everything()} == {"e-1", "t-1", "shared", "t-2", "e-2"}
    assert {each.name for each in cut(world, frozenset({"alone"})).everything()} == {"alone"}
    assert some.of(Kind.TRIAL).keys() == {"t-1", "t-2"}
