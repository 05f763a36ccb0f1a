"""A `sagewarden serve` that a test watches: its log, its health, its end."""

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.cli.user import User

PATIENCE = 60.0
"""Seconds after which what was waited for is taken for never coming."""


@dataclass
class Watched:
    """A daemon that runs."""

    user: User
    process: "subprocess.Popen[str]"
    log: Path
    began: dict[str, Any] = field(default_factory=dict)

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        """Every line of its log, or those of one event."""
        lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]
        return [each for each in lines if name is None or each["event"] == name]

    def hears(self, name: str, count: int = 1) -> dict[str, Any]:
        """Wait for an event to have come so many times; return the last."""
        self.until(lambda: len(self.events(name)) >= count, f"{count} x {name}")
        return self.events(name)[-1]

    def until(self, true: Callable[[], Any], what: str) -> None:
        """Wait until something is true."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, f"never came: {what}\n{self.log.read_text()}"
            assert self.process.poll() is None or true(), self.log.read_text()
            threading.Event().wait(0.05)

    def asks(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Ask over HTTP; return status and body."""
        status, _, body = self.answer(path, method, **headers)
        return status, body

    def answer(
        self, path: str, method: str = "GET", **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """The same with the headers, their names in lower case."""
        connection = HTTPConnection(urlsplit(self.began["health"]).netloc, timeout=10)
        connection.request(method, path, headers=headers)
        got = connection.getresponse()
        told = {name.lower(): value for name, value in got.getheaders()}
        body = got.read().decode()
        connection.close()
        return got.status, told, body

    def ready(self) -> dict[str, Any]:
        """What /readyz tells."""
        told: dict[str, Any] = json.loads(self.asks("/readyz")[1])
        return told

    def metrics(self) -> dict[str, float]:
        """Every sample by its name with its labels."""
        lines = self.asks("/metrics")[1].splitlines()
        pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
        return {name: float(value) for name, value in pairs}

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples that have these labels."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(
            value
            for sample, value in self.metrics().items()
            if sample.partition("{")[0] == name and all(each in sample for each in wanted)
        )

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal and wait for its end; return its exit code."""
        self.send(number)
        return self.process.wait(PATIENCE)


@contextmanager
def watched(user: User, name: str = "log", key: str = "AKIADAEMON") -> Iterator[Watched]:
    """Start a daemon, wait until it has begun, and kill what is left of it in the end."""
    log = user.folder / name
    with log.open("w") as stream:
        environment = {**os.environ, **user.box.environment(key)}  # noqa: TID251 -- and all that is set
        process = user.start("serve", stderr=stream, stdout=subprocess.DEVNULL, env=environment)
    daemon = Watched(user, process, log)
    try:
        daemon.began = daemon.hears("daemon.began")
        yield daemon
    finally:
        process.kill()
        process.wait()
