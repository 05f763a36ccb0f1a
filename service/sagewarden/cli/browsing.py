"""`archive list`, `archive show`, `archive get`: what is in the vault of what was deleted."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from sagewarden.cli.console import err, say, say_json, say_table, working
from sagewarden.cli.options import OfKind, Where, kind_of, utc_time
from sagewarden.core.canonical import plain
from sagewarden.core.sparks import spark
from sagewarden.core.visible import visible
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.application.archives import Located
    from sagewarden.application.ports import Bench
    from sagewarden.bootstrap import Found
    from sagewarden.core.archive import ArchiveRecord
    from sagewarden.settings import Settings

WHERE = Where()

ROWS = 50
"""Lines that `archive list` prints for people, unless told otherwise."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What `archive list` is to show; each narrows it further."""

    kind: OfKind = None
    """Only experiments, trials or trial components."""

    run: str | None = None
    """Only what this run deleted."""

    policy: str | None = None
    """Only what was deleted under this policy."""

    owner: str | None = None
    """Only what was this owner's by its tags, or by who created it, as archived."""

    since: str | None = None
    """Only what was deleted on this day (UTC, as 2026-10-01) or later."""

    until: str | None = None
    """Only what was deleted before this day (UTC)."""


FILTERS = Filters()


def show_list(
    name: str = "*", *, filters: Filters = FILTERS, limit: int = ROWS, where: Where = WHERE
) -> int:
    """List what was deleted and lies in the archive, newest first.

    Examples: `archive list "dev-*"`, `archive list --owner ada --since 2026-10-01 --json`.

    Parameters
    ----------
    name
        Only names that this pattern (`*`, `?`) fits; case does not matter.
    limit
        Lines that are printed; with --json all are.
    """
    from sagewarden.application.browsing import Wanted, browse  # noqa: PLC0415 -- slow to import

    settings = where.effective().settings
    wanted = Wanted(
        name=name,
        kind=kind_of(filters.kind),
        run=filters.run,
        policy=filters.policy,
        owner=filters.owner,
        owner_keys=settings.owners.tags,
        since=_day("--since", filters.since),
        until=_day("--until", filters.until),
    )
    found: list[tuple[str, Located]] = []
    targets = where.targets(settings)
    with working() as process:
        for bench in _benches(settings, targets, process):
            found += [(str(bench.target), each) for each in browse(bench, wanted)]
    if where.json:
        say_json([_spelled(target, each) for target, each in found])
    else:
        _say_list([each for _, each in found], limit)
    return targets.exit_code


def show_one(
    name: str,
    *,
    kind: OfKind = None,
    run: str | None = None,
    where: Where = WHERE,
) -> int:
    """Show all that was archived of one entity, its metric curves drawn; the newest of its name.

    Parameters
    ----------
    name
        Name of what was deleted; case does not matter.
    kind
        Which of them, where several had this name: experiment, trial or trial-component.
    run
        As it was deleted by this run, instead of the newest.
    """
    located, record = _record(name, kind, run, where)
    if where.json:
        say_json(_whole(located, record))
    else:
        _say_one(located, record)
    return 0


def get_one(
    name: str,
    *,
    output: Annotated[Path | None, Parameter(name=["--output", "-o"])] = None,
    kind: OfKind = None,
    run: str | None = None,
    where: Where = WHERE,
) -> int:
    """Write the archive object that holds an entity to a file, hash checked, as it lies there.

    `zstd -dc FILE | jq .` reads it without SageWarden.

    Parameters
    ----------
    name
        Name of what was deleted; case does not matter.
    output
        The file to write; one that is there already is not written over. Without it the bytes go
        to standard output.
    kind
        Which of them, where several had this name: experiment, trial or trial-component.
    run
        As it was deleted by this run, instead of the newest.
    """
    from sagewarden.application.archives import newest  # noqa: PLC0415 -- slow to import
    from sagewarden.application.kept import fetch  # noqa: PLC0415

    settings = where.effective().settings
    if output is None and sys.stdout.isatty():
        raise UsageError(
            "an archive is compressed bytes, which a terminal cannot show",
            advice="Name a file with --output, or see it with `sagewarden archive show`.",
        )
    with working() as process:
        bench = _single(settings, where, process)
        located = newest(bench, name, kind_of(kind), run)
        fetch(bench, located.archive_key, located.sha256)
        body = bench.vault.get(located.archive_key).body
    if output is None:
        sys.stdout.buffer.write(body)
        sys.stdout.flush()
    else:
        _write_new(output, body)
        err.print(visible(f"{located.archive_key} is written to {output} ({len(body):,} bytes)."))
    return 0


def _benches(settings: "Settings", targets: "Found", process: Any) -> Iterable["Bench"]:
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import

    for chosen in targets.targets:
        yield bootstrap.wire_target(settings, chosen, process).bench


def _single(settings: "Settings", where: Where, process: Any) -> "Bench":
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import

    chosen = where.single_target(settings, "one archive is of")
    return bootstrap.wire_target(settings, chosen, process).bench


