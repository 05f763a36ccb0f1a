"""How `explain` looks on a terminal."""

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from sagewarden.application.explain import Explained, PolicyView
from sagewarden.core.truth import Truth
from sagewarden.core.visible import visible

_SIGNS = {
    Truth.TRUE: Text("yes ", "green"),
    Truth.FALSE: Text("no  ", "red"),
    Truth.UNKNOWN: Text("?   ", "yellow"),
}


def picture(each: Explained) -> RenderableType:
    """Draw one entity with everything said of it."""
    entity = each.entity
    head = Text.assemble(
        (f"{entity.kind} ", "bold"),
        (visible(entity.name), "bold cyan"),
        f"  created {entity.created:%Y-%m-%d}, {each.parts} parts",
    )
    tree = Tree(head)
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


def _add_view(tree: Tree, view: PolicyView) -> None:
    verdict = "does not match" if view.judgement is None else str(view.judgement.verdict)
    style = {"delete": "bold red", "mark": "yellow"}.get(verdict, "green")
    branch = tree.add(
        Text.assemble(
            ("policy ", "bold"),
            view.policy.name,
            f" on {view.root.kind} ",
            visible(view.root.name),
            ": ",
            (verdict, style),
            (f"  {view.policy.place}", "dim"),
        )
    )
    for finding in view.findings:
        branch.add(Text.assemble(_SIGNS[finding.truth], visible(finding.text)))
    if view.judgement is not None:
        for reason in view.judgement.against:
            branch.add(Text.assemble(("but ", "green"), visible(reason)))
