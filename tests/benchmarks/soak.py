"""Two hundred sweeps of three targets, at 30 % throttles and random faults: what grows, what fails.

    .venv/bin/python tests/benchmarks/soak.py [--sweeps 200] [--seed 1] [--minutes 120]

The daemon's own runs, one after the other as fast as they go, on a sandbox in a process of its own.
Before each sweep every account gets an old tree, and what was marked becomes due. In the end the
faults stop and the daemon sweeps until nothing is left to do. Then all that was made is deleted,
each delete has its archive, no intent is open, and each chain verifies: else the exit code is 1.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from telling import at_most, say  # type: ignore[import-not-found]  # it stands beside this script

from sagewarden import bootstrap
from sagewarden.adapters.aws.calls import Patience
from sagewarden.adapters.aws.limiter import Pace
from sagewarden.adapters.telemetry.logs import configure_logs
from sagewarden.application.archives import deleted
from sagewarden.application.journal import Journal
from sagewarden.application.verify import verify
from sagewarden.bootstrap.daemon import Daemon
from sagewarden.bootstrap.targets import Asked
from sagewarden.core.entities import Kind
from sagewarden.core.standing import GOOD, RunResult
from sagewarden.sandbox import AdminClient
from sagewarden.settings import Settings, load_settings

ACCOUNTS = ("111111111111", "222222222222", "333333333333")
REGION = "us-east-1"
THROTTLED = 0.3
BOUND_GROWTH = 1.10
"""How many times the memory after the tenth sweep there may be after the last."""

AGO = -60 * 86_400.0
POLICY = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 1s
"""
BRISK = Pace(start=500.0, ceiling=500.0, floor=500.0)
PATIENT = Patience(attempts=12, pause=0.01, longest=0.2)
ALL = {"share": "100%", "components": None, "growth": None}
FAULTS = (
    *("error_500", "error_500_after", "drop_before", "drop_after", "deny", "not_found"),
    *("truncate", "empty_page", "repeat_token", "missing_field"),
)


