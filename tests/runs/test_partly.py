"""A tree whose deletion was stopped in the middle: the report says so, and how to bring it back."""

import pytest
from tests.runs.stage import Stage, before_look

from sagewarden.application.archives import chosen
from sagewarden.core.entities import Identity, Kind
from sagewarden.errors import UsageError


@pytest.fixture
def stopped(due: Stage) -> Stage:
    """Both components of the small tree are gone, then AWS refuses to delete its first trial."""
    due.fault("deny", "DeleteTrial", times=None)
    due.sweep()
    due.box.admin.clear_rules()
    return due


def told(stage: Stage) -> list[str]:
    """What the newest report says of trees that are partly deleted."""
    return [each for each in stage.report().advice if "partly deleted" in each]


def test_a_tree_that_lost_parts_is_told_with_the_command_that_restores_it(stopped: Stage) -> None:
    (line,) = told(stopped)
    assert line.startswith("experiment Old-Small is partly deleted: 2 of 5 entities of its unit")
    assert "`sagewarden restore Old-Small --kind experiment --run 20260101t000002z`" in line


def test_a_tree_that_lost_nothing_is_not_told_of(due: Stage) -> None:
    due.at = before_look(1, lambda: due.tag(Kind.COMPONENT, "alone"))
    due.sweep()
    assert told(due) == []


@pytest.mark.parametrize("name", ["old-small", "OLD-SMALL"])
def test_what_it_lost_is_found_by_the_name_of_what_is_left(stopped: Stage, name: str) -> None:
    assert lost(stopped, name) == ["alone", "both"]


def test_a_trial_that_is_left_names_its_own_components_only(stopped: Stage) -> None:
    assert lost(stopped, "old-2") == ["both"]


def test_what_lost_nothing_has_nothing_to_restore(stopped: Stage) -> None:
    with pytest.raises(UsageError, match="nor a part of one"):
        chosen(stopped.bench(), "live")


def test_another_kind_of_that_name_has_nothing_to_restore(stopped: Stage) -> None:
    with pytest.raises(UsageError, match="no trial called"):
        chosen(stopped.bench(), "old-small", Kind.TRIAL)


def lost(stage: Stage, name: str) -> list[str]:
    parts: list[Identity] = [each.identity for each in chosen(stage.bench(), name)]
    return [identity.name for identity in parts]
