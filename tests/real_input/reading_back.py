"""Reads an account whole with plain boto3, as an archive would hold it, by code of its own."""

from collections.abc import Iterator
from typing import Any

from tests.real_input.logged import LineageEdge
from tests.real_input.users import User

from sagewarden.core.archive import ArchiveRecord
from sagewarden.core.canonical import milliseconds
from sagewarden.core.entities import Identity, Kind

LISTS = {
    Kind.EXPERIMENT: ("experiment", "Experiment"),
    Kind.TRIAL: ("trial", "Trial"),
    Kind.COMPONENT: ("trial_component", "TrialComponent"),
}


def read_back(user: User) -> list[ArchiveRecord]:
    """Return a record of everything in a user's account."""
    with user.client("sagemaker") as sm, user.client("sagemaker-metrics") as metrics:
        return [
            _record(sm, metrics, kind, name) for kind in LISTS for name in sorted(_names(sm, kind))
        ]


def objects_of(user: User, uris: Iterator[str] | list[str]) -> dict[str, bytes]:
    """Fetch the S3 objects at these URIs."""
    with user.client("s3") as s3:
        return {uri: _body(s3, uri) for uri in uris}


def lineage_of(user: User, arn: str) -> tuple[LineageEdge, ...]:
    """Return the lineage artifacts that a component produced."""
    with user.client("sagemaker") as sm:
        edges = _pages(sm, "list_associations", "AssociationSummaries", SourceArn=arn)
        return tuple(
            LineageEdge(
                sm.describe_artifact(ArtifactArn=edge["DestinationArn"])["Source"]["SourceUri"],
                edge["AssociationType"],
            )
            for edge in edges
        )


def _pages(client: Any, operation: str, result: str, **params: Any) -> list[Any]:
    pages = client.get_paginator(operation).paginate(**params)
    return [each for page in pages for each in page[result]]


def _body(s3: Any, uri: str) -> bytes:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    with s3.get_object(Bucket=bucket, Key=key)["Body"] as stream:
        body: bytes = stream.read()
        return body


def _names(sm: Any, kind: Kind) -> list[str]:
    operation, word = LISTS[kind]
    listed = _pages(sm, f"list_{operation}s", f"{word}Summaries")
    return [each[f"{word}Name"] for each in listed]


def _record(sm: Any, metrics: Any, kind: Kind, name: str) -> ArchiveRecord:
    operation, word = LISTS[kind]
    described = getattr(sm, f"describe_{operation}")(**{f"{word}Name": name})
    del described["ResponseMetadata"]  # of the answer, not of what it tells of
    arn = described[f"{word}Arn"]
    series = tuple(_series(metrics, arn, described))
    return ArchiveRecord(
        identity=Identity(kind, name.lower(), milliseconds(described["CreationTime"])),
        arn=arn,
        fingerprint="",
        described=described,
        tags={
            each["Key"]: each["Value"] for each in _pages(sm, "list_tags", "Tags", ResourceArn=arn)
        },
        parents=_parents(sm, kind, described),
        associations=_associations(sm, arn) if kind is Kind.COMPONENT else (),
        series=series,
        unread=tuple(f"metric {each['metric']}" for each in series if each["status"] != "Complete"),
    )


def _associations(sm: Any, arn: str) -> tuple[Any, ...]:
    made = _pages(sm, "list_associations", "AssociationSummaries", SourceArn=arn)
    used = _pages(sm, "list_associations", "AssociationSummaries", DestinationArn=arn)
    return (*made, *used)


def _parents(sm: Any, kind: Kind, described: Any) -> tuple[str, ...]:
    if kind is Kind.EXPERIMENT:
        return ()
    if kind is Kind.TRIAL:
        return (described["ExperimentName"].lower(),)
    name = described["TrialComponentName"]
    trials = _pages(sm, "list_trials", "TrialSummaries", TrialComponentName=name)
    return tuple(sorted(each["TrialName"].lower() for each in trials))


def _series(metrics: Any, arn: str, described: Any) -> Iterator[dict[str, Any]]:
    """Yield each metric by step, and by the minute too where the steps are not all there is."""
    for summary in described.get("Metrics", ()):
        steps = _query(metrics, arn, summary["MetricName"], "IterationNumber", "IterationNumber")
        if steps["points"]:
            yield steps
        if len(steps["points"]) != summary["Count"]:
            minutes = _query(metrics, arn, summary["MetricName"], "Timestamp", "OneMinute")
            whole = len(minutes["points"]) == summary["Count"]
            yield minutes | ({} if whole else {"status": "the last value of each minute"})


def _query(metrics: Any, arn: str, metric: str, axis: str, period: str) -> dict[str, Any]:
    query = {
        "MetricName": metric,
        "ResourceArn": arn,
        "MetricStat": "Last",
        "Period": period,
        "XAxisType": axis,
    }
    (result,) = metrics.batch_get_metrics(MetricQueries=[query])["MetricQueryResults"]
    points = zip(result["XAxisValues"], result["MetricValues"], strict=True)
    return {
        "metric": metric,
        "x_axis": axis,
        "period": period,
        "stat": "Last",
        "status": result["Status"],
        "points": [list(point) for point in points],
    }
