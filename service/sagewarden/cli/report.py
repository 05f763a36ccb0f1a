"""`report`: one run for its operator, its owners or an auditor, and the trend over all runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import out, say, say_json, working
from sagewarden.cli.options import Where
from sagewarden.cli.report_documents import Document, of_audit, of_owners, of_run, of_trend
from sagewarden.cli.report_runs import matching, say_runs
from sagewarden.errors import UsageError

WHERE = Where()

Format = Literal["table", "json", "csv", "html", "markdown"]
Flag = Parameter(negative="", show_default=False)


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a report is: without any of these, the operator of one run."""

    owner: str | None = None
    """Only what is this owner's: due, kept and why, tags missing; `nobody` for what has none."""

    owners: Annotated[bool, Flag] = False
    """The same for every owner, on one page."""

    audit: Annotated[bool, Flag] = False
    """For an auditor: what went, by which rule of which file, approved by whom, archived where,
    what holds kept, limits, compliance, the chain, the vault's size and cost."""

    trend: Annotated[bool, Flag] = False
    """Over all runs: entities, due, deleted, held, compliance by policy and owner."""

    cloudtrail: Path | None = None
    """Directory of CloudTrail log files: an audit that compares them with the journal; exit code 3
    if they differ."""

    @property
    def name(self) -> str:
        """Which report is asked for; raise UsageError when it is several."""
        asked = {
            "owners": self.owner is not None or self.owners,
            "audit": self.audit or self.cloudtrail is not None,
            "trend": self.trend,
        }
        chosen = [name for name, wanted in asked.items() if wanted]
        if len(chosen) > 1:
            raise UsageError(
                f"one report is asked for as {' and as '.join(chosen)}",
                advice="Give one of --owner, --owners, --audit (or --cloudtrail) and --trend.",
            )
        return chosen[0] if chosen else "run"


READER = Reader()


def report(
    run: str | None = None,
    *,
    reader: Reader = READER,
    schema: Annotated[bool, Flag] = False,
    format: Annotated[Format, Parameter(name=["--format", "-f"])] = "table",  # noqa: A002
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    where: Where = WHERE,
) -> int:
    """Show the report of a run, the newest unless one is named, for whoever reads it.

    Parameters
    ----------
    run
        The run's name, or `list` to see which there are.
    schema
        Print the JSON Schema of what the other options choose, as `--format json` spells it.
    format
        table, json, html, markdown, or csv (one row a step, a thing or a run).
    output
        Write to this file instead of standard output.
    """
    if schema:
        return _say_schema(reader.name)
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.reporting import read_report, reported_runs  # noqa: PLC0415
    from sagewarden.bootstrap.stages import arn_of  # noqa: PLC0415
    from sagewarden.core.permissions.operations import Stage  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        chosen = where.single_target(settings, "a report is of")
        bench = bootstrap.wire_target(settings, chosen, process).bench
        price = bootstrap.price_of(settings)
        executor = arn_of(chosen, Stage.EXECUTOR)
        if reader.name == "trend":
            return _tell(of_trend(bench, price), _form(where, format), output)
        runs = reported_runs(bench)
        if run == "list":
            return say_runs(bench, runs, as_json=where.json)
        if not runs:
            raise UsageError(
                f"the vault {bench.vault.address} has no report on {bench.target}",
                advice="`sagewarden sweep` makes one.",
            )
        found = read_report(bench, matching(run, runs))
        if reader.name == "audit":
            document = of_audit(bench, found, price, (reader.cloudtrail, executor))
        else:
            document = of_run(found) if reader.name == "run" else of_owners(found, reader.owner)
    return _tell(document, _form(where, format), output)


def _say_schema(reader: str) -> int:
    from sagewarden.adapters.reports.schema import schema_of  # noqa: PLC0415 -- slow to import

    say_json(schema_of(reader))
    return 0


def _form(where: Where, form: Format) -> str:
    return "json" if where.json else form


def _tell(document: Document, form: str, output: Path | None) -> int:
    if form == "table" and output is None:
        say(document.table())
        return document.code
    body = document.forms["markdown" if form == "table" else form]()
    if output is None:
        out.file.write(body.decode())
        return document.code
    _write(output, body)
    if form != "json":  # a program asked for nothing but the file
        say(Text(f"{document.what} is written to {output}."))
    return document.code


def _write(output: Path, body: bytes) -> None:
    try:
        output.write_bytes(body)
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}",
            advice="Name a file in a directory that exists with --output.",
        ) from error
