"""Which accounts and regions there are to govern, and as whom."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from sagewarden.core.accounts import (
    ACCOUNT_ID,
    REGION,
    ROLE,
    ROLE_ARN,
    ROLED,
    SWEEPING,
    UNIT,
)
from sagewarden.core.permissions.operations import Stage
from sagewarden.settings.values import Section


class RoleSettings(Section):
    """A role for each stage, as an ARN or by its name in the target's account."""

    reader: str | None = Field(
        None, pattern=f"^{ROLE}$", description="Who reads; without one, the target's one role."
    )
    tagger: str | None = Field(
        None, pattern=f"^{ROLE}$", description="Who writes tags; without one, the same."
    )
    archiver: str | None = Field(
        None, pattern=f"^{ROLE}$", description="Who reads and writes the vault, likewise."
    )
    executor: str | None = Field(
        None, pattern=f"^{ROLE}$", description="Who takes apart, likewise."
    )
    restorer: str | None = Field(
        None, pattern=f"^{ROLE}$", description="Who creates again in `restore`, likewise."
    )

    def named(self) -> dict[Stage, str]:
        """Return the stages that have a role of their own."""
        found = {stage: getattr(self, stage) for stage in ROLED}
        return {stage: role for stage, role in found.items() if role is not None}


class TargetSettings(Section):
    """One account and region to govern."""

    account_id: str = Field(
        pattern=f"^{ACCOUNT_ID}$", description="The account, pinned: STS must agree."
    )
    region: str = Field(pattern=f"^{REGION}$", description="The AWS region.")
    name: str = Field("", description="What people call it.")
    role_arn: str | None = Field(
        None,
        pattern=f"^{ROLE_ARN}$",
        description="Role to assume; without one, own credentials.",
    )
    external_id: str | None = Field(None, description="External id for its roles.")
    roles: RoleSettings = RoleSettings()
    tags: Mapping[str, str] = Field({}, description="What `--target-tag` chooses targets by.")

    @property
    def place(self) -> str:
        """Account and region."""
        return f"{self.account_id}/{self.region}"


class OrganizationSettings(Section):
    """Accounts that AWS Organizations lists, each a target in each of `regions`."""

    regions: tuple[Annotated[str, Field(pattern=f"^{REGION}$")], ...] = Field(
        min_length=1, description="The regions to govern in each account."
    )
    role_name: str | None = Field(
        None,
        pattern=f"^{ROLE}$",
        description="Role to assume in each account; without one, `roles` must name "
        "the four of a sweep.",
    )
    roles: RoleSettings = RoleSettings()
    external_id: str | None = Field(None, description="External id for these roles.")
    units: tuple[Annotated[str, Field(pattern=f"^{UNIT}$")], ...] = Field(
        (), description="Roots (`r-...`) and units (`ou-...`): only accounts below these."
    )
    exclude: tuple[Annotated[str, Field(pattern=f"^({ACCOUNT_ID}|{UNIT})$")], ...] = Field(
        (), description="Accounts and units to leave out; unread, nobody of the organization acts."
    )
    tags: Mapping[str, str] = Field({}, description="Tags that all of its targets have.")
    account_tags: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="Whether the tags of its accounts are their targets' tags too.",
    )
    reader_arn: str | None = Field(
        None,
        pattern=f"^{ROLE_ARN}$",
        description="Role in the management or a delegated account that lists accounts; without "
        "one, own credentials.",
    )

    @model_validator(mode="after")
    def _check_roles(self) -> Self:
        """Let no account be entered with own credentials: they belong to another one."""
        if self.role_name is None and not set(SWEEPING) <= set(self.roles.named()):
            raise ValueError("role_name is required, or `roles` must name the four of a sweep")
        return self
