"""`pause` and `unpause`: stop everything at once, and let it go on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import say, say_json, tell_error, tell_note, working
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible
from sagewarden.errors import SageWardenError

if TYPE_CHECKING:
    from sagewarden.application.ports import Bench

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

    settings = where.effective().settings
    told: list[Mapping[str, Any]] = []
    targets = where.targets(settings)
    code = targets.exit_code
    with working() as process:
        for chosen in targets.targets:
            bench = bootstrap.wire_target(settings, chosen, process).bench
            try:
                told.append(_pressed(bench, paused=paused, reason=reason))
            except SageWardenError as error:  # the others are to be stopped all the same
                if not targets.survive(error):
                    raise
                tell_note(f"{bench.target}: its switch stays as it was")
                tell_error(error, as_json=False)
                code = max(code, error.exit_code)
    if where.json:
        say_json(told)
        return code
    for each in told:
        say(Text(visible(f"{each['target']} {_state(each)}")))
    return code


def _pressed(bench: "Bench", *, paused: bool, reason: str) -> Mapping[str, Any]:
    """Set one target's switch; return what it says now, and whether it said so before."""
    from sagewarden.application.judging import check_identity  # noqa: PLC0415 -- slow to import
    from sagewarden.application.pause import paused as switch_of  # noqa: PLC0415
    from sagewarden.application.pause import set_pause  # noqa: PLC0415
    from sagewarden.core.canonical import spell_time  # noqa: PLC0415

    content = {
        "paused": paused,
        "by": check_identity(bench),
        "since": spell_time(bench.looks.now()),
        "reason": reason,
    }
    before = switch_of(bench.vault, bench.target)
    set_pause(bench.vault, bench.target, content)
    return {"target": str(bench.target), "was_paused": before is not None} | content


def _state(each: Mapping[str, Any]) -> str:
    if each["paused"]:
        why = each["reason"] or "no reason given"
        return f"is paused, by {each['by']}: {why}. `sagewarden unpause` lets it go on."
    if each["was_paused"]:
        return f"is no longer paused, by {each['by']}."
    return "was not paused, so nothing changes."
