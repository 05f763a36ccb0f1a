"""The pause switch: an object in the vault that every path reads before each bundle."""

from typing import Any

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.ports.vault import Vault
from sagewarden.core.entities import Target
from sagewarden.core.keys import pause_key
from sagewarden.errors import Paused


def paused(vault: Vault, target: Target) -> dict[str, Any] | None:
    """Return who paused this target or the whole vault, when and why; None when it is not."""
    for key in (pause_key(None), pause_key(target)):
        found = read_or_none(vault, key)
        if found is not None and found[0].get("paused") is not False:
            return found[0]
    return None


def check_pause(vault: Vault, target: Target) -> None:
    """Raise Paused when the switch is on; a switch that cannot be read raises VaultError."""
    switch = paused(vault, target)
    if switch is not None:
        raise Paused(
            f"paused by {switch.get('by', 'someone')} since {switch.get('since', 'some time')}: "
            f"{switch.get('reason') or 'no reason given'}",
            advice="`sagewarden unpause` lets it go on.",
        )


def set_pause(vault: Vault, target: Target | None, content: dict[str, Any]) -> None:
    """Write the switch of a target, or of everything when `target` is None."""
    key = pause_key(target)
    found = read_or_none(vault, key)
    put_document(vault, key, content, None if found is None else found[1])
