"""What users log beside what is stale: each thing has a reason of its own to stay."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from tests.real_input.legacy_trials import TRIALS
from tests.real_input.logged import (
    Logged,
    LoggedComponent,
    LoggedExperiment,
    LoggedTrial,
    Point,
)
from tests.real_input.sdk_runs import RUN_TAG, TEAM, open_session
from tests.real_input.users import User

OUTSIDE, HELD, OPEN = "pricing-keepsakes", "housing-held", "housing-unfinished"
"""Experiments of the SDK: the first has a name that no policy matches."""
HOLD = {"sagewarden:hold": "audit 2024"}
LEGAL = {"legal-hold": "case 7"}
BASELINE, BASELINE_TRIAL, CUT = "Baselines", "baseline-linear", TRIALS[0]
"""An experiment that stays and its trial; the trial of another one that shares its component."""
PROTECTED, SCRATCH_HELD = "Fraud-Evidence", "fraud-scratch-held"


def log_runs(user: User) -> Logged:
    """Log a run in an experiment that no policy names, and one under a hold."""
    with user.at_work() as session:
        opened = open_session(user, session)
        return _log_run(opened, OUTSIDE, TEAM) + _log_run(opened, HELD, TEAM | HOLD)


@contextmanager
def running(user: User) -> Iterator[Logged]:
    """Have a run open while the block lasts; yields what there is of it meanwhile."""
    with user.at_work() as session, _run(open_session(user, session), OPEN, TEAM) as run:
        yield _logged(
            OPEN,
            TEAM,
            status={"PrimaryStatus": "InProgress", "Message": "Within a run context"},
        )
        run.log_parameter("epochs", 3)


def _log_run(session: Any, experiment: str, tags: Mapping[str, str]) -> Logged:
    began = time.time()
    with _run(session, experiment, tags) as run:
        run.log_parameter("depth", 3)
        run.log_metric("rmse", 0.5, step=1)
    return _logged(
        experiment,
        tags,
        status={"PrimaryStatus": "Completed"},
        parameters={"depth": 3},
        points=(Point("rmse", 0.5, 1),),
        began=began,
        ended=time.time(),
    )


def _run(session: Any, experiment: str, tags: Mapping[str, str]) -> Any:
    return import_module("sagemaker.experiments").Run(
        experiment_name=experiment,
        run_name="only",
        sagemaker_session=session,
        tags=_spelled(tags),
    )


def _logged(experiment: str, tags: Mapping[str, str], **component: Any) -> Logged:
    group = f"Default-Run-Group-{experiment}"
    return Logged(
        experiments=(LoggedExperiment(name=experiment, tags=tags),),
        trials=(LoggedTrial(name=group, experiment=experiment, tags=tags),),
        components=(
            LoggedComponent(
                name=f"{experiment}-only", tags={**tags, **RUN_TAG}, trials=(group,), **component
            ),
        ),
    )


def log_baseline(user: User) -> Logged:
    """Log an experiment by the legacy package whose component hangs on a stale trial as well."""
    with user.at_work() as session:
        client = session.client("sagemaker")
        experiment = import_module("smexperiments.experiment").Experiment.create(
            experiment_name=BASELINE, sagemaker_boto_client=client
        )
        trial = experiment.create_trial(trial_name=BASELINE_TRIAL)
        with import_module("smexperiments.tracker").Tracker.create(
            display_name="Features",
            artifact_bucket=user.bucket,
            boto3_session=session,
            sagemaker_boto_client=client,
        ) as tracker:
            tracker.log_parameter("columns", 12)
        trial.add_trial_component(tracker)
        stale = import_module("smexperiments.trial").Trial.load(CUT, sagemaker_boto_client=client)
        stale.add_trial_component(tracker)
        client.close()
    return Logged(
        experiments=(LoggedExperiment(name=BASELINE),),
        trials=(LoggedTrial(name=BASELINE_TRIAL, experiment=BASELINE),),
        components=(
            LoggedComponent(
                name=tracker.trial_component.trial_component_name,
                display_name="Features",
                status={"PrimaryStatus": "Completed"},
                parameters={"columns": 12},
                trials=(BASELINE_TRIAL, CUT),
            ),
        ),
    )


def log_holds(user: User) -> Logged:
    """Make an experiment that a policy protects, and a loose component under a hold."""
    with user.client("sagemaker") as sm:
        sm.create_experiment(ExperimentName=PROTECTED, Tags=_spelled(LEGAL))
        sm.create_trial_component(TrialComponentName=SCRATCH_HELD, Tags=_spelled(HOLD))
    return Logged(
        experiments=(LoggedExperiment(name=PROTECTED, tags=LEGAL),),
        components=(LoggedComponent(name=SCRATCH_HELD, tags=HOLD),),
    )


def _spelled(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
