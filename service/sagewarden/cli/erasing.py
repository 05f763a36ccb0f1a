"""`archive erase`: one person's entities leave the archives, and the chain stays valid."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import say, say_json, say_line, working
from sagewarden.cli.options import Where
from sagewarden.core.canonical import spell_time
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from sagewarden.application.erasing import ErasurePlan, Remaining, Request
    from sagewarden.application.ports.erasing import Copy
    from sagewarden.core.chain import Head
    from sagewarden.core.erasure import Tombstone

WHERE = Where()

SHOWN = 20
"""Entities that a plan names to people; --json has all."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """What is to be erased, and why."""

    owner: str | None = None
    """All whose owner this was by its tags, or by who created it, as archived."""

    created_by: Annotated[str | None, Parameter(name="--created-by")] = None
    """All that this Studio user profile created; what it changed last loses its name."""

    reason: Annotated[str | None, Parameter(name=["--reason", "-r"])] = None
    """Why, for the tombstone, which stays for ever: a case's number, not a person's name."""


WHOSE = Whose()


def erase(
    *names: str,
    whose: Whose = WHOSE,
    confirm: Annotated[str | None, Parameter(name="--confirm")] = None,
    delete: Annotated[bool, Parameter(name="--delete", negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """Erase a person's entities from the archives; first only say what that would be.

    All that fits any of the names, the owner or the creator. With --confirm DIGEST, as the plan
    prints it: what the archives hold of others is written anew, and a tombstone with hashes and
    reason is named by a link of the chain, so that `verify` knows why the old objects are gone. In
    a directory they are removed then; in a bucket, which refuses that to SageWarden, each version
    is printed with the command that deletes it, and until when Object Lock forbids that.

    Without a name, an owner or a creator: what was erased and is there still. Reports, plans,
    journals and notices are left as they are: deploy/ARCHIVE.md says what they hold.

    Parameters
    ----------
    names
        Names of entities (`*` and `?` fit anything); case does not matter.
    confirm
        The digest of the plan, or its first 12 digits at least: carry out exactly that.
    delete
        In a bucket, try to delete the versions of erased objects with these credentials.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.adapters.clock import wall_now  # noqa: PLC0415
    from sagewarden.application.erasing import plan_erasure, remaining  # noqa: PLC0415
    from sagewarden.bootstrap.erasing import carry_out, copies_of  # noqa: PLC0415

    settings = where.effective().settings
    request = _request(names, whose, settings.owners.tags)
    done: tuple[Tombstone, Head] | None = None
    plan: ErasurePlan | None = None
    left: tuple[Remaining, ...] = ()
    with working() as process:
        chosen = where.single_target(settings, "an erasure is of")
        wired = bootstrap.wire_target(settings, chosen, process)
        if request is not None:
            plan = plan_erasure(wired.bench, request)
            if confirm is not None:
                _check_confirmed(plan, confirm)
                done = carry_out(settings, wired, plan, _reason(whose))
        if request is None or done is not None:
            copies = copies_of(settings, wired)
            left = remaining(wired.bench, copies, remove=delete or copies.removes)
    now = wall_now()
    if where.json:
        say_json(_spelled(plan, done, left, now))
        return 0
    if plan is not None and done is None:
        _say_plan(plan)
        return 0
    if done is not None:
        _say_done(*done)
    _say_left(left, now)
    return 0


def _request(names: tuple[str, ...], whose: Whose, keys: tuple[str, ...]) -> "Request | None":
    from sagewarden.application.erasing import Request  # noqa: PLC0415 -- slow to import

    if not names and whose.owner is None and whose.created_by is None:
        return None
    return Request(names=names, owner=whose.owner, creator=whose.created_by, owner_keys=keys)


def _reason(whose: Whose) -> str:
    if not (whose.reason or "").strip():
        raise UsageError(
            "an erasure needs a --reason", advice="Nothing was erased. Give a case's number."
        )
    return str(whose.reason)


LEAST = 12
"""Digits of a digest that name a plan."""


def _check_confirmed(plan: "ErasurePlan", confirm: str) -> None:
    if len(confirm) < LEAST or not plan.digest.startswith(confirm):
        raise UsageError(
            f"--confirm {confirm} is not the plan of today, which is {plan.digest[:LEAST]}",
            advice="Nothing was erased. Look at the plan again, without --confirm.",
        )
    if not plan.objects:
        raise UsageError("no archive holds any of this", advice="Nothing was erased.")


def _say_plan(plan: "ErasurePlan") -> None:
    if not plan.objects:
        say(Text("No archive holds any of this."))
        return
    kept = sum(each.kept for each in plan.objects)
    say(
        Text.assemble(
            ("Would erase ", "bold"),
            f"{len(plan.entities)} entities from {len(plan.objects)} objects; what they hold of "
            f"others, {kept} entities, is written anew.",
        )
    )
    for who in plan.entities[:SHOWN]:
        say(Text(visible(f"  {who}")))
    if len(plan.entities) > SHOWN:
        say(Text(f"  … and {len(plan.entities) - SHOWN:,} more: --json has all", "dim"))
    say(Text("None of them can be restored then.", "yellow"))
    say(Text(f"To do exactly that: the same with --reason CASE --confirm {plan.digest[:LEAST]}"))


def _say_done(tombstone: "Tombstone", head: "Head") -> None:
    entities = sum(each.entities for each in tombstone.objects)
    say(Text(f"Erased: {entities} entities of {len(tombstone.objects)} objects."))
    say(Text(f"Link {head.number} of the chain names the tombstone of {tombstone.erasure}."))
    say(Text(f"The chain's head, to be kept outside the vault: {head}"))


def _say_left(left: "tuple[Remaining, ...]", now: "datetime") -> None:
    if not left:
        say(Text("No copy of an erased object is left."))
        return
    say(Text(f"{len(left)} copies are there still; who may delete them, does so by", "yellow"))
    for each in left:
        say_line(Text(visible(f"  # {each.copy.key}: {_told(each, now)}"), "dim"))
        say_line(Text(visible(f"  {each.copy.command}")))


def _told(each: "Remaining", now: "datetime") -> str:
    lock = _lock(each.copy, now)
    return f"{lock}; {each.refused}" if each.refused else lock


def _lock(copy: "Copy", now: "datetime") -> str:
    if copy.unknown:
        return f"nobody tells until when it is locked: {copy.unknown}"
    if copy.locked is None or copy.locked <= now:
        return "not locked, as far as S3 tells (s3:GetObjectRetention)" if copy.version else "there"
    until = f"locked until {spell_time(copy.locked)}"
    if copy.mode == "GOVERNANCE":
        return f"{until}; before only with s3:BypassGovernanceRetention"
    return f"{until}: nobody can delete it before"


def _spelled(
    plan: "ErasurePlan | None",
    done: "tuple[Tombstone, Head] | None",
    left: "tuple[Remaining, ...]",
    now: "datetime",
) -> dict[str, Any]:
    return {
        "plan": None
        if plan is None
        else {
            "digest": plan.digest,
            "objects": [
                {
                    "key": each.key,
                    "sha256": each.sha256,
                    "entities": [str(who) for who in each.entities],
                    "kept": each.kept,
                }
                for each in plan.objects
            ],
        },
        "erasure": None if done is None else done[0].erasure,
        "head": None if done is None else str(done[1]),
        "remaining": [
            {
                "key": each.copy.key,
                "version": each.copy.version,
                "mode": each.copy.mode,
                "locked_until": None if each.copy.locked is None else spell_time(each.copy.locked),
                "command": each.copy.command,
                "told": _told(each, now),
            }
            for each in left
        ],
    }
