"""The only writes to SageMaker. Takes evidence, never names alone, and sends each write once."""

import threading
from collections.abc import Callable, Mapping
from typing import Any

from botocore import xform_name

from sagewarden.adapters.aws.answers import check
from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.errors import Fault, effect_error, fault_of
from sagewarden.adapters.aws.limiter import Limiter, Limiters
from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.aws.vocabulary import WORDS
from sagewarden.core.deletion import Deletion, Disassociation, Reassociation
from sagewarden.core.entities import Kind
from sagewarden.core.plan import Effect

_ASSOCIATE = "AssociateTrialComponent"
_DISASSOCIATE = "DisassociateTrialComponent"


class SageMakerEffects:
    """Implements the port `Effects` for one target.

    `guard` runs in botocore's last hook before a request leaves; what it raises keeps the request
    from leaving and comes out as it is. Once the limiters' event is set nothing waits for a rate
    any more; undoing edges during a shutdown should still be paced, so give these limiters an
    event of their own.
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
        self._client = session.effects()
        self._client.meta.events.register("before-send.sagemaker", self._before_send)

    def turn(self, effect: Effect, kind: Kind) -> None:
        """Wait until the rate allows one such effect; the look comes next, then the effect."""
        delete = effect is Effect.DELETE
        self._limiters.of(WORDS[kind].delete if delete else _DISASSOCIATE).wait()

    def disassociate(self, step: Disassociation) -> None:
        """Take a component from a trial."""
        self._apply(
            _DISASSOCIATE,
            {"TrialComponentName": step.planned.name, "TrialName": step.trial},
        )

    def delete(self, step: Deletion) -> None:
        """Delete an experiment, a trial or a component."""
        words = WORDS[step.planned.identity.kind]
        self._apply(words.delete, {words.name: step.planned.name})

    def associate(self, step: Reassociation) -> None:
        """Put an edge back, waiting for the rate by itself."""
        self._limiters.of(_ASSOCIATE).wait()
        name = WORDS[Kind.COMPONENT].name
        self._apply(_ASSOCIATE, {name: step.identity.name, "TrialName": step.trial})

    def _apply(self, operation: str, request: Mapping[str, Any]) -> None:
        limiter = self._limiters.of(operation)
        self._stopped.by = None
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
        try:
            self._guard()
        except BaseException as error:
            self._stopped.by = error
            raise