@contextmanager
def sandbox(*options: str) -> Iterator[str]:
    """Serve a sandbox, started with these options; yield its address."""
    command = [sys.executable, "-m", "sagewarden.sandbox", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as box:
        assert box.stdout is not None
        try:
            yield str(json.loads(box.stdout.readline())["url"])
        finally:
            box.terminate()


def settings(folder: Path, url: str) -> Settings:
    """What a person would write, but for the patience."""
    (folder / "policies").mkdir()
    (folder / "policies" / "all.yaml").write_text(POLICY)
    patience = {"min_grace": "1s", "ownerless_grace": "1s", "matches": 1, "match_interval": "1s"}
    limits = {"automatic": ALL, "hard": ALL, "smallest_population": 0, "fall": "100%", **patience}
    given: dict[str, Any] = {
        "targets": [
            {
                "account_id": account,
                "region": REGION,
                "role_arn": f"arn:aws:iam::{account}:role/sagewarden",
            }
            for account in ACCOUNTS
        ],
        "policies": str(folder / "policies"),
        "vault": {"address": str(folder / "vault")},
        "aws": {"endpoint_url": url},
        "limits": limits,
        "notice": {"log_counts": True},
        "run": {"search_lag": "1s", "lease": "10s"},
    }
    return load_settings(given=given).settings


def grow(admin: AdminClient, number: int) -> None:
    """Give each account one old tree: an experiment, a trial, two components, one of them lent."""
    admin.set_clock(offset=AGO)
    tree, trial = f"old-{number}", f"old-{number}-t"
    for account in ACCOUNTS:

        def make(operation: str, account: str = account, **params: str) -> None:
            admin.perform(operation, params, account=account, region=REGION)

        make("CreateExperiment", ExperimentName=tree)
        make("CreateTrial", TrialName=trial, ExperimentName=tree)
        for name in (f"{tree}-a", f"{tree}-b"):
            make("CreateTrialComponent", TrialComponentName=name)
            make("AssociateTrialComponent", TrialComponentName=name, TrialName=trial)
        if number % 5 == 0:
            make("CreateExperiment", ExperimentName=f"live-{number}")
            make("CreateTrial", TrialName=f"live-{number}-t", ExperimentName=f"live-{number}")
            lent = {"TrialComponentName": f"{tree}-b", "TrialName": f"live-{number}-t"}
            make("AssociateTrialComponent", **lent)
    admin.set_clock(offset=0.0)


def trouble(admin: AdminClient, chance: random.Random) -> None:
    """Throttle so many calls, and let a few go wrong in ways that are drawn."""
    admin.clear_rules()
    admin.clear_calls()
    for _ in range(chance.randint(1, 4)):
        where = chance.randint(1, 60)
        admin.add_fault(action=chance.choice(FAULTS), nth_match=where, service="sagemaker*")
    admin.add_fault(action="throttle", share=THROTTLED, times=None, service="sagemaker*")


def rss() -> float:
    """Return the megabytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def sweep(daemon: Daemon) -> None:
    """Let the daemon sweep once, to the end."""
    daemon.sweep()
    daemon.ended()


def results(daemon: Daemon) -> Counter[str]:
    """Count the runs of all targets by how they ended."""
    total: Counter[str] = Counter()
    for each in daemon.chronicle.standings():
        total.update({str(result): count for result, count in each.runs.items()})
    return total


def wrong(chosen: Settings, admin: AdminClient, sweeps: int) -> Iterator[str]:
    """Say what was lost, done twice, left open or not verified."""
    trees = {f"old-{number}" for number in range(sweeps)}
    for target in chosen.targets:
        bench = bootstrap.wire_target(chosen, target, bootstrap.Process()).bench
        gone = Counter(each.name for each in deleted(bench, kind=Kind.EXPERIMENT))
        listed = admin.perform("ListExperiments", {}, account=target.account_id, region=REGION)
        left = {each["ExperimentName"] for each in listed["ExperimentSummaries"]}
        yield from (f"{target.place}: {name} is left" for name in sorted(left & trees))
        yield from (f"{target.place}: no archive has {name}" for name in sorted(trees - set(gone)))
        yield from (f"{target.place}: {name} went twice" for name in gone if gone[name] > 1)
        plans = Journal(bench.vault, bench.target).open_plans()
        yield from (f"{target.place}: plan {plan} is open" for plan in plans)
        yield from (f"{target.place}: {finding}" for finding in verify(bench).findings)


def main() -> None:
    """Soak, and print a line after each tenth sweep."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sweeps", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=120.0, help="begin no sweep after these")
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311 -- a fault is no secret
    configure_logs(as_json=True, level="CRITICAL", ours=False)
    os.environ.update(AWS_ACCESS_KEY_ID="soak", AWS_SECRET_ACCESS_KEY="soak")  # noqa: S106, TID251 -- as a user would
    with tempfile.TemporaryDirectory() as place, sandbox() as url:
        admin, chosen = AdminClient(url), settings(Path(place), url)
        usual = bootstrap.Process(reading=BRISK, writing=BRISK, patience=PATIENT)
        daemon = Daemon(lambda: chosen, Asked(), usual)
        sys.exit(soaked(daemon, chosen, admin, chance, options))


def soaked(
    daemon: Daemon, chosen: Settings, admin: AdminClient, chance: random.Random, options: Any
) -> int:
    """Soak; return the exit code."""
    sweeps = options.sweeps
    tenth, began = 0.0, time.monotonic()
    for number in range(options.sweeps):
        if time.monotonic() - began > options.minutes * 60:
            sweeps = number
            break
        grow(admin, number)
        trouble(admin, chance)
        sweep(daemon)
        if number % 10 == 9 or number == sweeps - 1:
            tenth = tenth or rss()
            told = f"{number + 1:4} sweeps {rss():6.1f} MB {threading.active_count():3} threads"
            say(f"{told} {dict(results(daemon))} {time.monotonic() - began:.0f} s")
    growth = rss() / tenth
    throttled, calls = share(daemon)
    say(f"throttled: {throttled:,} of {calls:,} calls ({throttled / calls:.0%})")
    say(at_most("memory, beside that after the tenth sweep", growth, BOUND_GROWTH, "times"))
    admin.clear_rules()
    while not calm(daemon):
        threading.Event().wait(1.1)
    lost = [*wrong(chosen, admin, sweeps)]
    for line in lost or ["nothing was lost, done twice or left open; every chain verifies"]:
        say(line)
    return int(bool(lost) or RunResult.DEFECT in results(daemon))


def share(daemon: Daemon) -> tuple[int, int]:
    """Return how many calls were throttled, and how many there were."""
    counts: Counter[str] = Counter()
    for each in daemon.meters().values():
        for (_, result), count in each.counter.by_result().items():
            counts[result] += count
    return counts["throttled"], counts.total()


def calm(daemon: Daemon) -> bool:
    """Sweep once more; return whether nothing is marked or due any more."""
    sweep(daemon)
    return all(
        each.last in GOOD and not each.marked and not each.judged
        for each in daemon.chronicle.standings()
    )


if __name__ == "__main__":
    main()
