"""Turns what botocore raises into our errors; nothing else in the project knows its exceptions.

ThrottlingException, ValidationException and AccessDeniedException are not in SageMaker's service
model, so the code inside ClientError is what counts.
"""

from enum import Enum, auto

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    MetadataRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    ProxyConnectionError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)

from sagewarden.errors import (
    Absent,
    AccessDenied,
    EffectRefused,
    EffectThrottled,
    EffectUnclear,
    ReadFailed,
    SageWardenError,
    SettingsError,
    StillLinked,
    Throttled,
    Unreachable,
)


class Fault(Enum):
    """What kind of failure a call met."""

    THROTTLED = auto()
    DENIED = auto()
    CREDENTIALS = auto()
    OUTDATED = auto()
    UNREACHABLE = auto()
    ABSENT = auto()
    LINKED = auto()
    SERVER = auto()
    REFUSED = auto()
    GARBLED = auto()


TRANSIENT = frozenset({Fault.THROTTLED, Fault.UNREACHABLE, Fault.SERVER, Fault.GARBLED})
"""Faults after which a read is worth another attempt."""

_THROTTLING = frozenset(
    {
        "BandwidthLimitExceeded",
        "PriorRequestNotComplete",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottledException",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_DENYING = frozenset(
    {"AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedOperation"}
)
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "MissingAuthenticationTokenException",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_OUTDATED = frozenset({"RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed"})
_OUTDATED_WORDS = ("Signature expired", "Signature not yet current")
"""How a service whose code is that of any bad signature tells that only its time is wrong."""
_MISSING = frozenset({"ResourceNotFound", "ResourceNotFoundException"})
_UNSETTLED = frozenset({"RequestTimeout", "RequestTimeoutException", "InternalFailure"})
_NO_CREDENTIALS = (
    CredentialRetrievalError,
    MetadataRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    SSOError,
    TokenRetrievalError,
)

_NO_ANSWER = (
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    SSLError,
)

_ROLE_ADVICE = (
    "Let the role's trust policy name our identity and the external id, and give our identity "
    "sts:AssumeRole on the role. The message names who asked."
)

_ADVICE = {
    Fault.THROTTLED: "AWS is busy with other callers of this account; try again later.",
    Fault.DENIED: "Give the identity the permission that the message names.",
    Fault.CREDENTIALS: "Give or renew credentials (environment, profile or role, as for any AWS "
    "tool), and check that the machine's clock is right.",
    Fault.OUTDATED: "This machine's clock is off, or the request was held up for minutes on its "
    "way.",
    Fault.UNREACHABLE: "Check the region, the network and AWS_ENDPOINT_URL.",
}


class RoleRefused(ClientError):  # noqa: N818 -- named after what happened
    """STS did not let us assume a role: whatever was to be called as that role never left."""

    def __init__(self, arn: str, error: ClientError) -> None:
        super().__init__(error.response, "AssumeRole")
        self.arn = arn


class Incomplete(Exception):  # noqa: N818 -- a finding, turned into ReadFailed or EffectUnclear
    """An answer lacks what its operation always returns."""


def code_of(error: Exception) -> str:
    """Return AWS's error code, or the exception's own name when AWS did not speak."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code") or "Unknown")
    return type(error).__name__


def fault_of(error: Exception) -> Fault:
    """Sort a failure of a boto3 call; whatever is not known is an answer that broke the parser."""
    if isinstance(error, RoleRefused):
        found = _answered(error)  # nothing is known of what the call was about
        return Fault.REFUSED if found in {Fault.ABSENT, Fault.LINKED} else found
    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, SageWardenError):  # ours, from before the request was signed
        return Fault.REFUSED
    if isinstance(error, _NO_CREDENTIALS):
        return Fault.CREDENTIALS
    if isinstance(error, _NO_ANSWER):
        return Fault.UNREACHABLE
    if isinstance(error, ParamValidationError):
        return Fault.REFUSED
    return Fault.GARBLED


def _answered(error: ClientError) -> Fault:
    code = code_of(error)
    if code in _OUTDATED or (
        code in _CREDENTIALS and _message_of(error).startswith(_OUTDATED_WORDS)
    ):
        return Fault.OUTDATED
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    for fault, codes in (
        (Fault.THROTTLED, _THROTTLING),
        (Fault.DENIED, _DENYING),
        (Fault.CREDENTIALS, _CREDENTIALS),
        (Fault.ABSENT, _MISSING),
        (Fault.SERVER, _UNSETTLED),
    ):
        if code in codes:
            return fault
    if status == 429:  # noqa: PLR2004 -- Too Many Requests
        return Fault.THROTTLED
    if status == 0 or status >= 500:  # noqa: PLR2004 -- not an answer about the request
        return Fault.SERVER
    return Fault.LINKED if _says_linked(error) else Fault.REFUSED


def _says_linked(error: ClientError) -> bool:
    return code_of(error) == "ValidationException" and "linked to" in _message_of(error)


def _message_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Message") or "")


def advice_of(error: Exception) -> str:
    """Return what can be done about a failure; empty when its message must do."""
    fault = fault_of(error)
    if isinstance(error, RoleRefused) and fault in {Fault.DENIED, Fault.REFUSED}:
        return _ROLE_ADVICE
    return _ADVICE.get(fault, "")


def _told(operation: str, error: Exception) -> str:
    if isinstance(error, SageWardenError):
        return f"{operation}: {error.message}"
    if isinstance(error, RoleRefused):
        why = f"{code_of(error)}: {_message_of(error) or 'no message'}"
        return f"{operation}: the role {error.arn} could not be assumed (sts:AssumeRole): {why}"
    if isinstance(error, ClientError):
        return f"{operation}: {code_of(error)}: {_message_of(error) or 'no message'}"
    if isinstance(error, EndpointConnectionError):
        return f"{operation}: nothing answers at the endpoint: {error}"
    return f"{operation}: {str(error) or type(error).__name__}"


def client_error(error: Exception) -> SettingsError:
    """Say why not even a client can be made: no such profile, a URL that is none."""
    return SettingsError(
        f"AWS cannot be reached as it is set: {error}",
        advice="Check the settings in `aws`, AWS_PROFILE, AWS_ENDPOINT_URL and AWS's own files.",
    )


def read_error(operation: str, error: Exception) -> SageWardenError:
    """Say what a failed read means: `Absent`, or a kind of `ReadFailed`."""
    if isinstance(error, SageWardenError):
        return error
    fault, message, advice = fault_of(error), _told(operation, error), advice_of(error)
    match fault:
        case Fault.ABSENT:
            return Absent(message)
        case Fault.DENIED | Fault.CREDENTIALS:
            return AccessDenied(message, advice=advice)
        case Fault.UNREACHABLE:
            return Unreachable(message, advice=advice)
        case Fault.THROTTLED:
            return Throttled(message, advice=advice)
        case _:
            return ReadFailed(message, advice=advice)


def effect_error(operation: str, error: Exception) -> SageWardenError:
    """Say what a failed write means.

    Only an error that AWS itself answered, below HTTP 500, proves that nothing was applied.
    """
    fault, message, code = fault_of(error), _told(operation, error), code_of(error)
    advice = advice_of(error)
    match fault:
        case Fault.ABSENT:
            return Absent(message)
        case Fault.LINKED:
            return StillLinked(message, code=code)
        case Fault.THROTTLED:
            return EffectThrottled(message, code=code, advice=advice)
        case Fault.DENIED | Fault.CREDENTIALS | Fault.OUTDATED | Fault.REFUSED:
            return EffectRefused(message, code=code, advice=advice)
        case Fault.UNREACHABLE | Fault.SERVER | Fault.GARBLED:
            return EffectUnclear(message, advice=advice)
