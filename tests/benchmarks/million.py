"""Inventory, plan and report of a million components: time, memory, calls, and how they grow.

    .venv/bin/python tests/benchmarks/million.py [--sandbox] [N ...]

For each N (10,000, 100,000 and 1,000,000) there are two sweeps by the twenty policies of
`judging.yaml`, each in a process of its own: the first marks, the second comes when a third of all
is due, plans it, and is stopped by its hard limit. A sweep takes the inventory, judges it, stores
marks and notices, makes and stores the plan, and stores the report in every form. Memory is the
peak of the process.

Answers come from `pages.py`, parsed and without a request; making them is not part of the time, and
so nothing of the calls is but what the product does with an answer. With `--sandbox` they come from
a sandbox by HTTP, and their way is part of the time.
"""

import argparse
import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pages import Account, PageSession, Spent  # type: ignore[import-not-found]  # beside this
from soak import sandbox  # type: ignore[import-not-found]  # the same
from telling import at_most, say  # type: ignore[import-not-found]  # the same

from sagewarden import bootstrap
from sagewarden.adapters.aws.inventory import SageMakerSurveys
from sagewarden.adapters.aws.limiter import Pace
from sagewarden.adapters.aws.looks import SageMakerLooks
from sagewarden.adapters.telemetry.logs import configure_logs
from sagewarden.application.run import run_target
from sagewarden.core.entities import Target
from sagewarden.core.report import Report
from sagewarden.sandbox import AdminClient
from sagewarden.settings import Settings, load_settings

NAMES = ("marks", "is due")
SIZES = (10_000, 100_000, 1_000_000)
BOUND_SECONDS = 300.0
BOUND_MEBIBYTES = 1536.0
MOST = 1_000_000
POLICIES = Path(__file__).with_name("judging.yaml")
TARGET = Target("123456789012", "us-east-1", "research")
NOW = datetime(2026, 6, 1, tzinfo=UTC)
LATER = timedelta(days=31)
UNPACED = Pace(start=1e6, ceiling=1e6, floor=1e6)
"""How fast AWS would answer is not measured here."""


def settings(folder: Path, url: str = "") -> Settings:
    """What a person would write, but that a plan of more than a hundredth is refused."""
    (folder / "policies").mkdir(exist_ok=True)
    shutil.copy(POLICIES, folder / "policies")
    given: dict[str, Any] = {
        "targets": [{"account_id": TARGET.account, "region": TARGET.region, "name": TARGET.name}],
        "policies": str(folder / "policies"),
        "vault": {"address": str(folder / "vault")},
        "limits": {"hard": {"share": "1%"}, "repairs": 0},
        "notice": {"log_counts": True},
        "run": {"search_lag": "1s"},
    }
    return load_settings(given=given | ({"aws": {"endpoint_url": url}} if url else {})).settings


@dataclass(slots=True)
class Generated:
    """A target whose answers are generated."""

    session: PageSession
    spent: Spent

    @classmethod
    def of(cls, components: int) -> "Generated":
        """Make it."""
        spent = Spent()
        return cls(PageSession(Account(TARGET, components), spent, NOW), spent)

    def wired(self, chosen: Settings) -> bootstrap.Wired:
        """Wire it as the product does, but for the session behind its reads."""
        process = bootstrap.Process(reading=UNPACED, writing=UNPACED)
        wired = bootstrap.wire_target(chosen, chosen.targets[0], process)
        session: Any = self.session
        reads = replace(wired.reads, session=session)
        looks = SageMakerLooks(reads)
        surveys = SageMakerSurveys(reads, looks, search_lag=chosen.run.search_lag)
        wired.reads, wired.stages = reads, dict.fromkeys(wired.stages, session)
        wired.bench = replace(wired.bench, surveys=surveys, looks=looks)
        return wired


@dataclass(frozen=True, slots=True)
class Measured:
    """One sweep: seconds of processor time and of the clock, MiB at most, calls, what it told."""

    seconds: float
    waited: float
    mebibytes: float
    calls: int
    entities: int
    verdicts: int
    due: int


def peak_mebibytes() -> float:
    """Return the peak of this process's memory since it was last forgotten."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("the kernel does not tell the peak")


def forget_peak() -> None:
    """Let the peak begin anew."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def swept(wired: bootstrap.Wired, chosen: Settings, spent: Spent) -> Measured:
    """Sweep once; making pages is left out of the processor time."""
    forget_peak()
    made, began = spent.seconds, (time.process_time(), time.perf_counter())
    governance = bootstrap.govern(chosen, wired)
    report = run_target(wired.bench, governance, bootstrap.new_run(chosen, wired))
    seconds = time.process_time() - began[0] - (spent.seconds - made)
    waited = time.perf_counter() - began[1]
    return _measured(report, seconds, waited)


def _measured(report: Report, seconds: float, waited: float) -> Measured:
    return Measured(
        seconds=seconds,
        waited=waited,
        mebibytes=peak_mebibytes(),
        calls=sum(report.calls.values()),
        entities=sum(report.inventory.values()),
        verdicts=len(report.judged),
        due=sum(row.verdict == "delete" for row in report.judged),
    )


