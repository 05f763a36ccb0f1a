"""A process that has loaded all of SageWarden, and forks a `sagewarden sweep` for each request.

What it forks is the real thing: a process of its own, with its own pid, sockets, threads, folder
and environment, that loads settings and wires everything as the installed command does, and dies
of a real SIGKILL. It only does not load Python and boto3 anew, a second on a busy core. That is
all it inherits: the template has one thread and never opens a socket, makes no client that lives
on, and reads no setting; random bytes come from the system in every child.

A *plain* child runs `sagewarden.__main__.main`. A *brisk* one differs in two figures, so that
plays do not wait: its pace begins where AWS's usual rates end instead of at one call a second, and
its lease may be shorter than the second that settings take at least.

One line of JSON a request on standard input, one an answer on standard output. When the input
ends, however whoever held it died, every child is killed, stopped ones too.
"""

import gc
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sagewarden.__main__ import main
from sagewarden.adapters.aws.limiter import Pace
from sagewarden.adapters.aws.session import Access, TargetSession
from sagewarden.adapters.clock import wall_now
from sagewarden.adapters.reports import terminal
from sagewarden.adapters.telemetry import logs
from sagewarden.adapters.vault import s3
from sagewarden.bootstrap.sweeping import ReadyRun
from sagewarden.cli.console import working
from sagewarden.cli.ending import Ends, side_by_side, told
from sagewarden.core.entities import Target
from sagewarden.settings import load_settings

LOADED = (terminal, logs, s3)
"""What the command imports late."""

EAGER = Pace(start=5_000.0, ceiling=5_000.0)

SERVICES = ("sagemaker", "sagemaker-metrics", "sts", "s3")
WRITABLE = os.O_WRONLY | os.O_CREAT | os.O_APPEND
PAUSE = 0.002

gates: dict[int, int] = {}
"""The writing end of each child's gate, by pid: a child waits there for its `go`."""


def warm() -> None:
    """Parse botocore's service models, which are kept for the process; the clients are dropped."""
    nowhere = Access(target=Target("123456789012", "us-east-1"), endpoint_url="http://127.0.0.1:9")
    session = TargetSession(nowhere, wall_now)
    for service in SERVICES:
        session.reading(service)


def start(request: dict[str, Any]) -> dict[str, Any]:
    """Fork a command that waits at its gate; answer its pid."""
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if not pid:
        become(request, reading)
    os.close(reading)
    gates[pid] = writing
    return {"pid": pid}


def become(request: dict[str, Any], gate: int) -> None:
    """Be the command from here on, to its end."""
    streams = (os.open(os.devnull, os.O_RDONLY), *(os.open(request["told"], WRITABLE),) * 2)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, gate)
    os.closerange(gate + 1, 256)
    if not os.read(gate, 1):
        os._exit(1)
    os.close(gate)
    os.chdir(request["folder"])
    os.environ.update(request["environment"])  # noqa: TID251 -- what a shell does for a command
    if request["stop_at_wire"]:
        stop_at_wire(*request["stop_at_wire"])
    config, lease = request["config"], request["brisk_lease"]
    if lease is None:
        sys.argv = ["sagewarden", "sweep", "--config", config]
        main()
    sys.exit(brisk(Path(config), lease))


def brisk(config: Path, lease: float) -> int:
    """Do what the command `sweep` does, at another pace, under a lease of so many seconds."""
    settings = load_settings(config).settings
    ends = Ends(as_json=False)
    with told(ends), working() as work:
        work.reading = work.writing = EAGER
        ready = ReadyRun.of(settings, settings.targets[0], work)
        governance = replace(ready.governance, lease_seconds=lease)
        side_by_side([replace(ready, governance=governance)], 1, work.stop, ends)
    return ends.code


def stop_at_wire(operation: str, number: int) -> None:
    """Stop this process when an operation's request of this number, from 1, is handed to a socket.

    By then every hook of botocore's has run: only the system's call is left.
    """
    wanted = f"X-Amz-Target: SageMaker.{operation}\r\n".encode()
    seen = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal seen
        if event == "http.client.send" and wanted in bytes(arguments[1]):
            seen += 1
            if seen == number:
                os.kill(os.getpid(), signal.SIGSTOP)

    sys.addaudithook(hook)


def go(request: dict[str, Any]) -> dict[str, Any]:
    """Let a child run."""
    gate = gates[request["pid"]]
    os.write(gate, b"!")
    return {}


def wait(request: dict[str, Any]) -> dict[str, Any]:
    """Answer how a child ended, negative: by that signal; or that it was stopped, or neither."""
    until = time.monotonic() + request["seconds"]
    while True:
        pid, status = os.waitpid(request["pid"], os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(status):
            return {"stopped": True}
        if pid:
            os.close(gates.pop(pid))
            return {"code": os.waitstatus_to_exitcode(status)}
        if time.monotonic() > until:
            return {}
        time.sleep(PAUSE)  # noqa: TID251 -- nothing else happens here


def end() -> None:
    """Kill what is left."""
    for pid in gates:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


ANSWERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "start": start,
    "go": go,
    "wait": wait,
}


def serve() -> None:
    """Answer requests until the input ends."""
    warm()
    gc.collect()
    gc.freeze()
    try:
        for line in sys.stdin:
            request = json.loads(line)
            sys.stdout.write(json.dumps(ANSWERS[request.pop("do")](request)) + "\n")
            sys.stdout.flush()
    finally:
        if os.getpid() == TEMPLATE:
            end()


if __name__ == "__main__":
    TEMPLATE = os.getpid()
    serve()
