"""How owners and the operator are told."""

from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from sagewarden.settings.values import Duration, Section, WebAddress


class WebhookSettings(Section):
    """A web address that notices are posted to, signed."""

    url: WebAddress = Field(description="Where notices go: `https://host/path`.")
    secret: SecretStr = Field(
        min_length=16,
        description="What notices are signed with (HMAC-SHA256), of 16 characters or more.",
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
    operator: WebhookSettings | None = Field(
        None,
        description="Another, set like `notice.webhook`, for what no channel took that counts and "
        "what policies notify the operator of.",
    )

    @property
    def can_count(self) -> bool:
        """Whether any channel could make a mark announced."""
        return self.log_counts or any((self.file, self.webhook, self.operator))
