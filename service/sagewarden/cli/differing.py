"""How `plan --diff` looks: what became due, what ceased to be, which rules changed."""

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sagewarden.adapters.reports.wording import entities as counted
from sagewarden.core.plan_diff import Change, PlanDiff
from sagewarden.core.visible import shortened, visible

MOST = 20
"""Trees and lines of rules shown on a terminal; JSON has all."""

_LONGEST = 200


def difference(diff: PlanDiff | None) -> RenderableType:
    """Draw what differs from the last plan."""
    if diff is None:
        return Text("\nNo plan was made before, so there is nothing to compare with.")
    return Group(*_lines(diff))


def _lines(diff: PlanDiff) -> Iterator[Text]:
    then = diff.then
    yield Text.assemble(
        ("\nAgainst the last plan", "bold"), f"  {then.digest[:12]} of {then.made[:16]} UTC"
    )
    if diff.policies == then.policies:
        yield Text(f"Policies as they were (digest {then.policies[:12]}).", "dim")
    else:
        yield Text(
            f"Policies changed: {then.policies[:12]} then, {diff.policies[:12]} now", "yellow"
        )
        for rule in diff.rules:
            yield Text(f"  {rule.policy or 'protect'}", "bold")
            yield from _some([Text(f"    {visible(line)}") for line in rule.lines])
    yield from _trees("+", "Became due", diff.became, "red")
    yield from _trees("-", "Ceased to be due", diff.ceased, "green")
    if diff.stays:
        yield Text(f"Were due and still are: {counted(diff.stays)}", "dim")


def _trees(sign: str, title: str, changes: tuple[Change, ...], style: str) -> Iterator[Text]:
    if not changes:
        yield Text(f"{title}: nothing", "dim")
        return
    parts = sum(each.parts for each in changes)
    trees = f"{len(changes)} tree{'' if len(changes) == 1 else 's'}"
    yield Text(f"{title}: {trees}, {counted(parts)}", f"bold {style}")
    told = [
        Text.assemble(
            (f"  {sign} {each.identity.kind} {visible(each.name)} ({each.parts})", style),
            (f"  {each.policy}: {shortened('; '.join(each.why), _LONGEST)}", "dim"),
        )
        for each in changes
    ]
    yield from _some(told)


def _some(lines: list[Text]) -> Iterator[Text]:
    yield from lines[:MOST]
    if len(lines) > MOST:
        yield Text(f"    … and {len(lines) - MOST} more", "dim")


def spelled_diff(diff: PlanDiff | None) -> dict[str, Any] | None:
    """Spell the difference for programs; null when there was no plan before."""
    if diff is None:
        return None
    then = diff.then
    return {
        "then": {"digest": then.digest, "made": then.made, "policies": then.policies},
        "policies": diff.policies,
        "became_due": [_spelled(each) for each in diff.became],
        "ceased_to_be_due": [_spelled(each) for each in diff.ceased],
        "still_due": diff.stays,
        "rules": [{"policy": each.policy, "lines": list(each.lines)} for each in diff.rules],
    }


def _spelled(each: Change) -> dict[str, Any]:
    return {
        "kind": str(each.identity.kind),
        "name": each.name,
        "policy": each.policy,
        "parts": each.parts,
        "why": list(each.why),
    }
