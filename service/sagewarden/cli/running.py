"""`sweep`, `approve` and `apply`: what acts, and what lets it act."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from rich.text import Text

from sagewarden.cli.console import say, say_json, spelled_error, tell_error, working
from sagewarden.cli.options import Policies, Where
from sagewarden.errors import SageWardenError

if TYPE_CHECKING:
    from sagewarden.application.judging import Governance
    from sagewarden.application.ports import Bench
    from sagewarden.application.sweep import Run
    from sagewarden.core.report import Report

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

    settings = where.effective().settings
    ends = Ends(as_json=where.json)
    with told(ends), working() as process:
        wired = [
            bootstrap.wire_target(settings, chosen, process)
            for chosen in bootstrap.targets_of(settings, where.target)
        ]
        ready = [
            (
                each.bench,
                bootstrap.govern(settings, each, policies),
                bootstrap.new_run(settings, each),
            )
            for each in wired
        ]
        for bench, governance, run in ready:
            if process.stop.is_set():
                break
            try:
                ends.reports.append(_logged(bench, governance, run))
            except SageWardenError as error:
                ends.errors.append((str(bench.target), error))
    return ends.code


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
    from sagewarden.application.plans import full_digest  # noqa: PLC0415

    settings = where.effective().settings
    ends = Ends(as_json=where.json)
    with told(ends), working() as process:
        chosen = where.single_target(settings, BELONGS)
        wired = bootstrap.wire_target(settings, chosen, process)
        governance = bootstrap.govern(settings, wired, policies)
        run = bootstrap.new_run(settings, wired)
        whole = full_digest(wired.bench, digest)
        ends.reports.append(_logged(wired.bench, governance, run, plan=whole))
    return ends.code


def _logged(bench: "Bench", governance: "Governance", run: "Run", plan: str = "") -> "Report":
    """Do one run; log that it began and how it ended, and each line between under its name."""
    from sagewarden.adapters.reports.headline import headline  # noqa: PLC0415 -- slow to import
    from sagewarden.application.sweep import run_target  # noqa: PLC0415

    bench = replace(bench, events=partial(bench.events, run=run.name))
    bench.events("run.began", plan=plan, vault=bench.vault.address, endpoint=governance.endpoint)
    try:
        report = run_target(bench, governance, run, plan=plan or None)
    except SageWardenError as error:
        told = {"reason": error.message, "advice": error.advice}
        bench.events("run.ended", exit_code=error.exit_code, **told)
        raise
    bench.events("run.ended", exit_code=report.exit_code, told=headline(report).sentence)
    return report


def approve(digest: str, *, where: Where = WHERE) -> int:
    """Approve a stored plan for 72 hours, in the name of the AWS identity that STS tells.

    Parameters
    ----------
    digest
        The plan's digest, or its first characters (8 or more).
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.adapters.reports.wording import by_kind, listed, second  # noqa: PLC0415
    from sagewarden.application.judging import check_identity  # noqa: PLC0415
    from sagewarden.application.plans import approve_plan, load_plan  # noqa: PLC0415
    from sagewarden.core.limits import Room  # noqa: PLC0415

    settings = where.effective().settings
    with working() as process:
        chosen = where.single_target(settings, BELONGS)
        bench = bootstrap.wire_target(settings, chosen, process).bench
        identity = check_identity(bench)
        rules = bootstrap.approval_rules(settings)
        given = approve_plan(bench, digest, identity, rules)
        stored = load_plan(bench, given["digest"])
        needed = stored.measured(bench, rules.limits).room is Room.NEEDS_APPROVAL
        parts = Counter(
            str(each.identity.kind) for unit in stored.plan.units for each in unit.entities
        )
    if where.json:
        say_json({**given, "was_needed": needed, "deletes": parts})
        return 0
    start = given["digest"][:12]
    if not needed:
        say(Text(f"Plan {start} is inside the automatic limits and needed no approval."))
    say(Text(f"Plan {start} is approved by {given['by']} until {second(given['expires'])}."))
    say(Text(f"It deletes {listed(by_kind(parts)) or 'nothing'}."))
    say(Text(f"The next sweep applies it, or `sagewarden apply {start}` does now."))
    return 0


BELONGS = "a plan belongs to"


@dataclass
class Ends:
    """How runs ended: with a report each, or with an error before there could be one."""

    as_json: bool
    reports: list["Report"] = field(default_factory=list)
    errors: list[tuple[str, SageWardenError]] = field(default_factory=list)

    @property
    def code(self) -> int:
        """The worst exit code."""
        codes = [report.exit_code for report in self.reports]
        return max([0, *codes, *(error.exit_code for _, error in self.errors)])

    def say(self) -> None:
        """Print a report each, then what ended without one."""
        from sagewarden.adapters.reports.terminal import summary  # noqa: PLC0415 -- slow to import

        if self.as_json:
            errors = [spelled_error(error) | {"target": target} for target, error in self.errors]
            say_json([*(report.spelled() for report in self.reports), *errors])
            return
        for report in self.reports:
            say(summary(report))
        for _, error in self.errors:
            tell_error(error, as_json=False)


@contextmanager
def told(ends: Ends) -> Iterator[None]:
    """Print how runs ended, after an interruption too."""
    try:
        yield
    except SystemExit:
        ends.say()
        raise
    ends.say()
