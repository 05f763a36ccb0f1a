"""`plan`: it reads, and says what would happen and why."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.text import Text

from sagewarden.adapters.clock import wall_now
from sagewarden.cli.console import say, say_json, tell_error, working
from sagewarden.cli.options import Policies, Where
from sagewarden.errors import LimitReached, ReadFailed, SageWardenError, UsageError

if TYPE_CHECKING:
    from sagewarden.application.judging import Governance, Judged
    from sagewarden.bootstrap import Wired
    from sagewarden.core.plan_diff import PlanDiff
    from sagewarden.core.report import Report
    from sagewarden.settings import Settings

WHERE = Where()


def plan(
    *,
    policies: Policies = None,
    at: Annotated[str | None, Parameter(name="--at")] = None,
    select: Annotated[list[str] | None, Parameter(name=["--select", "-s"], negative="")] = None,
    diff: Annotated[bool, Parameter(name="--diff", negative="", show_default=False)] = False,
    where: Where = WHERE,
) -> int:
    """See the target, judge it, and print what is due, marked and kept, with the plan's digest.

    Sends no write to SageMaker. The plan is stored in the vault so that it can be approved.

    Parameters
    ----------
    policies
        Directory of policy files, instead of the one in the settings.
    at
        Play a future day, such as 2027-01-31: judge as if it were then. Nothing is stored.
    select
        Make a smaller plan, complete in itself: only of this policy, or only of the experiment,
        trial or component of this name. May be given several times.
    diff
        Compare with the last plan: what became due, what ceased to be and why, which rules changed.
    """
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import

    day = None if at is None else _day(at, wall_now())
    settings = where.effective().settings
    answers: list[_Answer] = []
    targets = where.targets(settings)
    code = targets.exit_code
    played = _Played(policies, day, frozenset(each.lower() for each in select or ()), diff)
    with working() as process:
        for chosen in targets.targets:
            try:
                wired = bootstrap.wire_target(settings, chosen, process)
                answers.append(_planned(settings, wired, played))
            except SageWardenError as error:
                if not targets.survive(error):
                    raise
                tell_error(error, as_json=False)
                code = max(code, error.exit_code)
    if where.json:
        say_json([_spelled(each, diff=diff) for each in answers])
    else:
        for each in answers:
            _say_plan(each, played)
    return max([code, *(each.report.exit_code for each in answers)])


@dataclass(frozen=True, slots=True)
class _Answer:
    """One target's plan; `diff` is None when it was not asked for, or there was no plan before."""

    judged: "Judged"
    report: "Report"
    diff: "PlanDiff | None"


@dataclass(frozen=True, slots=True)
class _Played:
    """What every target is planned by: for now or for a future day, all of it or a part."""

    policies: str | None
    day: datetime | None
    select: frozenset[str]
    diff: bool


def _planned(settings: "Settings", wired: "Wired", played: _Played) -> _Answer:
    from sagewarden import bootstrap  # noqa: PLC0415 -- slow to import
    from sagewarden.application.judging import (  # noqa: PLC0415
        Asked,
        check_identity,
        judge_target,
    )
    from sagewarden.application.planned import keep_plan, plan_diff  # noqa: PLC0415

    governance = bootstrap.govern(settings, wired, played.policies)
    identity = check_identity(wired.bench)
    asked = Asked(at=played.day, select=played.select, maker=identity)
    judged = judge_target(wired.bench, governance, asked)
    _check_selection(judged)
    ours = governance.policies
    differs = plan_diff(wired.bench, judged, ours, asked) if played.diff else None
    if played.day is None:
        keep_plan(wired.bench, judged, ours, asked)
    report = report_of(wired, governance, judged, identity, played=played.day)
    return _Answer(judged, report, differs)


