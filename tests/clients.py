"""Clients of boto3 for tests, all of one session.

A session reads what AWS says of its services anew, which takes longer than what most tests do.
"""

from functools import cache
from typing import Any

import boto3


@cache
def _session() -> boto3.Session:
    return boto3.Session()


def client_of(service: str, **given: Any) -> Any:
    """Return a new client; endpoint, region and keys are given, for the session has none."""
    return _session().client(service, **given)  # type: ignore[call-overload]
