"""boto3 sessions and their clients, of a target as one role, or our own; no others are made.

botocore never retries here: reads are retried above it, where the limiter hears of each throttle,
and a write that was sent twice could not be told from two writes.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError
from botocore.session import Session
from botocore.utils import parse_timestamp

from sagewarden.adapters.aws.clock import ServerClock
from sagewarden.adapters.aws.errors import client_error
from sagewarden.adapters.aws.roles import Role, assumed
from sagewarden.adapters.aws.service_models import SharedLoader
from sagewarden.core.entities import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOADER: Final = SharedLoader()
"""Service models are read once for all targets."""

_SEND_ONCE: Final[Any] = {"mode": "standard", "total_max_attempts": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How AWS is reached. Timeouts are seconds.

    Without a `role` the credentials of boto3's own chain are used as they are, unless `keys` (an
    access key's id and its secret) are given; without `endpoint_url` that chain decides too,
    AWS_ENDPOINT_URL included.
    """

    role: Role | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    keys: tuple[str, str] | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    connections: int = 24


class AwsSession:
    """Clients, each made once, all in one region: without one, in that of boto3's own chain."""

    def __init__(
        self,
        reach: Reach,
        region: str | None,
        wall_now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.clock = ServerClock(wall_now, monotonic)
        self._reach = reach
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        try:
            self._session = _boto3_session(reach, region, wall_now)
        except BotoCoreError as error:
            raise client_error(error) from error

    def reading(self, service: str) -> Any:
        """Return the shared client of a service, such as `sagemaker`, `sts` or `organizations`.

        Raise SettingsError when the profile or the endpoint's URL is none.
        """
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._client(service)
            return self._clients[service]

    def _client(self, service: str) -> Any:
        try:
            client = cast("Any", self._session).client(
                service,
                endpoint_url=self._reach.endpoint_url,
                config=_config(self._reach),
            )
        except (BotoCoreError, ValueError) as error:
            raise client_error(error) from error
        self.clock.listen(client)
        return client


@dataclass(frozen=True, slots=True, kw_only=True)
class Access(Reach):
    """How to reach a target."""

    target: Target


class TargetSession(AwsSession):
    """The clients of one target, as one role, in the target's region."""

    def __init__(
        self,
        access: Access,
        wall_now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.target = access.target
        self._access = access
        super().__init__(access, access.target.region, wall_now, monotonic)

    def effects(self) -> Any:
        """Return a new SageMaker client for writes, whose events nobody else shares."""
        with self._lock:
            return self._client("sagemaker")

    def s3(self) -> "S3Client":
        """Return the client for a vault in this target's account."""
        return cast("S3Client", self.reading("s3"))

    @property
    def partition(self) -> str:
        """The ARN partition of the region: for example `aws` or `aws-cn`."""
        return str(self._session.get_partition_for_region(self.target.region))

    @property
    def endpoint(self) -> str:
        """The URL that SageMaker's calls go to."""
        return str(self.reading("sagemaker").meta.endpoint_url)

    @property
    def endpoint_is_aws(self) -> bool:
        """Whether that is AWS itself; if not, logs and reports should say so."""
        host = urlsplit(self.endpoint).hostname or ""
        return host.endswith((".amazonaws.com", ".amazonaws.com.cn", ".api.aws"))


@cache
def partition_of(region: str) -> str:
    """Return the ARN partition of a region: for example `aws` or `aws-cn`."""
    try:
        return str(cast("Any", _botocore_session(Reach())).get_partition_for_region(region))
    except BotoCoreError as error:
        raise client_error(error) from error


def _config(reach: Reach) -> Config:
    return Config(
        retries=_SEND_ONCE,
        connect_timeout=reach.connect_timeout,
        read_timeout=reach.read_timeout,
        max_pool_connections=reach.connections,
    )


def _boto3_session(
    reach: Reach, region: str | None, wall_now: Callable[[], datetime]
) -> boto3.Session:
    session = _botocore_session(reach)
    if reach.role is not None:
        source, session = session, _botocore_session(reach)
        role = assumed(reach.role, lambda: _sts(source, reach, region), wall_now)
        # botocore has no public way to hand refreshable credentials to a session
        cast("Any", session)._credentials = role  # noqa: SLF001
    return boto3.Session(botocore_session=session, region_name=region)


def _botocore_session(reach: Reach) -> Session:
    session = Session(profile=reach.profile)
    session.register_component("data_loader", _LOADER)
    parsers = cast("Any", session).get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=_utc)
    if reach.keys is not None:
        cast("Any", session).set_credentials(*reach.keys)
    return session


def _sts(source: Session, reach: Reach, region: str | None) -> Any:
    return cast("Any", source).create_client(
        "sts", region_name=region, endpoint_url=reach.endpoint_url, config=_config(reach)
    )


def _utc(value: Any) -> datetime:
    """Read a timestamp of an answer in UTC; botocore itself would give the machine's zone."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value).astimezone(UTC)
