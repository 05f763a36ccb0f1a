"""Which accounts AWS Organizations has, asked in the management or a delegated account.

What could not be read is told with what was: an account that nobody could list, or whose state or
tags nobody could tell, is no target. Whom to leave out must be known whole, or nothing is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sagewarden.adapters.aws.calls import Calls
from sagewarden.errors import Absent, ReadFailed, SageWardenError

MOST_UNITS = 5_000
"""Units that one reading walks through; AWS allows 2,000 in an organization (its quotas)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Below which units (none: all) to look, whom to leave out, and whether tags are asked for."""

    units: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """An active account of an organization."""

    id: str
    name: str
    tags: Mapping[str, str]


@dataclass(slots=True)
class Membership:
    """What was read: active accounts, those left out with why, and what could not be read."""

    members: list[Member] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    unread: list[SageWardenError] = field(default_factory=list)


def read_members(calls: Calls, wanted: Wanted) -> Membership:
    """Read an organization; raise ReadFailed when nobody can tell whom to leave out."""
    out = _excluded(calls, wanted.exclude)
    found = Membership()
    seen: dict[str, Mapping[str, Any]] = {}
    try:
        for account in _listed(calls, wanted.units, found.unread):
            seen[account["Id"]] = account
    except (ReadFailed, Absent) as error:
        found.unread.append(_partly("the organization", error))
    if not (wanted.units or found.unread):
        strange = sorted(each for each in wanted.exclude if each.isdecimal() and each not in seen)
        found.left_out += [f"account {each} is none of the organization's" for each in strange]
    for number in sorted(set(seen) - out):
        _admit(calls, seen[number], found, tags=wanted.tags)
    return found


def _excluded(calls: Calls, exclude: tuple[str, ...]) -> set[str]:
    numbers = {each for each in exclude if each.isdecimal()}
    failed: list[SageWardenError] = []
    for unit in exclude:
        if unit not in numbers:
            numbers |= {each["Id"] for each in _below(calls, unit, failed)}
    if failed:
        raise ReadFailed(
            f"whom to leave out of the organization cannot be told, so none of its accounts is "
            f"worked on: {failed[0].message}",
            advice=failed[0].advice,
        )
    return numbers


def _listed(
    calls: Calls, units: tuple[str, ...], failed: list[SageWardenError]
) -> Iterator[Mapping[str, Any]]:
    if not units:
        for page in calls.pages("ListAccounts", "Accounts"):
            yield from page["Accounts"]
    for unit in units:
        yield from _below(calls, unit, failed)


def _below(calls: Calls, top: str, failed: list[SageWardenError]) -> Iterator[Mapping[str, Any]]:
    """Yield every account below a root or a unit; note in `failed` which units were not read."""
    units, walked = [top], {top}
    for unit in units:  # it grows meanwhile
        try:
            for page in calls.pages("ListAccountsForParent", "Accounts", ParentId=unit):
                yield from page["Accounts"]
            name = "ListOrganizationalUnitsForParent"
            for page in calls.pages(name, "OrganizationalUnits", ParentId=unit):
                fresh = [each["Id"] for each in page["OrganizationalUnits"]]
                units += [each for each in fresh if each not in walked]
                walked |= set(fresh)
        except (ReadFailed, Absent) as error:
            failed.append(_partly(f"the unit {unit}", error))
        if len(walked) > MOST_UNITS:
            failed.append(ReadFailed(f"below {top} are more than {MOST_UNITS} units: not read on"))
            return


def _admit(calls: Calls, account: Mapping[str, Any], found: Membership, *, tags: bool) -> None:
    """Let an account in whose state is known to be active, with its tags if they are asked for."""
    number, name = account["Id"], str(account.get("Name", ""))
    state = account.get("State") or account.get("Status")  # AWS is taking Status back (its model)
    if state is None:
        found.unread.append(
            ReadFailed(f"AWS Organizations does not say whether account {number} is active")
        )
    elif state != "ACTIVE":
        found.left_out.append(f"account {number} ({name}): {state}")
    else:
        try:
            own = _tags(calls, number) if tags else {}
        except (ReadFailed, Absent) as error:
            found.unread.append(_partly(f"the tags of account {number}", error))
        else:
            found.members.append(Member(number, name, own))


def _tags(calls: Calls, number: str) -> Mapping[str, str]:
    pages = calls.pages("ListTagsForResource", "Tags", ResourceId=number)
    return {each["Key"]: each["Value"] for page in pages for each in page["Tags"]}


def _partly(what: str, error: SageWardenError) -> SageWardenError:
    return ReadFailed(
        f"{what} could not be read whole, and what was not read is not worked on: {error.message}",
        advice=error.advice
        or "Give the identity organizations:List* in the management or a delegated account.",
    )
