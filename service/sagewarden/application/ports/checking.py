"""What a check asks of AWS and of the vault's bucket. Nothing here changes anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sagewarden.application.ports.aws import Caller
from sagewarden.core.checkup import BucketFacts


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to IAM: whether an action is allowed on each of these resources.

    `context` holds condition keys with their values.
    """

    action: str
    resources: tuple[str, ...]
    context: Mapping[str, tuple[str, ...]]


class Probes(Protocol):
    """Harmless questions to one target, as the identity of one stage.

    Each raises `AccessDenied` when AWS refuses it, and a kind of `ReadFailed` when it gives no
    answer.
    """

    def caller(self) -> Caller:
        """Ask STS whom we are; taking a role is part of it."""

    def endpoints(self) -> Mapping[str, str]:
        """Each service's URL, by its name."""

    def try_read(self, operation: str) -> None:
        """Make a read that finds nothing or little; return when AWS allows it."""

    def simulate(self, principal: str, asked: Sequence[Asked]) -> tuple[bool, ...]:
        """Ask IAM what it would decide about a user or a role (ARN), one answer a question."""


class BucketSettings(Protocol):
    """How the vault's bucket is set."""

    def read(self) -> BucketFacts:
        """Ask for all; raise VaultError when the bucket cannot be reached."""
