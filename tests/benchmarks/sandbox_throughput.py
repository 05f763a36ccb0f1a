"""How many DescribeTrialComponent answers a second the sandbox gives, on one core.

    python tests/benchmarks/sandbox_throughput.py [--components 100000] [--seconds 5]

The sandbox runs in a process of its own; this one sends raw HTTP over kept-alive connections. The
figure is answers for each second of processor time that the sandbox used, so that a busy machine
does not change it. Also: how long seeding took, and how long pages of Search take.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlparse

from telling import at_least, at_most, say  # type: ignore[import-not-found]  # it stands beside this script

BOUND_ANSWERS = 5_000.0
BOUND_SEED_SECONDS = 10.0
CONNECTIONS = 8
DEPTH = 1
"""Requests under way on each connection: the sandbox is never idle."""
SCOPE = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/sagemaker/aws4_request, S=0"


def request_of(operation: str, params: dict[str, object]) -> bytes:
    """Write one signed-looking request."""
    body = json.dumps(params).encode()
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-amz-json-1.1\r\n"
        f"X-Amz-Target: SageMaker.{operation}\r\nAuthorization: {SCOPE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Caller:
    """One kept-alive connection."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def send(self, request: bytes) -> None:
        """Send without waiting."""
        self._socket.sendall(request)

    def receive(self) -> bytes:
        """Read one answer's body; anything but 200 is an error."""
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(1 << 18)
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode() + rest.decode())
        lower = head.lower()
        start = lower.index(b"content-length: ") + 16
        length = int(lower[start:].split(b"\r\n", 1)[0])
        while len(rest) < length:
            rest += self._socket.recv(1 << 18)
        self._buffer = rest[length:]
        return rest[:length]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def processor_seconds(pid: int) -> float:
    """Return the processor time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def names_of(caller: Caller, wanted: int) -> list[str]:
    """List the first names of the account."""
    names: list[str] = []
    token: str | None = None
    while len(names) < wanted:
        params = {"MaxResults": 100} | ({"NextToken": token} if token else {})
        caller.send(request_of("ListTrialComponents", dict(params)))
        page = json.loads(caller.receive())
        names += [each["TrialComponentName"] for each in page["TrialComponentSummaries"]]
        token = page.get("NextToken")
        if token is None:
            break
    return names


def describe_for(seconds: float, callers: list[Caller], requests: list[bytes]) -> tuple[int, float]:
    """Describe without pause; return how many answers came, and the seconds it took."""
    answers, began = 0, time.monotonic()
    number = len(requests)
    for caller in callers:
        for _ in range(DEPTH):
            caller.send(requests[answers % number])
    while time.monotonic() - began < seconds:
        for caller in callers:
            caller.receive()
            answers += 1
            caller.send(requests[answers % number])
    took = time.monotonic() - began
    for caller in callers:
        for _ in range(DEPTH):
            caller.receive()
    return answers, took


def search_pages(caller: Caller, pages: int) -> float:
    """Read pages of whole records in order of creation; return seconds a page."""
    token: str | None = None
    began, read = time.monotonic(), 0
    for _ in range(pages):
        params: dict[str, object] = {
            "Resource": "ExperimentTrialComponent",
            "SortBy": "CreationTime",
            "SortOrder": "Ascending",
            "MaxResults": 100,
        }
        caller.send(request_of("Search", params | ({"NextToken": token} if token else {})))
        token = json.loads(caller.receive()).get("NextToken")
        read += 1
        if token is None:
            break
    return (time.monotonic() - began) / read


def measure(url: str, pid: int, seconds: float) -> list[str]:
    """Run the measurements against a running sandbox; return what to print."""
    parsed = urlparse(url)
    callers = [Caller(str(parsed.hostname), int(parsed.port or 0)) for _ in range(CONNECTIONS)]
    names = names_of(callers[0], 2_000)
    requests = [request_of("DescribeTrialComponent", {"TrialComponentName": n}) for n in names]
    describe_for(min(1.0, seconds), callers, requests)
    used = processor_seconds(pid)
    answers, took = describe_for(seconds, callers, requests)
    used = processor_seconds(pid) - used
    page = search_pages(callers[0], 50)
    for caller in callers:
        caller.close()
    rate = answers / max(used, 0.001)
    return [
        at_least("DescribeTrialComponent, answers a processor second", rate, BOUND_ANSWERS, "1/s"),
        f"by the clock: {answers / took:,.0f} a second",
        f"Search: {page * 1000:.1f} ms for a page of 100 whole records",
    ]


def main() -> None:
    """Start a sandbox, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--components", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    command = [sys.executable, "-m", "sagewarden.sandbox", "--components", str(options.components)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            told = json.loads(sandbox.stdout.readline() if sandbox.stdout else "{}")
            what = f"seeding {told['components']:,} components"
            say(at_most(what, told["seconds"], BOUND_SEED_SECONDS, "s"))
            say(*measure(told["url"], sandbox.pid, options.seconds))
        finally:
            sandbox.terminate()


if __name__ == "__main__":
    main()
