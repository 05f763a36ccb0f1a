"""How near the enforcing of 2,000 due components comes to what AWS's rates allow.

    .venv/bin/python tests/benchmarks/enforcing.py --rate 5 [--due 2000] [--change]
        [--other 0.3] [--faults 0.1] [--latency 0] [--lanes 8] [--seed 1]

A sandbox in a process of its own accepts R calls a second of each operation that changes something
and 10 R of each that reads, R at once after a quiet time. Three in five of the components are in
experiments (one in ten of those that could be is in two trials, one experiment in ten shares a
component with a live one), the rest is unassigned. One sweep marks them, without limits; a second,
with limiters that know nothing, deletes them, into a vault that is a directory.

The bound is the time that the slowest operation needs: what the bucket gives from the moment
measuring begins, R at once and R a second, less what another user of the account got of it. Only
calls that the plan needs count: what is sent again after a throttle or a fault does not.

Warm-up is cut off, no more: the first 30 seconds after the first effect, or a third of the bound
where that is less, in which the limiters find the rates from below. What was enforced in it counts
neither as calls nor as time; what comes later does, to the last experiment. The inventory and the
first archive, without which nothing may go, come before and are printed with the whole time.

`--change` halves all rates after a third of the components and brings them back after two thirds;
`--other` lets somebody else call both operations of components at that share of the rate;
`--faults` answers that share of all calls with HTTP 500 or drops the connection, half of them after
the call was applied. Nothing fails on a time.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from sagewarden import bootstrap
from sagewarden.adapters.telemetry.logs import configure_logs
from sagewarden.application.run import run_target
from sagewarden.core.report import Report
from sagewarden.sandbox import AdminClient
from sagewarden.settings import Settings, load_settings

ACCOUNT, REGION = "111111111111", "us-east-1"
AGO = -60 * 86_400.0
WARM_UP = 30.0
TWICE = 0.1
READS = 10
"""How many times as many reads as writes AWS accepts."""
CUT, DELETE = "DisassociateTrialComponent", "DeleteTrialComponent"
WRITES = (CUT, DELETE, "DeleteTrial", "DeleteExperiment", "AssociateTrialComponent")
FAULTS = ("error_500", "error_500_after", "drop_before", "drop_after")
SOMEBODY = "somebody-elses"
THROTTLED = "ThrottlingException"
POLICIES = """\
version: 1
policies:
  - name: old-trees
    resource: experiment
    match: {name: "old-*", idle: 30d}
    action: delete
    grace: 1s
  - name: old-unassigned
    resource: trial-component
    match: {name: "old-*", unassigned: true, idle: 30d}
    action: delete
    grace: 1s
