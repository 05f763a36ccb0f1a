"""Holds by command: who keeps which name, why, until when; ended ones stay on record.

A hold binds a kind and a name, not one entity: what is created anew under the name is held too.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sagewarden.core.canonical import read_time, spell_time
from sagewarden.core.entities import Identity, Kind
from sagewarden.core.inventory import Inventory
from sagewarden.core.protection import Reasons
from sagewarden.errors import IntegrityError, UsageError

HOLDS_FORMAT = 1

LONGEST_TEXT = 1_000
"""Characters in an owner or a reason at most."""


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,119}")
_ARN = re.compile(r"arn:[^:]+:sagemaker:([^:/]+):([0-9]{12}):(experiment[a-z-]*)/([^/]+)")
_KINDS = {
    "experiment": Kind.EXPERIMENT,
    "experiment-trial": Kind.TRIAL,
    "experiment-trial-component": Kind.COMPONENT,
}


@dataclass(frozen=True, slots=True)
class Holdable:
    """What somebody wants to hold or release: a name, its kind if they said so, its target.

    `target` is spelled as targets are, and None unless an ARN told it.
    """

    name: str
    kind: Kind | None = None
    target: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be the name of anything."""
        if _NAME.fullmatch(self.name) is None:
            raise UsageError(
                f"{self.name!r} is not a name of an experiment, trial or trial component",
                advice="Names are what AWS lists (letters, digits and hyphens, at most 120); a "
                "display name holds nothing.",
            )

    @classmethod
    def read(cls, text: str, kind: Kind | None = None) -> "Holdable":
        """Read a name or an ARN; raise UsageError when it is neither, or of another kind."""
        if not text.startswith("arn:"):
            return cls(text, kind)
        found = _ARN.fullmatch(text)
        told = _KINDS.get(found.group(3)) if found else None
        if found is None or told is None or kind not in {None, told}:
            wanted = "experiment, trial or trial component" if kind is None else kind
            raise UsageError(
                f"{text} is not the ARN of: {wanted}",
                advice="Take it from `sagewarden explain NAME --json`, or give the name.",
            )
        return cls(found.group(4), told, f"{found.group(2)}/{found.group(1)}")

    def __str__(self) -> str:
        return self.name if self.kind is None else f"{self.kind} {self.name}"


