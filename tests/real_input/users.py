"""Users of the sandbox, each with an account, a home directory and a bucket."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.loaders import Loader
from botocore.session import Session

REGION = "us-east-1"
LOADER = Loader()
"""Reads each service's model once for everybody; it takes longer than most calls."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works in one account of the sandbox at `url`."""

    url: str
    account: str
    home: Path

    @property
    def bucket(self) -> str:
        """The bucket that the SDK would choose for this account."""
        return f"sagemaker-{REGION}-{self.account}"

    @property
    def environment(self) -> dict[str, str]:
        """What turns any AWS client to this account; 12 digits as a key mean that account."""
        return {
            "HOME": str(self.home),
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "SAGEMAKER_SUPPRESS_V2_WARNING": "1",  # the SDK advertises its next version
        }

    @contextmanager
    def at_work(self) -> Iterator[boto3.Session]:
        """Be this user while the block lasts; yields the user's session."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            session = Session()
            session.register_component("data_loader", LOADER)
            yield boto3.Session(botocore_session=session)

    @contextmanager
    def client(self, service: str) -> Iterator[Any]:
        """Yield a boto3 client of this account, closed after the block."""
        with self.at_work() as session:
            made: Any = session.client(service)  # type: ignore[call-overload]
            with closing(made):
                yield made

    def make_bucket(self) -> None:
        """Make the bucket that artifacts are uploaded to."""
        with self.client("s3") as s3:
            s3.create_bucket(Bucket=self.bucket)

    def uploaded(self, component: str, path: Path) -> str:
        """Return the URI at which both SDKs put a file of a component."""
        return f"s3://{self.bucket}/trial-component-artifacts/{component}/{path.name}"


NewUser = Callable[[str], User]
"""Makes a user of an account, with an empty home and a bucket."""
