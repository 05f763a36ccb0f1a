"""The services that moto plays: S3, STS, Organizations, SNS, IAM, SES. All on one thread.

moto's backends are the process's own: two sandboxes in one process share them. They run on the
machine's clock.
"""

import copy
import re
import sys
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders

from sagewarden.sandbox.addressing import Address, Credentials
from sagewarden.sandbox.refusal import Refusal
from sagewarden.sandbox.wire import Answer, Request

SERVED = {"s3", "sts", "organizations", "sns", "iam", "ses"}
HOSTS = {"ses": "email"}
BACKENDS = {"ses": "sesv2"}
"""What services that sign by one name are called elsewhere."""
GLOBAL = {"s3", "sts", "organizations", "iam"}
LEFT_OUT = {"content-length", "date", "connection", "transfer-encoding", "server"}
MARKER = {"x-amz-delete-marker", "x-amz-version-id"}
GIVEN_KEY = re.compile(rb"<AccessKeyId>([^<]+)</AccessKeyId>")
ROLE = re.compile(r"RoleArn=(arn:aws[a-z-]*:iam::\d{12}:role/[^&]+)")

Respond = Callable[[Any, str, Any], tuple[int, dict[str, Any], str | bytes]]


class MotoBridge:
    """Hands requests to moto's responders. Call it from one thread only."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._responders: dict[str, list[tuple[re.Pattern[str], Respond]]] = {}

    def answer(self, address: Address, request: Request) -> Answer:
        """Let moto answer a request in the account it came from."""
        if address.service not in SERVED:
            raise Refusal("UnknownOperationException", f"No service {address.service} here.")
        _check_owner(address, request)
        status, headers, body = self._respond(address, request, request.method)
        if address.operation == "GetObject" and int(status) == HTTPStatus.NOT_FOUND:
            headers = {**headers, **self._marker(address, request)}
        content = body.encode() if isinstance(body, str) else body
        if address.operation == "GetCallerIdentity":
            content = content.replace(b":user/moto<", b":user/sandbox<")
        if address.operation == "AssumeRole":
            self._remember(request, content)
        return Answer(
            status=int(status),
            body=content,
            headers=_kept(headers, head=request.method == "HEAD"),
            has_body=request.method != "HEAD",
        )

    def _marker(self, address: Address, request: Request) -> dict[str, Any]:
        """Return the headers of the delete marker that hides an object, which moto gives for HEAD.

        S3 answers 404 with `x-amz-delete-marker: true` to GET as well (GetObject, API reference).
        """
        status, headers, _ = self._respond(address, request, "HEAD")
        hidden = int(status) == HTTPStatus.NOT_FOUND
        return {name: value for name, value in headers.items() if hidden and name in MARKER}

    def _respond(self, address: Address, request: Request, method: str) -> Any:
        from moto.core.request import normalize_request  # noqa: PLC0415 - moto takes a second to load
        from werkzeug.exceptions import HTTPException  # noqa: PLC0415

        prepared = _prepared(address, request, method)
        url = prepared.url.partition("?")[0]
        normal = normalize_request(prepared)
        for pattern, respond in self._responders_of(address.service):
            if pattern.match(url):
                try:
                    return respond(normal, normal.raw_url, normal.headers)
                except HTTPException as error:
                    return error.code, dict(error.get_headers()), error.get_body()
        raise Refusal("UnknownOperationException", f"Nothing answers {url}.", 404)

    def _responders_of(self, service: str) -> list[tuple[re.Pattern[str], Respond]]:
        if service not in self._responders:
            backend = _backends(BACKENDS.get(service, service))["123456789012"]
            urls = backend["aws" if service in GLOBAL else "us-east-1"].urls
            self._responders[service] = [
                (re.compile(url), respond) for url, respond in urls.items()
            ]
        return self._responders[service]

    def _remember(self, request: Request, body: bytes) -> None:
        key = GIVEN_KEY.search(body)
        role = ROLE.search(unquote(request.body.decode("utf-8", "replace")))
        if key and role:
            self._credentials.lend(key[1].decode(), role[1])

    def snapshot(self) -> Any:
        """Copy every bucket and object, of every account."""
        return {
            account: copy.deepcopy(_s3(account).buckets)
            for account in list(_backends("s3"))
            if _s3(account).buckets
        }

    def restore(self, snapshot: Any) -> None:
        """Bring the buckets back."""
        self.reset()
        owners = _backends("s3").bucket_accounts
        for account, buckets in snapshot.items():
            _s3(account).buckets.update(copy.deepcopy(buckets))
            owners.update(dict.fromkeys(buckets, ("aws", account)))

    def reset(self) -> None:
        """Empty S3, if it was ever used."""
        if "moto.s3.models" not in sys.modules:
            return
        _backends("s3").bucket_accounts.clear()
        for account in list(_backends("s3")):
            _s3(account).buckets.clear()


def _check_owner(address: Address, request: Request) -> None:
    """Refuse a request for a bucket that is another account's than it expects, as S3 does."""
    expected = request.headers.get("x-amz-expected-bucket-owner")
    if address.service != "s3" or expected is None:
        return
    bucket = request.path.lstrip("/").partition("/")[0]
    owner = _backends("s3").bucket_accounts.get(bucket)
    if owner is not None and owner[1] != expected:
        raise Refusal("AccessDeniedException", "Access Denied", 403)


def _backends(service: str) -> Any:
    from moto.backends import get_backend  # noqa: PLC0415 - moto takes a second to load

    return get_backend(service)  # type: ignore[call-overload]


def _s3(account: str) -> Any:
    return _backends("s3")[account]["aws"]


def _prepared(address: Address, request: Request, method: str) -> AWSPreparedRequest:
    host = f"{HOSTS.get(address.service, address.service)}.{address.region}.amazonaws.com"
    return AWSPreparedRequest(
        method=method,
        url=f"https://{host}{request.target}",
        headers=_headers(request, host, address.account),
        body=request.body,
        stream_output=False,
    )


def _headers(request: Request, host: str, account: str) -> HTTPHeaders:
    headers = HTTPHeaders()
    for name, value in request.spelled:
        if name.lower() != "host":
            headers[name] = value
    headers["Host"] = host
    headers["x-moto-account-id"] = account
    return headers


def _kept(headers: dict[str, Any], *, head: bool) -> tuple[tuple[str, str], ...]:
    out = LEFT_OUT - {"content-length"} if head else LEFT_OUT
    return tuple(
        (name, str(value))
        for name, value in headers.items()
        if name.lower() not in out and name.lower() not in {"x-amzn-requestid", "status"}
    )
