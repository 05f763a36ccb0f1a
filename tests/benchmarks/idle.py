"""What a daemon costs that has nothing to do: processor time and memory, after a few sweeps.

    .venv/bin/python tests/benchmarks/idle.py [--sweeps 5] [--seconds 60] [--targets 1]

A real `sagewarden serve` on a sandbox, asked for its metrics every 15 seconds as Prometheus would.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from soak import (  # type: ignore[import-not-found]  # it stands beside this script
    ACCOUNTS,
    POLICY,
    REGION,
    grow,
    sandbox,
)
from telling import at_most, say  # type: ignore[import-not-found]  # so does it

from sagewarden.sandbox import AdminClient

BOUND_SHARE = 0.01
BOUND_MEGABYTES = 120.0
SCRAPES = 15.0
TICKS = os.sysconf("SC_CLK_TCK")


def written(folder: Path, url: str, targets: int) -> Path:
    """Write settings for a daemon that sweeps twice a minute."""
    (folder / "policies").mkdir()
    (folder / "policies" / "all.yaml").write_text(POLICY)
    config = folder / "sagewarden.yaml"
    roles = [
        {"account_id": each, "region": REGION, "role_arn": f"arn:aws:iam::{each}:role/sagewarden"}
        for each in ACCOUNTS[:targets]
    ]
    given = {
        "targets": roles,
        "policies": str(folder / "policies"),
        "vault": {"address": str(folder / "vault")},
        "aws": {"endpoint_url": url},
        "notice": {"log_counts": True},
        "run": {"search_lag": "1s"},
        "web": {"port": 0},
        "schedule": {"sweep": {"every": "3s"}},
    }
    config.write_text(json.dumps(given))
    return config


def spent(pid: int) -> float:
    """Return the seconds of processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def megabytes(pid: int) -> float:
    """Return its memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def threads(pid: int) -> int:
    """Return how many threads it has."""
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


def until(true: Callable[[], bool]) -> None:
    """Wait until something is true, for five minutes at most."""
    deadline = time.monotonic() + 300
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError
        threading.Event().wait(0.2)


def events(log: Path, name: str) -> list[dict[str, str]]:
    """Return the log's lines of one event."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line for line in lines if line["event"] == name]


def measured(daemon: "subprocess.Popen[bytes]", log: Path, config: Path, wanted: int) -> None:
    """Let it sweep, then let it be."""
    until(lambda: bool(events(log, "daemon.began")))
    say(f"begun           {megabytes(daemon.pid):6.1f} MB")
    until(lambda: len(events(log, "run.ended")) >= wanted)
    config.write_text(config.read_text().replace('"3s"', '"30d"'))
    daemon.send_signal(signal.SIGHUP)
    until(lambda: bool(events(log, "settings.read")))
    until(lambda: len(events(log, "run.ended")) == len(events(log, "run.began")))
    threading.Event().wait(2)


def idled(pid: int, health: str, seconds: float) -> float:
    """Ask for metrics as Prometheus would; return the share of a core that it used."""
    before, began = spent(pid), time.monotonic()
    while time.monotonic() - began < seconds:
        with urlopen(f"{health}/metrics", timeout=10) as answer:  # noqa: S310 -- loopback
            answer.read()
        threading.Event().wait(min(SCRAPES, seconds))
    return (spent(pid) - before) / (time.monotonic() - began)


def main() -> None:
    """Measure, and print each figure beside its bound."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--sweeps", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--targets", type=int, default=1)
    options = parser.parse_args()
    keys = {"AWS_ACCESS_KEY_ID": "idle", "AWS_SECRET_ACCESS_KEY": "idle"}
    with tempfile.TemporaryDirectory() as place, sandbox() as url:
        folder = Path(place)
        config, log = written(folder, url, options.targets), folder / "log"
        for number in range(5):
            grow(AdminClient(url), number)
        command = [sys.executable, "-m", "sagewarden", "serve", "--config", str(config)]
        with log.open("wb") as stream:
            environment = {**os.environ, **keys}  # noqa: TID251 -- as a shell gives it
            daemon = subprocess.Popen(command, stderr=stream, env=environment)
        try:
            measured(daemon, log, config, options.sweeps * options.targets)
            health = events(log, "daemon.began")[0]["health"]
            share = idled(daemon.pid, health, options.seconds)
            say(at_most("idle", share * 100, BOUND_SHARE * 100, "%"))
            runs, size = len(events(log, "run.ended")), megabytes(daemon.pid)
            say(at_most(f"memory after {runs} runs", size, BOUND_MEGABYTES, "MB"))
            say(f"threads         {threads(daemon.pid):6}")
        finally:
            daemon.terminate()
            daemon.wait()


if __name__ == "__main__":
    main()
