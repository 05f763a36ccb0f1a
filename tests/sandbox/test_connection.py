"""HTTP as it goes over the wire."""

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from sagewarden.sandbox import Fault, Sandbox

SCOPE = "AWS4-HMAC-SHA256 Credential=123456789012/20260101/us-east-1/sagemaker/aws4_request, S=0"


def request(operation: str, params: dict[str, Any], *, close: bool = False) -> bytes:
    body = json.dumps(params).encode()
    head = (
        f"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SageMaker.{operation}\r\n"
        f"Authorization: {SCOPE}\r\nContent-Length: {len(body)}\r\n"
    )
    ending = "Connection: close\r\n\r\n" if close else "\r\n"
    return (head + ending).encode() + body


@pytest.fixture
def line(box: Sandbox) -> Iterator[socket.socket]:
    """Open a raw connection to the sandbox."""
    with socket.create_connection((box.host, box.port), timeout=5) as opened:
        yield opened


def everything(line: socket.socket) -> bytes:
    pieces = list(iter(lambda: line.recv(65536), b""))
    return b"".join(pieces)


def test_pipelined_requests_are_answered_in_order(line: socket.socket, box: Sandbox) -> None:
    """Even when the first is slow and the second is not."""
    box.admin.add_fault(Fault(operation="CreateExperiment", action="delay", seconds=0.2))
    first = request("CreateExperiment", {"ExperimentName": "n"})
    line.sendall(first + request("ListExperiments", {}, close=True))
    told = everything(line)
    assert 0 < told.index(b"ExperimentArn") < told.index(b"ExperimentSummaries")


def test_a_request_may_come_in_pieces(line: socket.socket) -> None:
    """Byte by byte."""
    for byte in request("ListExperiments", {}, close=True):
        line.sendall(bytes([byte]))
    assert everything(line).startswith(b"HTTP/1.1 200 OK\r\n")


def test_what_is_not_http_is_hung_up_on(line: socket.socket) -> None:
    """Without an answer."""
    line.sendall(b"\x00\x01nonsense\r\n\r\n")
    assert everything(line) == b""


def test_a_body_that_is_not_json_is_refused(line: socket.socket) -> None:
    """As SerializationException."""
    broken = request("ListExperiments", {}, close=True).replace(b"{}", b"{!")
    line.sendall(broken)
    assert b"SerializationException" in everything(line)


def test_many_callers_at_once_lose_nothing(box: Sandbox, sm: Any) -> None:
    """Every create of every thread is there afterwards."""

    def create(number: int) -> None:
        for step in range(20):
            sm.create_trial_component(TrialComponentName=f"c-{number}-{step}")

    threads = [threading.Thread(target=create, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.state.components) == 80
