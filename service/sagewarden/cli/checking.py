"""`check`: what would work, what would not, why, and what to do."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.options import Policies, Where
from sagewarden.core.checkup import ASSUMED, Finding, State
from sagewarden.core.visible import visible

if TYPE_CHECKING:
    from sagewarden.application.check import Checked

WHERE = Where()

STYLES = {State.WORKS: "green", State.WEAK: "yellow", State.FAILS: "red", State.UNKNOWN: "cyan"}


def check(*, policies: Policies = None, where: Where = WHERE) -> int:
    """Look whether a sweep would work on each target: who we are, what we may do, the vault.

    Changes nothing at SageMaker: reads are tried on a name that nothing has, writes are asked of
    IAM's simulation. In the vault it writes one object of its own, to see that conditional writes
    are honoured. Exit code 3 if anything would fail; what is weak or unknown is told.

    Parameters
    ----------
    policies
        Directory of policy files, instead of the one in the settings.
    """
    from sagewarden.application.check import check_target  # noqa: PLC0415 -- slow to import
    from sagewarden.bootstrap.checking import checked_of  # noqa: PLC0415

    settings = where.effective().settings
    targets = where.targets(settings)
    found: dict[str, list[Finding]] = {}
    with working() as process:
        for chosen in targets.targets:
            checked: Checked = checked_of(settings, chosen, process, policies)
            found[str(checked.bench.target)] = list(check_target(checked))
    if where.json:
        say_json([_spelled(target, findings) for target, findings in found.items()])
    else:
        for target, findings in found.items():
            _say(target, findings)
    return 3 if any(map(_fails, found.values())) else targets.exit_code


def _fails(findings: Sequence[Finding]) -> bool:
    return any(each.state is State.FAILS for each in findings)


def _spelled(target: str, findings: Sequence[Finding]) -> dict[str, object]:
    told = [
        {
            "area": each.area,
            "about": each.about,
            "state": each.state,
            "told": each.told,
            "advice": each.advice,
        }
        for each in findings
    ]
    return {
        "target": target,
        "works": not _fails(findings),
        "findings": told,
        "assumed": list(ASSUMED),
    }


def _say(target: str, findings: Sequence[Finding]) -> None:
    table = Table(title=visible(target), title_justify="left", box=None, pad_edge=False)
    table.add_column("area", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("", overflow="fold")
    area = ""
    for each in findings:
        told = Text(visible(f"{each.about}: {each.told}" if each.about else each.told))
        if each.advice and each.state is not State.WORKS:
            told.append(f"\ndo: {visible(each.advice)}", "dim")
        shown = "" if each.area == area else str(each.area)
        table.add_row(shown, Text(str(each.state), STYLES[each.state]), told)
        area = str(each.area)
    say(table)
    counts = Counter(each.state for each in findings)
    say(Text(", ".join(f"{counts[state]} {state}" for state in State if counts[state])))
    say(Text(f"Not to be found out here, and handled either way: {'; '.join(ASSUMED)}.", "dim"))
