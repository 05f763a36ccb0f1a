"""`drill`: whether archives restore, tried on a sample in an empty sandbox."""

from typing import TYPE_CHECKING, Any

from rich.text import Text

from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.application.drill import Drilled

WHERE = Where()

SAMPLE = 20
"""Entities that a drill draws, unless told otherwise."""

ROWS = 20
"""Differences that a terminal shows."""


def drill(sample: int = SAMPLE, *, where: Where = WHERE) -> int:
    """Restore a sample of what was deleted into an empty sandbox, and compare field by field.

    AWS is not asked for anything; exit 5 if anything came back otherwise than it was archived.
    Another sample is drawn each time.

    Parameters
    ----------
    sample
        How many entities are drawn from each target; the trials and experiments that they hung on
        and that were deleted too come along.
    """
    from sagewarden.bootstrap.drilling import drilled  # noqa: PLC0415 -- slow to import

    if sample < 1:
        raise UsageError("a drill draws one entity at least", advice="Write `drill 20`.")
    settings = where.effective().settings
    found: list[tuple[str, Drilled]] = []
    targets = where.targets(settings)
    with working() as process:
        for chosen in targets.targets:
            result = drilled(settings, chosen, process, sample)
            found.append((f"{chosen.account_id}/{chosen.region}", result))
    if where.json:
        say_json([_spelled(target, each) for target, each in found])
    else:
        for target, each in found:
            _say(target, each)
    return targets.exit_code if all(each.sound for _, each in found) else 5


def _spelled(target: str, each: "Drilled") -> dict[str, Any]:
    return {
        "target": target,
        "sound": each.sound,
        "of": each.of,
        "entities": each.entities,
        "fields": each.fields,
        "findings": [{"key": found.key, "wrong": found.wrong} for found in each.findings],
    }


def _say(target: str, each: "Drilled") -> None:
    verdict = ("as archived", "bold green") if each.sound else ("NOT AS ARCHIVED", "bold red")
    say(
        Text.assemble(
            f"{target}: of {each.of} deleted entities {each.entities} were restored into an empty "
            f"sandbox and came back ",
            verdict,
            f"; {each.fields} fields were compared.",
        )
    )
    for found in each.findings[:ROWS]:
        say(Text(visible(f"  {found.key}: {found.wrong}"), "red"))
    if (left := len(each.findings) - ROWS) > 0:
        say(Text(f"  … and {left} more", "dim"))
