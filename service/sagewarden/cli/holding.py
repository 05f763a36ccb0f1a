"""`hold add`, `hold list`, `hold release`: what is kept by name, whose wish it is, until when."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from sagewarden.cli.console import say, say_json, say_line, say_table, working
from sagewarden.cli.options import OfKind, Where, kind_of, utc_time
from sagewarden.core.durations import SPELLING, DurationRefused, parse_duration
from sagewarden.core.holds import Hold, Holdable, HoldState, Release
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.application.ports import Bench

WHERE = Where()
BELONGS = "a hold belongs to"
BY_TAG = (
    "Holds by the tag `sagewarden:hold` are not listed: `sagewarden plan` shows what they keep."
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Who wants something held, why, and for how long."""

    owner: Annotated[str, Parameter(name=["--owner", "-o"])]
    """Who wants it held, and can be asked."""

    reason: Annotated[str, Parameter(name=["--reason", "-r"])]
    """Why, for all who meet the hold."""

    until: str | None = None
    """Last day, such as 2027-01-31 (to its end, UTC), or a time such as 2027-01-31T18:00+01:00."""

    span: Annotated[str | None, Parameter(name="--for")] = None
    """How long from now, such as 30d."""

    def end(self, now: datetime) -> datetime | None:
        """Return when it ends (UTC), None for never; raise UsageError when that is not clear."""
        if self.until is not None and self.span is not None:
            raise UsageError("--until and --for together are not clear", advice="Give one of them.")
        if self.span is not None:
            try:
                return now + parse_duration(self.span)
            except DurationRefused as error:
                raise UsageError(f"--for is {error}", advice=f"Write {SPELLING}.") from error
        return None if self.until is None else _end(self.until)


