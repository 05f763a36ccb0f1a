"""What the use cases need from outside, one protocol a module."""

from collections.abc import Callable
from dataclasses import dataclass

from sagewarden.application.ports.aws import Effects, Looks, Progress, Records, Surveys
from sagewarden.application.ports.codec import Codec
from sagewarden.application.ports.events import Events
from sagewarden.application.ports.vault import Vault
from sagewarden.core.entities import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything a use case works with on one target.

    `effects` is None where nothing may be written: a reading command is wired without it. `rest`
    waits for some seconds, or less when the process is asked to stop; `stopping` says whether it
    was.
    """

    target: Target
    vault: Vault
    codec: Codec
    surveys: Surveys
    looks: Looks
    records: Records
    effects: Effects | None
    rest: Callable[[float], None]
    stopping: Callable[[], bool]
    monotonic: Callable[[], float]
    events: Events
    progress: Progress