"""


@contextmanager
def sandbox() -> Iterator[str]:
    """Serve a sandbox; yield its address."""
    command = [sys.executable, "-m", "sagewarden.sandbox", "--port", "0", "--account", ACCOUNT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as box:
        assert box.stdout is not None
        try:
            yield str(json.loads(box.stdout.readline())["url"])
        finally:
            box.terminate()


def settings(folder: Path, url: str, lanes: int) -> Settings:
    """What a person would write who wants all of it gone."""
    (folder / "policies").mkdir()
    (folder / "policies" / "all.yaml").write_text(POLICIES)
    every = {"share": "100%", "components": None, "growth": None}
    patience = {"min_grace": "1s", "ownerless_grace": "1s", "matches": 1, "match_interval": "1s"}
    given: dict[str, Any] = {
        "targets": [{"account_id": ACCOUNT, "region": REGION}],
        "policies": str(folder / "policies"),
        "vault": {"address": str(folder / "vault")},
        "aws": {"endpoint_url": url},
        "limits": {"automatic": every, "hard": every, "smallest_population": 0, **patience},
        "notice": {"log_counts": True},
        "run": {"search_lag": "1s", "lanes": lanes},
    }
    return load_settings(given=given).settings


@dataclass(slots=True)
class Forest:
    """Makes an account; `needs` are the calls of each operation that its old part takes to go."""

    admin: AdminClient
    chance: random.Random
    needs: Counter[str] = field(default_factory=Counter)

    def grow(self, due: int) -> None:
        """Make so many old components."""
        self.admin.set_clock(offset=AGO)
        made, assigned, trees = 0, due * 3 // 5, 0
        while made < assigned:
            made += self._tree(f"old-{trees}", assigned - made, lends=trees % 10 == 0)
            trees += 1
        for number in range(made, due):
            self._component(f"old-alone-{number}")
        self.needs[DELETE] = due
        self.admin.set_clock(offset=0.0)

    def _tree(self, tree: str, most: int, *, lends: bool) -> int:
        self._make("CreateExperiment", ExperimentName=tree)
        trials = [f"{tree}-{number}" for number in range(self.chance.choice((1, 1, 1, 2, 4)))]
        for trial in trials:
            self._make("CreateTrial", TrialName=trial, ExperimentName=tree)
        count = min(most, self.chance.randint(5, 45) * len(trials))
        for number in range(count):
            home = number % len(trials)
            twice = len(trials) > 1 and self.chance.random() < TWICE
            both = (trials[home], trials[home - 1]) if twice else (trials[home],)
            self._component(f"{tree}-c{number}", *both)
        if lends:
            live = f"live-{tree}"
            self._make("CreateExperiment", ExperimentName=live)
            self._make("CreateTrial", TrialName=f"{live}-t", ExperimentName=live)
            self._component(f"{tree}-lent", trials[0], f"{live}-t")
            self.needs[CUT] -= 1
        self.needs += Counter({"DeleteTrial": len(trials), "DeleteExperiment": 1})
        return count

    def _component(self, name: str, *trials: str) -> None:
        self._make("CreateTrialComponent", TrialComponentName=name)
        for trial in trials:
            self._make("AssociateTrialComponent", TrialComponentName=name, TrialName=trial)
            self.needs[CUT] += 1

    def _make(self, operation: str, **params: str) -> None:
        self.admin.perform(operation, params, account=ACCOUNT, region=REGION)


def rates(rate: float) -> dict[str, Any]:
    """The knobs of such a limit."""
    return {"rates": {"*": READS * rate, **dict.fromkeys(WRITES, rate)}, "burst": max(rate, 1.0)}


def somebody(url: str, share: float, rate: float, done: threading.Event) -> None:
    """Call what we call, evenly: what is not there is refused, and counts all the same."""
    client: Any = boto3.client(  # noqa: TID251 -- somebody else's
        "sagemaker",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key="else",  # noqa: S106 -- a fake
        config=Config(retries={"total_max_attempts": 1}),
    )
    due = time.monotonic()
    while not done.wait(max(0.0, due - time.monotonic())):
        due += 1 / (share * rate)
        for call, more in (
            (client.delete_trial_component, {}),
            (client.disassociate_trial_component, {"TrialName": SOMEBODY}),
        ):
            with suppress(ClientError, BotoCoreError):
                call(TrialComponentName=SOMEBODY, **more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the sandbox's log tells of a run: ours, the other user's, and when a limit changed."""

    ours: Sequence[dict[str, Any]]
    others: Sequence[dict[str, Any]]
    changes: Sequence[tuple[float, float]]
    """Since when (epoch seconds), what rate."""

    def gives(self, begin: float, end: float) -> float:
        """How many calls of one operation the buckets gave in a time, burst included."""
        total = self._rate(begin)
        times = [begin, *(at for at, _ in self.changes if begin < at < end), end]
        for since, until in itertools.pairwise(times):
            total += self._rate(since) * (until - since)
        return total

    def _rate(self, at: float) -> float:
        return [rate for since, rate in self.changes if since <= at][-1]

    def taken(self, operation: str, begin: float) -> int:
        """How many calls the other user got."""
        return sum(
            each["operation"] == operation and each["code"] != THROTTLED and each["at"] >= begin
            for each in self.others
        )


def look(admin: AdminClient, rate: float, halved: bool) -> Seen:  # noqa: FBT001 -- private
    """Read the log."""
    log = admin.calls(service="sagemaker")
    hooks = [each["at"] for each in log if "hook" in each["faults"]]
    steps = (rate / 2, rate) if halved else ()
    return Seen(
        ours=[each for each in log if each["resource"] != SOMEBODY],
        others=[each for each in log if each["resource"] == SOMEBODY],
        changes=[(0.0, rate), *zip(hooks, steps, strict=False)],
    )


def told(seen: Seen, needs: Counter[str], rate: float, report: Report) -> Iterator[str]:
    """Compare what was done after the warm-up with what the buckets gave."""
    effects = [each for each in seen.ours if each["applied"] and each["operation"] in needs]
    first, last = effects[0]["at"], effects[-1]["at"]
    whole = max(needs.values()) / rate
    begin = first + min(WARM_UP, whole / 3)
    done = Counter(each["operation"] for each in effects if each["at"] >= begin)
    shares = {
        each: done[each] / (seen.gives(begin, last) - seen.taken(each, begin)) for each in needs
    }
    slowest, seconds = max(shares, key=lambda each: shares[each]), last - begin
    ratio, calls = shares[slowest], sum(each["at"] >= begin for each in seen.ours)
    failed = needs[DELETE] - report.deleted.get("trial-component", 0)
    before, since = first - seen.ours[0]["at"], last - first
    yield f"calls that the plan needs: {dict(needs)}; bound of all {whole:.0f} s"
    yield f"to the first effect {before:.0f} s, from there to the last {since:.0f} s"
    yield f"after warm-up ({begin - first:.0f} s): {seconds:.1f} s for {done[slowest]} {slowest}"
    yield f"  bound {seconds * ratio:.1f} s, ratio {ratio:.1%}"
    yield f"  of what their buckets gave: {CUT} {shares[CUT]:.1%}, {DELETE} {shares[DELETE]:.1%}"
    yield f"  calls a second, all operations: {calls / seconds:.0f}"
    yield from throttles(seen, begin)
    yield f"components failed: {failed}; outcomes {dict(report.tally)}"