class HoldState(StrEnum):
    """Whether a hold keeps its entity; what EXPIRED or was RELEASED keeps nothing."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class Release:
    """Who released a hold (an AWS identity's ARN), when (UTC) and why."""

    by: str
    at: datetime
    reason: str

    def __post_init__(self) -> None:
        """Refuse a release without a reason."""
        _check_text("reason", self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """One hold. `by` is the AWS identity (ARN) that added it, `added` and `until` are UTC.

    Without `until` it never expires.
    """

    kind: Kind
    name: str
    owner: str
    reason: str
    by: str
    added: datetime
    until: datetime | None = None
    release: Release | None = None

    def __post_init__(self) -> None:
        """Refuse a hold that names nothing, nobody or no reason, or that is over at once."""
        for what in ("name", "owner", "reason"):
            _check_text(what, getattr(self, what))
        if self.until is not None and self.until <= self.added:
            raise UsageError(
                f"a hold until {spell_time(self.until)} would be over already",
                advice="Name a time to come.",
            )

    @property
    def key(self) -> str:
        """The name in lower case, as AWS compares names."""
        return self.name.lower()

    def state(self, now: datetime) -> HoldState:
        """Tell how it stands at a time (UTC); it holds until the very moment of `until`."""
        if self.release is not None:
            return HoldState.RELEASED
        over = self.until is not None and now >= self.until
        return HoldState.EXPIRED if over else HoldState.IN_FORCE

    def ended(self, now: datetime) -> datetime | None:
        """When it ceased to hold (UTC); None while it is in force."""
        if self.state(now) is HoldState.IN_FORCE:
            return None
        ends = [self.until, None if self.release is None else self.release.at]
        return min(end for end in ends if end is not None)

    @property
    def told(self) -> str:
        """What it says to whoever meets it."""
        end = "it is released" if self.until is None else f"{self.until:%Y-%m-%d %H:%M} UTC"
        return f"held by {self.owner}: {self.reason} (until {end})"

    def spelled(self) -> dict[str, Any]:
        """Return it as it is stored."""
        released = self.release
        told = None if released is None else asdict(released) | {"at": spell_time(released.at)}
        times = {
            "added": spell_time(self.added),
            "until": None if self.until is None else spell_time(self.until),
        }
        return asdict(self) | {"kind": str(self.kind), "release": told} | times

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Hold":
        """Read what `spelled` wrote; raise TypeError, ValueError or UsageError when broken."""
        fields = dict(stored)
        fields["kind"] = Kind(fields["kind"])
        fields["added"] = read_time(fields["added"])
        if fields["until"] is not None:
            fields["until"] = read_time(fields["until"])
        if fields["release"] is not None:
            released = dict(fields["release"])
            fields["release"] = Release(**released | {"at": read_time(released["at"])})
        return cls(**fields)


def _check_text(what: str, text: str) -> None:
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise UsageError(
            f"the {what} of a hold is empty or longer than {LONGEST_TEXT} characters",
            advice=f"Give a {what} that the next reader understands.",
        )


@dataclass(frozen=True)
class Holds:
    """Every hold that was ever added on a target, in the order in which they were."""

    all: tuple[Hold, ...] = ()

    @cached_property
    def _by_name(self) -> Mapping[tuple[Kind, str], tuple[Hold, ...]]:
        found: dict[tuple[Kind, str], tuple[Hold, ...]] = {}
        for each in self.all:
            found[each.kind, each.key] = (*found.get((each.kind, each.key), ()), each)
        return found

    def ever_on(self, kind: Kind, key: str) -> tuple[Hold, ...]:
        """Return all that were ever on a name (lower case), ended ones too."""
        return self._by_name.get((kind, key), ())

    def on(self, kind: Kind, key: str, now: datetime) -> tuple[Hold, ...]:
        """Return what holds a name (lower case) now (UTC)."""
        ever = self.ever_on(kind, key)
        return tuple(each for each in ever if each.state(now) is HoldState.IN_FORCE)

    def reasons(self, inventory: Inventory, now: datetime) -> Reasons:
        """Return why each held entity of an inventory is held now (UTC)."""
        found: dict[Identity, tuple[str, ...]] = {}
        for kind, key in self._by_name:
            entity, held = inventory.of(kind).get(key), self.on(kind, key, now)
            if entity is not None and held:
                found[entity.identity] = tuple(each.told for each in held)
        return found

    def last_end(self, kind: Kind, key: str, now: datetime) -> datetime | None:
        """When the last hold on a name (lower case) that is over by now (UTC) ended, if one is."""
        ends = [each.ended(now) for each in self.ever_on(kind, key)]
        return max((end for end in ends if end is not None), default=None)

    def freed(self, inventory: Inventory, now: datetime) -> Mapping[Identity, datetime]:
        """Return when the last hold on each entity of an inventory ended (UTC)."""
        found: dict[Identity, datetime] = {}
        for kind, key in self._by_name:
            entity, end = inventory.of(kind).get(key), self.last_end(kind, key, now)
            if entity is not None and end is not None:
                found[entity.identity] = end
        return found

    def added(self, hold: Hold) -> "Holds":
        """Return them with one more."""
        return Holds((*self.all, hold))

    def released(self, ending: Collection[Hold], release: Release) -> "Holds":
        """Return them with these released; none is removed."""
        return Holds(
            tuple(replace(each, release=release) if each in ending else each for each in self.all)
        )

    def spelled(self) -> dict[str, Any]:
        """Return them as they are stored."""
        return {"format": HOLDS_FORMAT, "holds": [each.spelled() for each in self.all]}

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Holds":
        """Read what `spelled` wrote; raise IntegrityError when anything of it is broken."""
        try:
            _check_shape(stored)
            return cls(tuple(Hold.read(each) for each in stored["holds"]))
        except (AttributeError, KeyError, TypeError, ValueError, UsageError) as error:
            raise IntegrityError(
                f"the holds in the vault cannot be read: {error}", advice=UNREADABLE
            ) from error


UNREADABLE = (
    "Nothing is deleted or tagged before they can. Bring the object's last good version back: the "
    "bucket keeps versions."
)
"""What to do about holds that cannot be read."""


def _check_shape(stored: Mapping[str, Any]) -> None:
    if stored["format"] != HOLDS_FORMAT:
        raise ValueError(f"they have format {stored['format']}, known is {HOLDS_FORMAT}")
    if not isinstance(stored["holds"], list):
        raise TypeError("they are no list")


def meant(known: Holds, wanted: Holdable, owner: str | None, now: datetime) -> tuple[Hold, ...]:
    """Return the holds in force that somebody means to release; raise UsageError in doubt."""
    kinds = Kind if wanted.kind is None else (wanted.kind,)
    of_name = [each for kind in kinds for each in known.on(kind, wanted.name.lower(), now)]
    found = [each for each in of_name if owner in {None, each.owner}]
    if not found:
        by = "" if owner is None else f" for {owner}"
        raise UsageError(
            f"nothing holds {wanted}{by}",
            advice="`sagewarden hold list` shows every hold: those in force, expired and released.",
        )
    for option, told in (
        ("--kind", {str(each.kind) for each in found}),
        ("--owner", {each.owner for each in found}),
    ):
        if len(told) > 1:
            raise UsageError(
                f"several holds are on {wanted}: of {', '.join(sorted(told))}",
                advice=f"Say which with {option}; the others stay in force.",
            )
    return tuple(found)
