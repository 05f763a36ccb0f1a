"""Jobs: the record that Describe answers, and the component that AWS made for it by itself."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from sagewarden.sandbox.records import NOTHING, Component, Json, Resource, Wire
from sagewarden.sandbox.seed.curves import series
from sagewarden.sandbox.seed.dates import Life
from sagewarden.sandbox.seed.draft import Draft
from sagewarden.sandbox.seed.recipes import Recipe, training_recipes
from sagewarden.sandbox.seed.tags import Tags
from sagewarden.sandbox.seed.words import pick

_SOURCE_TYPES = {
    "training-job": "SageMakerTrainingJob",
    "processing-job": "SageMakerProcessingJob",
    "transform-job": "SageMakerTransformJob",
}
_PREFIXES = {
    "training-job": "Training",
    "processing-job": "Processing",
    "transform-job": "Transform",
}
_REASON = "AlgorithmError: the script ended with exit code 1"
_METRIC_SHARE = 0.6
_CHECKPOINT_SHARE = 0.3
_DEBUG_SHARE = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a caller decides about a job; names are at most 50 characters.

    `trials` are the keys its component hangs on, `belongs` is the ExperimentConfig it was given,
    `maker` names the tuning or AutoML job that started it.
    """

    name: str
    life: Life
    tags: Tags = field(default_factory=dict)
    trials: tuple[str, ...] = ()
    belongs: Wire | None = None
    maker: Wire = field(default_factory=dict)
    display_name: str | None = None


class Workshop:
    """Starts jobs: writes the record and the component into the draft, and returns the latter."""

    def __init__(self, draft: Draft, rng: Random) -> None:
        self._draft = draft
        self._rng = rng
        self._recipes: tuple[Recipe, ...] = training_recipes(draft)

    def training(self, job: Job) -> Component:
        """Train once: hyperparameters, channels, a model in S3 when it completed, metrics."""
        recipe = pick(self._rng, self._recipes)
        setting = pick(self._rng, recipe.settings)
        body, outputs = self._training_body(job, recipe)
        body["HyperParameters"] = setting.hyperparameters
        metrics = NOTHING
        if job.life.ended is not None and self._rng.random() < _METRIC_SHARE:
            count = 4 + int(24 * self._rng.random())
            metrics = series(self._rng, recipe.metrics, job.life, count)
        return self._keep(
            "training-job",
            job,
            body,
            parameters=setting.parameters,
            input_artifacts=recipe.inputs,
            output_artifacts=outputs,
            metrics=metrics,
        )

    def processing(self, job: Job) -> Component:
        """Prepare or evaluate once: one input, one output."""
        recipe = pick(self._rng, self._recipes)
        source = recipe.inputs["train"]["Value"]
        target = self._draft.s3(f"{recipe.folder}/prepared/{job.name}")
        body = {
            "ProcessingInputs": [_processing_input(source)],
            "ProcessingOutputConfig": {"Outputs": [_processing_output(target)]},
            "ProcessingResources": {"ClusterConfig": recipe.machines},
            "StoppingCondition": {"MaxRuntimeInSeconds": 86_400},
            "AppSpecification": {"ImageUri": recipe.image},
            "RoleArn": self._draft.role,
        }
        return self._keep(
            "processing-job",
            job,
            body,
            parameters=recipe.machine_parameters,
            input_artifacts=recipe.inputs,
            output_artifacts={"prepared": {"Value": target}},
        )

    def transform(self, job: Job) -> Component:
        """Score a data set once."""
        recipe = pick(self._rng, self._recipes)
        target = self._draft.s3(f"{recipe.folder}/scored/{job.name}")
        body = {
            "ModelName": f"{recipe.folder.replace('/', '-')}-model",
            "TransformInput": {
                "DataSource": {"S3DataSource": _prefix(recipe)},
                "SplitType": "Line",
            },
            "TransformOutput": {"S3OutputPath": target, "AssembleWith": "Line"},
            "TransformResources": {
                "InstanceType": recipe.machines["InstanceType"],
                "InstanceCount": recipe.machines["InstanceCount"],
            },
        }
        return self._keep(
            "transform-job",
            job,
            body,
            parameters=recipe.machine_parameters,
            input_artifacts=recipe.inputs,
            output_artifacts={"scored": {"Value": target}},
        )

    def _training_body(self, job: Job, recipe: Recipe) -> tuple[Json, Json]:
        output = self._draft.s3(f"{recipe.folder}/output")
        model = f"{output}/{job.name}/output/model.tar.gz"
        outputs: Json = {}
        if job.life.status == "Completed":
            outputs["SageMaker.ModelArtifact"] = {"Value": model}
        body: Json = {
            "ModelArtifacts": {"S3ModelArtifacts": model},
            "SecondaryStatus": _secondary(job.life),
            "AlgorithmSpecification": recipe.algorithm,
            "RoleArn": self._draft.role,
            "InputDataConfig": recipe.channels,
            "OutputDataConfig": {"S3OutputPath": output},
            "ResourceConfig": recipe.machines,
            "StoppingCondition": {"MaxRuntimeInSeconds": 86_400},
        }
        if self._rng.random() < _CHECKPOINT_SHARE:
            place = f"{recipe.folder}/checkpoints/{job.name}"
            body["CheckpointConfig"] = {"S3Uri": self._draft.s3(place)}
        if self._rng.random() < _DEBUG_SHARE:
            debug = self._draft.s3(f"{recipe.folder}/debug")
            body["DebugHookConfig"] = {"S3OutputPath": debug}
            outputs["SageMaker.DebugHookOutput"] = {"Value": f"{debug}/{job.name}/debug-output"}
        return body, outputs

    def _keep(self, kind: str, job: Job, body: Json, **content: Any) -> Component:
        arn = self._draft.arn(kind, job.name)
        life = job.life
        body |= _record(_PREFIXES[kind], arn, job)
        self._draft.resources.append(
            Resource(
                arn=arn, type=kind, name=job.name, created=life.created, body=body, tags=job.tags
            )
        )
        made = Component(
            name=f"{job.name}-aws-{kind}",
            display_name=job.display_name,
            created=life.created,
            modified=life.modified,
            started=life.started,
            ended=life.ended,
            status=status_of(life, _REASON),
            source={"SourceArn": arn, "SourceType": _SOURCE_TYPES[kind]},
            created_by=NOTHING,
            modified_by=NOTHING,
            tags=job.tags,
            made_by_aws=True,
            trials=job.trials,
            **content,
        )
        self._draft.components.append(made)
        return made