def _record(
    name: str, kind: OfKind, run: str | None, where: Where
) -> tuple["Located", "ArchiveRecord"]:
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.archives import newest  # noqa: PLC0415
    from sagewarden.application.browsing import archived  # noqa: PLC0415
    from sagewarden.core.redaction import SHOWN  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        bench = _single(settings, where, process)
        located = newest(bench, name, kind_of(kind), run)
        return located, bootstrap.redaction_of(settings).redacted(archived(bench, located), SHOWN)


def _day(option: str, text: str | None) -> datetime | None:
    return None if text is None else utc_time(option, text)


def _write_new(path: Path, body: bytes) -> None:
    try:
        with path.open("xb") as file:
            file.write(body)
    except FileExistsError as error:
        raise UsageError(
            f"{path} is there already and was not written over",
            advice="Name another file, or remove that one.",
        ) from error
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", advice="Name another file."
        ) from error


def _spelled(target: str, each: "Located") -> dict[str, Any]:
    return {
        "target": target,
        "kind": str(each.identity.kind),
        "name": each.name,
        "created_ms": each.identity.created_ms,
        "deleted": each.at,
        "policy": each.policy,
        "run": each.run,
        "parents": list(each.parents),
        "archive": each.archive_key,
        "sha256": each.sha256,
    }


def _whole(located: "Located", record: "ArchiveRecord") -> dict[str, Any]:
    whole: dict[str, Any] = plain(record.spelled())
    deletion = {
        "at": located.at,
        "policy": located.policy,
        "run": located.run,
        "archive": located.archive_key,
        "sha256": located.sha256,
    }
    return whole | {"name": located.name, "deletion": deletion}


def _say_list(found: list["Located"], limit: int) -> None:
    if not found:
        say(Text("Nothing that was deleted fits."))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("deleted", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("name", overflow="fold")
    table.add_column("policy", overflow="fold")
    for each in found[:limit]:
        at = each.at[:16].replace("T", " ")
        cells = (at, str(each.identity.kind), each.name, each.policy)
        table.add_row(*(Text(visible(cell)) for cell in cells))
    say_table(table)
    if len(found) > limit:
        say(Text(f"… and {len(found) - limit:,} more: --limit shows more, --json all", "dim"))


def _say_one(located: "Located", record: "ArchiveRecord") -> None:
    kind = str(record.identity.kind)
    say(Text.assemble((f"{kind} ", "bold"), (visible(located.name), "bold cyan")))
    for label, told in (
        ("deleted", f"{located.at} by run {located.run}, policy {located.policy}"),
        ("sha256 of its archive", located.sha256),
        ("arn", record.arn),
        ("parents", ", ".join(record.parents) or "none"),
        ("tags", ", ".join(f"{key}={value}" for key, value in record.tags.items()) or "none"),
    ):
        say(_line(label, told))
    for key, value in record.described.items():
        if key not in _TOLD and value not in (None, "", [], {}):
            _say_field(key, value)
    if record.series:
        say(Text("Metric series", "bold"))
    for each in record.series:
        _say_series(each)
    for told in record.unread:
        say(_line("not read", told))


_TOLD = frozenset({"ResponseMetadata", "TrialComponentArn", "TrialArn", "ExperimentArn"})
"""Members of Describe's answer that are told already, or tell nothing."""

LONGEST = 200
"""Characters of one value that a person is shown; --json has all."""

_ARNS = frozenset({"SourceArn", "UserProfileArn"})
"""Members that repeat whose they are, and are left to --json."""


def _say_field(key: str, value: Any) -> None:
    if isinstance(value, dict) and all(isinstance(each, dict) for each in value.values()):
        say(Text(visible(key), "bold"))
        for name, each in value.items():
            say(_line(f"  {name}", ", ".join(str(part) for part in each.values())))
    elif isinstance(value, list):
        say(Text(visible(key), "bold"))
        for each in value:
            say(_line("  -", _spelled_out(each)))
    else:
        say(_line(key, _spelled_out(value)))


def _spelled_out(value: Any) -> str:
    if not isinstance(value, dict):
        return str(plain(value))
    shown = {name: each for name, each in value.items() if name not in _ARNS}
    return ", ".join(f"{name} {plain(each)}" for name, each in shown.items())


def _say_series(series: Mapping[str, Any]) -> None:
    values = [value for _, value in series["points"]]
    ends = f"{values[0]:.4g} → {values[-1]:.4g}" if values else "no points"
    curve = spark(values)
    told = f"{curve} {ends} ({len(values)} points by {series['x_axis']}, {series['status']})"
    say(_line(f"  {series['metric']}", told))


def _line(label: str, told: str) -> Text:
    name = visible(_cut(label, LONGEST // 2))
    return Text.assemble((f"{name}: ", "dim"), visible(_cut(told, LONGEST)))


def _cut(text: str, most: int) -> str:
    more = len(text) - most
    return f"{text[:most]}… and {more:,} characters more" if more > 0 else text
