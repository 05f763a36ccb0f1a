"""The one path of every guarded write: sent once, checked in the last hook before it leaves."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name

from sagewarden.adapters.aws.answers import check
from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.errors import Fault, effect_error, fault_of
from sagewarden.adapters.aws.limiter import Limiter, Limiters
from sagewarden.adapters.aws.session import TargetSession


class Sender:
    """Sends writes with a client of its own, whose events nobody else shares.

    `guard` runs in botocore's last hook before a request leaves; what it raises keeps the request
    from leaving and comes out as it is. Once the limiters' event is set nothing waits for a rate
    any more.
    """

    def __init__(
        self,
        session: TargetSession,
        limiters: Limiters,
        counter: CallCounter,
        guard: Callable[[], None],
    ) -> None:
        self._limiters = limiters
        self._counter = counter
        self._guard = guard
        self._stopped = threading.local()
        self._leaving = threading.local()
        self._client = session.effects()
        self._client.meta.events.register("before-send.sagemaker", self._before_send)

    def wait(self, operation: str) -> None:
        """Wait until the rate allows one such call."""
        self._limiters.of(operation).wait()

    def send(self, operation: str, request: Mapping[str, Any]) -> None:
        """Send it once; raise what `effect_error` makes of a failure."""
        limiter = self._limiters.of(operation)
        self._stopped.by = None
        self._leaving.limiter = limiter
        try:
            answer = getattr(self._client, xform_name(operation))(**request)
            check(operation, request, answer)
        except Exception as error:
            if error is self._stopped.by:
                raise
            self._note(limiter, operation, fault_of(error))
            raise effect_error(operation, error) from error
        self._note(limiter, operation, None)

    def _note(self, limiter: Limiter, operation: str, fault: Fault | None) -> None:
        if fault is Fault.THROTTLED:
            limiter.throttled()
        elif fault is not Fault.UNREACHABLE:
            limiter.accepted()
        self._counter.add(operation, fault.name.lower() if fault else "ok")

    def _before_send(self, **_: Any) -> None:
        self._leaving.limiter.left()
        try:
            self._guard()
        except BaseException as error:
            self._stopped.by = error
            raise
