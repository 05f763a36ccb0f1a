"""The legacy package logs two trials that share a component."""

import pytest
from botocore.exceptions import ClientError
from tests.real_input.comparing import FACETS, compare_archive
from tests.real_input.legacy_trials import EXPERIMENT, TRIALS
from tests.real_input.logged import Logged
from tests.real_input.reading_back import lineage_of, objects_of
from tests.real_input.users import User

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.entities import Kind

pytestmark = pytest.mark.filterwarnings(  # Python 3.12 and later
    "ignore:datetime.datetime.utcnow:DeprecationWarning:smexperiments._utils"
)


@pytest.mark.parametrize("facet", FACETS)
def test_what_a_tracker_logs_reads_back(
    trials: Logged, trial_records: list[ArchiveRecord], facet: str
) -> None:
    assert compare_archive(trials, trial_records, facet) == []


def test_one_component_hangs_on_both_trials(trial_records: list[ArchiveRecord]) -> None:
    (shared,) = [each for each in trial_records if each.identity.kind is Kind.COMPONENT]
    assert tuple(sorted(TRIALS)) == shared.parents


def test_search_tells_both_parents_of_the_shared_component(
    legacy_user: User, trials: Logged
) -> None:
    with legacy_user.client("sagemaker") as sm:
        (found,) = sm.search(Resource="ExperimentTrialComponent")["Results"]
    parents = {
        (each["TrialName"], each["ExperimentName"]) for each in found["TrialComponent"]["Parents"]
    }
    assert parents == {(each.name, EXPERIMENT) for each in trials.trials}


def test_a_tracked_file_is_byte_for_byte_in_s3(legacy_user: User, trials: Logged) -> None:
    assert trials.objects == objects_of(legacy_user, list(trials.objects))


def test_a_tracked_file_is_a_lineage_artifact(
    legacy_user: User, trials: Logged, trial_records: list[ArchiveRecord]
) -> None:
    (logged,) = trials.components
    (shared,) = [each for each in trial_records if each.identity.kind is Kind.COMPONENT]
    assert logged.lineage == lineage_of(legacy_user, shared.arn)


def test_a_trial_with_a_component_is_not_deleted(legacy_user: User, trials: Logged) -> None:
    with (
        legacy_user.client("sagemaker") as sm,
        pytest.raises(ClientError, match="ValidationException"),
    ):
        sm.delete_trial(TrialName=trials.trials[0].name)
