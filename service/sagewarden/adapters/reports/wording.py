"""Words and numbers as every form of the report spells them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from sagewarden.core.journal import Result
from sagewarden.core.limits import Room
from sagewarden.core.storage import Storage
from sagewarden.core.visible import shortened

KINDS: Final = ("experiment", "trial", "trial-component")
"""The kinds from the top of a tree down, which is how people name them."""

VERDICTS: Final = ("delete", "mark", "report", "keep")
"""Verdicts as tables order them: what changes something first."""

WHOLE: Final = 1_000
"""Characters of an advice, at most: a command that is cut short helps nobody."""

TROUBLE: Final = (Result.NEEDS_PERSON, Result.REFUSED, Result.UNDONE)
"""Results that someone should look at, the worst first."""

_SINGULAR: Final = {"trial-component": "component"}
_SPELLED_TIME: Final = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:\.\d+)?(?:Z|\+00:00)")
_SECONDS_A_MINUTE: Final = 60
_DIGEST: Final = 12


@dataclass(frozen=True, slots=True)
class Ending:
    """What an exit code tells: a label, a sentence and a tone (good, calm, attention, bad)."""

    label: str
    meaning: str
    tone: str


ENDINGS: Final[Mapping[int, Ending]] = {
    0: Ending("Done", "everything that was asked for is done", "good"),
    1: Ending("Defect", "SageWarden itself failed; please report it", "bad"),
    2: Ending("Refused to start", "the command, a setting or a policy is wrong", "bad"),
    3: Ending(
        "Needs attention", "the run finished, but something failed or was refused", "attention"
    ),
    4: Ending("Stopped by a limit", "more matches than the limits allow", "bad"),
    5: Ending("Evidence broken", "what was read back is not what was written", "bad"),
    6: Ending(
        "Waits for approval", "nothing is deleted until a person approves the plan", "attention"
    ),
    11: Ending(
        "Lease lost",
        "its lease ran out on the way; another worker may have the target",
        "attention",
    ),
    130: Ending(
        "Interrupted", "stopped from the keyboard; the next run goes on from here", "attention"
    ),
    143: Ending("Interrupted", "told to stop; the next run goes on from here", "attention"),
}


def ending(code: int) -> Ending:
    """Return what an exit code means; an unknown one counts as a failure."""
    return ENDINGS.get(code, Ending("Failed", "an unknown ending counts as a failure", "bad"))


_ROOMS: Final[Mapping[str, str]] = {
    Room.INSIDE: "inside the automatic ones",
    Room.NEEDS_APPROVAL: "above an automatic one: a plan needs approval",
    Room.REFUSED: "above a hard one: a plan is refused, approved or not",
}


def room(spelled: str) -> str:
    """Say where a plan stands against the limits; return any other text as it came."""
    return _ROOMS.get(spelled, spelled) or "not measured"


def number(count: int) -> str:
    """Spell a whole number with a comma at each thousand."""
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """Spell a count with its noun or kind: `1 trial`, `2 components`."""
    word = _SINGULAR.get(noun, noun)
    return f"{number(count)} {word}{'' if count == 1 else 's'}"


def entities(count: int) -> str:
    """Spell how many entities."""
    return f"{number(count)} {'entity' if count == 1 else 'entities'}"


def by_kind(counts: Mapping[str, int]) -> tuple[str, ...]:
    """Spell what there is of each kind from the top down; kinds without any are left out."""
    return tuple(counted(counts[kind], kind) for kind in KINDS if counts.get(kind))


def listed(parts: Iterable[str]) -> str:
    """Join parts as a sentence does: `a, b and c`."""
    *front, last = list(parts) or [""]
    return f"{', '.join(front)} and {last}" if front else last


def percent(count: int, of: int) -> str:
    """Spell a share; below one percent it is said so, of nothing there is none."""
    if not of:
        return "none"
    share = count / of
    return "under 1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")  # noqa: PLR2004


def volume(size: int) -> str:
    """Spell a number of bytes, in units of 1,024 as S3 counts them."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    place = min(max(size.bit_length() - 1, 0) // 10, len(units) - 1)
    return f"{size / 1024**place:.3g} {units[place]}" if place else f"{size} bytes"


def person(arn: str) -> str:
    """Return what tells a person apart in an ARN: a role with its session, or a user."""
    kind, _, rest = arn.rpartition(":")[2].partition("/")
    return rest if kind in {"assumed-role", "user", "role"} and rest else arn


def dollars(spelled: str) -> str:
    """Spell an amount of US dollars to the cent; what is less than one is said so."""
    amount = Decimal(spelled)
    cent = Decimal("0.01")
    return "under $0.01" if 0 < amount < cent else f"${amount.quantize(cent):,}"


def stored_line(storage: Storage) -> str:
    """Tell the vault's size, and what it costs a month if S3 bills for it."""
    cost = f", {dollars(storage.usd_per_month)} a month" if storage.usd_per_month else ""
    per_gb = f"at ${storage.usd_per_gb_month} a GB and month"
    source = f" ({per_gb}, {storage.price_source})" if cost else ""
    return f"vault: {storage.objects:,} objects, {volume(storage.size)}{cost}{source}"


def moment(spelled: str) -> str:
    """Spell an ISO time in UTC to the minute; return any other text as it came."""
    found = _SPELLED_TIME.fullmatch(spelled)
    return f"{found[1]} {found[2]} UTC" if found else spelled


def second(spelled: str) -> str:
    """Spell an ISO time in UTC to the second; return any other text as it came."""
    found = _SPELLED_TIME.fullmatch(spelled)
    return f"{found[1]} {found[2]}{found[3] or ''} UTC" if found else spelled


def lasted(began: str, ended: str) -> str:
    """Spell how long a run took, or nothing when a time cannot be read."""
    try:
        seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds()
    except (ValueError, TypeError):
        return ""
    minutes, rest = divmod(round(seconds), _SECONDS_A_MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def brief(digest: str) -> str:
    """Return the start of a digest: enough to tell it from others by eye."""
    return shortened(digest, _DIGEST) if len(digest) <= _DIGEST else f"{digest[:_DIGEST]}\u2026"
