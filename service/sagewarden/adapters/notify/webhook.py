"""Posts notices to a web address, signed.

The request: `POST`, the notice as JSON, and the headers

- `SageWarden-Notice`: the notice's id; a notice may come more than once, always under the same id;
- `SageWarden-Signature`: `t=SECONDS,v1=HEX`, where HEX is the HMAC-SHA256, keyed with the secret,
  of SECONDS (since 1970 UTC, of this attempt), a full stop, and the body as it was sent.

Any answer of the 200s accepts the notice. A redirect is not followed: it is a refusal.
`deploy/NOTICES.md` has an example of how a receiver checks all that.
"""

import hashlib
import hmac
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from queue import Empty, SimpleQueue
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from sagewarden import __version__
from sagewarden.adapters.notify.persistence import Persistence, Refusal
from sagewarden.core.canonical import canonical

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers after which the same request may be accepted a little later."""

OURS = range(200, 300)
"""Answers that accept a notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A web address and how to use it; `shown` is what logs and reports may tell of it.

    One attempt may take so many `seconds`, whatever the other side does. `spell` makes the body;
    without a secret nothing is signed.
    """

    url: str
    shown: str
    secret: bytes | None
    seconds: float
    attempts: int
    spell: Callable[[Mapping[str, Any]], bytes] = canonical


class WebhookChannel:
    """Posts each notice; once an address gave no useful answer, the run leaves it alone."""

    counts = True

    def __init__(
        self,
        endpoint: Endpoint,
        name: str,
        now: Callable[[], datetime],
        rest: Callable[[float], None],
    ) -> None:
        """`now` tells the receiver how old a request is; `rest` waits between attempts."""
        self.name = name
        self._endpoint = endpoint
        self._now = now
        self._tries = Persistence(endpoint.shown, endpoint.attempts, rest)

    def send(self, notice: Mapping[str, Any]) -> None:
        """Post one notice; raise NoticeRefused unless the answer is one of the 200s."""
        body = self._endpoint.spell(notice)
        self._tries.deliver(lambda: _refusal(self._attempt(notice["id"], body)))

    def _attempt(self, notice: str, body: bytes) -> int | str:
        request = Request(  # noqa: S310 -- settings take http and https only
            self._endpoint.url,
            data=body,
            method="POST",
            headers={
                "Content-Type": "application/json",
                "User-Agent": f"sagewarden/{__version__}",
                "SageWarden-Notice": notice,
                **self._signature(body),
            },
        )
        return _within(self._endpoint.seconds, request)

    def _signature(self, body: bytes) -> dict[str, str]:
        if self._endpoint.secret is None:
            return {}
        at = int(self._now().timestamp())
        signed = hmac.new(self._endpoint.secret, b"%d.%b" % (at, body), hashlib.sha256)
        return {"SageWarden-Signature": f"t={at},v1={signed.hexdigest()}"}


def _refusal(answer: int | str) -> Refusal | None:
    if answer in OURS:
        return None
    if isinstance(answer, str):
        return Refusal(answer, may_change=True)
    return Refusal(f"answer {answer}", may_change=answer in AGAIN)


def _within(seconds: float, request: Request) -> int | str:
    """Send once; return the answer's code, or in words why there is none within the time.

    A socket's own limit starts anew with each byte: who trickles would hold the run for ever.
    """
    answers: SimpleQueue[int | str] = SimpleQueue()

    def send() -> None:
        answers.put(_sent(seconds, request))

    threading.Thread(target=send, daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except Empty:
        return f"no answer within {seconds:g} seconds"


def _sent(seconds: float, request: Request) -> int | str:
    try:
        with build_opener(_Unmoved).open(request, timeout=seconds) as answer:
            return int(answer.status)
    except HTTPError as error:
        error.close()
        return error.code
    except (OSError, HTTPException, ValueError) as error:
        return _reason(error)


def _reason(error: Exception) -> str:
    """Say what went wrong, never with the address in it."""
    cause = error.reason if isinstance(error, URLError) else error
    if isinstance(cause, TimeoutError):
        return "no answer in time"
    told = getattr(cause, "verify_message", "") or getattr(cause, "strerror", "")
    return f"{type(cause).__name__}{f': {told}' if told else ''}"


class _Unmoved(HTTPRedirectHandler):
    """Follows no redirect: it would carry the notice to somebody who was not named."""

    def redirect_request(self, *_: Any) -> None:
        """Make no other request."""
