"""Reads CloudTrail's log files from a folder: the deletes and disassociations of one target.

A log file is gzip JSON with a list `Records`; its name says when it was delivered, and its records
are of any time before (CloudTrail User Guide, "log file examples"). Of a record, `eventTime` is
when the request was completed, `userIdentity.sessionContext.sessionIssuer.arn` the role behind a
session, `errorCode` is there for a call that failed ("record contents", "userIdentity element").
[inferred] Request parameters are spelled as the API's, the first letter small: the documentation
shows `endpointName` of CreateEndpoint, and nothing of experiments.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sagewarden.core.canonical import read_time
from sagewarden.core.entities import Target
from sagewarden.core.trail import Act, Trail, TrailEvent
from sagewarden.errors import UsageError

SOURCE: Final = "sagemaker.amazonaws.com"

OPERATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "DeleteExperiment": ("experimentName", ""),
    "DeleteTrial": ("trialName", ""),
    "DeleteTrialComponent": ("trialComponentName", ""),
    "DisassociateTrialComponent": ("trialComponentName", "trialName"),
}
"""The request parameters that name what goes, and from which trial."""

LARGEST: Final = 512 * 2**20
"""Bytes of one file, unpacked: CloudTrail's are far smaller, and a bomb is none of its files."""

_OTHERS: Final = ("CloudTrail-Digest", "CloudTrail-Insight")
"""Files beside the logs that are none: hashes of log files, and statistics."""


_BROKEN = (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError, AttributeError)


@dataclass(slots=True)
class _Gathered:
    events: dict[str, TrailEvent] = field(default_factory=dict)
    times: list[datetime] = field(default_factory=list)
    files: int = 0
    records: int = 0
    unread: list[str] = field(default_factory=list)


def read_trail(folder: Path, target: Target) -> Trail:
    """Read every log file below a folder; raise UsageError when there is none.

    A file that cannot be read is named in `unread`. An event that stands in two files is one.
    """
    found = _Gathered()
    for path in _files(folder):
        found.files += 1
        try:
            _take(found, _records(path), target)
        except _BROKEN as error:
            found.unread.append(f"{path.name}: {type(error).__name__}: {error}")
    if not found.files:
        raise UsageError(
            f"there is no CloudTrail log file below {folder}",
            advice="Copy them from the trail's bucket: `aws s3 sync "
            "s3://BUCKET/AWSLogs/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ DIR`.",
        )
    return Trail(
        events=tuple(sorted(found.events.values(), key=lambda event: (event.at, event.event))),
        since=min(found.times, default=None),
        until=max(found.times, default=None),
        files=found.files,
        records=found.records,
        unread=tuple(found.unread),
    )


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.json*")):
        is_log = path.name.endswith((".json", ".json.gz"))
        if is_log and path.is_file() and not any(other in str(path) for other in _OTHERS):
            yield path


def _records(path: Path) -> list[Mapping[str, Any]]:
    with path.open("rb") as packed:
        body = packed.read(LARGEST + 1)
    if path.name.endswith(".gz"):
        with gzip.open(io.BytesIO(body)) as file:
            body = file.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise ValueError(f"it is larger than {LARGEST} bytes")
    records = json.loads(body)["Records"]
    if not isinstance(records, list):
        raise TypeError("its Records are no list")
    return records


def _take(found: _Gathered, records: list[Mapping[str, Any]], target: Target) -> None:
    for record in records:
        found.records += 1
        account = record.get("recipientAccountId") or record["userIdentity"].get("accountId")
        if account != target.account or record.get("awsRegion") != target.region:
            continue
        at = read_time(record["eventTime"])
        found.times.append(at)
        act = _act(record)
        if act is not None:
            event = _event(record, act, at)
            found.events[event.event] = event


def _act(record: Mapping[str, Any]) -> Act | None:
    names = OPERATIONS.get(record.get("eventName", ""))
    if names is None or record.get("eventSource") != SOURCE:
        return None
    given = record.get("requestParameters") or {}  # null for some calls that were refused
    name, trial = (str(given.get(each, "")).lower() if each else "" for each in names)
    return (record["eventName"], name, trial)


def _event(record: Mapping[str, Any], act: Act, at: datetime) -> TrailEvent:
    return TrailEvent(
        event=_text(record["eventID"]),
        at=at,
        act=act,
        caller=_text(record["userIdentity"].get("arn", "")),
        error=str(record.get("errorCode", "")),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r}")
    return value
