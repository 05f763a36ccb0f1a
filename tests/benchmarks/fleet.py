"""Many targets in one process: how much of the client's ceiling a sweep of plans reaches.

    .venv/bin/python tests/benchmarks/fleet.py [--targets 200] [--components 1000] [--at-once 16]

Each target is an account of its own in a sandbox that serves all of them from another process.
First a bare loop of boto3 makes the calls of an inventory, for as many targets, in as many threads:
that is the ceiling of this machine, its sandbox and its client. Then the product plans every
target, so many side by side: identity, inventory, judging, plan and report, nothing kept but what
the vault keeps. Both are counted in calls a second of processor time, so that whoever else works on
the machine is left out; the sandbox's time is its own. Then: memory for each target, and whether
any starves.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from million import UNPACED, peak_mebibytes  # type: ignore[import-not-found]  # beside this
from telling import at_least, say  # type: ignore[import-not-found]  # the same

from sagewarden import bootstrap
from sagewarden.adapters.aws.calls import CallCounter, Reads
from sagewarden.adapters.telemetry.logs import configure_logs
from sagewarden.application.fleet import Fleet
from sagewarden.application.judging import Asked, check_identity, judge_target
from sagewarden.application.planned import keep_plan
from sagewarden.cli.planning import report_of
from sagewarden.sandbox import Sandbox
from sagewarden.settings import Settings, load_settings

BOUND_SHARE = 80.0
REGION = "us-east-1"
POLICIES = Path(__file__).with_name("judging.yaml")


def account(number: int) -> str:
    """Return the id of an account."""
    return f"{100_000_000_000 + number}"


def serve(targets: int, components: int) -> None:
    """Serve accounts that look alike until ended; say where."""
    box = Sandbox(account=account(0), region=REGION)
    box.seed(components=components, seed=1)
    alike = box.state.snapshot()
    for number in range(1, targets):
        box.state_of(account(number)).restore(alike)
    box.serve_forever(lambda running: say(running.url))


@contextmanager
def served(targets: int, components: int) -> Iterator[str]:
    """Serve them from another process; yield the address."""
    told = ["--serve", "--targets", str(targets), "--components", str(components)]
    command = [sys.executable, __file__, *told]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as box:
        assert box.stdout is not None
        try:
            yield box.stdout.readline().strip()
        finally:
            box.terminate()


def settings(folder: Path, url: str, targets: int) -> Settings:
    """What a person would write."""
    (folder / "policies").mkdir()
    (folder / "policies" / "all.yaml").write_text(POLICIES.read_text())
    roles = [
        {"account_id": each, "region": REGION, "role_arn": f"arn:aws:iam::{each}:role/sagewarden"}
        for each in map(account, range(targets))
    ]
    given: dict[str, Any] = {
        "targets": roles,
        "policies": str(folder / "policies"),
        "vault": {"address": str(folder / "vault")},
        "aws": {"endpoint_url": url},
        "run": {"search_lag": "1s"},
    }
    return load_settings(given=given).settings


@dataclass(slots=True)
class Times:
    """When each target began and ended, in seconds since all of them were given."""

    since: float = field(default_factory=time.perf_counter)
    begins: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    lasted: list[float] = field(default_factory=list)

    def timed(self, work: Callable[[], None]) -> Callable[[], None]:
        """Return the same work, which notes when it begins and ends."""

        def noted() -> None:
            began = time.perf_counter() - self.since
            self.begins.append(began)
            try:
                work()
            finally:
                ended = time.perf_counter() - self.since
                self.ends.append(ended)
                self.lasted.append(ended - began)

        return noted


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls, and the seconds of processor time and of the clock that they took."""

    calls: int
    seconds: float
    waited: float

    @property
    def a_second(self) -> float:
        """Calls for each second of processor time."""
        return self.calls / self.seconds


def measured(count: Callable[[], int], work: Callable[[], None]) -> Rate:
    """Do it, and measure."""
    before, began, processor = count(), time.perf_counter(), time.process_time()
    work()
    seconds, waited = time.process_time() - processor, time.perf_counter() - began
    return Rate(count() - before, seconds, waited)


