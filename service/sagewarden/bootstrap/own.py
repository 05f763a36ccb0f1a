"""Calls that are made for no target: with our own credentials, or as a role of their own."""

import threading
import time

from sagewarden.adapters.aws.calls import CallCounter, Calls
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.roles import Role
from sagewarden.adapters.aws.session import AwsSession, Reach
from sagewarden.adapters.clock import wall_now
from sagewarden.settings import Settings


def own_session(
    settings: Settings, region: str | None, role: Role | None = None, seconds: float = 60.0
) -> AwsSession:
    """Make a session; without a region, in the one of boto3's own chain.

    So many `seconds` may pass without a byte of an answer.
    """
    reach = Reach(
        role=role,
        endpoint_url=settings.aws.endpoint_url,
        profile=settings.aws.profile,
        connect_timeout=min(5.0, seconds),
        read_timeout=seconds,
    )
    return AwsSession(reach, region, wall_now, time.monotonic)


def own_calls(
    settings: Settings,
    region: str | None,
    role: Role | None = None,
    stop: threading.Event | None = None,
) -> Calls:
    """Make what reads with such a session, as patiently as a target is read."""
    stopped = stop or threading.Event()
    return Calls(
        session=own_session(settings, region, role),
        limiters=Limiters(time.monotonic, stopped),
        counter=CallCounter(),
        stop=stopped,
        monotonic=time.monotonic,
    )
