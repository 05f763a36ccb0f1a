"""Every setting there is. Nothing that acts has a default."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from sagewarden.core.accounts import ACCOUNT_ID
from sagewarden.core.bundles import MOST
from sagewarden.core.storage import PRICE
from sagewarden.core.unset import MIN_GRACE, PREFIX
from sagewarden.settings.daemon import ScheduleSettings, WebSettings
from sagewarden.settings.notice import NoticeSettings
from sagewarden.settings.targets import OrganizationSettings, TargetSettings
from sagewarden.settings.values import Duration, Growth, PolicyPlace, Section, Share

if TYPE_CHECKING:
    from sagewarden.core.marks import MarkRules


class VaultSettings(Section):
    """Where everything durable lies."""

    address: str = Field(description="`s3://bucket/prefix`, or a directory's path.")
    account_id: str | None = Field(
        None,
        pattern=f"^{ACCOUNT_ID}$",
        description="The account that owns the bucket, pinned: S3 must agree, and an archiver's "
        "role may lie there.",
    )
    kms_key: str | None = Field(None, description="KMS key for new objects in S3.")
    redact: tuple[str, ...] = Field(
        (),
        description="Globs on names of parameters, hyperparameters and variables of jobs whose "
        "values are archived and shown as `[redacted]`: no restore brings them back.",
    )
    archive_retention: Duration | None = Field(
        None,
        description="How long archives are kept, counted from their run's link: `verify` takes "
        "those that the bucket's lifecycle deleted later for expired. SageWarden deletes none; "
        "none: for ever.",
    )
    signing_key: Path | None = Field(
        None, description="A PEM file with an Ed25519 private key that signs each run's link."
    )
    signing_kms_key: str | None = Field(
        None,
        description="Or a KMS key (ECC_NIST_P256, SIGN_VERIFY) that does; the archiver's role "
        "needs kms:Sign.",
    )
    directory_is_durable: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="A directory may be the only archive of what is deleted from a real account.",
    )
    usd_per_gb_month: Decimal = Field(
        Decimal(PRICE),
        ge=0,
        description="What reports reckon with: US dollars for a GB (2^30 bytes) and a month. By "
        "default the list price of S3 Standard, us-east-1, first 50 TB, as of 2025 "
        "(aws.amazon.com/s3/pricing).",
    )

    @model_validator(mode="after")
    def _check_signing(self) -> Self:
        if self.signing_key is not None and self.signing_kms_key is not None:
            raise ValueError("signing_key and signing_kms_key exclude each other: keep one")
        return self


class LimitSettings(Section):
    """How much of a target one plan may take, of all that matches before holds and keeps."""

    share: Share = Field(0.1, description="Of each kind, with what went within 24 hours.")
    components: int | None = Field(
        1000, ge=0, description="Trial components, with what went within 24 hours."
    )
    growth: Growth | None = Field(1.0, description="More matches than at the last plan.")


class HardLimitSettings(LimitSettings):
    """Above this a plan is refused even when it is approved."""

    share: Share = Field(0.5, description="Of each kind, with what went within 24 hours.")
    components: int | None = Field(None, ge=0, description="Trial components; none: no count.")
    growth: Growth | None = Field(None, description="More matches; none: any.")


class LimitsSettings(Section):
    """Limits and patience."""

    automatic: LimitSettings = LimitSettings()
    hard: HardLimitSettings = HardLimitSettings()
    smallest_population: int = Field(
        10, ge=0, description="Of a kind with fewer entities nothing goes without approval."
    )
    fall: Share = Field(
        0.5, description="How many entities an inventory may lack of the last good one."
    )
    tag_fall: Share = Field(
        0.2, description="How far the tagged share of a kind may fall below the last good one's."
    )
    min_grace: Duration = Field(MIN_GRACE, description="A floor under every policy's grace period.")
    ownerless_grace: Duration = Field(
        timedelta(days=30), description="The same floor for what has no owner."
    )
    repairs: int = Field(
        1000, ge=0, description="Entities whose tags one run may repair; with more, none is."
    )
    matches: int = Field(2, ge=1, description="Matches that count before an entity can be due.")
    match_interval: Duration = Field(
        timedelta(hours=1), description="Time between two matches that count."
    )

    restored_rest: Duration = Field(
        timedelta(days=30), description="How long what a restore created is not even marked."
    )

    @property
    def mark_rules(self) -> "MarkRules":
        """How patient marks are."""
        from sagewarden.core.marks import MarkRules  # noqa: PLC0415 -- with all that trees need

        return MarkRules(self.matches, self.match_interval, self.min_grace, self.restored_rest)


class OwnerSettings(Section):
    """Whose an entity is."""

    tags: tuple[str, ...] = Field(
        ("owner",), description="Tag keys that name an owner; the first that is there counts."
    )
    default: str = Field("", description="Who owns what has no owner by tag, creator or parent.")


class MarkSettings(Section):
    """How marks show."""

    tag: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="Whether marked experiments carry their due date as the tag "
        "`sagewarden:delete-after`.",
    )


class ApprovalSettings(Section):
    """Who may approve a plan."""

    two_persons: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="Another IAM user or role than the plan's maker must approve it.",
    )
    sessions_tell: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="Whether session names of one role tell persons apart, as with IAM Identity "
        "Center, where nobody chooses their own.",
    )


class RunSettings(Section):
    """How a run works."""

    lanes: int = Field(8, ge=1, le=10, description="Components taken apart side by side.")
    bundle: int = Field(
        MOST, ge=1, le=MOST, description="Entities archived, journalled and settled together."
    )
    lease: Duration = Field(
        timedelta(minutes=1), description="How long a silent worker keeps its target."
    )
    search_lag: Duration = Field(timedelta(minutes=2), description="How far Search may be behind.")
    targets_at_once: int = Field(4, ge=1, le=64, description="Targets worked on side by side.")


class AwsSettings(Section):
    """How AWS is reached; everything else is boto3's own chain."""

    endpoint_url: str | None = Field(
        None, pattern="^https?://[^/]", description="Another endpoint than AWS's own."
    )
    profile: str | None = Field(None, description="A profile of the shared configuration.")


class Settings(BaseSettings):
    """Every setting there is."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # it may be a secret
        env_prefix=PREFIX,
        env_nested_delimiter="__",
    )

    targets: tuple[TargetSettings, ...] = Field((), description="The accounts and regions.")
    accounts: Path | None = Field(None, description="A file that names more accounts.")
    organization: OrganizationSettings | None = Field(
        None, description="AWS Organizations, whose accounts are targets too."
    )
    policies: PolicyPlace | None = Field(
        None, description="Directory of policy files, or `s3://bucket/prefix`."
    )
    vault: VaultSettings | None = None
    limits: LimitsSettings = LimitsSettings()
    owners: OwnerSettings = OwnerSettings()
    marks: MarkSettings = MarkSettings()
    approval: ApprovalSettings = ApprovalSettings()
    notice: NoticeSettings = NoticeSettings()
    run: RunSettings = RunSettings()
    aws: AwsSettings = AwsSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    web: WebSettings = WebSettings()

    @model_validator(mode="after")
    def _check_digest(self) -> Self:
        if self.schedule.digest is not None and not self.notice.reaches_operator:
            raise ValueError(
                "schedule.digest has nobody to tell: set notice.operator, notice.operator_topic "
                "or notice.email.operator"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take values as `load_settings` merged them, and from nowhere else."""
        return (init_settings,)
