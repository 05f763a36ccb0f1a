"""Options that many commands share."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from sagewarden.cli.console import tell_error, tell_note
from sagewarden.core.entities import Kind
from sagewarden.core.unset import PREFIX, SETTINGS_FILE
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.bootstrap import Found
    from sagewarden.settings import Effective, Settings, TargetSettings


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which settings, which target, and how to answer."""

    config: Annotated[Path | None, Parameter(name=["--config", "-c"])] = None
    """Settings file; without one, ./sagewarden.yaml when it is there."""

    target: Annotated[str | None, Parameter(name=["--target", "-t"])] = None
    """Only this target: its name, its account, or account/region."""

    target_tag: Annotated[
        tuple[str, ...], Parameter(name="--target-tag", negative="", show_default=False)
    ] = ()
    """Only targets with this tag, as KEY=VALUE or KEY alone; all of them, if given again."""

    secrets: Path | None = None
    """Directory of secrets, one file a setting, named as the environment's variables are."""

    json: Annotated[bool, Parameter(name="--json", negative="", show_default=False)] = False
    """Answer in JSON on standard output."""

    def sets_nothing(self) -> bool:
        """Whether no file, variable or secret says anything, so that settings need not be read."""
        names = (each.upper() for each in os.environ)  # noqa: TID251 -- only whether there are any
        file = self.config is not None or Path(SETTINGS_FILE).exists()
        return not (file or self.secrets or any(each.startswith(PREFIX) for each in names))

    def effective(self) -> "Effective":
        """Load the settings."""
        from sagewarden.settings import load_settings  # noqa: PLC0415 -- slow to import

        return load_settings(self.config, secrets=self.secrets)

    def targets(self, settings: "Settings") -> "Found":
        """Return the targets that are meant, and say at once what of them is missing and why."""
        from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import

        found = bootstrap.find_targets(settings, bootstrap.Asked(self.target, self.target_tag))
        for each in found.left_out:
            tell_note(f"left out: {each}")
        for error in found.unread:
            tell_error(error, as_json=False)
        return found

    def single_target(self, settings: "Settings", what: str) -> "TargetSettings":
        """Return the one target that is meant; raise UsageError when it could be several."""
        found = self.targets(settings)
        chosen = found.targets
        if not chosen:
            raise found.unread[0]
        if len(chosen) > 1:
            names = ", ".join(each.name or each.place for each in chosen)
            raise UsageError(
                f"{what} one target, and the settings name several",
                advice=f"Say which with --target: {names}.",
            )
        return chosen[0]


OfKind = Annotated[
    Literal["experiment", "trial", "trial-component"] | None, Parameter(name=["--kind", "-k"])
]
"""A kind as every report and message spells it; an enumeration would be asked for by its names."""


def kind_of(word: str | None) -> Kind | None:
    """Return the kind that a word means."""
    return None if word is None else Kind(word)


def utc_time(option: str, text: str) -> datetime:
    """Read a day, from its start, or a time; what has no zone is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{option} {text} is not a date", advice="Write it as 2027-01-31, in UTC."
        ) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Policies = Annotated[str | None, Parameter(name=["--policies", "-p"])]
