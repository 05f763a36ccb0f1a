"""The SageMaker SDK logs runs into the sandbox, and finds them there again."""

from importlib import import_module
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.real_input.comparing import FACETS, compare_archive
from tests.real_input.logged import Logged
from tests.real_input.reading_back import lineage_of, objects_of
from tests.real_input.sdk_runs import EXPERIMENT, GROUP, KEY, SIZES, open_session, run_of
from tests.real_input.users import NewUser, User

from sagewarden.core.archive import ArchiveRecord


@pytest.mark.parametrize("facet", FACETS)
def test_what_a_run_logs_reads_back(
    forests: Logged, forest_records: list[ArchiveRecord], facet: str
) -> None:
    assert compare_archive(forests, forest_records, facet) == []


def test_a_run_makes_nothing_but_its_experiment_its_group_and_its_component(
    forests: Logged, forest_records: list[ArchiveRecord]
) -> None:
    made = {(entity.kind, entity.name.lower()) for entity in forests}
    assert made == {(record.identity.kind, record.identity.name) for record in forest_records}


def test_uploaded_files_are_byte_for_byte_in_s3(sdk_user: User, forests: Logged) -> None:
    assert forests.objects == objects_of(sdk_user, list(forests.objects))


def test_a_graph_is_a_lineage_artifact_that_the_run_produced(
    sdk_user: User, forests: Logged, forest_records: list[ArchiveRecord]
) -> None:
    arns = {record.identity.name: record.arn for record in forest_records}
    logged = {each.name: each.lineage for each in forests.components}
    assert logged == {name: lineage_of(sdk_user, arns[name]) for name in logged}


def test_each_forest_has_an_error_for_each_tree(forests: Logged) -> None:
    errors = [len(forests.component(f"{KEY}-run-{size}").series()["rmse"]) for size in SIZES]
    assert list(SIZES) == errors


def test_list_runs_finds_every_run_newest_first(sdk_user: User, forests: Logged) -> None:
    with sdk_user.at_work() as session:
        runs = import_module("sagemaker.experiments").list_runs(
            experiment_name=EXPERIMENT, sagemaker_session=open_session(sdk_user, session)
        )
    logged = [each.name.removeprefix(f"{KEY}-") for each in forests.components]
    assert logged[::-1] == [run.run_name for run in runs]


def test_a_loaded_run_shows_what_was_logged(sdk_user: User, forests: Logged) -> None:
    with sdk_user.at_work() as session:
        loaded = import_module("sagemaker.experiments").load_run(
            experiment_name=EXPERIMENT,
            run_name="run-30",
            sagemaker_session=open_session(sdk_user, session),
        )
    logged = forests.component(f"{KEY}-run-30")
    assert logged.parameters == loaded._trial_component.parameters


def test_search_tells_the_group_of_every_run(sdk_user: User, forests: Logged) -> None:
    with sdk_user.client("sagemaker") as sm:
        found = sm.search(Resource="ExperimentTrialComponent", MaxResults=100)["Results"]
    parents = {each["TrialComponent"]["TrialComponentName"]: _parents(each) for each in found}
    assert parents == {each.name: [(GROUP, KEY)] for each in forests.components}


def _parents(found: Any) -> list[tuple[str, str]]:
    return [
        (each["TrialName"], each["ExperimentName"]) for each in found["TrialComponent"]["Parents"]
    ]


@pytest.mark.usefixtures("sdk")
def test_a_run_entered_again_is_in_progress_until_it_is_left(new_user: NewUser) -> None:
    user = new_user("111111111112")
    with user.at_work() as session, user.client("sagemaker") as sm:
        opened = open_session(user, session)
        seen = []
        for _ in range(2):
            with run_of(opened, "again"):
                seen.append(_status(sm, f"{KEY}-again"))
            seen.append(_status(sm, f"{KEY}-again"))
    assert seen == ["InProgress", "Completed"] * 2


def _status(sm: Any, name: str) -> Any:
    return sm.describe_trial_component(TrialComponentName=name)["Status"]["PrimaryStatus"]


@pytest.mark.usefixtures("sdk")
def test_the_run_after_the_fiftieth_leaves_an_orphan(new_user: NewUser) -> None:
    """An experiment's runs share one trial, and a trial holds 50 components."""
    user = new_user("111111111113")
    with user.at_work() as session:
        opened = open_session(user, session)
        for number in range(50):
            run_of(opened, f"run-{number}")
        with pytest.raises(ClientError, match="ResourceLimitExceeded"):
            run_of(opened, "run-50")
    with user.client("sagemaker") as sm:
        orphan = sm.describe_trial_component(TrialComponentName=f"{KEY}-run-50")
        trials = sm.list_trials(TrialComponentName=orphan["TrialComponentName"])
    assert trials["TrialSummaries"] == []
