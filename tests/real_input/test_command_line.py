"""The `aws` command line logs, finds, tags and deletes in the sandbox."""

import pytest
from tests.real_input.command_line import EXPERIMENT, LINKED, LOOSE, TRIAL, CommandLine
from tests.real_input.comparing import FACETS, compare_archive
from tests.real_input.logged import Logged
from tests.real_input.reading_back import read_back
from tests.real_input.users import User

from sagewarden.core.archive import ArchiveRecord


@pytest.fixture(scope="module")
def records(terminal_user: User, by_hand: Logged) -> list[ArchiveRecord]:  # noqa: ARG001
    return read_back(terminal_user)


@pytest.mark.parametrize("facet", FACETS)
def test_what_is_logged_by_hand_reads_back(
    by_hand: Logged, records: list[ArchiveRecord], facet: str
) -> None:
    assert compare_archive(by_hand, records, facet) == []


def test_describe_prints_parameters_as_they_were_typed(aws: CommandLine, by_hand: Logged) -> None:
    told = aws("sagemaker", "describe-trial-component", trial_component_name=LINKED)
    typed = {name: next(iter(value.values())) for name, value in told["Parameters"].items()}
    assert by_hand.component(LINKED).parameters == typed


def test_list_prints_the_components_of_a_trial(aws: CommandLine) -> None:
    listed = aws("sagemaker", "list-trial-components", trial_name=TRIAL)
    names = [each["TrialComponentName"] for each in listed["TrialComponentSummaries"]]
    assert names == [LINKED]


def test_search_finds_components_by_tag(aws: CommandLine) -> None:
    found = aws(
        "sagemaker",
        "search",
        resource="ExperimentTrialComponent",
        search_expression={
            "Filters": [{"Name": "Tags.stage", "Operator": "Equals", "Value": "trial"}]
        },
    )
    names = [each["TrialComponent"]["TrialComponentName"] for each in found["Results"]]
    assert names == [LINKED]


def test_a_linked_component_is_not_deleted(aws: CommandLine) -> None:
    ran = aws.attempt("sagemaker", "delete-trial-component", trial_component_name=LINKED)
    assert "(ValidationException)" in ran.stderr
    assert "is linked to 1 or more trials and cannot be deleted." in ran.stderr


def test_an_experiment_with_a_trial_is_not_deleted(aws: CommandLine) -> None:
    ran = aws.attempt("sagemaker", "delete-experiment", experiment_name=EXPERIMENT)
    assert "(ValidationException)" in ran.stderr


def test_a_name_that_is_not_there_is_not_found(aws: CommandLine) -> None:
    ran = aws.attempt("sagemaker", "describe-trial", trial_name="never-was")
    assert "(ResourceNotFound)" in ran.stderr


@pytest.mark.usefixtures("records")
def test_a_component_on_nothing_is_deleted(aws: CommandLine) -> None:
    aws("sagemaker", "delete-trial-component", trial_component_name=LOOSE)
    gone = aws.attempt("sagemaker", "describe-trial-component", trial_component_name=LOOSE)
    assert "(ResourceNotFound)" in gone.stderr
