"""What botocore's exceptions become."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from sagewarden.adapters.aws.errors import Incomplete, effect_error, read_error
from sagewarden.errors import (
    Absent,
    AccessDenied,
    EffectRefused,
    EffectThrottled,
    EffectUnclear,
    ReadFailed,
    StillLinked,
    Throttled,
    Unreachable,
)

URL = "http://127.0.0.1:9"
OLD = "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z"
EARLY = "Signature not yet current: 20260101T001001Z is still later than 20260101T001000Z"
LINKED = "Trial component is linked to 1 or more trials and cannot be deleted."


def answered(code: str, message: str = "no", status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": status,
                "RequestId": "",
                "HostId": "",
                "HTTPHeaders": {},
                "RetryAttempts": 0,
            },
        },
        "Op",
    )


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answered("ThrottlingException", "Rate exceeded"), Throttled),
        (answered("Whatever", status=429), Throttled),
        (answered("AccessDeniedException"), AccessDenied),
        (answered("ExpiredTokenException", status=403), AccessDenied),
        (NoCredentialsError(), AccessDenied),
        (answered("ResourceNotFound"), Absent),
        (EndpointConnectionError(endpoint_url=URL), Unreachable),
        (ConnectTimeoutError(endpoint_url=URL), Unreachable),
        (ReadTimeoutError(endpoint_url=URL), Unreachable),
        (ConnectionClosedError(endpoint_url=URL), Unreachable),
        (answered("InternalFailure", status=500), ReadFailed),
        (answered("ValidationException"), ReadFailed),
        (Incomplete("lacks Tags"), ReadFailed),
        (KeyError("of a parser"), ReadFailed),
    ],
)
def test_a_failed_read_has_one_kind(error: Exception, kind: type[Exception]) -> None:
    assert type(read_error("Op", error)) is kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (answered("ThrottlingException", "Rate exceeded"), EffectThrottled),
        (answered("ValidationException", LINKED), StillLinked),
        (answered("ValidationException", "Trial has components"), EffectRefused),
        (answered("AccessDeniedException"), EffectRefused),
        (ParamValidationError(report="bad"), EffectRefused),
        (answered("ResourceNotFound"), Absent),
        (answered("InternalFailure", status=500), EffectUnclear),
        (answered("ServiceUnavailable", status=503), EffectUnclear),
        (answered("RequestTimeout", status=408), EffectUnclear),
        (answered("302", status=0), EffectUnclear),
        (EndpointConnectionError(endpoint_url=URL), EffectUnclear),
        (ReadTimeoutError(endpoint_url=URL), EffectUnclear),
        (ConnectionClosedError(endpoint_url=URL), EffectUnclear),
        (Incomplete("lacks TrialArn"), EffectUnclear),
        (ValueError("of a parser"), EffectUnclear),
    ],
)
def test_a_failed_write_has_one_kind(error: Exception, kind: type[Exception]) -> None:
    """Only an answer of AWS below HTTP 500 proves that nothing was applied."""
    assert type(effect_error("Op", error)) is kind


@pytest.mark.parametrize(
    "error",
    [
        answered("InvalidSignatureException", OLD),
        answered("InvalidSignatureException", EARLY, status=403),
        answered("SignatureDoesNotMatch", OLD, status=403),
        answered("RequestExpired"),
        answered("RequestInTheFuture"),
        answered("RequestTimeTooSkewed", status=403),
    ],
)
def test_a_signature_of_another_time_blames_the_clock_or_the_way(error: ClientError) -> None:
    """Nothing was applied, and no credentials are wrong."""
    read, effect = read_error("Op", error), effect_error("Op", error)
    assert (type(read), type(effect)) == (ReadFailed, EffectRefused)
    assert read.advice == effect.advice
    assert ("clock is off" in read.advice, "held up for minutes" in read.advice) == (True, True)


def test_a_wrong_signature_blames_the_credentials() -> None:
    """The code may be the same."""
    told = "The request signature we calculated does not match the signature you provided."
    error = read_error("Op", answered("InvalidSignatureException", told))
    assert type(error) is AccessDenied
    assert "renew credentials" in error.advice


def test_a_refusal_carries_the_code_of_aws() -> None:
    error = effect_error("Op", answered("ConflictException"))
    assert isinstance(error, EffectRefused)
    assert error.code == "ConflictException"


def test_an_unreachable_endpoint_says_what_to_check() -> None:
    error = read_error("Search", EndpointConnectionError(endpoint_url=URL))
    assert "AWS_ENDPOINT_URL" in error.advice
