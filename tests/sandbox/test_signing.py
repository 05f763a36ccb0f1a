"""The age of a signature, by the machine's clock, as the whole request arrives."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from sagewarden.sandbox import Admin, AdminClient, Fault, Sandbox

Shift = Callable[[Any, float], None]
OLD = "InvalidSignatureException"


@pytest.fixture
def shift() -> Iterator[Shift]:
    """Let a client sign as if the machine's clock were ahead by so many seconds."""
    undo: list[Callable[[], None]] = []

    def shifted(client: Any, seconds: float) -> None:
        def sign(request: Any, **_: Any) -> None:
            """Sign anew, last before the request leaves."""
            moment = datetime.now(UTC) + timedelta(seconds=seconds)  # noqa: TID251 - a client's clock
            stamp = moment.strftime("%Y%m%dT%H%M%SZ")
            again = AWSRequest(request.method, request.url, data=request.body)
            again.context["timestamp"] = stamp
            kept = {name: value for name, value in request.headers.items()}
            for name in ("X-Amz-Date", "Authorization"):
                kept.pop(name)
            for name, value in kept.items():
                again.headers[name] = value
            again.headers["X-Amz-Date"] = stamp
            scope = client._request_signer
            auth = Dated(scope._credentials, scope.signing_name, scope.region_name)
            auth.add_auth(again)
            for name in ("X-Amz-Date", "Authorization"):
                request.headers[name] = again.headers[name]
