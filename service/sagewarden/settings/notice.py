"""How owners and the operator are told."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from sagewarden.core.accounts import ACCOUNT_ID, REGION, ROLE_ARN
from sagewarden.core.addresses import DOMAIN, is_address
from sagewarden.settings.values import Duration, Section, WebAddress


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError("must be one plain e-mail address, such as ml@example.com")
    return value


Address = Annotated[str, AfterValidator(_address)]
Format = Literal["json", "slack"]


class WebhookSettings(Section):
    """A web address that notices are posted to, signed."""

    url: WebAddress = Field(description="Where notices go: `https://host/path`.")
    format: Format = Field(
        "json",
        description="`json`, the whole notice, or `slack`, as its incoming webhooks take it.",
    )
    secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="What notices are signed with (HMAC-SHA256), of 16 characters or more; "
        "required unless the format is `slack`.",
    )
    timeout: Duration = Field(timedelta(seconds=10), description="How long one attempt may take.")
    attempts: int = Field(3, ge=1, le=10, description="How often a notice is sent at most.")
    allow_http: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="Whether `http://` to this very machine will do, for tests.",
    )

    @model_validator(mode="after")
    def _check_address(self) -> Self:
        """Let nothing travel unencrypted, unless it stays on this machine and that is meant."""
        local = urlsplit(self.url).hostname in {"localhost", "127.0.0.1", "::1"}
        if self.url.startswith("http://") and not (self.allow_http and local):
            raise ValueError("the url must begin with https://; see the README on allow_http")
        if self.secret is None and self.format != "slack":
            raise ValueError("secret is required: without it nobody can tell who posts")
        return self


class AwsChannelSettings(Section):
    """A channel of AWS's own."""

    role_arn: str | None = Field(
        None,
        pattern=f"^{ROLE_ARN}$",
        description="Role to assume for it; without one, own credentials.",
    )
    external_id: str | None = Field(None, description="External id for that role.")
    timeout: Duration = Field(timedelta(seconds=10), description="How long one answer may take.")
    attempts: int = Field(3, ge=1, le=10, description="How often a notice is sent at most.")


class TopicSettings(AwsChannelSettings):
    """A topic of SNS."""

    arn: str = Field(
        pattern=rf"^arn:aws[a-z-]*:sns:{REGION}:{ACCOUNT_ID}:[A-Za-z0-9_-]{{1,256}}(\.fifo)?$",
        description="The topic's ARN; its region is where notices are published.",
    )

    @property
    def region(self) -> str:
        """The topic's region."""
        return self.arn.split(":")[3]


class EmailSettings(AwsChannelSettings):
    """E-mail by SES."""

    region: str = Field(pattern=f"^{REGION}$", description="The region of SES.")
    sender: Address = Field(description="Who writes: an identity that SES has verified.")
    reply_to: Address | None = Field(None, description="Where answers go, if not to the sender.")
    domains: tuple[Annotated[str, Field(pattern=f"^{DOMAIN}$")], ...] = Field(
        (), description="Owners are written to if they are addresses in exactly these domains."
    )
    operator: Address | None = Field(
        None, description="Who gets what is for the operator, in whatever domain."
    )
    configuration_set: str | None = Field(
        None, pattern="^[A-Za-z0-9_-]{1,64}$", description="SES's configuration set."
    )

    @model_validator(mode="after")
    def _check_readers(self) -> Self:
        """Let there be somebody to write to."""
        if not (self.domains or self.operator):
            raise ValueError("domains or operator is required: nobody could be written to")
        return self


class NoticeSettings(Section):
    """How owners are told of marks."""

    log_counts: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="Whether the log and the report alone make a mark announced.",
    )
    file: Path | None = Field(
        None, description="A file that notices are appended to, as JSON lines."
    )
    webhook: WebhookSettings | None = Field(None, description="A web address they are posted to.")
    topic: TopicSettings | None = Field(None, description="A topic they are published to.")
    email: EmailSettings | None = Field(None, description="E-mail to owners, by SES.")
    operator: WebhookSettings | None = Field(
        None,
        description="Another, set like `notice.webhook`, for what no channel took that counts and "
        "what policies notify the operator of.",
    )
    operator_topic: TopicSettings | None = Field(
        None, description="The operator's topic, set like `notice.topic`."
    )

    @property
    def reaches_operator(self) -> bool:
        """Whether any channel is the operator's."""
        mailed = self.email is not None and self.email.operator is not None
        return mailed or any((self.operator, self.operator_topic))

    @property
    def can_count(self) -> bool:
        """Whether any channel could make a mark announced."""
        ways: tuple[Any, ...] = (self.file, self.webhook, self.topic, self.email)
        return self.log_counts or self.reaches_operator or any(ways)
