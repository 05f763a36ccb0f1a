"""`pause` and `unpause`: stop everything at once, and let it go on."""

from collections.abc import Mapping
from typing import Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible

WHERE = Where()


def pause(
    *,
    reason: Annotated[str, Parameter(name=["--reason", "-r"])] = "",
    where: Where = WHERE,
) -> int:
    """Stop all deleting: every run looks at this switch before each bundle.

    Parameters
    ----------
    reason
        Why, for those who meet the switch.
    """
    return _switch(where, paused=True, reason=reason)


def unpause(*, where: Where = WHERE) -> int:
    """Let deleting go on."""
    return _switch(where, paused=False, reason="")


def _switch(where: Where, *, paused: bool, reason: str) -> int:
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.judging import check_identity  # noqa: PLC0415
    from sagewarden.application.pause import paused as switch_of  # noqa: PLC0415
    from sagewarden.application.pause import set_pause  # noqa: PLC0415
    from sagewarden.core.canonical import spell_time  # noqa: PLC0415

    settings = where.effective().settings
    told = []
    with working() as process:
        for chosen in bootstrap.targets_of(settings, where.target):
            bench = bootstrap.wire_target(settings, chosen, process).bench
            content = {
                "paused": paused,
                "by": check_identity(bench),
                "since": spell_time(bench.looks.now()),
                "reason": reason,
            }
            before = switch_of(bench.vault, bench.target)
            set_pause(bench.vault, bench.target, content)
            told.append({"target": str(bench.target), "was_paused": before is not None} | content)
    if where.json:
        say_json(told)
        return 0
    for each in told:
        say(Text(visible(f"{each['target']} {_state(each)}")))
    return 0


def _state(each: Mapping[str, Any]) -> str:
    if each["paused"]:
        why = each["reason"] or "no reason given"
        return f"is paused, by {each['by']}: {why}. `sagewarden unpause` lets it go on."
    if each["was_paused"]:
        return f"is no longer paused, by {each['by']}."
    return "was not paused, so nothing changes."
