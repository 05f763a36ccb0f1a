"""Says which safety settings are weaker than their defaults."""

from sagewarden.core.durations import spell_duration
from sagewarden.settings import LimitSettings, Settings


def lowered(settings: Settings) -> list[str]:
    """Say which safety settings are weaker than their defaults: every report repeats it."""
    told = []
    ours, usual = settings.limits, Settings.model_fields["limits"].default
    if ours.min_grace < usual.min_grace:
        told.append(
            f"limits.min_grace is lowered to {spell_duration(ours.min_grace)} "
            f"(default {spell_duration(usual.min_grace)})"
        )
    if ours.ownerless_grace < usual.ownerless_grace:
        told.append(
            f"limits.ownerless_grace is lowered to {spell_duration(ours.ownerless_grace)} "
            f"(default {spell_duration(usual.ownerless_grace)})"
        )
    if ours.matches < usual.matches:
        told.append(f"limits.matches is lowered to {ours.matches} (default {usual.matches})")
    if ours.match_interval < usual.match_interval:
        told.append(
            f"limits.match_interval is lowered to {spell_duration(ours.match_interval)} "
            f"(default {spell_duration(usual.match_interval)})"
        )
    if ours.restored_rest < usual.restored_rest:
        told.append(
            f"limits.restored_rest is lowered to {spell_duration(ours.restored_rest)} "
            f"(default {spell_duration(usual.restored_rest)})"
        )
    if settings.vault is not None and settings.vault.redact:
        told.append(
            f"vault.redact keeps values out of archives, and no restore brings them back: "
            f"{', '.join(settings.vault.redact)}"
        )
    if settings.vault is not None and settings.vault.archive_retention is not None:
        told.append(
            "vault.archive_retention lets archives expire after "
            f"{spell_duration(settings.vault.archive_retention)}: nobody can restore what they held"
        )
    told += _wider("automatic", ours.automatic, usual.automatic)
    told += _wider("hard", ours.hard, usual.hard)
    return told


def _wider(name: str, ours: LimitSettings, usual: LimitSettings) -> list[str]:
    told = []
    if ours.share > usual.share:
        told.append(
            f"limits.{name}.share is raised to {ours.share:.0%} (default {usual.share:.0%})"
        )
    if (
        usual.components is not None
        and (ours.components or usual.components + 1) > usual.components
    ):
        raised = "no limit" if ours.components is None else ours.components
        told.append(f"limits.{name}.components is raised to {raised} (default {usual.components})")
    return told
