"""What `report` tells, in each form that somebody may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import RenderableType

from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.application.ports import Bench
    from sagewarden.core.owned import Owners
    from sagewarden.core.report import Report
    from sagewarden.core.storage import Price


@dataclass(frozen=True, slots=True)
class Document:
    """What is told, in each form that somebody may ask for; `code` is the command's."""

    what: str
    forms: Mapping[str, Callable[[], bytes]]
    table: Callable[[], RenderableType]
    code: int = 0


def of_run(found: "Report") -> Document:
    """Tell a run to its operator."""
    from sagewarden.adapters.reports.json_report import render_json  # noqa: PLC0415
    from sagewarden.adapters.reports.terminal import summary  # noqa: PLC0415
    from sagewarden.bootstrap.forms import Forms  # noqa: PLC0415

    def stored(name: str) -> Callable[[], bytes]:
        return lambda: Forms(found)[name]

    return Document(
        f"The report of run {found.run}",
        {
            "json": lambda: render_json(found),
            "csv": stored("outcomes.csv"),
            "html": stored("report.html"),
            "markdown": stored("summary.md"),
        },
        lambda: summary(found),
    )


def of_owners(found: "Report", owner: str | None) -> Document:
    """Tell a run to one owner, or to all of them."""
    from sagewarden.adapters.reports import owners_page  # noqa: PLC0415
    from sagewarden.adapters.reports.brief import in_markdown, on_terminal  # noqa: PLC0415
    from sagewarden.adapters.reports.briefs import owners_brief  # noqa: PLC0415
    from sagewarden.core.owned import by_owner  # noqa: PLC0415

    view = by_owner(found)
    if owner is not None:
        view = _only(view, owner)
    return Document(
        f"What is {owner or 'each owner'}'s in run {found.run}",
        {
            "json": lambda: owners_page.render_owners_json(view),
            "csv": lambda: owners_page.render_owners_csv(view),
            "html": lambda: owners_page.render_owners_html(view),
            "markdown": lambda: in_markdown(owners_brief(view)).encode(),
        },
        lambda: on_terminal(owners_brief(view)),
    )


def _only(view: "Owners", owner: str) -> "Owners":
    theirs = view.only(owner)
    if not theirs:
        names = ", ".join(each.owner or "nobody" for each in view.owners[:12])
        raise UsageError(
            f"run {view.run} found nothing of an owner called {owner!r}",
            advice=f"It knows {names or 'no owner at all'}. `--owners` tells of all.",
        )
    return replace(view, owners=theirs)


def of_audit(
    bench: "Bench", found: "Report", price: "Price", trail_of: tuple[Path | None, str | None]
) -> Document:
    """Tell a run to an auditor; `trail_of` are CloudTrail's files and the role that deletes."""
    from sagewarden.adapters.aws.trail import read_trail  # noqa: PLC0415
    from sagewarden.adapters.reports import audit_page  # noqa: PLC0415
    from sagewarden.adapters.reports.brief import in_markdown, on_terminal  # noqa: PLC0415
    from sagewarden.adapters.reports.briefs import audit_brief  # noqa: PLC0415
    from sagewarden.application.auditing import audit  # noqa: PLC0415

    folder, executor = trail_of
    trail = None if folder is None else read_trail(folder, bench.target)
    told = audit(bench, found, price, trail, () if executor is None else (executor,))
    return Document(
        f"The audit of run {found.run}",
        {
            "json": lambda: audit_page.render_audit_json(told),
            "csv": lambda: audit_page.render_audit_csv(told),
            "html": lambda: audit_page.render_audit_html(told),
            "markdown": lambda: in_markdown(audit_brief(told)).encode(),
        },
        lambda: on_terminal(audit_brief(told)),
        code=0 if told.trail is None or told.trail.clean else 3,
    )


def of_trend(bench: "Bench", price: "Price") -> Document:
    """Tell all runs."""
    from sagewarden.adapters.reports import trend_page  # noqa: PLC0415
    from sagewarden.adapters.reports.brief import in_markdown, on_terminal  # noqa: PLC0415
    from sagewarden.adapters.reports.briefs import trend_brief  # noqa: PLC0415
    from sagewarden.application.reporting import read_history  # noqa: PLC0415
    from sagewarden.application.storing import storage  # noqa: PLC0415

    history, stored = read_history(bench), storage(bench, price)
    return Document(
        "The trend over all runs",
        {
            "json": lambda: trend_page.render_trend_json(history),
            "csv": lambda: trend_page.render_trend_csv(history),
            "html": lambda: trend_page.render_trend_html(history, stored),
            "markdown": lambda: in_markdown(trend_brief(history, stored)).encode(),
        },
        lambda: on_terminal(trend_brief(history, stored)),
    )
