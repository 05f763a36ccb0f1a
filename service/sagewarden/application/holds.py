"""Holds in the vault: one object a target, and what every path asks before it writes."""

import threading
from collections.abc import Callable
from contextlib import suppress

from sagewarden.application.documents import put_document, read_or_none
from sagewarden.application.ports import Bench
from sagewarden.application.ports.vault import Vault
from sagewarden.core.entities import Entity, Identity, Kind, Target
from sagewarden.core.holds import UNREADABLE, Hold, Holdable, Holds, Release, meant
from sagewarden.core.keys import holds_key
from sagewarden.core.protection import Protections
from sagewarden.errors import Absent, IntegrityError, VaultChanged, VaultExists

ATTEMPTS = 5
"""How often a change of the holds is tried when somebody else writes them at the same time."""


def read_holds(vault: Vault, target: Target) -> Holds:
    """Read every hold of a target; raise IntegrityError when they are broken."""
    return _read(vault, target)[0]


def _read(vault: Vault, target: Target) -> tuple[Holds, str | None]:
    try:
        found = read_or_none(vault, holds_key(target))
    except IntegrityError as error:
        raise IntegrityError(error.message, advice=UNREADABLE) from error
    return (Holds(), None) if found is None else (Holds.read(found[0]), found[1])


def change_holds(bench: Bench, change: Callable[[Holds], Holds]) -> None:
    """Write what `change` makes of the holds, of the newest if somebody else writes meanwhile."""
    for left in reversed(range(ATTEMPTS)):
        known, version = _read(bench.vault, bench.target)
        try:
            put_document(bench.vault, holds_key(bench.target), change(known).spelled(), version)
        except (VaultChanged, VaultExists):
            if not left:
                raise
        else:
            return


def add_hold(bench: Bench, hold: Hold) -> None:
    """Add a hold to the target's; all that are there stay."""
    change_holds(bench, lambda known: known.added(hold))


def known_as(bench: Bench, wanted: Holdable) -> list[Entity]:
    """Look at everything that has the wanted name now, of the wanted kind if there is one."""
    found = []
    for kind in Kind if wanted.kind is None else (wanted.kind,):
        with suppress(Absent):
            found.append(bench.looks.describe(kind, wanted.name).entity)
    return found


def release_holds(
    bench: Bench, wanted: Holdable, owner: str | None, end: Release
) -> tuple[Hold, ...]:
    """Release what is in force on a name, of one owner; return what was released.

    Raise UsageError when nothing is, or when it could be of several kinds or owners.
    """
    ended: tuple[Hold, ...] = ()

    def change(known: Holds) -> Holds:
        nonlocal ended
        ended = meant(known, wanted, owner, end.at)
        return known.released(ended, end)

    change_holds(bench, change)
    return ended


class Shields:
    """What holds entities now: by command as last read, by tag and by protection as just seen."""

    def __init__(self, bench: Bench, protections: Protections) -> None:
        """Read the holds: without them nothing may be written."""
        self._bench = bench
        self.protections = protections
        self._lock = threading.Lock()
        self._holds = read_holds(bench.vault, bench.target)

    def renew(self) -> None:
        """Read the holds anew, one reader at a time: what is known must never grow older."""
        with self._lock:
            self._holds = read_holds(self._bench.vault, self._bench.target)

    def of(self, seen: Entity) -> tuple[str, ...]:
        """Say what holds an entity that was seen a moment ago."""
        alone = self.protections.held_alone(seen, self._bench.looks.now())
        return (*alone, *self.named(seen.identity))

    def named(self, who: Identity) -> tuple[str, ...]:
        """Say which holds by command are on an entity's name."""
        holds = self._holds
        if not holds.ever_on(who.kind, who.name):
            return ()
        held = holds.on(who.kind, who.name, self._bench.looks.now())
        return tuple(each.told for each in held)
