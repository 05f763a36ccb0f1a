"""`sweep`, `approve` and `apply`: what acts, and what lets it act."""

from collections import Counter

from rich.text import Text

from sagewarden.cli.console import say, say_json, working
from sagewarden.cli.ending import Ends, side_by_side, told
from sagewarden.cli.options import Policies, Where

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
    from sagewarden.bootstrap.sweeping import ReadyRun  # noqa: PLC0415

    settings = where.effective().settings
    ends = Ends(as_json=where.json)
    with told(ends), working() as process:
        targets = where.targets(settings)
        ends.missed(targets.unread)
        ready = [ReadyRun.of(settings, chosen, process, policies) for chosen in targets.targets]
        side_by_side(ready, settings.run.targets_at_once, process.stop, ends)
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
    from sagewarden.application.plans import full_digest  # noqa: PLC0415
    from sagewarden.bootstrap.sweeping import ReadyRun  # noqa: PLC0415

    settings = where.effective().settings
    ends = Ends(as_json=where.json)
    with told(ends), working() as process:
        chosen = where.single_target(settings, BELONGS)
        ready = ReadyRun.of(settings, chosen, process, policies)
        ends.reported(0, ready.do(full_digest(ready.bench, digest)))
    return ends.code


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
