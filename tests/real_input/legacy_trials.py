"""What a user of the legacy package does: two trials that share the component of one Tracker."""

import time
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.real_input.logged import (
    Artifact,
    LineageEdge,
    Logged,
    LoggedComponent,
    LoggedExperiment,
    LoggedTrial,
    Value,
)
from tests.real_input.users import User

EXPERIMENT = "Churn-Classic"
TRIALS = ("churn-linear", "churn-boosted")
DESCRIPTION = "Churn, before and after boosting"
TEAM = {"team": "retention"}
PARAMETERS: dict[str, Value] = {"normalization_mean": 0.1307, "folds": 5, "scaler": "robust"}
SOURCE = "s3://datasets/churn/raw"


def log_trials(user: User, folder: Path) -> Logged:
    """Make an experiment and two trials, and hang one tracker's component on both."""
    with user.at_work() as session:
        client = session.client("sagemaker")
        trials = _make_trials(client)
        component, objects = _log_tracker(user, session, client, folder)
        for trial in trials:
            trial.add_trial_component(component.name)
        client.close()
    return Logged(
        experiments=(LoggedExperiment(name=EXPERIMENT, description=DESCRIPTION, tags=TEAM),),
        trials=tuple(LoggedTrial(name=name, experiment=EXPERIMENT, tags=TEAM) for name in TRIALS),
        components=(component,),
        objects=objects,
    )


def _make_trials(client: Any) -> list[Any]:
    tags = [{"Key": key, "Value": value} for key, value in TEAM.items()]
    experiment = import_module("smexperiments.experiment").Experiment.create(
        experiment_name=EXPERIMENT,
        description=DESCRIPTION,
        tags=tags,
        sagemaker_boto_client=client,
    )
    return [
        import_module("smexperiments.trial").Trial.create(
            experiment_name=experiment.experiment_name,
            trial_name=name,
            tags=tags,
            sagemaker_boto_client=client,
        )
        for name in TRIALS
    ]


def _log_tracker(
    user: User, session: Any, client: Any, folder: Path
) -> tuple[LoggedComponent, dict[str, bytes]]:
    columns = folder / "columns.json"
    columns.write_text('["tenure", "charges"]')
    began = time.time()
    with import_module("smexperiments.tracker").Tracker.create(
        display_name="Preprocessing",
        artifact_bucket=user.bucket,
        boto3_session=session,
        sagemaker_boto_client=client,
    ) as tracker:
        tracker.log_parameters(PARAMETERS)
        tracker.log_input("raw", SOURCE, media_type="s3/uri")
        tracker.log_output_artifact(str(columns), name="columns")
    name = tracker.trial_component.trial_component_name
    uri = user.uploaded(name, columns)
    logged = LoggedComponent(
        name=name,
        display_name="Preprocessing",
        status={"PrimaryStatus": "Completed"},
        parameters=PARAMETERS,
        inputs={"raw": Artifact(SOURCE, "s3/uri")},
        outputs={"columns": Artifact(uri, "application/json")},
        trials=TRIALS,
        lineage=(LineageEdge(uri, "Produced"),),
        began=began,
        ended=time.time(),
    )
    return logged, {uri: columns.read_bytes()}
