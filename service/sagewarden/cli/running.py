"""`sweep`, `approve` and `apply`: what acts, and what lets it act."""

from typing import TYPE_CHECKING

from rich.text import Text

from sagewarden.cli.console import say, say_json, tell_error, working
from sagewarden.cli.options import Policies, Where
from sagewarden.errors import SageWardenError, UsageError

if TYPE_CHECKING:
    from sagewarden.core.report import Report
    from sagewarden.settings import Settings, TargetSettings

WHERE = Where()


def sweep(*, policies: Policies = None, where: Where = WHERE) -> int:
    """Do one full run over all targets, as the daemon does it, then exit.

    Settles what a dead run left, applies approved plans, judges anew, marks, tells owners, and
    deletes what is due, archived and inside the limits. A target that fails does not stop the
    others; the exit code is the worst of all.

    Parameters
    ----------
    policies
        Directory of policy files, instead of the one in the settings.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.sweep import run_target  # noqa: PLC0415

    settings = where.effective().settings
    worst = 0
    reports: list[Report] = []
    with working() as process:
        for chosen in bootstrap.targets_of(settings, where.target):
            wired = bootstrap.wire_target(settings, chosen, process)
            governance = bootstrap.govern(settings, wired, policies)
            try:
                run = bootstrap.new_run(wired=wired, settings=settings)
                reports.append(run_target(wired.bench, governance, run))
            except UsageError:
                raise
            except SageWardenError as error:
                worst = max(worst, error.exit_code)
                tell_error(error, as_json=False)
    _say_reports(reports, as_json=where.json)
    return max([worst, *(report.exit_code for report in reports)])


def apply(digest: str, *, policies: Policies = None, where: Where = WHERE) -> int:
    """Do exactly one stored plan and nothing else.

    Parameters
    ----------
    digest
        The plan's digest, or its first characters (8 or more).
    policies
        Directory of policy files, instead of the one in the settings.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.sweep import run_target  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        wired = bootstrap.wire_target(settings, _single(settings, where), process)
        governance = bootstrap.govern(settings, wired, policies)
        report = run_target(
            wired.bench, governance, bootstrap.new_run(wired=wired, settings=settings), plan=digest
        )
    _say_reports([report], as_json=where.json)
    return report.exit_code


def approve(digest: str, *, where: Where = WHERE) -> int:
    """Approve a stored plan for 72 hours, in the name of the AWS identity that STS tells.

    Parameters
    ----------
    digest
        The plan's digest, or its first characters (8 or more).
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.judging import check_identity  # noqa: PLC0415
    from sagewarden.application.plans import approve_plan  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        wired = bootstrap.wire_target(settings, _single(settings, where), process)
        identity = check_identity(wired.bench)
        given = approve_plan(wired.bench, digest, identity)
    if where.json:
        say_json(given)
    else:
        say(
            Text(
                f"Plan {given['digest'][:12]} is approved by {given['by']} until "
                f"{given['expires']}. The next sweep applies it, or `sagewarden apply "
                f"{given['digest'][:12]}` does now."
            )
        )
    return 0


def _single(settings: "Settings", where: Where) -> "TargetSettings":
    from sagewarden import bootstrap  # noqa: PLC0415

    chosen = bootstrap.targets_of(settings, where.target)
    if len(chosen) > 1:
        raise UsageError(
            "a plan belongs to one target, and the settings name several",
            advice="Say which with --target.",
        )
    return chosen[0]


def _say_reports(reports: list["Report"], *, as_json: bool) -> None:
    from sagewarden.adapters.reports.terminal import summary  # noqa: PLC0415

    if as_json:
        say_json([report.spelled() for report in reports])
        return
    for report in reports:
        say(summary(report))
