"""A few paths that only read; whatever else is asked for gets the same few bytes back."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

PATHS = b"""\
/livez    whether the daemon lives
/readyz   whether it can do its work, and why not
/metrics  figures for Prometheus
"""
"""What is answered at `/`."""

_NAMED = re.compile(r"(?:\[(?P<bracketed>[0-9a-f:]+)\]|(?P<name>[^:\[\]]+))(?::\d+)?")

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What is answered: whether it is well, with the words for it; metrics in their text format."""

    live: Callable[[], tuple[bool, dict[str, Any]]]
    ready: Callable[[], tuple[bool, dict[str, Any]]]
    metrics: Callable[[], bytes]


def health_app(answers: Answers, *, loopback_only: bool) -> ASGIApp:
    """Return the application; nothing of a request is ever sent back.

    With `loopback_only` a request must name this machine as its host, so that no page of a browser
    on it can read the answers under a name of its own.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        if loopback_only and not is_loopback(request.headers.get("host", "")):
            answer = _refused(421, b"misdirected\n")
        elif request.method not in {"GET", "HEAD"}:
            answer = _refused(405, b"only GET\n")
        else:
            answer = await run_in_threadpool(_answer, answers, scope["path"])
        await answer(scope, receive, send)

    return app


def _answer(answers: Answers, path: str) -> Response:
    match path:
        case "/":
            return Response(PATHS, 200, HEADERS, "text/plain")
        case "/livez":
            return _told(*answers.live())
        case "/readyz":
            return _told(*answers.ready())
        case "/metrics":
            return Response(answers.metrics(), 200, HEADERS | {"Content-Type": METRICS_TYPE})
        case _:
            return _refused(404, b"not found; / lists what there is\n")


def _told(well: bool, words: dict[str, Any]) -> Response:  # noqa: FBT001 -- the first of a pair
    status = 200 if well else 503
    return Response(orjson.dumps(words) + b"\n", status, HEADERS, "application/json")


def _refused(status: int, words: bytes) -> Response:
    return Response(words, status, HEADERS, "text/plain")


def is_loopback(host: str) -> bool:
    """Whether a Host header, or an address to listen at, names this machine to itself alone."""
    named = _NAMED.fullmatch(host)
    name = (named["bracketed"] or named["name"]) if named else host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
