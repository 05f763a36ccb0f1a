"""What single settings are spelled as."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from sagewarden.core.durations import parse_duration, spell_duration


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


def _place_of_policies(value: Any) -> Any:
    if isinstance(value, str) and not value.startswith("s3://"):
        return Path(value)
    return value


PolicyPlace = Annotated[Path | str, BeforeValidator(_place_of_policies)]
"""A directory, or an address in S3, which no Path could hold."""


class Section(BaseModel):
    """A frozen group of settings; an unknown name is an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,  # what only stands inside others is not built twice
    )
