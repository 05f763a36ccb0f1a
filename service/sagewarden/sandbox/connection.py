"""One HTTP/1.1 connection: parses requests, answers them in order, keeps alive."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, cast

import httptools

from sagewarden.sandbox.wire import Answer, Request

Served = Answer | Coroutine[Any, Any, Answer]
Serve = Callable[[Request], Served]
Stamp = Callable[[], tuple[str, str]]
"""Gives the Date header and a new request id."""


class Connection(asyncio.Protocol):
    """Feeds bytes to the parser and requests to `serve`, one at a time."""

    def __init__(self, serve: Serve, stamp: Stamp, alive: set["Connection"]) -> None:
        self._serve = serve
        self._stamp = stamp
        self._alive = alive
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[Request, bool]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self._begin()

    def _begin(self) -> None:
        self._target = b""
        self._headers: list[tuple[str, str]] = []
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = cast("asyncio.Transport", transport)
        self._alive.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Stop working for a caller that is gone; what was applied stays applied."""
        self._alive.discard(self)

    def close(self) -> asyncio.Task[None] | None:
        """Hang up, and give back the work that was still under way."""
        self._transport.abort()
        if self._task is not None:
            self._task.cancel()
        return self._task

    def data_received(self, data: bytes) -> None:
        """Parse what came."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._transport.abort()

    def on_url(self, url: bytes) -> None:
        """Collect the target, which may come in pieces."""
        self._target += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._headers.append((name.decode("latin-1"), value.decode("utf-8", "surrogateescape")))

    def on_headers_complete(self) -> None:
        """Tell a careful client to send its body."""
        for name, value in self._headers:
            if name.lower() == "expect" and value.lower() == "100-continue":
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body; chunks arrive unwrapped."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """Serve the request, or queue it behind the one under way."""
        request = Request(
            method=self._parser.get_method().decode(),
            target=self._target.decode("latin-1"),
            headers={name.lower(): value for name, value in self._headers},
            body=b"".join(self._body),
            spelled=self._headers,
        )
        keep_alive = self._parser.should_keep_alive()
        self._begin()
        if self._task is None:
            self._start(request, keep_alive)
        else:
            self._waiting.append((request, keep_alive))

    def _start(self, request: Request, keep_alive: bool) -> None:  # noqa: FBT001 - private
        served = self._serve(request)
        if isinstance(served, Answer) and not served.delay:
            self._send(served, keep_alive)
        else:
            self._task = asyncio.ensure_future(self._finish(served, keep_alive))

    async def _finish(self, served: Served, keep_alive: bool) -> None:  # noqa: FBT001 - private
        answer = served if isinstance(served, Answer) else await served
        if answer.delay:
            await asyncio.sleep(answer.delay)
        self._send(answer, keep_alive)
        self._task = None
        while self._waiting and self._task is None:
            self._start(*self._waiting.popleft())

    def _send(self, answer: Answer, keep_alive: bool) -> None:  # noqa: FBT001 - private
        if answer.dropped:
            self._transport.abort()
            return
        date, request_id = self._stamp()
        self._transport.write(answer.encode(date, request_id, keep_alive=keep_alive))
        if not keep_alive:
            self._transport.close()
