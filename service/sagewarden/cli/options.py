"""Options that many commands share."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

if TYPE_CHECKING:
    from sagewarden.settings import Effective


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Which settings, which target, and how to answer."""

    config: Annotated[Path | None, Parameter(name=["--config", "-c"])] = None
    """Settings file; without one, ./sagewarden.yaml when it is there."""

    target: Annotated[str | None, Parameter(name=["--target", "-t"])] = None
    """Only this target: its name, its account, or account/region."""

    secrets: Path | None = None
    """Directory of secrets, one file a setting."""

    json: Annotated[bool, Parameter(name="--json", negative="")] = False
    """Answer in JSON on standard output."""

    def effective(self) -> "Effective":
        """Load the settings."""
        from sagewarden.settings import load_settings  # noqa: PLC0415 -- slow to import

        return load_settings(self.config, secrets=self.secrets)


Policies = Annotated[Path | None, Parameter(name=["--policies", "-p"])]
