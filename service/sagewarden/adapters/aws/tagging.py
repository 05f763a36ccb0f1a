"""Writes tags. Takes evidence, never names alone, and sends each write once."""

from collections.abc import Callable, Mapping
from typing import Final

from sagewarden.adapters.aws.calls import CallCounter
from sagewarden.adapters.aws.limiter import Limiters
from sagewarden.adapters.aws.sending import Sender
from sagewarden.adapters.aws.session import TargetSession
from sagewarden.core.tags import TagEffect, TagWrite

_OPERATIONS: Final[Mapping[TagEffect, str]] = {
    TagEffect.ADD: "AddTags",
    TagEffect.REMOVE: "DeleteTags",
}


class SageMakerTagging:
    """Implements the port `Tagging` for one target; `guard` is as `Sender` says."""

    def __init__(
        self,
        session: TargetSession,
        limiters: Limiters,
        counter: CallCounter,
        guard: Callable[[], None],
    ) -> None:
        self._sender = Sender(session, limiters, counter, guard)

    def turn(self, effect: TagEffect) -> None:
        """Wait until the rate allows one such write; the look comes next, then the write."""
        self._sender.wait(_OPERATIONS[effect])

    def write(self, step: TagWrite) -> None:
        """Set tags of one entity, or take tags off it."""
        arn = {"ResourceArn": step.seen.arn}
        if step.effect is TagEffect.REMOVE:
            keys = [each.key for each in step.steps]
            self._sender.send(_OPERATIONS[step.effect], {**arn, "TagKeys": keys})
        else:
            tags = [{"Key": each.key, "Value": each.after} for each in step.steps]
            self._sender.send(_OPERATIONS[step.effect], {**arn, "Tags": tags})
