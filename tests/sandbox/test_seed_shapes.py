"""What is seeded could have come from AWS: names, lengths and fields fit botocore's model."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

from sagewarden.sandbox.records import Entity, Experiment, Json, Resource, Trial, points_of
from sagewarden.sandbox.seed import seed_account
from sagewarden.sandbox.state import AccountState, World

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FREE_TEXT = ".*"
JAVA_CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": r"\s"}
OPERATIONS = {
    "training-job": "DescribeTrainingJob",
    "processing-job": "DescribeProcessingJob",
    "transform-job": "DescribeTransformJob",
    "model-package": "DescribeModelPackage",
    "model-package-group": "DescribeModelPackageGroup",
    "model": "DescribeModel",
    "endpoint-config": "DescribeEndpointConfig",
    "endpoint": "DescribeEndpoint",
}


@cache
def sagemaker() -> ServiceModel:
    return ServiceModel(Loader().load_service_model("sagemaker", "service-2"), "sagemaker")


def output_of(operation: str) -> Shape:
    shape = sagemaker().operation_model(operation).output_shape
    assert shape is not None
    return shape


@cache
def state(components: int) -> AccountState:
    made = World(clock=NOW.timestamp).account("123456789012", "us-east-1")
    seed_account(made, components=components, seed=1, now=NOW)
    return made


def leaves(shape: Shape, value: Any) -> Iterator[tuple[Shape, Any]]:
    """Walk a value with its shape: every node once."""
    yield shape, value
    if isinstance(shape, StructureShape):
        for name, inner in value.items():
            yield from leaves(shape.members[name], inner)
    elif isinstance(shape, MapShape):
        for name, inner in value.items():
            yield shape.key, name
            yield from leaves(shape.value, inner)
    elif isinstance(shape, ListShape):
        for inner in value:
            yield from leaves(shape.member, inner)


def fits(shape: Shape, value: Any) -> bool:
    """Tell whether one node is within its shape's length, pattern and set of values."""
    if shape.type_name in {"map", "list", "string"}:
        lengths = shape.metadata
        within = lengths.get("min", 0) <= len(value) <= lengths.get("max", len(value))
        return within and matches(shape, value)
    return True


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    for java, python in JAVA_CLASSES.items():
        pattern = pattern.replace(java, python)
    return re.compile(pattern)


def matches(shape: Shape, value: Any) -> bool:
    pattern = shape.metadata.get("pattern", FREE_TEXT)
    allowed = shape.metadata.get("enum", [value])
    return value in allowed and (
        pattern == FREE_TEXT or compiled(pattern).fullmatch(value) is not None
    )


def faults(shape: Shape, answer: Any) -> list[str]:
    """List all that AWS could not have answered."""
    report = ParamValidator().validate(answer, shape).generate_report()
    odd = [
        f"{node.name}: {value!r}"[:200]
        for node, value in leaves(shape, answer)
        if not fits(node, value)
    ]
    return [*odd, *([report] if report else [])]


def present(**fields: Any) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def shared(made: AccountState, entity: Entity, kind: str) -> Json:
    return present(
        DisplayName=entity.display_name,
        Source=entity.source,
        CreationTime=entity.created,
        CreatedBy=entity.created_by,
        LastModifiedTime=entity.modified,
        LastModifiedBy=entity.modified_by,
    ) | {f"{kind}Name": entity.name, f"{kind}Arn": made.arn(KINDS[kind], entity.name)}


KINDS = {
    "Experiment": "experiment",
    "Trial": "experiment-trial",
    "TrialComponent": "experiment-trial-component",
}


def experiments(made: AccountState) -> Iterator[Json]:
    for e in made.experiments:
        yield shared(made, e, "Experiment") | present(Description=e.description)


def trials(made: AccountState) -> Iterator[Json]:
    for t in made.trials:
        yield shared(made, t, "Trial") | {
            "ExperimentName": made.experiments.rows[t.experiment].name
        }


def components(made: AccountState) -> Iterator[Json]:
    for c in made.components:
        yield shared(made, c, "TrialComponent") | present(
            Status=c.status,
            StartTime=c.started,
            EndTime=c.ended,
            Parameters=c.parameters,
            InputArtifacts=c.input_artifacts,
            OutputArtifacts=c.output_artifacts,
            MetadataProperties=c.metadata,
        )


@pytest.mark.parametrize("size", [200, 2_000])
@pytest.mark.parametrize(
    ("operation", "answers"),
    [
        ("DescribeExperiment", experiments),
        ("DescribeTrial", trials),
        ("DescribeTrialComponent", components),
    ],
)
def test_entities_fit_their_describe_shape(
    operation: str, answers: Callable[[AccountState], Iterator[Json]], size: int
) -> None:
    """Each experiment, trial and component could be Describe's answer."""
    shape = output_of(operation)
    assert [fault for answer in answers(state(size)) for fault in faults(shape, answer)] == []


def whole(resource: Resource) -> Json:
    return dict(resource.body)


@pytest.mark.parametrize("size", [200, 2_000])
@pytest.mark.parametrize("kind", OPERATIONS)
def test_resources_fit_their_describe_shape(kind: str, size: int) -> None:
    """Each job, model, package and endpoint could be Describe's answer."""
    shape = output_of(OPERATIONS[kind])
    found = [r for r in state(size).resources if r.type == kind]
    assert found
    assert [fault for r in found for fault in faults(shape, whole(r))] == []


@pytest.mark.parametrize("size", [200, 2_000])
def test_tags_fit_their_pattern(size: int) -> None:
    """Tags are within AWS's alphabet, length and number, hostile ones too."""
    made = state(size)
    shape = sagemaker().shape_for("TagList")
    tagged: list[Experiment | Trial | Any] = [*made.experiments, *made.trials, *made.components]
    lists = ([{"Key": k, "Value": v} for k, v in entity.tags.items()] for entity in tagged)
    assert [fault for tags in lists for fault in faults(shape, tags)] == []


def test_metric_points_are_finite_and_in_order() -> None:
    """Series have ascending times and steps, and real numbers."""
    for c in state(2_000).components:
        for series in c.metrics.values():
            points = points_of(series)
            assert points == sorted(points, key=lambda point: (point.at, point.step or 0))
            assert all(abs(point.value) < 1e9 for point in points)


def test_training_jobs_tell_where_their_data_lies() -> None:
    """Some jobs have checkpoints, some a debugger hook; all have channels and an output."""
    bodies = [r.body for r in state(200).resources if r.type == "training-job"]
    assert any("CheckpointConfig" in body for body in bodies)
    assert any("DebugHookConfig" in body for body in bodies)
    assert all(
        {"InputDataConfig", "OutputDataConfig", "HyperParameters"} <= body.keys() for body in bodies
    )
