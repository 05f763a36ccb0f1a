"""Digests by which a later look is compared with an earlier one.

Search and Describe give different sets of fields for the same entity; only what both give, and
what a user can change, takes part. LastModified* is left out on purpose: whether our own writes
move it is not known for sure, so content is compared instead.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from sagewarden.core.canonical import canonical, digest
from sagewarden.core.entities import OWN_TAGS, Kind

_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.EXPERIMENT: ("ExperimentName", "ExperimentArn", "DisplayName", "Description", "Source"),
    Kind.TRIAL: ("TrialName", "TrialArn", "DisplayName", "ExperimentName", "Source"),
    Kind.COMPONENT: (
        "TrialComponentName",
        "TrialComponentArn",
        "DisplayName",
        "Source",
        "Status",
        "StartTime",
        "EndTime",
        "Parameters",
        "InputArtifacts",
        "OutputArtifacts",
        "Metrics",
    ),
}


def content(kind: Kind, record: Mapping[str, Any], tags: Mapping[str, str]) -> str:
    """Digest what a user can change of an entity: `record` is a Search or Describe answer.

    Absent and empty lists or maps count as the same, since Search leaves out what Describe
    spells as empty.
    """
    fields = {
        name: record[name] for name in _FIELDS[kind] if record.get(name) not in (None, [], {})
    }
    if "Metrics" in fields:
        fields["Metrics"] = sorted(fields["Metrics"], key=canonical)
    fields["CreationTime"] = record["CreationTime"]
    fields["Tags"] = {key: value for key, value in tags.items() if not key.startswith(OWN_TAGS)}
    return digest(fields)


def fingerprint(content_digest: str, parents: Iterable[str]) -> str:
    """Digest content and place: the keys of a component's trials, or of a trial's experiment."""
    return digest([content_digest, sorted(parents)])
