"""From settings to the targets that a command works on."""

from sagewarden.errors import SettingsError
from sagewarden.settings import Settings, TargetSettings


def targets_of(settings: Settings, only: str | None = None) -> tuple[TargetSettings, ...]:
    """Return the targets to work on; raise SettingsError when there is none."""
    chosen = tuple(
        each
        for each in settings.targets
        if only is None or only in {each.name, each.account_id, f"{each.account_id}/{each.region}"}
    )
    if not settings.targets:
        raise SettingsError(
            "there is no target in the settings",
            advice="Add `targets:` with account_id and region to sagewarden.yaml, as the README "
            "shows, or try `sagewarden demo`, which needs none.",
        )
    if not chosen:
        names = ", ".join(each.name or each.account_id for each in settings.targets)
        raise SettingsError(
            f"there is no target called {only!r} in the settings",
            advice=f"They name {names}.",
        )
    return chosen
