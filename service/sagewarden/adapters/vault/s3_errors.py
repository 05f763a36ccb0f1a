"""What S3 and botocore say when a request fails, in our words."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    PartialCredentialsError,
    ResponseStreamingError,
)
from botocore.parsers import ResponseParserError

from sagewarden.adapters.aws.errors import RoleRefused, advice_of
from sagewarden.errors import VaultError

Failure = ClientError | BotoCoreError | ResponseParserError
FAILURES = (ClientError, BotoCoreError, ResponseParserError)
"""Everything that a request can raise; the last is no BotoCoreError."""

NO_ANSWER = (HTTPClientError, ResponseStreamingError, IncompleteReadError, ResponseParserError)
"""A request of which nobody knows what became."""

AGAIN = frozenset({"ConditionalRequestConflict", "OperationAborted", "RequestTimeout"})
"""Refusals that are over in a moment."""

_CREDENTIALS = "Check the AWS credentials that SageWarden runs with."
_REGION = "The bucket lies in another region than the target: use one in the target's region."
_KEY = "Let the role use the KMS key (kms:GenerateDataKey, kms:Decrypt), and the key be enabled."
_LATER = "S3 is busy or broken at the moment: the next run tries again."

ADVICE = {
    "NoSuchBucket": "Create the bucket, or correct its name in the setting `vault`.",
    "AccessDenied": (
        "Grant s3:GetObject, s3:PutObject and s3:ListBucket on the bucket and its objects; without "
        "s3:ListBucket S3 hides what is absent. A bucket policy may also deny this kind of write."
    ),
    "InvalidAccessKeyId": _CREDENTIALS,
    "SignatureDoesNotMatch": _CREDENTIALS,
    "ExpiredToken": _CREDENTIALS,
    "InvalidToken": _CREDENTIALS,
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "IllegalLocationConstraintException": _REGION,
    "RequestTimeTooSkewed": "This machine's clock is wrong: set it by NTP.",
    "InvalidObjectState": "A lifecycle rule moved the object to an archive tier: restore it first.",
    "SlowDown": _LATER,
    "InternalError": _LATER,
    "ServiceUnavailable": _LATER,
}
"""What to do about an error, by S3's code."""


def code_of(error: Failure) -> str:
    """Return S3's error code; empty when no answer came."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else ""


def hidden(error: Failure) -> bool:
    """Whether a delete marker, not an absence, is behind a NoSuchKey."""
    return bool(_metadata(error).get("HTTPHeaders", {}).get("x-amz-delete-marker") == "true")


def landed_perhaps(error: Failure) -> bool:
    """Whether a write may have been applied all the same, now or before a retry of botocore's."""
    return bool(_metadata(error).get("RetryAttempts")) or _broken(error)


def worth_another(error: Failure) -> bool:
    """Whether the same request may well be answered otherwise in a moment."""
    return code_of(error) in AGAIN or _broken(error)


def translated(error: Failure, doing: str, bucket: str) -> VaultError:
    """Return the error to raise, with what to do about it."""
    if isinstance(error, RoleRefused):
        told = f"the role {error.arn} could not be assumed (sts:AssumeRole)"
        advice = advice_of(error) or _advice(error, bucket)
        return VaultError(f"cannot {doing} in the bucket {bucket}: {told}: {error}", advice=advice)
    said = code_of(error) or type(error).__name__
    return VaultError(
        f"cannot {doing} in the bucket {bucket}: {said}: {error}", advice=_advice(error, bucket)
    )


def _advice(error: Failure, bucket: str) -> str:
    code = code_of(error)
    if code.startswith("KMS."):
        return _KEY
    if code:
        return ADVICE.get(code, f"Look the code up in S3's list of errors; bucket: {bucket}.")
    if isinstance(error, NoCredentialsError | PartialCredentialsError | CredentialRetrievalError):
        return _CREDENTIALS
    return f"Check the network, proxy and VPC endpoint between here and the bucket {bucket}."


def _broken(error: Failure) -> bool:
    status = int(_metadata(error).get("HTTPStatusCode", 0))
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, NO_ANSWER)


def _metadata(error: Failure) -> Mapping[str, Any]:
    return error.response["ResponseMetadata"] if isinstance(error, ClientError) else {}
