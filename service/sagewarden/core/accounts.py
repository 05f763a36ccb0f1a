"""Accounts to govern, as a file or an organization names them, before regions make targets of them.

Where no role is named for a stage, the account's one role serves, else own credentials.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sagewarden.core.permissions.operations import Stage

ACCOUNT_ID = r"[0-9]{12}"
REGION = r"[a-z]{2}(-[a-z]+)+-[0-9]"
UNIT = r"(r-[0-9a-z]{4,32}|ou-[0-9a-z]{4,32}-[0-9a-z]{8,32})"
"""A root or a unit of AWS Organizations (its API reference)."""

ROLE_ARN = rf"arn:aws[a-z-]*:iam::{ACCOUNT_ID}:role/[A-Za-z0-9_+=,.@/-]+"
ROLE = rf"({ROLE_ARN}|[A-Za-z0-9_+=,.@-]{{1,64}})"
"""A role's ARN, or the name that it has in the target's own account."""

SWEEPING = (Stage.READER, Stage.TAGGER, Stage.ARCHIVER, Stage.EXECUTOR)
ROLED = (*SWEEPING, Stage.RESTORER)
"""The stages that may have a role of their own; who checks does so with own credentials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `role` and `roles` are ARNs, or names of roles in it."""

    id: str
    regions: tuple[str, ...]
    name: str = ""
    role: str | None = None
    roles: Mapping[Stage, str] = field(default_factory=dict)
    external_id: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def account_of_role(arn: str) -> str:
    """Return the account in an ARN of a role or of a session of it; empty when it has none."""
    parts = arn.split(":")
    return parts[4] if len(parts) > 5 else ""  # noqa: PLR2004 -- arn:aws:iam::ACCOUNT:rest
