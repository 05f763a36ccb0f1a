"""How each service writes its answers and errors."""

from typing import Any
from xml.sax.saxutils import escape

import cbor2
import orjson

from sagewarden.sandbox.addressing import Address
from sagewarden.sandbox.refusal import Refusal
from sagewarden.sandbox.wire import Answer, Request

JSON_1_1 = (("Content-Type", "application/x-amz-json-1.1"),)
REST_JSON = (("Content-Type", "application/json"),)
CBOR = (("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor"))
XML = (("Content-Type", "text/xml"),)
OWN = {"sagemaker", "sagemaker-metrics", "resourcegroupstaggingapi"}
RENAMED = {
    ("s3", "ThrottlingException"): ("SlowDown", 503),
    ("s3", "AccessDeniedException"): ("AccessDenied", 403),
    ("s3", "ResourceNotFound"): ("NoSuchKey", 404),
    ("s3", "InternalFailure"): ("InternalError", 500),
    ("sts", "AccessDeniedException"): ("AccessDenied", 403),
    ("sns", "AccessDeniedException"): ("AuthorizationError", 403),
    ("ses", "AccessDeniedException"): ("AccessDeniedException", 403),
    ("ses", "ThrottlingException"): ("TooManyRequestsException", 429),
    ("resourcegroupstaggingapi", "ThrottlingException"): ("ThrottledException", 400),
    ("sagemaker-metrics", "InvalidSignatureException"): ("InvalidSignatureException", 403),
}
"""What other services call the same refusal, and with which HTTP status."""


def params_of(address: Address, request: Request) -> Any:
    """Read the parameters of a request to one of the sandbox's own services."""
    try:
        if address.cbor:
            return cbor2.loads(request.body) if request.body else {}
        return orjson.loads(request.body) if request.body else {}
    except (ValueError, cbor2.CBORDecodeError):
        raise Refusal("SerializationException", "The request body could not be read.") from None


def answered(address: Address, result: dict[str, Any] | bytes) -> Answer:
    """Write a result of one of the sandbox's own services; bytes are JSON already."""
    if address.cbor:
        return Answer(200, cbor2.dumps(plain(result)), CBOR)
    body = result if isinstance(result, bytes) else orjson.dumps(result)
    return Answer(200, body, REST_JSON if address.service == "sagemaker-metrics" else JSON_1_1)


def plain(result: dict[str, Any] | bytes) -> Any:
    """Turn a result into plain values, whatever it was rendered from."""
    return orjson.loads(result if isinstance(result, bytes) else orjson.dumps(result))


def refused(address: Address, refusal: Refusal, method: str = "POST") -> Answer:
    """Write an error as the service called would."""
    code, status = RENAMED.get((address.service, refusal.code), (refusal.code, refusal.status))
    if address.service in OWN or address.service in {"organizations", "ses"}:
        fields = {"__type": code, "message": refusal.message}
        if address.cbor:
            return Answer(status, cbor2.dumps(fields), CBOR)
        headers = (*JSON_1_1, ("x-amzn-ErrorType", code))
        return Answer(status, orjson.dumps(fields), headers)
    inner = f"<Code>{code}</Code><Message>{escape(refusal.message)}</Message>"
    if address.service == "s3":
        body = f"<?xml version='1.0'?><Error>{inner}</Error>".encode()
        return Answer(status, b"" if method == "HEAD" else body, XML)
    body = f"<ErrorResponse><Error><Type>Sender</Type>{inner}</Error></ErrorResponse>".encode()
    return Answer(status, body, XML)
