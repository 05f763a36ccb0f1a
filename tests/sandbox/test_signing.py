"""The age of a signature, by the machine's clock, when the whole request has arrived."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.auth
import pytest
from tests.sandbox.conftest import Refused

from sagewarden.sandbox import Fault, Sandbox
from sagewarden.sandbox.addressing import Address
from sagewarden.sandbox.engine import Engine
from sagewarden.sandbox.knobs import Knobs
from sagewarden.sandbox.signing import WRITTEN, outdated

Shift = Callable[[float], None]
ARRIVED = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
OLD = "InvalidSignatureException"
SKEWED = "RequestTimeTooSkewed"


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch) -> Shift:
    """Let clients sign by a clock that is ahead of the machine's by so many seconds."""

    def shifted(seconds: float) -> None:
        def clock() -> datetime:
            return datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251 -- a client's clock

        monkeypatch.setattr(botocore.auth, "get_current_datetime", clock)

    return shifted


@pytest.fixture
def calls(sm: Any, metrics: Any, tagging: Any) -> dict[str, Callable[[], Any]]:
    """One call of each of SageMaker's services."""
    query = {
        "MetricName": "loss",
        "ResourceArn": "arn:aws:sagemaker:us-east-1:123456789012:experiment-trial-component/gone",
        "MetricStat": "Last",
        "Period": "IterationNumber",
        "XAxisType": "IterationNumber",
    }
    return {
        "sagemaker": sm.list_experiments,
        "sagemaker-metrics": lambda: metrics.batch_get_metrics(MetricQueries=[query]),
        "resourcegroupstaggingapi": tagging.get_resources,
    }


SERVICES = ("sagemaker", "sagemaker-metrics", "resourcegroupstaggingapi")
STATUSES = [("sagemaker", 400), ("sagemaker-metrics", 403), ("resourcegroupstaggingapi", 400)]


@pytest.mark.parametrize(("service", "as_status"), STATUSES)
def test_a_call_signed_over_five_minutes_ago_is_refused(
    service: str,
    as_status: int,
    calls: dict[str, Callable[[], Any]],
    shift: Shift,
    refused: Refused,
) -> None:
    """With a message that tells both times; the status is that of the service's protocol."""
    shift(-310)
    code, message, status = refused(calls[service])
    assert (code, status) == (OLD, as_status)
    assert message.startswith("Signature expired: ")
    assert message.endswith(" - 5 min.)")


@pytest.mark.parametrize(("service", "as_status"), STATUSES)
def test_a_call_signed_over_five_minutes_ahead_is_refused(
    service: str,
    as_status: int,
    calls: dict[str, Callable[[], Any]],
    shift: Shift,
    refused: Refused,
) -> None:
    """In other words."""
    shift(310)
    code, message, status = refused(calls[service])
    assert (code, status) == (OLD, as_status)
    assert message.startswith("Signature not yet current: ")
    assert message.endswith(" + 5 min.)")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("seconds", [-290, 290])
def test_a_call_signed_within_five_minutes_is_taken(
    service: str, seconds: float, calls: dict[str, Callable[[], Any]], shift: Shift
) -> None:
    """Before or ahead."""
    shift(seconds)
    assert calls[service]()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(("within", "beyond"), [(-890, -910), (890, 910)])
def test_s3_takes_signatures_of_15_minutes(
    within: float, beyond: float, s3: Any, shift: Shift, refused: Refused
) -> None:
    """And answers 403 beyond, with a code of its own."""
    shift(within)
    s3.create_bucket(Bucket="vault")
    shift(beyond)
    code, _, status = refused(s3.list_objects_v2, Bucket="vault")
    assert (code, status) == (SKEWED, 403)


def test_motos_other_services_take_signatures_of_any_age(sts: Any, shift: Shift) -> None:
    """STS among them."""
    shift(-86_400)
    assert sts.get_caller_identity()["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_write_whose_signature_is_too_old_is_not_applied(
    box: Sandbox, sm: Any, shift: Shift, refused: Refused
) -> None:
    """Though it is counted."""
    shift(-310)
    refused(sm.create_experiment, ExperimentName="late")
    logged = box.admin.calls()[-1]
    assert (logged.operation, logged.code, logged.applied) == ("CreateExperiment", OLD, False)
    assert list(box.state.experiments.rows) == []


@pytest.mark.parametrize(("seconds", "code"), [(290, None), (310, OLD)])
def test_what_is_held_up_on_the_way_is_older_by_as_much(seconds: float, code: str | None) -> None:
    """The age counts when the request arrives, not when it leaves."""
    engine, signed = Engine(Knobs()), datetime.now(UTC).strftime(WRITTEN)  # noqa: TID251 -- now
    engine.faults[1] = Fault(action="delay_before", seconds=seconds)
    address = Address("sagemaker", "ListExperiments", "123456789012", "us-east-1", "key")
    refusal = engine.admit(address, {}, signed).refusal
    assert (refusal.code if refusal else None) == code


def test_the_age_follows_the_machines_clock_and_not_the_sandboxs(box: Sandbox, sm: Any) -> None:
    """So that time can be played while clients sign by their own."""
    box.admin.advance(3_600)
    assert sm.list_experiments()["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    ("service", "signed", "code"),
    [
        ("sagemaker", "20260101T115459Z", OLD),
        ("sagemaker", "20260101T115500Z", None),
        ("sagemaker", "20260101T120500Z", None),
        ("sagemaker", "20260101T120501Z", OLD),
        ("s3", "20260101T114459Z", SKEWED),
        ("s3", "20260101T114500Z", None),
        ("s3", "20260101T121500Z", None),
        ("s3", "20260101T121501Z", SKEWED),
        ("sagemaker", "yesterday", None),
    ],
)
def test_the_last_second_counts_as_within(service: str, signed: str, code: str | None) -> None:
    """What is no time at all is not judged."""
    refusal = outdated(service, signed, ARRIVED, Knobs())
    assert (refusal.code if refusal else None) == code
