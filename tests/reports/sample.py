"""A report such as a month of use leaves: 12 policies, 200 trees judged, 400 steps, 20 runs."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sagewarden.core.report import Report
from sagewarden.core.report_rows import JudgedRow, OutcomeRow, PastRun, PolicyRow

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
TEAMS = ("vision", "ranking", "fraud", "speech", "forecast", "search")
VERDICTS = ("keep", "mark", "delete", "keep", "mark", "delete", "keep", "keep")
AGAINST = {
    "keep": (
        ("keep.last: newest 2 of 5 in experiment dev-vision",),
        ("held by its tag sagewarden:hold",),
        ("trial-component fraud-run-17: is InProgress", "protected by policies/base.yaml:4:5"),
        ("component also hangs on trial ranking-baseline, which stays",),
    ),
    "mark": (("marked, due 2026-12-02 06:00 UTC",), ("matched 1 of 2 times",)),
    "delete": ((),),
    "report": ((),),
}
POLICIES = (
    ("stale-dev-experiments", "experiment", "Dev experiments that nobody touched for a quarter"),
    ("run-headroom", "trial-component", "The 51st run fails at AWS: keep room in each group"),
    ("unassigned-job-components", "trial-component", "Leftovers of jobs that no trial shows"),
    ("tuning-leftovers", "trial-component", "Tuning jobs leave hundreds of components"),
    ("automl-leftovers", "trial-component", ""),
    ("stopped-pipelines", "trial", "Pipeline executions that were stopped"),
    ("scratch-trials", "trial", "Whatever is named scratch"),
    ("sandbox-accounts-experiments-without-any-owner-tag", "experiment", "Nobody to ask"),
    ("stuck-in-progress", "trial-component", "Reported only: somebody should look"),
    ("failed-after-a-month", "trial-component", ""),
    ("prod-yearly", "experiment", "A year of silence in production"),
    ("workshop", "experiment", "Made in workshops"),
)


def spelled(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def hexed(seed: object) -> str:
    return hashlib.sha256(str(seed).encode()).hexdigest()


def judged_rows(count: int) -> tuple[JudgedRow, ...]:
    return tuple(judged_row(place) for place in range(count))


def judged_row(place: int) -> JudgedRow:
    name, kind, _ = POLICIES[place % 12]
    verdict = "report" if name == "stuck-in-progress" else VERDICTS[place % 8]
    idle = 91 + 3 * (place % 40)
    return JudgedRow(
        kind=kind,
        name=f"dev-{TEAMS[place % 6]}-{kind.split('-')[-1]}-{place:05d}",
        policy=name,
        verdict=verdict,
        reasons=(f"name dev-{TEAMS[place % 6]} against dev-*", f"idle {idle}d of 90d"),
        against=AGAINST[verdict][place % len(AGAINST[verdict])],
        owner="" if place % 5 == 0 else f"{TEAMS[place % 6]}@example.com",
        size=1 if kind == "trial-component" else 4 + place % 37,
        due=spelled(NOW + timedelta(days=place % 14, hours=6)) if verdict == "mark" else "",
    )


def outcome_rows(count: int) -> tuple[OutcomeRow, ...]:
    return tuple(outcome_row(place) for place in range(count))


def outcome_row(place: int) -> OutcomeRow:
    unit, step = divmod(place, 20)
    result, detail = "done", ""
    if unit == 3 and step > 12:
        result, detail = "not attempted", "the unit was stopped"
    if unit == 3 and step == 12:
        result, detail = "refused", "ValidationException: the trial got a new component"
    if unit == 7 and step == 5:
        result, detail = "needs a person", "the answer was lost and the name was taken anew"
    if unit == 9 and step in {3, 4}:
        result, detail = "undone", "its trial is held since 05:58 UTC"
    if place % 97 == 1:
        result = "already absent"
    kind = "experiment" if step == 19 else "trial" if step > 16 else "trial-component"
    edge = kind == "trial-component" and step % 2 == 0
    return OutcomeRow(
        run="20261123T060000Z-7f3a",
        unit=hexed(f"unit {unit}"),
        effect="disassociate" if edge else "delete",
        kind=kind,
        name=f"dev-{TEAMS[unit % 6]}-{unit:03d}" + ("" if step == 19 else f"-run-{step // 2:02d}"),
        created_ms=1_760_000_000_000 + place * 61_000,
        trial=f"dev-{TEAMS[unit % 6]}-{unit:03d}-group" if edge else "",
        result=result,
        detail=detail,
        policy=POLICIES[0][0],
        rule=hexed("rule"),
        archive_key=f"v1/123456789012/eu-west-1/archive/2026/11/{hexed(unit)[:40]}.jsonl.zst",
        archive_sha256=hexed(f"archive {unit}"),
        at=spelled(NOW + timedelta(seconds=40 + place)),
    )


def policy_rows(judged: Iterable[JudgedRow]) -> tuple[PolicyRow, ...]:
    counts = Counter((row.policy, row.verdict) for row in judged)
    return tuple(
        PolicyRow(
            name=name,
            description=description,
            resource=resource,
            action="report" if name == "stuck-in-progress" else "delete",
            grace="" if name == "stuck-in-progress" else "14d",
            place=f"policies/{resource}s.yaml:{3 + 14 * place}:5",
            keep=counts[name, "keep"],
            mark=counts[name, "mark"],
            delete=counts[name, "delete"],
            report=counts[name, "report"],
        )
        for place, (name, resource, description) in enumerate(POLICIES)
    )


def past_run(place: int) -> PastRun:
    deleted = (0, 0, 0, 41, 120, 0, 263, 88, 190, 12)[place % 10]
    return PastRun(
        run=f"run-{place:02d}",
        began=spelled(NOW - timedelta(days=20 - place)),
        experiments=140 - place,
        trials=610 - 6 * place,
        components=3120 - 62 * place + (place * 37) % 90,
        deleted=deleted,
        marked=40 + place % 9,
    )


def build(judged: int = 200, outcomes: int = 400, history: int = 20) -> Report:
    """Return a realistic report of the given size."""
    trees, steps = judged_rows(judged), outcome_rows(outcomes)
    results = (
        "done",
        "already absent",
        "refused",
        "undone",
        "not attempted",
        "needs a person",
    )
    tally = dict.fromkeys(results, 0) | Counter(step.result for step in steps)
    gone = Counter(step.kind for step in steps if (step.effect, step.result) == ("delete", "done"))
    return Report(
        run="20261123T060000Z-7f3a",
        mode="sweep",
        account="123456789012",
        region="eu-west-1",
        target_name="ml-research",
        identity="arn:aws:sts::123456789012:assumed-role/SageWarden/daemon",
        endpoint="http://127.0.0.1:4599",
        vault="s3://ml-research-sagewarden/prod",
        began=spelled(NOW),
        ended=spelled(NOW + timedelta(minutes=7, seconds=42)),
        tool="sagewarden 0.1.0",
        policies=hexed("policies"),
        policy_files=tuple(
            {"path": f"policies/{kind}s.yaml", "sha256": hexed(kind)}
            for kind in ("experiment", "trial", "trial-component")
        ),
        plan=hexed("plan"),
        complete=True,
        gaps=(
            "ListTags of trial dev-speech-12: AccessDenied",
            "Search slice 2026-03: 2 pages lost",
        ),
        inventory={"trial-component": 1848, "trial": 486, "experiment": 121},
        calls={
            "Search": 61,
            "ListTrialComponents": 48,
            "DescribeTrialComponent": 412,
            "DescribeTrial": 96,
            "DescribeExperiment": 44,
            "ListTags": 508,
            "BatchGetMetrics": 130,
            "DisassociateTrialComponent": 171,
            "DeleteTrialComponent": 166,
            "DeleteTrial": 38,
            "DeleteExperiment": 19,
        },
        matched={"trial-component": 402, "trial": 61, "experiment": 27},
        unknown=3,
        limits="automatic: 25 % of each kind, 1,000 components; hard: 50 % of each kind",
        exceeded=(),
        policy_rows=policy_rows(trees),
        judged=trees,
        outcomes=steps,
        tally=tally,
        deleted=dict(gone),
        adopted=("v1/123456789012/eu-west-1/archive/adopted-1.jsonl.zst",),
        notes=(
            "Lowered for the demo: grace 14d to 2s, matches 2 to 1.",
            "Metric points without a step were read at one-minute periods.",
        ),
        advice=(
            "One step needs a person: sagewarden explain dev-ranking-007-run-02",
            "Two units were stopped and are tried again by the next run.",
            "4 experiments have no owner tag; nobody was told that they are due.",
        ),
        history=tuple(past_run(place) for place in range(history)),
        exit_code=3,
        statuses={"Completed": 1311, "Failed": 236, "Stopped": 171, "InProgress": 88, "none": 42},
        origins={
            "job": 902,
            "run": 431,
            "tuning": 218,
            "pipeline": 163,
            "automl": 90,
            "manual": 44,
        },
        idle_histogram=(
            ("under 7d", 211),
            ("7d to 30d", 340),
            ("30d to 90d", 508),
            ("90d to 180d", 421),
            ("180d to 1y", 263),
            ("over 1y", 105),
        ),
    )