def alone(components: int, place: Path, *, later: bool) -> Measured:
    """Make one sweep of a generated account."""
    chosen, made = settings(place), Generated.of(components)
    made.session.ahead(LATER if later else timedelta())
    return swept(made.wired(chosen), chosen, made.spent)


def in_sandbox(url: str, place: Path, *, later: bool) -> Measured:
    """Make one sweep of a sandbox's account."""
    chosen = settings(place, url)
    if later:
        AdminClient(url).set_clock(advance=LATER.total_seconds())
    process = bootstrap.Process(reading=UNPACED, writing=UNPACED)
    return swept(bootstrap.wire_target(chosen, chosen.targets[0], process), chosen, Spent())


@contextmanager
def _answers(components: int, *, by_http: bool) -> Iterator[list[str]]:
    """Yield what a process of its own is told: where answers come from."""
    if not by_http:
        yield ["--alone", str(components)]
        return
    with sandbox("--components", str(components), "--account", TARGET.account) as url:
        yield ["--url", url]


def sweeps(components: int, *, by_http: bool) -> Iterator[Measured]:
    """Measure each sweep in a process of its own, whose memory nothing else was in."""
    keys = {"AWS_ACCESS_KEY_ID": TARGET.account, "AWS_SECRET_ACCESS_KEY": "million"}
    environment = {**os.environ, **keys}  # noqa: TID251 -- as a shell gives it
    with (
        tempfile.TemporaryDirectory() as place,
        _answers(components, by_http=by_http) as where,
    ):
        for later in ([], ["--later"]):
            command = [sys.executable, __file__, *where, "--place", place, *later]
            told = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)
            yield Measured(**json.loads(told.stdout))


def row(components: int, name: str, each: Measured) -> str:
    """Return a line of the table."""
    kilobytes = each.mebibytes * 1024 / each.entities
    return (
        f"{components:>10,} {name:7} {each.entities:>10,} {each.verdicts:>9,} {each.due:>8,} "
        f"{each.calls:>7,} {each.seconds:>8.1f} {each.seconds * 1e6 / each.entities:>6.0f} "
        f"{each.mebibytes:>8.0f} {kilobytes:>6.2f} {each.waited:>8.1f}"
    )


HEADING = (
    f"{'components':>10} {'sweep':7} {'entities':>10} {'verdicts':>9} {'due':>8} {'calls':>7} "
    f"{'CPU s':>8} {'us/ent':>6} {'peak MiB':>8} {'kB/ent':>6} {'clock s':>8}"
)


def table(sizes: list[int], *, by_http: bool) -> None:
    """Measure every size, and print the table and the figures beside their bounds."""
    say(f"answers: {'a sandbox, by HTTP' if by_http else 'generated pages, already parsed'}")
    say(HEADING)
    measured: dict[int, list[Measured]] = {}
    for components in sizes:
        measured[components] = []
        for name, each in zip(NAMES, sweeps(components, by_http=by_http), strict=True):
            say(row(components, name, each))
            measured[components].append(each)
    most = max(sizes)
    worst = [max(measured[most], key=lambda each: each.seconds).seconds]
    worst.append(max(measured[most], key=lambda each: each.mebibytes).mebibytes)
    share = most / MOST
    say(at_most(f"processor time for {most:,} components", worst[0], BOUND_SECONDS * share, "s"))
    say(at_most(f"peak memory for {most:,} components", worst[1], BOUND_MEBIBYTES, "MiB"))
    grown(measured[min(sizes)], measured[most])


def grown(small: list[Measured], large: list[Measured]) -> None:
    """Say how much more of each one entity costs in the largest account than in the smallest."""
    for name, one, other in zip(NAMES, small, large, strict=True):
        times = other.entities / one.entities
        told = [
            f"{what} {getattr(other, field) / getattr(one, field) / times:.2f}"
            for what, field in (("time", "seconds"), ("calls", "calls"), ("memory", "mebibytes"))
        ]
        say(f"growth for {times:.0f} times the entities, 1 is linear ({name}): {', '.join(told)}")


def main() -> None:
    """Measure, or be the process that is measured."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("sizes", type=int, nargs="*", default=list(SIZES), metavar="N")
    parser.add_argument("--sandbox", action="store_true", help="answers come by HTTP")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--url", help=argparse.SUPPRESS)
    parser.add_argument("--place", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--later", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    configure_logs(as_json=True, level="CRITICAL", ours=False)
    if options.alone is None and options.url is None:
        table(options.sizes, by_http=options.sandbox)
        return
    if options.alone:
        each = alone(options.alone, options.place, later=options.later)
    else:
        each = in_sandbox(options.url, options.place, later=options.later)
    say(json.dumps({name: getattr(each, name) for name in Measured.__dataclass_fields__}))


if __name__ == "__main__":
    main()
