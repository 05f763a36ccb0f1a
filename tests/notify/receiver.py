"""Somebody's web server that notices are posted to."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Receiver:
    """Remembers every request; answers with `answers`, the last one for ever after.

    An answer is a status, or `hang` (none), `trickle` (a byte now and then), `cut` (half a line).
    `body` is what an answer of the 200s holds, `refusal` what any other does.
    """

    answers: list[int | str] = field(default_factory=lambda: [200])
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    body: bytes = b""
    refusal: bytes = b""

    def next(self) -> int | str:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://localhost:{self.port}/hook/TOKEN"

    @contextmanager
    def running(self, tls: ssl.SSLContext | None = None) -> Iterator["Receiver"]:
        with ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Ours", (Answering,), {"receiver": self})
        ) as server:
            server.daemon_threads = True
            if tls is not None:
                server.socket = tls.wrap_socket(server.socket, server_side=True)
            self.port = server.server_port
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            yield self
            self.over.set()
            server.shutdown()
            thread.join()


class Answering(BaseHTTPRequestHandler):
    """One request, answered as its receiver says."""

    receiver: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.got.append((dict(self.headers.items()), body))
        answer = self.receiver.next()
        if isinstance(answer, int):
            self._answer(answer)
        elif answer == "hang":
            self.receiver.over.wait(10)
        elif answer == "cut":
            self.wfile.write(b"HTTP/1.1 2")
        else:
            self._trickle()

    def do_GET(self) -> None:
        self.receiver.got.append((dict(self.headers.items()), b"GET"))
        self._answer(200)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        for name, value in self.receiver.headers.items():
            self.send_header(name, value)
        body = self.receiver.body if status < 300 else self.receiver.refusal
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not self.receiver.over.wait(0.02):
            try:
                self.wfile.write(b"X")
            except OSError:
                return

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""
