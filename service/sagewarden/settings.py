"""Settings: a file, then the environment, then a secrets directory, each value traceable.

Nothing that acts has a default: without targets, policies and a vault, nothing is read or written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)
from pydantic_settings import SettingsError as Unparsable

from sagewarden.adapters.policyfiles.plain import read_plain
from sagewarden.core.bundles import MOST
from sagewarden.core.durations import parse_duration, spell_duration
from sagewarden.core.marks import MarkRules
from sagewarden.errors import SettingsError

DEFAULT_FILE = Path("sagewarden.yaml")
"""Read when it is there and no other file is named."""

PREFIX = "SAGEWARDEN_"


def _duration(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a duration is a number with a unit, such as 90d")  # noqa: TRY004 -- pydantic's way
    return parse_duration(value)


def _percent(value: Any) -> Any:
    if not (isinstance(value, str) and re.fullmatch(r"\d{1,6}(\.\d+)?%", value)):
        raise ValueError("a share is written with a percent sign, such as 10%")
    return float(value[:-1]) / 100


def _share(value: Any) -> Any:
    if (share := _percent(value)) > 1:
        raise ValueError("a share is at most 100%")
    return share


Duration = Annotated[
    timedelta, BeforeValidator(_duration), PlainSerializer(spell_duration, return_type=str)
]


def _web_address(value: Any) -> Any:
    if not (isinstance(value, str) and re.fullmatch(r"https?://[!-~]+", value)):
        raise ValueError("must be a URL that begins with https://, without blanks, in ASCII")
    parts = urlsplit(value)
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise ValueError("must be a URL with a host, without a user, password or #fragment")
    if parts.port == 0:
        raise ValueError("must be a URL whose port is between 1 and 65535")
    return value


def host_of(url: str) -> str:
    """Return what may be shown of a web address: its path is often as good as a password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


WebAddress = Annotated[
    str,
    BeforeValidator(_web_address),
    PlainSerializer(lambda url: f"{host_of(url)}/...", return_type=str),
]
_SPELLED = PlainSerializer(lambda share: f"{share * 100:g}%", return_type=str)
Share = Annotated[float, BeforeValidator(_share), _SPELLED]
Growth = Annotated[float, BeforeValidator(_percent), _SPELLED]


class Section(BaseModel):
    """A frozen group of settings; an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TargetSettings(Section):
    """One account and region to govern."""

    account_id: str = Field(pattern=r"^\d{12}$", description="The account, pinned: STS must agree.")
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$", description="The AWS region.")
    name: str = Field("", description="What people call it.")
    role_arn: str | None = Field(None, description="Role to assume; without one, own credentials.")
    external_id: str | None = Field(None, description="External id for that role.")


class VaultSettings(Section):
    """Where everything durable lies."""

    address: str = Field(description="`s3://bucket/prefix`, or a directory's path.")
    kms_key: str | None = Field(None, description="KMS key for new objects in S3.")
    directory_is_durable: bool = Field(
        False,  # noqa: FBT003 -- a default's value
        description="A directory may be the only archive of what is deleted from a real account.",
    )


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
    min_grace: Duration = Field(
        timedelta(days=7), description="A floor under every policy's grace period."
    )
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

    @property
    def mark_rules(self) -> MarkRules:
        """How patient marks are."""
        return MarkRules(self.matches, self.match_interval, self.min_grace)


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
    policies: Path | None = Field(None, description="Directory of policy files.")
    vault: VaultSettings | None = None
    limits: LimitsSettings = LimitsSettings()
    owners: OwnerSettings = OwnerSettings()
    marks: MarkSettings = MarkSettings()
    approval: ApprovalSettings = ApprovalSettings()
    notice: NoticeSettings = NoticeSettings()
    run: RunSettings = RunSettings()
    aws: AwsSettings = AwsSettings()

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


@dataclass(frozen=True, slots=True)
class Effective:
    """Settings, and for each value that is not a default, where it came from."""

    settings: Settings
    origins: Mapping[str, str]

    def rows(self) -> list[tuple[str, Any, str]]:
        """Return (name, value, origin) of every setting, nested names joined by dots."""
        dumped = self.settings.model_dump(mode="json")
        return [(name, value, self.origins.get(name, "default")) for name, value in _leaves(dumped)]


def load_settings(
    file: Path | None = None,
    *,
    secrets: Path | None = None,
    given: Mapping[str, Any] | None = None,
) -> Effective:
    """Load settings; raise SettingsError that tells every fault of a layer, or of the whole.

    Later sources win: `file` (or ./sagewarden.yaml when it is there), the environment, the
    `secrets` directory, and what the command line has `given`.
    """
    layers: list[tuple[str, dict[str, Any]]] = []
    path = file or (DEFAULT_FILE if DEFAULT_FILE.exists() else None)
    if path is not None:
        layers.append((str(path), read_plain(path)))
    variables = EnvSettingsSource(Settings)
    layers.append(("environment", _spelled_in(variables, "the environment")))
    if secrets is not None:
        layers.append((str(secrets), _spelled_in(_Secrets(secrets), f"the secrets in {secrets}")))
    layers.append(("command line", InitSettingsSource(Settings, dict(given or {}))()))
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for origin, values in layers:
        merged = _merged(merged, values)
        origins |= {name: origin for name, _ in _leaves(values)}
    origins |= {
        name: _variable(name, variables.env_vars)
        for name, origin in origins.items()
        if origin == "environment"
    }
    try:
        return Effective(Settings(**merged), origins)
    except ValidationError as error:
        raise SettingsError(
            "the settings are wrong:\n" + "\n".join(_told(error, origins)),
            advice=ADVICE,
        ) from error


ADVICE = (
    "Mend it and start again; nothing was read or done. The README's table lists every setting."
)


class _Secrets(EnvSettingsSource):
    """A directory whose files are named and spelled as the environment's variables are."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        super().__init__(Settings)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        try:
            files = [each for each in self._directory.iterdir() if each.is_file()]
            return {each.name.lower(): each.read_text("utf-8").strip() for each in files}
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"the secrets in {self._directory} cannot be read: {error}",
                advice="Name a directory with --secrets in which each file is one setting, such as "
                "SAGEWARDEN_AWS__PROFILE.",
            ) from error


