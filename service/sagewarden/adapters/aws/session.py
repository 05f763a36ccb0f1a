"""One target's boto3 session and its clients; nothing else makes a client.

botocore never retries here: reads are retried above it, where the limiter hears of each throttle,
and a write that was sent twice could not be told from two writes.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, NoCredentialsError
from botocore.loaders import Loader
from botocore.session import Session
from botocore.utils import parse_timestamp

from sagewarden.adapters.aws.clock import ServerClock
from sagewarden.adapters.aws.errors import client_error
from sagewarden.core.entities import Target

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

_LOADER: Final = Loader()
"""Service models are parsed once for all targets: about 19 MB each otherwise."""

_SEND_ONCE: Final[Any] = {"mode": "standard", "total_max_attempts": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to reach a target. Timeouts are seconds.

    Without `role_arn` the credentials of boto3's own chain are used as they are; without
    `endpoint_url` that chain decides too, AWS_ENDPOINT_URL included.
    """

    target: Target
    role_arn: str | None = None
    external_id: str | None = None
    endpoint_url: str | None = None
    profile: str | None = None
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    connections: int = 24


class TargetSession:
    """The clients of one target, each made once, all in the target's region."""

    def __init__(
        self,
        access: Access,
        wall_now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.target = access.target
        self.clock = ServerClock(wall_now, monotonic)
        self._access = access
        self._lock = threading.Lock()
        self._clients: dict[str, Any] = {}
        try:
            self._session = _boto3_session(access)
        except BotoCoreError as error:
            raise client_error(error) from error

    def reading(self, service: str) -> Any:
        """Return the shared client for reads of `sagemaker`, `sagemaker-metrics` or `sts`.

        Raise SettingsError when the profile or the endpoint's URL is none.
        """
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._client(service)
            return self._clients[service]

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

    def _client(self, service: str) -> Any:
        try:
            client = cast("Any", self._session).client(
                service,
                region_name=self.target.region,
                endpoint_url=self._access.endpoint_url,
                config=_config(self._access),
            )
        except (BotoCoreError, ValueError) as error:
            raise client_error(error) from error
        self.clock.listen(client)
        return client


def _config(access: Access) -> Config:
    return Config(
        retries=_SEND_ONCE,
        connect_timeout=access.connect_timeout,
        read_timeout=access.read_timeout,
        max_pool_connections=access.connections,
    )


def _boto3_session(access: Access) -> boto3.Session:
    session = _botocore_session(access)
    if access.role_arn is not None:
        assumed = _botocore_session(access)
        # botocore has no public way to hand refreshable credentials to a session
        cast("Any", assumed)._credentials = _role(access, access.role_arn, session)  # noqa: SLF001
        session = assumed
    return boto3.Session(botocore_session=session, region_name=access.target.region)


def _botocore_session(access: Access) -> Session:
    session = Session(profile=access.profile)
    session.register_component("data_loader", _LOADER)
    parsers = cast("Any", session).get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=_utc)
    return session


def _utc(value: Any) -> datetime:
    """Read a timestamp of an answer in UTC; botocore itself would give the machine's zone."""
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    return parse_timestamp(value).astimezone(UTC)


def _role(access: Access, role_arn: str, source: Session) -> DeferredRefreshableCredentials:
    def client(service: str, **credentials: Any) -> Any:
        return cast("Any", source).create_client(
            service,
            region_name=access.target.region,
            endpoint_url=access.endpoint_url,
            config=_config(access),
            **credentials,
        )

    extra = {"RoleSessionName": "sagewarden"}
    if access.external_id is not None:
        extra["ExternalId"] = access.external_id
    fetcher = AssumeRoleCredentialFetcher(client, _Credentials(source), role_arn, extra_args=extra)
    return DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")


class _Credentials:
    """The source credentials, looked up only when the role is assumed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_frozen_credentials(self) -> Any:
        """Return them as of now; raise NoCredentialsError when the chain has none."""
        found = self._session.get_credentials()
        if found is None:
            raise NoCredentialsError
        return found.get_frozen_credentials()
