"""What takes experiments apart. Takes evidence, never names alone, and sends each write once."""

from collections.abc import Callable

from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.sending import Sender
from sagewarden.adapters.aws.session import TargetSession
from sagewarden.adapters.aws.vocabulary import WORDS
from sagewarden.core.deletion import Deletion, Disassociation, Reassociation
from sagewarden.core.entities import Kind
from sagewarden.core.plan import Effect

_ASSOCIATE = "AssociateTrialComponent"
_DISASSOCIATE = "DisassociateTrialComponent"


class SageMakerEffects:
    """Implements the port `Effects` for one target; `guard` is as `Sender` says.

    Undoing edges during a shutdown should still be paced, so give these limiters an event of
    their own.
    """

    def __init__(
        self,
        session: TargetSession,
        limiters: Limiters,
        counter: CallCounter,
        guard: Callable[[], None],
    ) -> None:
        self._sender = Sender(session, limiters, counter, guard)

    def turn(self, effect: Effect, kind: Kind) -> None:
        """Wait until the rate allows one such effect; the look comes next, then the effect."""
        self._sender.wait(WORDS[kind].delete if effect is Effect.DELETE else _DISASSOCIATE)

    def disassociate(self, step: Disassociation) -> None:
        """Take a component from a trial."""
        self._sender.send(
            _DISASSOCIATE,
            {"TrialComponentName": step.planned.name, "TrialName": step.trial},
        )

    def delete(self, step: Deletion) -> None:
        """Delete an experiment, a trial or a component."""
        words = WORDS[step.planned.identity.kind]
        self._sender.send(words.delete, {words.name: step.planned.name})

    def associate(self, step: Reassociation) -> None:
        """Put an edge back, waiting for the rate by itself."""
        self._sender.wait(_ASSOCIATE)
        name = WORDS[Kind.COMPONENT].name
        self._sender.send(_ASSOCIATE, {name: step.identity.name, "TrialName": step.trial})