def _spelled_in(source: EnvSettingsSource, place: str) -> dict[str, Any]:
    """Read variables; raise SettingsError for one that nothing reads: it was meant to."""
    told = [
        f"  {name.upper()}: there is no such setting{_meant(name.removeprefix(PREFIX.lower()))}"
        for name in source.env_vars
        if name.startswith(PREFIX.lower()) and _top(name) not in Settings.model_fields
    ]
    if told:
        raise SettingsError("\n".join([f"in {place}:", *sorted(told)]), advice=ADVICE)
    try:
        return source()
    except Unparsable as error:
        raise SettingsError(
            f"in {place}: {error.args[0]}: it is not JSON",
            advice="Spell lists and mappings as JSON, or put them into the settings file.",
        ) from error


def _top(variable: str) -> str:
    return variable.removeprefix(PREFIX.lower()).partition("__")[0]


def _variable(name: str, variables: Mapping[str, str | None]) -> str:
    """Name the variable that a setting came from: its own, or one of a group above it."""
    parts = name.split(".")
    spelled = [PREFIX + "__".join(parts[:count]) for count in range(len(parts), 0, -1)]
    found = (each for each in spelled if each.lower() in variables)
    return next(found, spelled[0]).upper()


def _meant(name: str) -> str:
    close = get_close_matches(name, Settings.model_fields, 1)
    return f"; did you mean {close[0]}?" if close else ""


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    result = dict(below)
    for name, value in above.items():
        if isinstance(value, Mapping) and isinstance(result.get(name), dict):
            result[name] = _merged(result[name], value)
        else:
            result[name] = value
    return result


def _leaves(values: Mapping[str, Any], start: str = "") -> list[tuple[str, Any]]:
    leaves: list[tuple[str, Any]] = []
    for name, value in values.items():
        if isinstance(value, Mapping) and value:
            leaves += _leaves(value, f"{start}{name}.")
        else:
            leaves.append((f"{start}{name}", value))
    return leaves


def _told(error: ValidationError, origins: Mapping[str, str]) -> list[str]:
    told = []
    for each in error.errors(include_url=False):
        name = ".".join(str(part) for part in each["loc"])
        origin = next(
            (where for known, where in origins.items() if name.startswith(known)), "not set"
        )
        told.append(f"  {name} ({origin}): {_fault(each)}")
    return told


WORDS = {
    "missing": "it is required",
    "extra_forbidden": "there is no such setting",
    "tuple_type": "must be a list",
    "model_type": "must be a mapping of names to values",
    "model_attributes_type": "must be a mapping of names to values",
    "path_type": "must be a path",
    "string_type": "must be a text; put it in quotes",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
}
"""Faults in our words, by pydantic's names; the rest in its own."""

PATTERNS = {
    "account_id": "must be 12 digits, in quotes",
    "region": "must be a region's name, such as eu-west-1",
    "endpoint_url": "must be a URL that begins with http:// or https://",
}


def _fault(error: ErrorDetails) -> str:
    name = str(error["loc"][-1])
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        return WORDS["extra_forbidden"] + _meant(name)
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS[name]
    return WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