def report_of(
    wired: "Wired",
    governance: "Governance",
    judged: "Judged",
    identity: str,
    *,
    played: datetime | None = None,
) -> "Report":
    """Make the report of a plan that was only read, for now or for a day that was `played`."""
    from sagewarden.application.report_building import build_report  # noqa: PLC0415
    from sagewarden.application.story import Story  # noqa: PLC0415

    story = Story(
        run="(plan)",
        mode="plan",
        began=judged.inventory.began,
        identity=identity,
        judged=judged,
        plans=[judged.plan] if judged.plan.units else [],
        exit_code=_code(judged),
    )
    if played is None:
        story.advice += _next_steps(judged)
    else:
        story.notes.append(
            f"Judged as if it were {played:%Y-%m-%d %H:%M} UTC, with the marks and the entities of "
            "today; nothing was stored, so this plan can be neither approved nor applied"
        )
    return build_report(wired.bench, governance, story)


def _check_selection(judged: "Judged") -> None:
    if unfound := judged.judgements.unfound:
        raise UsageError(
            f"--select {unfound[0]}: no policy has this name and no policy matches anything of it",
            advice="`sagewarden plan` without --select shows what there is to choose from.",
        )


def _code(judged: "Judged") -> int:
    if not judged.inventory.complete:
        return ReadFailed.exit_code
    return LimitReached.exit_code if judged.drift else 0


def _next_steps(judged: "Judged") -> list[str]:
    from sagewarden.core.judge import Verdict  # noqa: PLC0415
    from sagewarden.core.limits import Room  # noqa: PLC0415

    start = judged.plan.digest[:12]
    if not judged.inventory.complete:
        told = (
            "The inventory is incomplete, so nothing can be due. Mend what is named above (a "
            "missing permission, most often) and plan again."
        )
        return [told]
    if judged.drift:
        told = (
            f"This inventory fell behind the last good one: {'; '.join(judged.drift)}. A "
            "permission or an endpoint may hide what is there, so nothing is done on its word. If "
            "the account is as it should be, `sagewarden baseline accept` says so."
        )
        return [told]
    if not judged.plan.units:
        marked = judged.judgements.count(Verdict.MARK)
        if not any(judged.inventory.counts.values()):
            told = (
                f"There is no experiment, trial or trial component on {judged.inventory.target}: "
                "is it the right account and region?"
            )
            return [told]
        if not marked:
            return ["Nothing is due and nothing is marked."]
        told = (
            f"Nothing is due yet: {marked} matches wait for their mark, grace period or notice. "
            "`sagewarden sweep` counts this match and marks what is new."
        )
        return [told]
    if judged.measure.room is Room.REFUSED:
        return ["A hard limit refuses this plan, approved or not; see the limits above."]
    if judged.measure.room is Room.NEEDS_APPROVAL:
        return [f"This plan waits for approval: `sagewarden approve {start}`."]
    return [f"`sagewarden apply {start}` does exactly this; `sagewarden sweep` plans anew first."]


def _say_plan(answer: _Answer, played: _Played) -> None:
    from sagewarden.adapters.reports.terminal import plan_table, plan_verdict  # noqa: PLC0415
    from sagewarden.cli.differing import difference  # noqa: PLC0415

    plan = answer.judged.plan
    if played.day is not None:
        say(Text(f"As if it were {played.day:%Y-%m-%d %H:%M} UTC; nothing is stored", "bold"))
    say(plan_table(answer.report))
    if played.diff:
        say(difference(answer.diff))
    say(plan_verdict(answer.report, plan.digest if plan.units else ""))


def _spelled(answer: _Answer, *, diff: bool) -> dict[str, Any]:
    from sagewarden.cli.differing import spelled_diff  # noqa: PLC0415

    told = {"plan": answer.judged.plan.spelled(), "report": answer.report.spelled()}
    return told | {"diff": spelled_diff(answer.diff)} if diff else told


def _day(text: str, now: datetime) -> datetime:
    try:
        day = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"--at {text} is not a date", advice="Write it as 2027-01-31, in UTC."
        ) from error
    day = day.replace(tzinfo=UTC) if day.tzinfo is None else day.astimezone(UTC)
    if day < now:
        raise UsageError(f"--at {text} is over", advice="Name a day to come; `plan` plays now.")
    return day
