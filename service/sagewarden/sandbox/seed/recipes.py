"""What trainings of this account look like: a few dozen scripts, run with many settings."""

from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from sagewarden.sandbox.records import Wire
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.words import PROJECTS, TEAMS, pick

_RECIPES = 24
_SETTINGS = 24
_INSTANCES = ("ml.m5.xlarge", "ml.m5.4xlarge", "ml.c5.2xlarge", "ml.g4dn.xlarge", "ml.p3.2xlarge")


class _Algorithm(NamedTuple):
    image: str
    metrics: tuple[str, ...]
    choices: dict[str, tuple[str, ...]]


_ALGORITHMS = (
    _Algorithm(
        "sagemaker-xgboost:1.7-1",
        ("train:rmse", "validation:rmse"),
        {
            "objective": ("reg:squarederror", "reg:absoluteerror"),
            "max_depth": ("4", "5", "6", "8", "10"),
            "eta": ("0.05", "0.1", "0.2", "0.3"),
            "num_round": ("100", "250", "500"),
        },
    ),
    _Algorithm(
        "sagemaker-scikit-learn:1.2-1-cpu-py3",
        ("RMSE",),
        {
            "sagemaker_program": ('"fit.py"', '"train_forest.py"'),
            "n-estimators": ("10", "20", "50", "100", "300"),
            "min-samples-leaf": ("1", "3", "8"),
            "features": ('"age tenure region"', '"all"'),
        },
    ),
    _Algorithm(
        "pytorch-training:2.1-gpu-py310",
        ("train:loss", "validation:loss", "validation:accuracy"),
        {
            "sagemaker_program": ('"main.py"',),
            "epochs": ("5", "10", "30"),
            "batch-size": ("32", "64", "256"),
            "lr": ("0.1", "0.01", "0.001", "0.0003"),
            "backbone": ('"resnet18"', '"resnet50"', '"convnext-tiny"'),
        },
    ),
    _Algorithm(
        "linear-learner:1",
        ("train:objective_loss", "validation:auc"),
        {
            "predictor_type": ("binary_classifier",),
            "mini_batch_size": ("200", "1000"),
            "learning_rate": ("auto", "0.02", "0.1"),
            "l1": ("0.0", "0.001"),
        },
    ),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One choice of hyperparameters: as the job has them, and as its component shows them."""

    hyperparameters: Wire
    parameters: Wire


@dataclass(frozen=True, slots=True)
class Recipe:
    """One training script on its machines and its input; shared by all of its jobs."""

    image: str
    folder: str
    machines: Wire
    algorithm: Wire
    channels: list[Wire]
    inputs: Wire
    metrics: tuple[str, ...]
    settings: tuple[Setting, ...]
    machine_parameters: Wire


def value_of(text: str) -> Wire:
    """Write a hyperparameter as AWS shows it on a component: a number where it reads as one."""
    try:
        return {"NumberValue": float(text)}
    except ValueError:
        return {"StringValue": text}


def training_recipes(draft: Draft) -> tuple[Recipe, ...]:
    """Draw the scripts of the account."""
    rng = draft.chance("recipes")
    return tuple(
        _recipe(draft, rng, _ALGORITHMS[number % len(_ALGORITHMS)]) for number in range(_RECIPES)
    )


def _recipe(draft: Draft, rng: Random, algorithm: _Algorithm) -> Recipe:
    image = f"{draft.registry}/{algorithm.image}"
    folder = f"{pick(rng, TEAMS)}/{pick(rng, PROJECTS)}"
    machines = {
        "InstanceType": pick(rng, _INSTANCES),
        "InstanceCount": pick(rng, (1, 1, 1, 2, 4)),
        "VolumeSizeInGB": pick(rng, (30, 50, 100)),
    }
    locations = {name: draft.s3(f"{folder}/input/{name}") for name in ("train", "validation")}
    artifacts = {name: {"MediaType": "text/csv", "Value": uri} for name, uri in locations.items()}
    return Recipe(
        image=image,
        folder=folder,
        machines=machines,
        algorithm={
            "TrainingImage": image,
            "TrainingInputMode": "File",
            "EnableSageMakerMetricsTimeSeries": True,
        },
        channels=[_channel(name, uri) for name, uri in locations.items()],
        inputs={"SageMaker.ImageUri": {"Value": image}, **artifacts},
        metrics=algorithm.metrics,
        settings=tuple(_setting(rng, algorithm, machines) for _ in range(_SETTINGS)),
        machine_parameters=_machine_parameters(machines),
    )


def _channel(name: str, uri: str) -> Wire:
    return {
        "ChannelName": name,
        "DataSource": {
            "S3DataSource": {
                "S3DataType": "S3Prefix",
                "S3Uri": uri,
                "S3DataDistributionType": "FullyReplicated",
            }
        },
        "ContentType": "text/csv",
        "CompressionType": "None",
        "RecordWrapperType": "None",
    }


def _setting(rng: Random, algorithm: _Algorithm, machines: Wire) -> Setting:
    chosen = {name: pick(rng, values) for name, values in algorithm.choices.items()}
    shown: dict[str, Wire] = {name: value_of(value) for name, value in chosen.items()}
    return Setting(hyperparameters=chosen, parameters={**shown, **_machine_parameters(machines)})


def _machine_parameters(machines: Wire) -> Wire:
    return {
        "SageMaker.InstanceType": {"StringValue": machines["InstanceType"]},
        "SageMaker.InstanceCount": {"NumberValue": float(machines["InstanceCount"])},
        "SageMaker.VolumeSizeInGB": {"NumberValue": float(machines["VolumeSizeInGB"])},
    }
