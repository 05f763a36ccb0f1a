"""Loads settings from their layers, and says of each where it came from."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource, InitSettingsSource
from pydantic_settings import SettingsError as Unparsable

from sagewarden.adapters.policyfiles.plain import read_plain
from sagewarden.core.accounts import ROLED
from sagewarden.core.unset import PREFIX, SETTINGS_FILE
from sagewarden.errors import SageWardenError, SettingsError
from sagewarden.settings.daemon import WebSettings
from sagewarden.settings.model import Settings

DEFAULT_FILE = Path(SETTINGS_FILE)


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
    "Mend it and start again; nothing was read or done. deploy/SETTINGS.md lists every setting."
)


def load_web(file: Path | None = None, *, secrets: Path | None = None) -> WebSettings:
    """Load where the daemon answers, and nothing else: it outlives settings that are wrong.

    What cannot be read of a layer, or of this section, counts as not said.
    """
    layers: list[Callable[[], Mapping[str, Any]]] = [EnvSettingsSource(Settings)]
    if (path := file or DEFAULT_FILE).exists():
        layers.insert(0, partial(read_plain, path))
    if secrets is not None:
        layers.append(lambda: dict(_Secrets(secrets)()))
    web: dict[str, Any] = {}
    for layer in layers:
        with suppress(SageWardenError, Unparsable):
            web |= layer().get("web", {})
    try:
        return WebSettings.model_validate(web)
    except ValidationError:
        return WebSettings()


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
        told.append(f"  {name} ({origin}): {_fault(each)}" if name else f"  {_fault(each)}")
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

_ROLE = "must be a role's ARN, or the name that it has in the target's account"
_ARN = "must be a role's ARN, such as arn:aws:iam::123456789012:role/sagewarden"

_UNIT = "must be a root (r-...) or a unit (ou-...-...) of the organization"

PATTERNS = {
    "regions": "must be regions' names, such as eu-west-1",
    "units": _UNIT,
    "exclude": f"{_UNIT}, or an account's 12 digits",
    "domains": "must be a domain's name and nothing else, such as example.com",
    "arn": "must be a topic's ARN, such as arn:aws:sns:eu-west-1:123456789012:owners",
    "configuration_set": "must be the name of a configuration set of SES",
    "role_arn": _ARN,
    "reader_arn": _ARN,
    "role_name": _ROLE,
    **{str(stage): _ROLE for stage in ROLED},
    "account_id": "must be 12 digits, in quotes",
    "region": "must be a region's name, such as eu-west-1",
    "endpoint_url": "must be a URL that begins with http:// or https://",
}


def _fault(error: ErrorDetails) -> str:
    name = next((each for each in reversed(error["loc"]) if isinstance(each, str)), "")
    if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
        return WORDS["extra_forbidden"] + _meant(name)
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS.get(name, error["msg"])
    return WORDS.get(error["type"], error["msg"].removeprefix("Value error, "))
