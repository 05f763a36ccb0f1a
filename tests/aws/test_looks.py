"""Consistent reads of single entities and their surroundings."""

from typing import TYPE_CHECKING

import pytest

from sagewarden.adapters.clock import wall_now
from sagewarden.core.entities import Kind
from sagewarden.errors import Absent, ReadFailed

if TYPE_CHECKING:
    from tests.aws.conftest import World


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Kind.EXPERIMENT, "exp"), (Kind.TRIAL, "tri"), (Kind.COMPONENT, "comp")],
)
def test_describe_is_the_last_call_and_tags_come_before(
    tree: "World", kind: Kind, name: str
) -> None:
    """The look at the entity itself is as fresh as it can be."""
    assert tree.looks.describe(kind, name).entity.key == name
    operations = tree.sent()
    assert operations[0] == "ListTags"
    assert operations[-1].startswith("Describe")
    assert len(operations) == 2


def test_tags_are_read_by_the_arn_that_the_name_makes(tree: "World") -> None:
    assert tree.looks.describe(Kind.EXPERIMENT, "Exp").entity.tags == {"team": "vision"}


def test_a_components_trials_stay_unknown_to_describe(tree: "World") -> None:
    assert tree.looks.describe(Kind.COMPONENT, "Comp").entity.parents is None


def test_a_trial_knows_its_experiment(tree: "World") -> None:
    assert tree.looks.describe(Kind.TRIAL, "Tri").entity.experiment == "Exp"


def test_what_was_described_is_what_search_shows(tree: "World") -> None:
    """Otherwise every entity would look changed since the inventory."""
    content = tree.survey().components["comp"].content
    assert tree.looks.describe(Kind.COMPONENT, "comp").entity.content == content


@pytest.mark.parametrize("kind", list(Kind))
def test_a_missing_name_is_absent(tree: "World", kind: Kind) -> None:
    with pytest.raises(Absent):
        tree.looks.describe(kind, "nobody")


def test_a_components_trials_are_listed_by_key(tree: "World") -> None:
    tree.trial("Another", "Exp")
    tree.make("AssociateTrialComponent", TrialComponentName="Comp", TrialName="Another")
    assert tree.looks.trials_of("Comp") == ("another", "tri")


def test_an_unassigned_component_has_no_trials(tree: "World") -> None:
    assert tree.looks.trials_of("Lone") == ()


def test_trials_of_an_experiment_are_its_own_only(tree: "World") -> None:
    tree.experiment("Other")
    tree.trial("Elsewhere", "Other")
    assert [each.key for each in tree.looks.trials_in("Exp")] == ["tri"]


def test_components_can_be_listed_by_experiment(tree: "World") -> None:
    assert [each.key for each in tree.looks.components_in(experiment="Exp")] == ["comp"]


def test_with_neither_the_whole_account_is_listed(tree: "World") -> None:
    assert {each.key for each in tree.looks.components_in()} == {"comp", "lone"}


def test_since_leaves_out_what_is_older(tree: "World") -> None:
    """To the millisecond, and what was created at that very time is in."""
    tree.component("Young", "Tri")
    tree.trial("Late", "Exp")
    born = tree.looks.describe(Kind.COMPONENT, "Young").entity.created
    assert [each.key for each in tree.looks.components_in(trial="Tri", since=born)] == ["young"]
    assert [each.key for each in tree.looks.trials_in("Exp", since=born)] == ["late"]


def test_a_list_of_something_missing_is_absent_not_empty(tree: "World") -> None:
    with pytest.raises(Absent):
        tree.looks.trials_in("nobody")


def test_the_time_is_the_servers(tree: "World") -> None:
    tree.looks.trials_of("Comp")
    assert abs((tree.looks.now() - wall_now()).total_seconds() - 3_600) < 5


def test_a_description_without_its_arn_is_a_failed_read(tree: "World") -> None:
    """It could not be told from that of another entity."""
    tree.fault("missing_field", "DescribeTrial", name="TrialArn")
    with pytest.raises(ReadFailed, match="lacks TrialArn"):
        tree.looks.describe(Kind.TRIAL, "Tri")
