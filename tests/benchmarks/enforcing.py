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
import os
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from enforcing_account import (  # type: ignore[import-not-found]  # it stands beside
    ACCOUNT,
    CUT,
    DELETE,
    POLICIES,
    REGION,
    Forest,
)
from enforcing_log import SOMEBODY, look, told  # type: ignore[import-not-found]  # so does it
from soak import sandbox  # type: ignore[import-not-found]  # and it
from telling import say  # type: ignore[import-not-found]  # and it

from sagewarden import bootstrap
from sagewarden.adapters.telemetry.logs import configure_logs
from sagewarden.application.run import run_target
from sagewarden.core.report import Report
from sagewarden.sandbox import AdminClient
from sagewarden.settings import Settings, load_settings

READS = 10
"""How many times as many reads as writes AWS accepts."""
WRITES = (CUT, DELETE, "DeleteTrial", "DeleteExperiment", "AssociateTrialComponent")
FAULTS = ("error_500", "error_500_after", "drop_before", "drop_after")


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


def hard(options: Any) -> str:
    """Name what makes a run harder."""
    changed = ", halved and doubled" if options.change else ""
    other = f", another user takes {options.other:.0%}" if options.other else ""
    return changed + other + (f", {options.faults:.0%} go wrong" if options.faults else "")


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
    yield from told(look(admin, rate, options.change), needs, rate, report, hard(options))
    yield f"processor time of the client: {time.process_time() - began:.1f} s"


if __name__ == "__main__":
    main()
