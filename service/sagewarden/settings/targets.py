"""Which accounts and regions there are to govern."""

from pydantic import Field

from sagewarden.settings.values import Section


class TargetSettings(Section):
    """One account and region to govern."""

    account_id: str = Field(pattern=r"^\d{12}$", description="The account, pinned: STS must agree.")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="The AWS region.")
    name: str = Field("", description="What people call it.")
    role_arn: str | None = Field(None, description="Role to assume; without one, own credentials.")
    external_id: str | None = Field(None, description="External id for that role.")
