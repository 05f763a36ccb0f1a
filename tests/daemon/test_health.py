"""What the daemon answers over HTTP: three paths, and the same few bytes to whatever else."""

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from sagewarden.adapters.web.health import Answers, health_app, is_loopback
from sagewarden.adapters.web.server import WebServer
from sagewarden.errors import SettingsError

EVIL = "evil.example"


@pytest.fixture
def server() -> Iterator[WebServer]:
    """A server whose daemon is alive and not ready."""
    answers = Answers(
        live=lambda: (True, {"live": True}),
        ready=lambda: (False, {"ready": False, "reasons": ["why not"]}),
        metrics=lambda: b"up 1\n",
    )
    made = WebServer("127.0.0.1", 0)
    made.start(health_app(answers, loopback_only=True))
    yield made
    made.stop()


def sent(server: WebServer, *lines: str) -> tuple[int, bytes]:
    """Send a request as it stands; return the status and all bytes that come back."""
    where = urlsplit(server.address)
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as wire:
        request = "\r\n".join([*lines, "Connection: close", "", ""])
        wire.sendall(request.encode("utf-8", "surrogateescape"))
        answer = b"".join(iter(lambda: wire.recv(65_536), b""))
    return int(answer.split(b" ", 2)[1]), answer


def asked(server: WebServer, path: str, host: str = "localhost") -> tuple[int, bytes]:
    return sent(server, f"GET {path} HTTP/1.1", f"Host: {host}")


@pytest.mark.parametrize(
    ("path", "status"), [("/", 200), ("/livez", 200), ("/readyz", 503), ("/metrics", 200)]
)
def test_there_are_three_paths(server: WebServer, path: str, status: int) -> None:
    """Whoever is not ready says so with 503."""
    assert asked(server, path)[0] == status


def test_reasons_are_json(server: WebServer) -> None:
    """A probe shows its body to whoever looks."""
    body = asked(server, "/readyz")[1].partition(b"\r\n\r\n")[2]
    assert json.loads(body) == {"ready": False, "reasons": ["why not"]}


def test_the_first_page_lists_what_there_is(server: WebServer) -> None:
    body = asked(server, "/")[1].partition(b"\r\n\r\n")[2]
    assert [line.split()[0] for line in body.splitlines()] == [b"/livez", b"/readyz", b"/metrics"]


@pytest.mark.parametrize(
    "path",
    [
        *("/livez/", "/LIVEZ", "//livez", "/./livez", "/livez%00", "/metrics.txt", "/docs"),
        *("/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", f"//{EVIL}/%2f..", f"/{EVIL}<script>"),
        *(f"http://{EVIL}/", "/" + "a" * 8_000, "/readyz;x", "/%0d%0aSet-Cookie:%20a=b"),
    ],
)
def test_whatever_else_is_asked_for_is_not_found(server: WebServer, path: str) -> None:
    """Nothing that was asked is sent back, and nobody is led anywhere."""
    status, answer = asked(server, path)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert (status, body) == (404, b"not found; / lists what there is\n")
    assert EVIL.encode() not in answer
    assert b"location" not in head.lower()
    assert b"cookie" not in head.lower()


@pytest.mark.parametrize("host", [EVIL, f"127.0.0.1.{EVIL}", "10.0.0.1", "", "[::", "0.0.0.0"])  # noqa: S104 -- a header
def test_a_page_under_another_name_reads_nothing(server: WebServer, host: str) -> None:
    """A browser on this machine is not to be led to us by a name of somebody else's."""
    status, answer = asked(server, "/metrics", host)
    assert status in {400, 421}
    assert EVIL.encode() not in answer
    assert b"up 1" not in answer


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_nothing_but_reading_is_allowed(server: WebServer, method: str) -> None:
    """There is nothing to change here."""
    status, answer = sent(server, f"{method} /livez HTTP/1.1", "Host: localhost")
    assert status == 405
    assert b"live" not in answer


def test_no_answer_tells_what_serves(server: WebServer) -> None:
    """No name, no version; nothing is to be kept or framed either."""
    head = asked(server, "/livez")[1].partition(b"\r\n\r\n")[0].lower()
    assert b"server:" not in head
    assert b"uvicorn" not in head
    assert b"cache-control: no-store" in head
    assert b"x-content-type-options: nosniff" in head


def test_garbage_is_refused_and_does_no_harm(server: WebServer) -> None:
    """The next one gets its answer."""
    assert sent(server, "\x00\x01 nonsense")[0] == 400
    assert asked(server, "/livez")[0] == 200


def test_an_upgrade_to_a_web_socket_gets_no_answer_but_the_usual(server: WebServer) -> None:
    """There are none."""
    upgrade = ("Upgrade: websocket", "Sec-WebSocket-Key: eA==", "Sec-WebSocket-Version: 13")
    assert sent(server, "GET /x HTTP/1.1", "Host: localhost", *upgrade)[0] == 404


def test_a_port_that_is_taken_is_told_with_what_to_do(server: WebServer) -> None:
    """Two daemons on one machine, most often."""
    port = urlsplit(server.address).port or 0
    with pytest.raises(SettingsError, match="cannot listen") as refused:
        WebServer("127.0.0.1", port)
    assert "web.port" in refused.value.advice


@pytest.mark.parametrize(
    ("host", "is_it"),
    [
        *(("localhost", True), ("localhost:80", True), ("127.0.0.1:9464", True), ("[::1]:1", True)),
        *(("::1", True), ("127.8.8.8", True), ("0.0.0.0", False), ("", False), ("::", False)),  # noqa: S104
        *((f"localhost.{EVIL}", False), (f"[::1].{EVIL}", False), ("127.0.0.1.nip.io", False)),
    ],
)
def test_who_is_this_machine_to_itself(host: str, *, is_it: bool) -> None:
    """By name or address, with a port or none."""
    assert is_loopback(host) is is_it