def add(
    name: str,
    *,
    wish: Wish,
    kind: OfKind = None,
    force: Annotated[bool, Parameter(name="--force", negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """Hold an experiment, trial or trial component by name: nothing deletes or tags it.

    What is above and below it is kept too, and whatever is created anew under the name.

    Without an end (until, for) it holds until it is released.

    A run that is deleting just now sees it before its next bundle.

    sagewarden hold add exp-7 --owner ana --reason "under review" --for 90d

    sagewarden hold add run-3 -k trial-component -o legal -r "case 7"

    Parameters
    ----------
    name
        Its name or ARN; the case of a name does not matter.
    kind
        Which of them, where several have this name: experiment, trial or trial-component.
    force
        Hold the name even though nothing has it now; needs --kind or an ARN.
    """
    wanted = Holdable.read(name, kind_of(kind))
    with _opened(where, wanted) as (bench, identity):
        now = bench.looks.now()
        end = wish.end(now)
        spelled = _there(bench, wanted, force=force)
        assert spelled.kind is not None  # noqa: S101 -- found out, or told
        hold = Hold(
            kind=spelled.kind,
            name=spelled.name,
            owner=wish.owner,
            reason=wish.reason,
            by=identity,
            added=now,
            until=end,
        )
        from sagewarden.application.holds import add_hold  # noqa: PLC0415 -- slow to import

        add_hold(bench, hold)
        target = str(bench.target)
    if where.json:
        say_json(_spelled(target, hold, now))
        return 0
    say(Text(visible(f"{hold.kind} {hold.name} of {target} is {hold.told}.")))
    say(Text("All above and below it is kept too, and what is created anew under this name."))
    say(Text(f"`sagewarden hold release {hold.name} --kind {hold.kind} --reason WHY` ends it."))
    return 0


def release(
    name: str,
    *,
    reason: Annotated[str, Parameter(name=["--reason", "-r"])],
    kind: OfKind = None,
    owner: Annotated[str | None, Parameter(name=["--owner", "-o"])] = None,
    where: Where = WHERE,
) -> int:
    """Release a hold; it stays on record with who released it, when and why.

    What still matches is marked anew and has its whole grace period before it; only a plan that
    was stored before, and that is applied or approved by name, goes on as it stands.

    sagewarden hold release exp-7 --reason "published"

    Parameters
    ----------
    name
        Name or ARN of what is held; the case of a name does not matter.
    reason
        Why it need not be held any more.
    kind
        Which of them, where several of this name are held.
    owner
        Whose hold, where several hold it; the others stay in force.
    """
    wanted = Holdable.read(name, kind_of(kind))
    with _opened(where, wanted) as (bench, identity):
        from sagewarden.application.holds import release_holds  # noqa: PLC0415 -- slow to import

        end = Release(identity, bench.looks.now(), reason)
        ended = release_holds(bench, wanted, owner, end)
        target = str(bench.target)
    if where.json:
        say_json([_spelled(target, replace(each, release=end), end.at) for each in ended])
        return 0
    for each in ended:
        told = f"{each.kind} {each.name} of {target} is not held for {each.owner} any more"
        say(Text(visible(f"{told}; released by {identity}: {reason}.")))
    say(Text("What still matches a policy is marked anew, with its whole grace period before it."))
    return 0


def show(
    *,
    expired: Annotated[bool, Parameter(name="--expired", negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """List every hold there ever was: those in force first, then expired and released ones.

    Parameters
    ----------
    expired
        Only those that expired: they hold nothing, and nobody released them.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.holds import read_holds  # noqa: PLC0415
    from sagewarden.application.judging import check_identity  # noqa: PLC0415

    settings = where.effective().settings
    found: list[tuple[str, Hold, datetime]] = []
    targets = where.targets(settings)
    with working() as process:
        for chosen in targets.targets:
            bench = bootstrap.wire_target(settings, chosen, process).bench
            check_identity(bench)
            now = bench.looks.now()
            known = read_holds(bench.vault, bench.target).all
            found += [(str(bench.target), each, now) for each in known]
    if expired:
        found = [row for row in found if row[1].state(row[2]) is HoldState.EXPIRED]
    order = list(HoldState)
    found.sort(key=lambda row: (order.index(row[1].state(row[2])), row[0], row[1].key))
    if where.json:
        say_json([_spelled(*row) for row in found])
        return targets.exit_code
    if found:
        say_table(_table(found))
    else:
        say(Text("No hold has expired." if expired else "Nothing was ever held by command."))
    if not expired:
        say_line(Text(BY_TAG, "dim"))
    return targets.exit_code


@contextmanager
def _opened(where: Where, wanted: Holdable) -> Iterator[tuple["Bench", str]]:
    """Open the one target that is meant, by an ARN if one was given, and say who we are."""
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.judging import check_identity  # noqa: PLC0415

    if where.target is None:
        where = replace(where, target=wanted.target)
    settings = where.effective().settings
    with working() as process:
        chosen = where.single_target(settings, BELONGS)
        bench = bootstrap.wire_target(settings, chosen, process).bench
        if wanted.target not in {None, str(bench.target)}:
            raise UsageError(
                f"the ARN is of {wanted.target}, the target is {bench.target}",
                advice="Leave --target out: the ARN says which.",
            )
        yield bench, check_identity(bench)


def _there(bench: "Bench", wanted: Holdable, *, force: bool) -> Holdable:
    """Find out which kind is meant and how AWS spells the name; refuse in doubt."""
    from sagewarden.application.holds import known_as  # noqa: PLC0415 -- slow to import

    found = known_as(bench, wanted)
    if len(found) == 1:
        return Holdable(found[0].name, found[0].kind)
    if found:
        raise UsageError(
            f"several are called {wanted.name}: {', '.join(str(each.kind) for each in found)}",
            advice="Say which with --kind, or hold each.",
        )
    if force and wanted.kind is None:
        raise UsageError(
            f"nothing on {bench.target} is called {wanted}, and --force cannot tell its kind, so "
            "nothing was held",
            advice="Say with --kind whether it will be an experiment, trial or trial component.",
        )
    if wanted.kind is None or not force:
        raise UsageError(
            f"nothing on {bench.target} is called {wanted}, so nothing was held",
            advice="Names are those that AWS lists, not display names. To hold a name before "
            "anything has it, add --force and --kind.",
        )
    return wanted


def _end(text: str) -> datetime:
    """Read a time, or a day, to its end."""
    moment = utc_time("--until", text)
    return moment + timedelta(days=1) if len(text) == len("2027-01-31") else moment


def _spelled(target: str, hold: Hold, now: datetime) -> dict[str, Any]:
    return {"target": target, "state": str(hold.state(now)), **hold.spelled()}


def _table(rows: list[tuple[str, Hold, datetime]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("state", "what", "owner", "until (UTC)", "reason"):
        table.add_column(column, overflow="fold", no_wrap=column == "state")
    many = len({target for target, _, _ in rows}) > 1
    for target, hold, now in rows:
        state = hold.state(now)
        style = "" if state is HoldState.IN_FORCE else "dim"
        end = "no end" if hold.until is None else f"{hold.until:%Y-%m-%d %H:%M}"
        reason = hold.reason
        if hold.release is not None:
            end = f"{hold.release.at:%Y-%m-%d %H:%M}"
            reason += f"; released by {hold.release.by}: {hold.release.reason}"
        what = f"{hold.kind} {hold.name}" + (f" of {target}" if many else "")
        cells = (str(state), what, hold.owner, end, reason)
        table.add_row(*(Text(visible(cell)) for cell in cells), style=style)
    return table
