"""Turns what Search or Describe answered into an entity."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from sys import intern
from typing import Any

from sagewarden.core.entities import Entity, Kind, Origin, Parent
from sagewarden.core.fingerprint import content
from sagewarden.core.needs import NOTHING, Needs

_NAME = {
    Kind.EXPERIMENT: ("ExperimentName", "ExperimentArn"),
    Kind.TRIAL: ("TrialName", "TrialArn"),
    Kind.COMPONENT: ("TrialComponentName", "TrialComponentArn"),
}

_ORIGIN_OF_SOURCE = {
    "training-job": Origin.JOB,
    "processing-job": Origin.JOB,
    "transform-job": Origin.JOB,
    "pipeline": Origin.PIPELINE,
    "hyper-parameter-tuning-job": Origin.TUNING,
    "automl-job": Origin.AUTOML,
}

RUN_TAG = "sagemaker:trial-component-source"
"""The SDK's `Run` tags its components with this key and the value `run`."""

RUN_TRIAL = "default-run-group-"
"""The SDK's `Run` gives each experiment one trial, named with this prefix (here in lower case)."""

_REMEMBERED = 1 << 15
"""Sets of tags and of trials that all share who carry them: answers bring each anew."""

_NO_TAGS: Mapping[str, str] = {}


def observe(
    kind: Kind,
    record: Mapping[str, Any],
    *,
    tags: Mapping[str, str] | None,
    parents: Iterable[Parent] | None = (),
    doubt: str | None = None,
    asked: Needs = NOTHING,
) -> Entity:
    """Build an entity from the fields that both Search and Describe give.

    Of parameters, metrics and artifacts it holds what is `asked` for. `tags` and `parents` are None
    when they could not be read. Raise KeyError when the record lacks its name, ARN or CreationTime:
    the caller then knows that the answer was cut off.
    """
    name, arn = (record[field] for field in _NAME[kind])
    source_arn = (record.get("Source") or {}).get("SourceArn")
    return Entity(
        kind=kind,
        name=name,
        arn=arn,
        created=record["CreationTime"],
        modified=_last_sign_of_life(record),
        content=content(kind, record, tags or {}),
        tags=None if tags is None else _shared(tags),
        display_name=_shown(record.get("DisplayName"), name),
        status=_same((record.get("Status") or {}).get("PrimaryStatus")),
        origin=_origin(name, source_arn, tags or {}),
        source_arn=source_arn,
        created_by=_same((record.get("CreatedBy") or {}).get("UserProfileName")),
        experiment=_same(record.get("ExperimentName")) if kind is Kind.TRIAL else None,
        parents=None if parents is None else _places(tuple(parents)),
        doubt=doubt,
        parameters=asked.parameters_of(record),
        metrics=asked.metrics_of(record),
        artifacts=asked.artifacts_of(record) if kind is Kind.COMPONENT else None,
    )


def _same(word: str | None) -> str | None:
    """Return the one text that all use who say this: an answer of AWS spells it anew each time."""
    return word if word is None else intern(word)


def _shown(text: str | None, name: str) -> str | None:
    """Return the one text for both where something is shown by its name, as AWS does unasked."""
    return name if text == name else text


def _shared(tags: Mapping[str, str]) -> Mapping[str, str]:
    return _tag_set(tuple(tags.items())) if tags else _NO_TAGS


@lru_cache(_REMEMBERED)
def _tag_set(tags: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    return {intern(key): intern(value) for key, value in tags}


@lru_cache(_REMEMBERED)
def _places(parents: tuple[Parent, ...]) -> tuple[Parent, ...]:
    return tuple([Parent(intern(each.trial), _same(each.experiment)) for each in parents])


def _last_sign_of_life(record: Mapping[str, Any]) -> datetime | None:
    """Return None unless AWS says when it was last changed: without that, nothing is known."""
    if record.get("LastModifiedTime") is None:
        return None
    times: list[datetime | None]
    times = [record.get(field) for field in ("LastModifiedTime", "StartTime", "EndTime")]
    times += [metric.get("TimeStamp") for metric in record.get("Metrics") or ()]
    return max(moment for moment in times if moment is not None)


def _origin(name: str, source_arn: str | None, tags: Mapping[str, str]) -> Origin:
    if tags.get(RUN_TAG) == "run" or name.lower().startswith(RUN_TRIAL):
        return Origin.RUN
    if source_arn is None:
        return Origin.MANUAL
    resource = source_arn.split(":", 5)[-1].split("/", 1)[0]
    return _ORIGIN_OF_SOURCE.get(resource, Origin.MANUAL)
