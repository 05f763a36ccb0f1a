"""`explain`: every rule for and against one entity, and when that will change."""

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.options import OfKind, Policies, Where, kind_of
from sagewarden.core.canonical import spell_time
from sagewarden.core.outlook import Outlook, Seen
from sagewarden.core.truth import Truth
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.application.explain import Explained, KeepView, PolicyView, TagView

WHERE = Where()

_SIGNS = {
    Truth.TRUE: Text("yes ", "green"),
    Truth.FALSE: Text("no  ", "red"),
    Truth.UNKNOWN: Text("?   ", "yellow"),
}
_STYLES = {"delete": "bold red", "mark": "yellow"}


def explain(
    name: str,
    *,
    kind: OfKind = None,
    policies: Policies = None,
    where: Where = WHERE,
) -> int:
    """Say why an experiment, trial or trial component is kept, marked or due, and until when.

    Each condition with what it found, each keep rule, protection, hold and required tag, of the
    entity itself and of the trees that it belongs to. Dates hold if nothing happens until then.

    Parameters
    ----------
    name
        Its name or display name; case does not matter.
    kind
        Only this kind, where several things have the name.
    policies
        Directory of policy files, instead of the one in the settings.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.explain import explain_name, resembling  # noqa: PLC0415
    from sagewarden.application.judging import check_identity, judge_target  # noqa: PLC0415

    settings = where.effective().settings
    found: list[Explained] = []
    near: list[str] = []
    targets = where.targets(settings)
    with working() as process:
        for chosen in targets.targets:
            wired = bootstrap.wire_target(settings, chosen, process)
            governance = bootstrap.govern(settings, wired, policies)
            check_identity(wired.bench)
            judged = judge_target(wired.bench, governance)
            found += explain_name(judged, governance, name, kind_of(kind))
            near += resembling(judged, name)
    if not found and targets.unread:  # it may be where nobody could look, as was told
        return targets.exit_code
    if not found:
        raise _unfound(name, kind, near)
    if where.json:
        say_json([_spelled(each) for each in found])
        return targets.exit_code
    if len(found) > 1:
        say(Text(f"{len(found)} things are called {visible(name)}; --kind tells kinds apart.\n"))
    for each in found:
        say(picture(each))
    return targets.exit_code


def _unfound(name: str, kind: str | None, near: list[str]) -> UsageError:
    perhaps = f"Perhaps {', '.join(dict.fromkeys(near))}. " if near else ""
    return UsageError(
        f"no {kind or 'experiment, trial or trial component'} is called {name!r}",
        advice=f"{perhaps}Names are those that AWS lists; the target may be another one "
        "(--target). What was deleted is found by `sagewarden archive list NAME`.",
    )


def picture(each: "Explained") -> RenderableType:
    """Draw one entity with everything said of it."""
    tree = Tree(_head(each))
    tree.add(_verdict(each))
    tree.add(Text(f"owner {visible(each.owner)}" if each.owner else "nobody owns it"))
    if each.above:
        names = ", ".join(f"{up.kind} {visible(up.name)}" for up in each.above)
        tree.add(Text(f"hangs under {names}"))
    if each.shields:
        kept = tree.add(Text("kept, whatever the policies say", "bold green"))
        for reason in each.shields:
            kept.add(Text(visible(reason)))
    for view in each.views:
        _add_view(tree, view)
    if not each.views:
        tree.add(Text("no policy speaks of this kind of entity"))
    return Group(tree, Text())


def _head(each: "Explained") -> Text:
    entity = each.entity
    return Text.assemble(
        (f"{entity.kind} ", "bold"),
        (visible(entity.name), "bold cyan"),
        f"  created {entity.created:%Y-%m-%d}, {each.parts} part{'' if each.parts == 1 else 's'}",
    )


def _verdict(each: "Explained") -> Text:
    word = str(each.verdict or "no policy matches it")
    told = Text.assemble((word, _STYLES.get(word, "bold green")))
    if (view := each.next_change) is not None:
        told.append(f"; next: {_dated(view.outlook)} ({view.policy.name})")
    return told


def _dated(outlook: Outlook) -> str:
    if outlook.when is None:
        return outlook.what
    return f"on {outlook.when:%Y-%m-%d %H:%M} UTC {outlook.what}"


def _add_view(tree: Tree, view: "PolicyView") -> None:
    verdict = str(view.verdict or "does not match")
    branch = tree.add(
        Text.assemble(
            ("policy ", "bold"),
            view.policy.name,
            f" on {view.root.kind} ",
            visible(view.root.name),
            ": ",
            (verdict, _STYLES.get(verdict, "green")),
            (f"  {view.policy.place}", "dim"),
        )
    )
    for finding in view.findings:
        _add_seen(branch, finding)
    for keep in view.keeps:
        branch.add(_kept(keep))
    for tag in view.tags:
        branch.add(_tag(tag))
    for reason in () if view.judgement is None else view.judgement.against:
        branch.add(Text.assemble(("but ", "green"), visible(reason)))
    branch.add(Text.assemble(("next ", "bold"), _dated(view.outlook)))


def _add_seen(branch: Tree, seen: Seen) -> None:
    line = Text.assemble(_SIGNS[seen.truth], visible(seen.text))
    if seen.turns is not None:
        line.append(f"  turns on {seen.turns:%Y-%m-%d %H:%M} UTC", "dim")
    below = branch.add(line)
    for part in seen.parts:
        _add_seen(below, part)


def _kept(keep: "KeepView") -> Text:
    if not keep.reasons:
        return Text(f"{visible(keep.rule)}: does not keep it")
    return Text.assemble((f"{visible(keep.rule)}: keeps it", "green"))


def _tag(tag: "TagView") -> Text:
    value = "" if tag.value is None else f" {visible(tag.value)}"
    state = "fine" if tag.state is None else str(tag.state)
    return Text(f"tag {visible(tag.key)}{value}: {state}, {visible(tag.reason)}")


def _spelled(each: "Explained") -> dict[str, Any]:
    entity, change = each.entity, each.next_change
    return {
        "kind": str(entity.kind),
        "name": entity.name,
        "arn": entity.arn,
        "created": spell_time(entity.created),
        "owner": each.owner,
        "above": [above.name for above in each.above],
        "parts": each.parts,
        "verdict": None if each.verdict is None else str(each.verdict),
        "next": None if change is None else _spelled_outlook(change),
        "kept_by": list(each.shields),
        "policies": [_spelled_view(view) for view in each.views],
    }


def _spelled_outlook(view: "PolicyView") -> dict[str, Any]:
    when = view.outlook.when
    return {
        "when": None if when is None else spell_time(when),
        "what": view.outlook.what,
        "policy": view.policy.name,
    }


def _spelled_view(view: "PolicyView") -> dict[str, Any]:
    return {
        "policy": view.policy.name,
        "place": str(view.policy.place),
        "judged": view.root.name,
        "verdict": None if view.verdict is None else str(view.verdict),
        "against": [] if view.judgement is None else list(view.judgement.against),
        "findings": [_spelled_seen(finding) for finding in view.findings],
        "keep": [{"rule": each.rule, "reasons": list(each.reasons)} for each in view.keeps],
        "tags": [
            {
                "key": each.key,
                "value": each.value,
                "state": None if each.state is None else str(each.state),
                "reason": each.reason,
            }
            for each in view.tags
        ],
        "next": _spelled_outlook(view),
    }


def _spelled_seen(seen: Seen) -> dict[str, Any]:
    return {
        "holds": seen.truth.name.lower(),
        "text": seen.text,
        "turns": None if seen.turns is None else spell_time(seen.turns),
        "parts": [_spelled_seen(part) for part in seen.parts],
    }
