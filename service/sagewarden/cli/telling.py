"""`report` and `config show`: what was, and what is set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from sagewarden.cli.console import out, say, say_json, say_line, working
from sagewarden.cli.options import Where
from sagewarden.core.visible import visible
from sagewarden.errors import SageWardenError, UsageError

if TYPE_CHECKING:
    from sagewarden.application.ports import Bench
    from sagewarden.core.report import Report

WHERE = Where()

Format = Literal["table", "json", "csv", "html", "markdown"]


def report(
    run: str | None = None,
    *,
    format: Annotated[Format, Parameter(name=["--format", "-f"])] = "table",  # noqa: A002
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    where: Where = WHERE,
) -> int:
    """Show the report of a run, the newest unless one is named.

    Parameters
    ----------
    run
        The run's name, or `list` to see which there are.
    format
        table, json, html, markdown, or csv (its outcomes, one row a step).
    output
        Write to this file instead of standard output.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.reporting import read_report, reported_runs  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        chosen = where.single_target(settings, "a report is of")
        bench = bootstrap.wire_target(settings, chosen, process).bench
        runs = reported_runs(bench)
        if run == "list":
            return _say_runs(bench, runs, as_json=where.json)
        if not runs:
            raise UsageError(
                f"the vault {bench.vault.address} has no report on {bench.target}",
                advice="`sagewarden sweep` makes one.",
            )
        found = read_report(bench, _matching(run, runs))
    return _say(found, "json" if where.json else format, output)


def _matching(run: str | None, runs: list[str]) -> str:
    if run is None:
        return runs[-1]
    found = [each for each in runs if each.startswith(run.lower()) or each.endswith(run.lower())]
    if len(found) != 1:
        raise UsageError(
            f"{len(found) or 'no'} runs are called {run!r}",
            advice="`sagewarden report list` names them.",
        )
    return found[0]


NEWEST = 20
"""Runs that a list tells of; JSON names all."""


def _say_runs(bench: "Bench", runs: list[str], *, as_json: bool) -> int:
    if as_json:
        say_json(runs)
        return 0
    if len(runs) > NEWEST:
        say(Text(f"… and {len(runs) - NEWEST} older, which --json names", "dim"))
    for each in runs[-NEWEST:]:
        say_line(Text(visible(f"{each}  {_told(bench, each)}")))
    return 0


def _told(bench: "Bench", run: str) -> str:
    from sagewarden.adapters.reports.headline import headline  # noqa: PLC0415 -- slow to import
    from sagewarden.application.reporting import read_report  # noqa: PLC0415

    try:
        found = read_report(bench, run)
    except SageWardenError as error:
        return error.message
    head = headline(found)
    return f"{found.mode}  {head.label}: {head.sentence}"


def _say(found: "Report", form: Format, output: Path | None) -> int:
    if form == "table" and output is None:
        from sagewarden.adapters.reports.terminal import summary  # noqa: PLC0415

        say(summary(found))
        return 0
    body = _rendered(found, form)
    if output is None:
        out.file.write(body.decode())
        return 0
    try:
        output.write_bytes(body)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}",
            advice="Name a file in a directory that exists with --output.",
        ) from error
    if form != "json":  # a program asked for nothing but the file
        say(Text(f"The report of run {found.run} is written to {output}."))
    return 0


def _rendered(found: "Report", form: Format) -> bytes:
    from sagewarden import bootstrap  # noqa: PLC0415
    from sagewarden.adapters.reports.json_report import render_json  # noqa: PLC0415

    if form == "json":
        return render_json(found)
    names = {
        "csv": "outcomes.csv",
        "html": "report.html",
        "markdown": "summary.md",
        "table": "summary.md",
    }
    return bootstrap.renderings(found)[names[form]]


def show_config(*, where: Where = WHERE) -> int:
    """Print each setting that counts, and where it came from."""
    effective = where.effective()
    rows: list[tuple[str, Any, str]] = effective.rows()
    if where.json:
        say_json([{"name": name, "value": value, "origin": origin} for name, value, origin in rows])
        return 0
    table = Table(box=None, pad_edge=False)
    table.add_column("setting", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", overflow="fold")
    for name, value, origin in rows:
        style = "dim" if origin == "default" else ""
        table.add_row(Text(name), _value(value), Text(visible(origin)), style=style)
    say(table)
    return 0


def _value(value: Any) -> Text:
    """Spell a value as it would stand in the settings file, none of it set as `none`."""
    if isinstance(value, list):
        return Text("\n").join(map(_value, value)) if value else Text("none")
    if isinstance(value, dict):
        return Text(", ".join(f"{key}: {_value(each)}" for key, each in value.items() if each))
    if value is None or isinstance(value, bool):
        return Text("none" if value is None else str(value).lower())
    return Text(visible(str(value)))
