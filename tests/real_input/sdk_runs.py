"""What a user of the SageMaker SDK does: one Run for each size of a forest."""

import json
import pickle
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.real_input.forests import Forest, grow
from tests.real_input.logged import (
    Artifact,
    LineageEdge,
    Logged,
    LoggedComponent,
    LoggedExperiment,
    LoggedTrial,
    Point,
    Value,
)
from tests.real_input.users import User

EXPERIMENT = "Housing-Forests"
KEY = EXPERIMENT.lower()
GROUP = f"Default-Run-Group-{KEY}"
SIZES = (10, 20, 30, 40, 50)
TEAM = {"team": "pricing", "owner": "ana@example.com"}
RUN_TAG = {"sagemaker:trial-component-source": "run"}
PARAMETERS: dict[str, Value] = {
    "criterion": "squared_error",
    "min_impurity_decrease": 0.1,
    "seed": 7,
    "note": 'höuses <b>&amp;</b> "\\" 🏠',
}
DATASET = "s3://datasets/houses/2024.csv"


def open_session(user: User, session: Any) -> Any:
    """Return the SDK's Session; its default bucket is named, for it asks the real STS for one."""
    return import_module("sagemaker").Session(boto_session=session, default_bucket=user.bucket)


def log_forests(user: User, folder: Path) -> Logged:
    """Log one run for each size, and one that fails for want of trees."""
    with user.at_work() as session:
        opened = open_session(user, session)
        grown = [_log_forest(user, opened, size, folder) for size in SIZES]
        failed = _log_failure(opened)
    return Logged(
        experiments=(LoggedExperiment(name=KEY, display_name="Forests-On-Houses", tags=TEAM),),
        trials=(LoggedTrial(name=GROUP, experiment=KEY, tags=TEAM),),
        components=(*(component for component, _ in grown), failed),
        objects={uri: body for _, objects in grown for uri, body in objects.items()},
    )


def run_of(session: Any, name: str) -> Any:
    """Open a run as a user does."""
    return import_module("sagemaker.experiments").Run(
        experiment_name=EXPERIMENT,
        experiment_display_name="Forests-On-Houses",
        run_name=name,
        sagemaker_session=session,
        tags=[{"Key": key, "Value": value} for key, value in TEAM.items()],
    )


def _log_forest(
    user: User, session: Any, size: int, folder: Path
) -> tuple[LoggedComponent, dict[str, bytes]]:
    forest, name = grow(size), f"{KEY}-run-{size}"
    model, report = _files(forest, size, folder)
    began = time.time()
    with run_of(session, f"run-{size}") as run:
        run.log_parameter("n_estimators", size)
        run.log_parameters(PARAMETERS)
        points = _log_errors(run, forest)
        run.log_artifact("dataset", DATASET, media_type="text/csv", is_output=False)
        run.log_file(str(model), name="model", media_type="application/octet-stream")
        run.log_file(str(report))
        run.log_confusion_matrix(*forest.dear, title="dear")
    uris = [user.uploaded(name, path) for path in (model, report)]
    logged = LoggedComponent(
        name=name,
        status={"PrimaryStatus": "Completed"},
        parameters={"n_estimators": size, **PARAMETERS},
        inputs={"dataset": Artifact(DATASET, "text/csv")},
        outputs={
            "model": Artifact(uris[0], "application/octet-stream"),
            report.name: Artifact(uris[1], "application/json"),
        },
        tags=TEAM | RUN_TAG,
        points=points,
        trials=(GROUP,),
        lineage=(LineageEdge(user.uploaded(name, Path("dear.json")), "Produced"),),
        began=began,
        ended=time.time(),
    )
    return logged, {uris[0]: model.read_bytes(), uris[1]: report.read_bytes()}


def _files(forest: Forest, size: int, folder: Path) -> tuple[Path, Path]:
    model, report = folder / f"forest-{size}.pickle", folder / f"errors-{size}.json"
    model.write_bytes(pickle.dumps(forest.model))
    report.write_text(json.dumps({"rmse": forest.errors}))
    return model, report


def _log_errors(run: Any, forest: Forest) -> tuple[Point, ...]:
    """Log RMSE with steps, once without, and a third metric in both ways."""
    stepped = [Point("rmse", error, trees) for trees, error in enumerate(forest.errors, start=1)]
    final = Point("final:rmse", forest.errors[-1])
    mixed = [Point("worst:rmse", forest.errors[0], 0), Point("worst:rmse", max(forest.errors))]
    points = (*stepped, final, *mixed)
    for point in points:
        run.log_metric(name=point.metric, value=point.value, step=point.step)
    return points


def _log_failure(session: Any) -> LoggedComponent:
    began, told = time.time(), ""
    with suppress(ValueError), run_of(session, "run-0") as run:
        run.log_parameter("n_estimators", 0)
        try:
            grow(0)
        except ValueError as error:
            told = str(error)
            raise
    return LoggedComponent(
        name=f"{KEY}-run-0",
        status={"PrimaryStatus": "Failed", "Message": told},
        parameters={"n_estimators": 0},
        tags=TEAM | RUN_TAG,
        trials=(GROUP,),
        began=began,
        ended=time.time(),
    )
