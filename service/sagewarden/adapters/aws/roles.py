"""Assumes roles: refreshed before they expire, named after this run, and only where they belong.

AssumeRole's answer names whom the credentials stand for, so the account is checked before anything
is signed with them, at the first time and at each refresh.
"""

import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from botocore.credentials import DeferredRefreshableCredentials
from botocore.exceptions import ClientError

from sagewarden.adapters.aws.errors import RoleRefused
from sagewarden.core.accounts import account_of_role
from sagewarden.errors import WrongIdentity

_UNSAFE = re.compile(r"[^A-Za-z0-9.-]+")
_LONGEST = 64
"""Characters in a session's name, of `[\\w+=,.@-]` (API reference, RoleSessionName)."""


@dataclass(slots=True)
class SessionName:
    """What AWS's own trail shows beside a role: that it was us, in which run, on which host."""

    run: str = ""
    host: str = field(default_factory=socket.gethostname)

    def __str__(self) -> str:
        """Spell it in letters that every reader of a trail can bear."""
        parts = ("sagewarden", self.run, self.host.partition(".")[0])
        return "-".join(filter(None, (_UNSAFE.sub("-", each) for each in parts)))[:_LONGEST]


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A role to assume; it must lead into one of `accounts`, and into its ARN's own in any case."""

    arn: str
    external_id: str | None = None
    accounts: frozenset[str] = frozenset()
    name: Callable[[], str] = lambda: str(SessionName())


def role_arn(role: str, account: str, partition: str) -> str:
    """Return a role's ARN; a name alone stands for that role of the account."""
    return role if role.startswith("arn:") else f"arn:{partition}:iam::{account}:role/{role}"


def assumed(
    role: Role, sts: Callable[[], Any], wall_now: Callable[[], datetime]
) -> DeferredRefreshableCredentials:
    """Return credentials of a role, assumed when they are first needed and again in good time.

    botocore asks anew a quarter of an hour before they expire, and insists ten minutes before.
    """
    return DeferredRefreshableCredentials(
        lambda: _fetch(role, sts), "assume-role", time_fetcher=wall_now
    )


def _fetch(role: Role, sts: Callable[[], Any]) -> Mapping[str, str]:
    _check(role, account_of_role(role.arn), "before it was assumed")
    request = {"RoleArn": role.arn, "RoleSessionName": role.name()}
    if role.external_id is not None:
        request["ExternalId"] = role.external_id
    try:
        answer = sts().assume_role(**request)
    except ClientError as error:
        raise RoleRefused(role.arn, error) from error
    _check(role, account_of_role(answer["AssumedRoleUser"]["Arn"]), "as STS says")
    given = answer["Credentials"]
    return {
        "access_key": given["AccessKeyId"],
        "secret_key": given["SecretAccessKey"],
        "token": given["SessionToken"],
        "expiry_time": given["Expiration"].isoformat(),
    }


def _check(role: Role, account: str, how: str) -> None:
    wanted = role.accounts or {account_of_role(role.arn)}
    if account not in wanted or account != account_of_role(role.arn):
        raise WrongIdentity(
            f"the role {role.arn} leads into account {account or '(none)'} {how}, and it should "
            f"lead into {' or '.join(sorted(wanted))}",
            advice="Nothing was done as that role. Correct the role, the target's account_id or "
            "vault.account_id.",
        )