_STATUSES: dict[str, Wire] = {
    status: {"PrimaryStatus": status}
    for status in ("InProgress", "Completed", "Stopping", "Stopped", "Failed")
}


def status_of(life: Life, reason: str) -> Wire:
    """Write a component's status; a failed one tells why."""
    if life.status == "Failed":
        return {"PrimaryStatus": "Failed", "Message": reason}
    return _STATUSES[life.status]


def _record(prefix: str, arn: str, job: Job) -> Json:
    """Write what all three kinds of job records have in common, under the kind's own names."""
    record: Json = {
        f"{prefix}JobName": job.name,
        f"{prefix}JobArn": arn,
        f"{prefix}JobStatus": job.life.status,
        "CreationTime": job.life.created,
        f"{prefix}StartTime": job.life.started,
        **job.maker,
    }
    if prefix != "Transform":
        record["LastModifiedTime"] = job.life.modified
    if job.life.ended is not None:
        record[f"{prefix}EndTime"] = job.life.ended
    if job.life.status == "Failed":
        record["FailureReason"] = _REASON
    if job.belongs is not None:
        record["ExperimentConfig"] = job.belongs
    return record


def _secondary(life: Life) -> str:
    return "Training" if life.status == "InProgress" else life.status


def _prefix(recipe: Recipe) -> Wire:
    return {"S3DataType": "S3Prefix", "S3Uri": recipe.inputs["validation"]["Value"]}


def _processing_input(source: str) -> Wire:
    place = {"S3Uri": source, "LocalPath": "/opt/ml/processing/input", "S3DataType": "S3Prefix"}
    return {"InputName": "input-1", "S3Input": {**place, "S3InputMode": "File"}}


def _processing_output(target: str) -> Wire:
    place = {"S3Uri": target, "LocalPath": "/opt/ml/processing/output"}
    return {"OutputName": "prepared", "S3Output": {**place, "S3UploadMode": "EndOfJob"}}
