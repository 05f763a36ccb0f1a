"""A whole run against what CloudTrail would have logged of it: every delete has its other half."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.runs.stage import Stage

from sagewarden.adapters.aws.trail import OPERATIONS, read_trail
from sagewarden.application.auditing import audit
from sagewarden.core.audit import Audit
from sagewarden.core.report import Report
from sagewarden.core.storage import Price

RATE = Decimal("0.023")
PRICE = Price(RATE, "a price list")


def logged(stage: Stage, caller: str) -> list[dict[str, Any]]:
    """Every call that the sandbox got, as records of CloudTrail."""
    return [
        {
            "eventID": f"e-{call.number}",
            "eventTime": f"{datetime.fromtimestamp(call.at, UTC):%Y-%m-%dT%H:%M:%SZ}",
            "eventSource": "sagemaker.amazonaws.com",
            "eventName": call.operation,
            "awsRegion": stage.session.target.region,
            "recipientAccountId": stage.session.target.account,
            "userIdentity": {"arn": caller},
            "requestParameters": {
                f"{name[0].lower()}{name[1:]}": value for name, value in (call.params or {}).items()
            },
            **({} if call.code == "OK" else {"errorCode": call.code}),
        }
        for call in stage.box.admin.calls()
        if call.service.startswith("sagemaker")
    ]


def audited(stage: Stage, folder: Path, report: Report, records: list[dict[str, Any]]) -> Audit:
    body = json.dumps({"Records": records}).encode()
    (folder / "1_CloudTrail_r_20260101T0000Z_x.json.gz").write_bytes(gzip.compress(body))
    return audit(stage.bench(), report, PRICE, read_trail(folder, stage.session.target))


def swept(due: Stage) -> tuple[Report, list[dict[str, Any]]]:
    """Sweep, and sit out the time that a log must cover beyond it."""
    report = due.sweep()
    due.clockwork.rest(300.0)
    due.sweep()
    return report, logged(due, report.identity)


def test_every_step_of_a_run_has_its_event(due: Stage, tmp_path: Path) -> None:
    report, records = swept(due)
    trail = audited(due, tmp_path, report, records).trail
    assert trail is not None
    assert (trail.differences, trail.uncovered, trail.clean) == ((), 0, True)
    assert trail.agreed == len([row for row in report.outcomes if row.result == "done"])


def test_an_event_that_is_taken_out_is_missed(due: Stage, tmp_path: Path) -> None:
    report, records = swept(due)
    gone = next(each for each in records if each["eventName"] in OPERATIONS)
    records.remove(gone)
    trail = audited(due, tmp_path, report, records).trail
    assert trail is not None
    assert [each.kind for each in trail.differences] == ["intent without event"]
    assert trail.differences[0].operation == gone["eventName"]


def test_a_delete_by_hand_in_our_role_is_found(due: Stage, tmp_path: Path) -> None:
    report, records = swept(due)
    by_hand = next(each for each in records if each["eventName"] == "DeleteTrial") | {
        "eventID": "by hand",
        "requestParameters": {"trialName": "live-trial"},
    }
    trail = audited(due, tmp_path, report, [*records, by_hand]).trail
    assert trail is not None
    assert [(each.kind, each.name) for each in trail.differences] == [
        ("event without intent", "live-trial")
    ]


def test_an_audit_knows_the_link_of_its_run_and_the_vaults_size(due: Stage) -> None:
    report = due.sweep()
    found = audit(due.bench(), report, PRICE)
    assert found.chain is not None
    assert found.chain.number == found.chain.head_number == due.runs
    assert found.chain.signed == 0
    assert found.storage is not None
    stored = sum(len(due.vault.get(key).body) for key in due.vault.list("v1/"))
    assert found.storage.size == stored
    assert found.storage.usd_per_month == f"{Decimal(stored) / 2**30 * RATE:.4f}"