class Bare:
    """A loop of boto3 that makes an inventory's calls and looks at nothing that they answer."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._lock = threading.Lock()
        self.calls = 0

    def read(self, number: int) -> None:
        """Make the calls of one target, with a client that is made for it."""
        client = self._reads(number).session.reading("sagemaker")
        for kind in ("Experiment", "ExperimentTrial", "ExperimentTrialComponent"):
            self._pages(client.search, {"Resource": kind, "SortBy": "CreationTime"})
        for listed in (client.list_experiments, client.list_trials, client.list_trial_components):
            self._pages(listed, {"SortBy": "CreationTime"})

    def _reads(self, number: int) -> Reads:
        wired = bootstrap.wire_target(
            self._chosen, self._chosen.targets[number], bootstrap.Process()
        )
        return wired.reads

    def _pages(self, call: Callable[..., dict[str, Any]], asked: dict[str, Any]) -> None:
        more: dict[str, str] = {}
        while True:
            answer = call(**asked, SortOrder="Ascending", MaxResults=100, **more)
            with self._lock:
                self.calls += 1
            if not answer.get("NextToken"):
                return
            more = {"NextToken": answer["NextToken"]}


def bare(chosen: Settings, targets: int, at_once: int) -> Rate:
    """Measure the ceiling on so many targets."""
    loop = Bare(chosen)

    def work() -> None:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(loop.read, range(targets)))

    return measured(lambda: loop.calls, work)


class Planner:
    """Plans targets as `plan` does, each wired anew, all side by side."""

    def __init__(self, chosen: Settings) -> None:
        self._chosen = chosen
        self._meters: list[CallCounter] = []
        self.times = Times()
        self.failed: list[str] = []

    def calls(self) -> int:
        """How many calls there were so far."""
        return sum(each.by_operation().total() for each in self._meters)

    def sweep(self, at_once: int) -> None:
        """Plan all of them."""
        fleet = Fleet(at_once)
        process = bootstrap.Process(reading=UNPACED)
        self.times = Times()
        for chosen in self._chosen.targets:
            work = partial(self._plan, chosen, process)
            fleet.take(chosen.place, self.times.timed(work))
        fleet.wait()

    def _plan(self, chosen: Any, process: bootstrap.Process) -> None:
        try:
            wired = bootstrap.wire_target(self._chosen, chosen, process)
            self._meters.append(wired.counter)
            governance = bootstrap.govern(self._chosen, wired)
            asked = Asked(maker=check_identity(wired.bench))
            judged = judge_target(wired.bench, governance, asked)
            keep_plan(wired.bench, judged, governance.policies, asked)
            report_of(wired, governance, judged, asked.maker)
        except Exception as error:  # noqa: BLE001 -- it is told
            self.failed.append(f"{chosen.place}: {error}")


def swept(chosen: Settings, at_once: int) -> tuple[Rate, Planner]:
    """Measure the product."""
    planner = Planner(chosen)
    return measured(planner.calls, lambda: planner.sweep(at_once)), planner


def told(name: str, rate: Rate) -> str:
    """Say a rate."""
    return (
        f"{name}: {rate.calls:,} calls in {rate.seconds:.1f} s of processor time, "
        f"{rate.a_second:.0f} a second; {rate.waited:.1f} s by the clock"
    )


def spread(what: str, times: list[float]) -> str:
    """Say when the first, the middle and the last of all targets did something."""
    middle = statistics.median(times)
    return f"{what}: first {min(times):.1f} s, middle {middle:.1f} s, last {max(times):.1f} s"


def measure(targets: int, components: int, at_once: int) -> None:
    """Measure, and print each figure beside its bound."""
    with tempfile.TemporaryDirectory() as place, served(targets, components) as url:
        chosen = settings(Path(place), url, targets)
        first = min(targets, at_once)
        bare(chosen, first, at_once)  # models of services are read once
        before = peak_mebibytes()
        loop = bare(chosen, targets, at_once)
        between = peak_mebibytes()
        rate, planner = swept(chosen, at_once)
        say(told("bare loop", loop), told("plans", rate))
        say(
            at_least(
                "of the client's ceiling", rate.a_second / loop.a_second * 100, BOUND_SHARE, "%"
            )
        )
        after, times = peak_mebibytes(), planner.times
        say(
            f"memory: {before:.0f} MiB before, {between:.0f} MiB with the loop, at most {after:.0f}"
        )
        say(f"memory for a target that is worked on: {(after - before) / first:.2f} MiB")
        say(spread("begins", times.begins), spread("ends", times.ends))
        say(spread("one target takes", times.lasted))
        say(f"targets: {len(planner.times.ends)} of {targets} ended, {len(planner.failed)} failed")
        say(*planner.failed[:5])


def main() -> None:
    """Measure, or serve."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--targets", type=int, default=200)
    parser.add_argument("--components", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=16)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.targets, options.components)
        return
    configure_logs(as_json=True, level="CRITICAL", ours=False)
    keys = {"AWS_ACCESS_KEY_ID": "fleet", "AWS_SECRET_ACCESS_KEY": "fleet"}
    os.environ.update(keys)  # noqa: TID251 -- as a user would
    measure(options.targets, options.components, options.at_once)


if __name__ == "__main__":
    main()
