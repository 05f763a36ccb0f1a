"""`baseline show` and `baseline accept`: what the next inventory is compared with."""

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.options import Where
from sagewarden.core.entities import Kind
from sagewarden.core.visible import visible

if TYPE_CHECKING:
    from sagewarden.core.baseline import Baseline

WHERE = Where()


def show(*, where: Where = WHERE) -> int:
    """Show the last good inventory, which the next is compared with, and who ever accepted one.

    An inventory that fell behind it by more than limits.fall or limits.tag_fall is not believed:
    then nothing is done on its word.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.baseline import accepted_baselines, read_baseline  # noqa: PLC0415

    settings = where.effective().settings
    answers = []
    targets = where.targets(settings)
    with working() as process:
        for chosen in targets.targets:
            bench = bootstrap.wire_target(settings, chosen, process).bench
            found = read_baseline(bench).baseline
            answers.append((str(bench.target), found, accepted_baselines(bench)))
    if where.json:
        say_json([_spelled(*answer) for answer in answers])
        return targets.exit_code
    for target, found, accepted in answers:
        if found is None:
            say(Text(f"{target} has no baseline yet: the first good sweep makes one."))
            continue
        say(Text(visible(f"{target} is compared with {found.told}")))
        say(_table(None, found))
        for each in accepted:
            if each.told == found.told:
                continue
            say(
                Text(
                    visible(f"accepted {each.at:%Y-%m-%d %H:%M} by {each.by}: {each.reason}"), "dim"
                )
            )
    return targets.exit_code


def accept(
    *,
    reason: Annotated[str, Parameter(name=["--reason", "-r"])],
    where: Where = WHERE,
) -> int:
    """Take the inventory now and let it be the baseline, in the name of the AWS identity.

    For an account that rightly shrank or lost tags, which every sweep refuses to believe.

    Look at it with `sagewarden plan` first.

    sagewarden baseline accept --reason "team B moved to its own account"

    Parameters
    ----------
    reason
        Why the account is as it should be; it stays on record.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.baseline import accept_baseline  # noqa: PLC0415
    from sagewarden.application.judging import check_identity  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        chosen = where.single_target(settings, "a baseline belongs to")
        bench = bootstrap.wire_target(settings, chosen, process).bench
        before, now = accept_baseline(bench, check_identity(bench), reason)
        target = str(bench.target)
    if where.json:
        old = None if before is None else before.spelled()
        say_json({"target": target, "before": old, "accepted": now.spelled()})
        return 0
    say(Text(visible(f"{target} is compared from now on with {now.told}")))
    say(_table(before, now))
    return 0


def _spelled(target: str, found: "Baseline | None", accepted: "list[Baseline]") -> dict[str, Any]:
    return {
        "target": target,
        "baseline": None if found is None else found.spelled(),
        "accepted": [each.spelled() for each in accepted],
    }


def _table(before: "Baseline | None", now: "Baseline") -> Table:
    """Show counts and the share that is tagged, by kind, with what they were before."""
    table = Table("", box=None, pad_edge=False)
    for column in (
        ("there", "tagged") if before is None else ("before", "now", "tagged before", "tagged now")
    ):
        table.add_column(column, justify="right")
    for kind in reversed(Kind):
        both = [each.census for each in (before, now) if each is not None]
        counts = [str(each.counts.get(kind, 0)) for each in both]
        shares = [f"{float(each.coverage(kind)):.1%}" for each in both]
        table.add_row(f"{kind}s", *counts, *shares)
    return table