def throttles(seen: Seen, begin: float) -> Iterator[str]:
    """Say what share of calls was throttled: from the first to the last, and after warm-up."""
    calls, away, late = (
        Counter(each["operation"] for each in chosen)
        for chosen in (
            seen.ours,
            [each for each in seen.ours if each["code"] == THROTTLED],
            [each for each in seen.ours if each["code"] == THROTTLED and each["at"] >= begin],
        )
    )
    yield f"throttled: {_share(away.total(), calls.total())}, {late.total()} after warm-up"
    for operation, count in away.most_common():
        yield f"  {operation}: {_share(count, calls[operation])}, {late[operation]} after warm-up"
    if seen.others:
        refused = sum(each["code"] == THROTTLED for each in seen.others)
        yield f"the other user: {_share(refused, len(seen.others))}"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} calls ({part / whole:.2%})"


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Tenths:
    """Prints each tenth of the way, and after how many seconds it was gone."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = 0

    def __call__(self, what: str, count: int, of: int | None) -> None:
        """Hear of progress."""
        tenth = count * 10 // (of or 1)
        if what == "enforcing" and tenth > self._told:
            self._told = tenth
            say(f"  {count:5} of {of} steps after {time.monotonic() - self._began:6.1f} s")


def sweep(chosen: Settings, process: bootstrap.Process) -> Report:
    """Sweep once."""
    wired = bootstrap.wire_target(chosen, chosen.targets[0], process)
    governance = bootstrap.govern(chosen, wired)
    return run_target(wired.bench, governance, bootstrap.new_run(chosen, wired))


def main() -> None:
    """Make the account, mark, enforce, tell."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--rate", type=float, default=20.0, help="R, calls a second")
    parser.add_argument("--due", type=int, default=2_000, help="components")
    parser.add_argument("--change", action="store_true", help="halve the rates, then double them")
    parser.add_argument("--other", type=float, default=0.0, help="another user's share of the rate")
    parser.add_argument("--faults", type=float, default=0.0, help="share of calls that go wrong")
    parser.add_argument("--latency", type=float, default=0.0, help="milliseconds of each answer")
    parser.add_argument("--lanes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    configure_logs(as_json=True, level="CRITICAL", ours=False)
    os.environ.update(AWS_ACCESS_KEY_ID=ACCOUNT, AWS_SECRET_ACCESS_KEY="ours")  # noqa: S106, TID251 -- as a user would
    with tempfile.TemporaryDirectory() as place, sandbox() as url:
        admin, chosen = AdminClient(url), settings(Path(place), url, options.lanes)
        forest = Forest(admin, random.Random(options.seed))  # noqa: S311 -- no secret
        forest.grow(options.due)
        sweep(chosen, bootstrap.Process())
        threading.Event().wait(1.1)
        for line in enforced(admin, url, chosen, forest.needs, options):
            say(line)


def enforced(
    admin: AdminClient, url: str, chosen: Settings, needs: Counter[str], options: Any
) -> Iterator[str]:
    """Enforce under the limits that were asked for, and tell how it went."""
    rate = options.rate
    admin.clear_calls()
    admin.set_knobs(**rates(rate), latency_ms={"*": options.latency})
    third = options.due // 3
    for number, changed in ((third, rate / 2), (2 * third, rate)) if options.change else ():
        admin.add_hook(operation=DELETE, nth_match=number, knobs=rates(changed))
    for action in FAULTS if options.faults else ():
        share = options.faults / len(FAULTS)
        admin.add_fault(action=action, share=share, times=None, service="sagemaker*")
    done = threading.Event()
    other = threading.Thread(target=somebody, args=(url, options.other, rate, done))
    if options.other:
        other.start()
    began = time.process_time()
    try:
        report = sweep(chosen, bootstrap.Process(progress=Tenths()))
    finally:
        done.set()
    yield f"R = {rate:g} a second, {options.due} components due, {options.lanes} lanes"
    yield from told(look(admin, rate, options.change), needs, rate, report)
    yield f"processor time of the client: {time.process_time() - began:.1f} s"


if __name__ == "__main__":
    main()
