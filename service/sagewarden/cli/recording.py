"""`policy record`: freeze an account as a fixture for `policy test`."""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from sagewarden.cli.console import err, out, say, say_json, working
from sagewarden.cli.options import Policies, Where
from sagewarden.core.canonical import spell_time
from sagewarden.errors import UsageError

if TYPE_CHECKING:
    from sagewarden.core.rehearsal import Fixture, Rehearsal

WHERE = Where()

LIMIT = 200


FIXTURES = "tests"
"""Where `policy test` looks for fixtures, below the policies."""


def record(
    output: Path | None = None,
    /,
    *,
    select: Annotated[list[str] | None, Parameter(name=["--select", "-s"], negative="")] = None,
    limit: int = LIMIT,
    policies: Policies = None,
    where: Where = WHERE,
) -> int:
    """Freeze a target as a fixture: its entities, marks and verdicts, for `policy test`.

    Sends no write to AWS and stores nothing in the vault. The file holds names, tags and what the
    policies ask for, as they are at AWS: mind who reads it. Of parameters that `vault.redact` names
    it holds `[redacted]`, and what asks for their values may be decided otherwise.

    Parameters
    ----------
    output
        The file to write, by custom in `tests` below the policies; else standard output.
    select
        Only the trees of this experiment, trial or component, and what is above them. May be given
        several times. Keep rules then count over what is recorded, and may decide otherwise.
    limit
        So many experiments, trials and components at most; with more, nothing is recorded.
    policies
        Directory of policy files, instead of the one in the settings.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.adapters.policyfiles.spelling import fits, spell_fixture  # noqa: PLC0415
    from sagewarden.application.judging import check_identity, judge_target  # noqa: PLC0415
    from sagewarden.application.recording import record as frozen  # noqa: PLC0415
    from sagewarden.core.rehearsal import rehearse  # noqa: PLC0415
    from sagewarden.settings import LimitsSettings  # noqa: PLC0415

    settings = where.effective().settings
    usual = LimitsSettings().mark_rules
    names = frozenset(each.lower() for each in select or ())
    with working() as process:
        chosen = where.single_target(settings, "a fixture is of")
        wired = bootstrap.wire_target(settings, chosen, process)
        governance = bootstrap.govern(settings, wired, policies)
        check_identity(wired.bench)
        judged = judge_target(wired.bench, governance)
        redaction = bootstrap.redaction_of(settings)
        fixture = frozen(wired.bench, judged, governance, usual, names, redaction)
    _check_size(fixture, limit)
    place = _directory(policies or settings.policies)
    _check_place(output, place)
    fixture = replace(fixture, policies=_from(output, place))
    body = spell_fixture(fixture, f"{judged.inventory.target}, recorded {spell_time(judged.now)}")
    if not fits(body):
        raise UsageError(
            "all this is more than a fixture may hold (1 MiB, 10,000 values)",
            advice="Nothing was written. Name some trees with --select.",
        )
    _write(output, body)
    rehearsal = rehearse(fixture, governance.policies, usual)
    _say(output, fixture, rehearsal, as_json=where.json)
    return 0


def _check_size(fixture: "Fixture", limit: int) -> None:
    size = sum(fixture.inventory.counts.values())
    if size > limit:
        raise UsageError(
            f"{size} entities would be recorded, more than {limit}",
            advice="Nothing was recorded. Name some with --select, or raise --limit.",
        )


def _directory(place: Path | str | None) -> Path:
    if isinstance(place, str) and place.startswith("s3://"):
        raise UsageError(
            f"a fixture names its policies by a path, and {place} is none",
            advice="Nothing was written. Copy them into a directory, and name it with --policies.",
        )
    return Path(place or ".")


def _check_place(output: Path | None, policies: Path) -> None:
    if output is not None and output.parent.resolve() == policies.resolve():
        raise UsageError(
            f"in {policies}, {output.name} would be read as a policy file",
            advice=f"Nothing was written. Write it to {policies / FIXTURES / output.name}.",
        )


def _from(output: Path | None, policies: Path) -> str:
    """Return the way from the fixture to its policies."""
    here = Path() if output is None else output.parent
    return os.path.relpath(policies, here)


def _write(output: Path | None, body: str) -> None:
    if output is None:
        out.file.write(body)
        return
    try:
        if output.parent.name == FIXTURES:  # the first fixture of these policies
            output.parent.mkdir(exist_ok=True)
        with output.open("x", encoding="utf-8") as stream:
            stream.write(body)
    except FileExistsError as error:
        raise UsageError(
            f"{output} is there already", advice="Nothing was written. Name another file."
        ) from error
    except OSError as error:
        raise UsageError(
            f"{output} cannot be written: {error.strerror}",
            advice="Name a file in a directory that exists.",
        ) from error


def _say(output: Path | None, fixture: "Fixture", rehearsal: "Rehearsal", *, as_json: bool) -> None:
    """Tell what was recorded, on standard error when the fixture itself went to standard output."""
    counts = {f"{kind}s": count for kind, count in fixture.inventory.counts.items()}
    other = [each for each in rehearsal.answers if not each.met]
    if as_json and output is not None:
        say_json(
            {
                "fixture": str(output),
                "recorded": counts,
                "expectations": len(fixture.expectations),
                "otherwise": [f"{each.expected.kind} {each.expected.name}" for each in other],
            }
        )
        return
    tell = err.print if output is None else say
    sizes = ", ".join(f"{count} {name}" for name, count in counts.items())
    tell(Text(f"{output or 'A fixture'}: {sizes}, {len(fixture.expectations)} expectations."))
    if other:
        tell(
            Text(
                f"{len(other)} of them are decided otherwise on what was recorded: what keeps them "
                "at AWS, or their group, was not selected, or a value that counts is redacted."
            )
        )
